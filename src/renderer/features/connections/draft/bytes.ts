import { encodePublishPayload, type EncodedPayload } from '../../../../shared/payload/publish-payload.ts';
import type { BytesDraft } from './profile-draft.ts';

/** The bytes that were written, or what is wrong with how they were. */
export const readBytes = ({ text, as }: BytesDraft): EncodedPayload => encodePublishPayload(as, text);

/** As Base64; empty for what cannot be read. */
export function base64Of(bytes: BytesDraft): string {
  const read = readBytes(bytes);
  return 'problem' in read ? '' : toBase64(read.bytes);
}

export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  // Each call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
