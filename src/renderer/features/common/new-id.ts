const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A short random id. `getRandomValues` also works on pages served without TLS, where `randomUUID` is missing. */
export function newId(length = 12): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => alphabet[byte % alphabet.length]).join('');
}
