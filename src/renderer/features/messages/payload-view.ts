import type { MessageDetail } from '../../../shared/contract/messages.ts';
import { isJson } from '../../../shared/payload/indent-json.ts';
import { decodeText, hasBinaryControls } from '../../../shared/payload/utf8-text.ts';

export type PayloadFormat = 'json' | 'text' | 'hex';

/** The format that shows most of a payload: JSON objects and lists, readable text, or bytes. */
export function detectFormat(payload: Uint8Array, complete = true): PayloadFormat {
  if (payload.length === 0) return 'text';
  const { text, invalidAt } = decodeText(payload, complete);
  if (invalidAt !== null || hasBinaryControls(text)) return 'hex';
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return 'text';
  return complete && !isJson(text) ? 'text' : 'json';
}

/** Whether there may be more in a payload than JSON or text, so that a codec should look at it. */
export function looksCoded({ topic, properties }: Pick<MessageDetail, 'topic' | 'properties'>, payload: Uint8Array, format: PayloadFormat): boolean {
  return format === 'hex' || properties?.contentType !== undefined || topic.startsWith('spBv1.0/') || payload[0] === 0x3c;
}

/** One line of text for a list row: control characters become spaces. */
export function oneLine(head: Uint8Array, sizeBytes: number): { readonly text: string; readonly binary: boolean } {
  const { text, invalidAt } = decodeText(head, head.length >= sizeBytes);
  if (invalidAt !== null || hasBinaryControls(text)) {
    return { text: Array.from(head.subarray(0, 64), (byte) => byte.toString(16).padStart(2, '0')).join(' '), binary: true };
  }
  return { text: text.replaceAll(/\s+/g, ' ').trim(), binary: false };
}
