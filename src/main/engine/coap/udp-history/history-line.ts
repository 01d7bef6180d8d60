import { z } from 'zod';
import type { CoapHistoryEntry } from '../../../../shared/contract/coap-history.ts';

const bytesSchema = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const optionsSchema = z.array(z.object({ number: z.int().min(0).max(65_535), value: bytesSchema }));
const count = z.number().min(0);

/** A line of the file. What later versions add is passed over. */
const lineSchema = z.object({
  row: z.object({
    id: z.int().min(1),
    at: z.number(),
    method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH']),
    uri: z.string(),
    run: z.boolean(),
    code: z.int().min(0).max(255).nullable(),
    failure: z.enum(['no-acknowledgement', 'no-response', 'reset', 'unreachable', 'bad-response', 'too-large', 'cancelled']).nullable(),
    elapsedMs: count,
    retransmissions: count,
    requestBytes: count,
    responseBytes: count,
  }),
  request: z.object({
    type: z.enum(['CON', 'NON']),
    blockSize: z.literal([16, 32, 64, 128, 256, 512, 1024]),
    timeoutMs: count,
    transmission: z.object({ ackTimeoutMs: count, ackRandomFactor: count, maxRetransmit: count }),
    options: optionsSchema,
    payload: bytesSchema,
  }),
  response: z
    .object({
      type: z.enum(['CON', 'NON', 'ACK', 'RST']),
      code: z.int().min(0).max(255),
      messageId: z.int(),
      token: bytesSchema,
      options: optionsSchema,
      payload: bytesSchema,
      from: z.string(),
      elapsedMs: count,
      at: z.number(),
    })
    .nullable(),
  failure: z
    .object({
      kind: z.enum(['no-acknowledgement', 'no-response', 'reset', 'unreachable', 'bad-response', 'too-large', 'cancelled']),
      message: z.string(),
      advice: z.string(),
    })
    .nullable(),
});

/** With its end of line; bytes are in base64. */
export function writeLine(entry: CoapHistoryEntry): string {
  return `${JSON.stringify(entry, (_name, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value))}\n`;
}

/** `null`: it is damaged, or something else. */
export function readLine(line: string): CoapHistoryEntry | null {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
