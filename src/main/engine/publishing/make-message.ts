import type { ConnectionProfile } from '../../../shared/contract/connections.ts';
import type { PublishMessage, PublishPropertyTexts } from '../../../shared/contract/publish-message.ts';
import { Filler, type FillSource } from '../../../shared/collections/filler.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { encodePublishPayload } from '../../../shared/payload/publish-payload.ts';
import { resolvePublish } from '../../../shared/publishing/publish-defaults.ts';
import type { PayloadService } from '../payload/index.ts';
import type { OutgoingMessage } from './send-message.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface MakeOptions {
  /** Of the connection; `null`: the local broker. */
  readonly profile: ConnectionProfile | null;
  /** `null`: nothing is filled in. */
  readonly source: FillSource | null;
  /** In place of the payload of the message. */
  readonly bytes: Bytes | undefined;
  readonly encode: PayloadService['encode'];
}

/** What goes out, of what was written. Throws `bad-input`, which says what is wrong and where. */
export async function makeMessage(message: PublishMessage, { profile, source, bytes, encode }: MakeOptions): Promise<OutgoingMessage> {
  const filler = source && new Filler(source);
  const fill = (what: string, text: string): string => (filler && text.includes('{{') ? filler.text(what, text) : text);
  const check = (): void => {
    if (filler?.problem) throw new CodedError('bad-input', filler.problem.message, { advice: filler.problem.advice });
  };
  const topic = fill('The topic', message.topic);
  const properties = message.properties && readProperties(message.properties, fill);
  check();
  const payload = bytes ?? (await payloadOf(message, topic, filler, encode));
  check();
  const { qos, retain } = resolvePublish(profile?.publishDefaults ?? null, topic, message);
  return { topic, payload, qos, retain, ...(properties && Object.keys(properties).length > 0 ? { properties } : {}) };
}

async function payloadOf({ format, payload, codec }: PublishMessage, topic: string, filler: Filler | null, encode: PayloadService['encode']): Promise<Bytes> {
  if (format === 'empty') return new Uint8Array(0);
  const fills = filler !== null && payload.includes('{{');
  if (format === 'json') return bytesOf(fills ? JSON.stringify(filler.json('The payload', payload)) : payload, 'json');
  const text = fills ? filler.text('The payload', payload) : payload;
  if (format !== 'codec') return bytesOf(text, format);
  if (!codec) throw new CodedError('bad-input', 'There is no codec to write the payload with.', { advice: 'Choose one.' });
  const written = await encode({ topic, codec, text });
  if ('bytes' in written) return written.bytes;
  const { reason, line, column } = written.problem;
  throw new CodedError('bad-input', `The payload: ${reason}${line === null ? '' : `, in line ${line}, column ${column ?? 1}`}.`);
}

export function bytesOf(text: string, format: 'text' | 'json' | 'hex' | 'base64'): Bytes {
  const encoded = encodePublishPayload(format, text);
  if ('bytes' in encoded) return encoded.bytes;
  throw new CodedError('bad-input', `The payload: ${encoded.problem}`);
}

function readProperties(texts: PublishPropertyTexts, fill: (what: string, text: string) => string): NonNullable<OutgoingMessage['properties']> {
  const { messageExpirySeconds, payloadIsUtf8, topicAlias, correlationAs, userProperties } = texts;
  const contentType = fill('The content type', texts.contentType);
  const responseTopic = fill('The response topic', texts.responseTopic);
  const correlation = fill('The correlation data', texts.correlationData);
  const written = encodePublishPayload(correlationAs, correlation);
  if ('problem' in written) throw new CodedError('bad-input', `The correlation data: ${written.problem}`);
  if (written.bytes.length > 65_535) throw new CodedError('bad-input', 'The correlation data is longer than 65,535 bytes.');
  return {
    ...(contentType === '' ? {} : { contentType }),
    ...(responseTopic === '' ? {} : { responseTopic }),
    ...(correlation === '' ? {} : { correlationData: written.bytes }),
    ...(messageExpirySeconds === null ? {} : { messageExpirySeconds }),
    ...(payloadIsUtf8 === null ? {} : { payloadIsUtf8 }),
    ...(topicAlias === null ? {} : { topicAlias }),
    ...(userProperties.length === 0
      ? {}
      : {
          userProperties: userProperties.map(([name, value], at): [string, string] => [
            fill(`The name of user property ${at + 1}`, name),
            fill(`The value of user property ${at + 1}`, value),
          ]),
        }),
  };
}
