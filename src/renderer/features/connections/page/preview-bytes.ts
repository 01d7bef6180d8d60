/** Bytes as text where they are readable text, otherwise in hex. The last character may be cut by the end of the bytes. */
export function previewBytes(bytes: Uint8Array): string {
  const text = readable(bytes);
  return text ?? hexOf(bytes);
}

/** `undefined` where the bytes are no text that can be read. */
export function readable(bytes: Uint8Array): string | undefined {
  try {
    // With `stream`, what is missing at the end is no mistake.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    // Control characters but tab and line ends (C0, DEL, C1).
    return /[^\P{Cc}\t\n\r]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
