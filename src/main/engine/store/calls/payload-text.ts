import { fold } from './call-where.ts';

/** The payloads as one text to look for words in. Characters that JSON writes as \uXXXX are found as well: some peers write every one so beyond ASCII. */
export function searchedText(payloads: readonly Uint8Array[]): string {
  const text = payloads.map((payload) => Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8')).join('\n');
  const plain = text.includes('\\u') ? text.replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : text;
  return fold(plain);
}
