export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** With or without `0x`, spaces and colons between the digits. `null`: not hexadecimal, or half a byte too few. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> | null {
  const digits = text.replaceAll(/[\s:]/g, '').replace(/^0x/i, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return null;
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}
