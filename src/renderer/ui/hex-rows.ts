/** One line of a hex dump. */
export interface HexRow {
  /** `0001a0`, at least six digits. */
  readonly offset: string;
  /** `48 65 6c 6c`, padded to the full width. */
  readonly hex: string;
  /** The same bytes as printable ASCII, others as a dot. */
  readonly text: string;
}

export function hexRow(bytes: Uint8Array, offset: number, bytesPerRow: number): HexRow {
  const pairs: string[] = [];
  let text = '';
  for (let at = 0; at < bytesPerRow; at += 1) {
    const byte = bytes[at];
    if (at > 0 && at % 8 === 0) pairs.push('');
    pairs.push(byte === undefined ? '  ' : byte.toString(16).padStart(2, '0'));
    if (byte !== undefined) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
  }
  return { offset: offset.toString(16).padStart(6, '0'), hex: pairs.join(' '), text };
}
