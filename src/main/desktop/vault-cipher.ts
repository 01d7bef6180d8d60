import type { VaultAnswer, VaultRequest } from '../engine/engine-process-protocol.ts';

/** The part of Electron's `safeStorage` that is used. */
export interface SystemKeyStore {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(bytes: Buffer): string;
  /** Linux only. */
  getSelectedStorageBackend?(): string;
  setUsePlainTextEncryption?(use: boolean): void;
}

export interface VaultCipherOptions {
  readonly store: SystemKeyStore;
  readonly platform: NodeJS.Platform;
  /** Told once when secrets can only be obscured, not protected. */
  readonly onWeak: (reason: string) => void;
}

/** Seals and opens the engine's secrets with the key store of the system. */
export class VaultCipher {
  readonly #options: VaultCipherOptions;
  #checked = false;

  constructor(options: VaultCipherOptions) {
    this.#options = options;
  }

  answer(request: VaultRequest): VaultAnswer {
    const { id } = request;
    try {
      this.#check();
      const { store } = this.#options;
      if (!store.isEncryptionAvailable()) return { type: 'vault', id, error: 'The key store of this system is not available, so passwords cannot be kept.' };
      if (request.op === 'encrypt') return { type: 'vault', id, bytes: new Uint8Array(store.encryptString(request.text)) };
      return { type: 'vault', id, text: store.decryptString(Buffer.from(request.bytes)) };
    } catch {
      // The cause may quote what it could not read; the sentence must not.
      const error =
        request.op === 'encrypt'
          ? 'The key store of this system refused to protect the password.'
          : 'The stored password cannot be read: it was stored by another user account or on another computer. Enter it again.';
      return { type: 'vault', id, error };
    }
  }

  #check(): void {
    if (this.#checked) return;
    this.#checked = true;
    const { store, platform, onWeak } = this.#options;
    if (platform !== 'linux' || store.getSelectedStorageBackend?.() !== 'basic_text') return;
    // Without a keyring Electron encrypts only when told that a fixed, publicly known key will do.
    store.setUsePlainTextEncryption?.(true);
    onWeak('No keyring was found on this system, so stored passwords are only obscured. Install a keyring such as gnome-keyring or KWallet to protect them.');
  }
}
