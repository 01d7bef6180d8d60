/** Seals single secrets. Only this differs between hosts: the system's key store on the desktop, a key file elsewhere. */
export interface VaultCipher {
  /** Letters and `-`; names the file of the secrets it sealed, so that two hosts can share a workspace. */
  readonly id: string;
  encrypt(text: string): Promise<Uint8Array>;
  decrypt(bytes: Uint8Array): Promise<string>;
}
