import { toBase64 } from './bytes.ts';

interface PemBlock {
  /** `CERTIFICATE`, `ENCRYPTED PRIVATE KEY`. */
  readonly kind: string;
  readonly text: string;
}

/** The complete blocks of a PEM text (RFC 7468), whatever stands between them. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { readonly kind: string; readonly at: number } | undefined;
  for (const { 0: line, 1: edge, 2: kind = '', index } of text.matchAll(/-----(BEGIN|END) ([A-Z0-9 ]{1,60})-----/g)) {
    if (edge === 'BEGIN') open = { kind, at: index };
    else if (open?.kind === kind) {
      blocks.push({ kind, text: text.slice(open.at, index + line.length) });
      open = undefined;
    }
  }
  return blocks;
}

/** Keys apart from certificates: a file may hold both, and only one of them may be written into the workspace. */
export function splitPem(text: string): { readonly certificates: string; readonly keys: string } {
  const blocks = pemBlocks(text);
  const keys = blocks.filter(({ kind }) => kind.endsWith('PRIVATE KEY'));
  if (keys.length === 0) return { certificates: text, keys: '' };
  const join = (some: readonly PemBlock[]): string => some.map((block) => `${block.text}\n`).join('');
  return { certificates: join(blocks.filter((block) => !keys.includes(block))), keys: join(keys) };
}

/** PKCS #8 says so in its name, the older form in a header (RFC 1421 §4.6.1.1). */
export const isEncryptedKey = (text: string): boolean => /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4, *ENCRYPTED/m.test(text);

/** What a file of certificates says as PEM: DER is wrapped, everything else is text already. */
export function certificateText(bytes: Uint8Array): string {
  // A SEQUENCE with a length of two bytes: every certificate in DER.
  if (bytes[0] !== 0x30 || bytes[1] !== 0x82) return new TextDecoder().decode(bytes);
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
