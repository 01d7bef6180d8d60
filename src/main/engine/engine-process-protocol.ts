import type { Settings } from '../../shared/contract/workspace.ts';
import type { WireError } from '../../shared/ipc/errors.ts';

/** What the engine needs from the program that hosts it; plain data, so that it can be sent to a process. */
export interface EngineStartOptions {
  readonly host: 'desktop' | 'browser';
  readonly appVersion: string;
  /** Created if missing. One engine at a time may use it. */
  readonly workspaceFolder: string;
  /** `file:` URLs of the worker entries. */
  readonly workers: { readonly broker: string; readonly store: string };
}

/**
 * Messages from the process that owns the engine process. The expected order: `start` once, then any of the others.
 * Ports may be sent before `started` has come; they are served from then on.
 */
export type ToEngineProcess =
  | { readonly type: 'start'; readonly options: EngineStartOptions }
  /** Exactly one `MessagePortMain` travels with it, in `ports[0]`: one page. */
  | { readonly type: 'port' }
  | { readonly type: 'ping'; readonly id: number }
  /** Stops everything; the answer is `stopped`, then the process exits with code 0. Takes less than 2 s. */
  | { readonly type: 'shutdown' }
  | VaultAnswer;

export type FromEngineProcess =
  | { readonly type: 'started'; readonly instance: string }
  /** The start failed for a reason to show to the user (`workspace-unwritable`, `invalid-state` when the workspace is in use). The process exits with code 2: starting it again does not help. */
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'pong'; readonly id: number }
  | { readonly type: 'stopped' }
  /** Sent after `started` and with each change. */
  | { readonly type: 'settings'; readonly settings: Settings }
  /** An error that is a bug; the engine goes on. For the log of the host. */
  | { readonly type: 'bug'; readonly where: string; readonly message: string }
  | VaultRequest;

/** The engine asks its host to seal or open one secret with the system's key store (`safeStorage`). */
export type VaultRequest =
  | { readonly type: 'vault'; readonly id: number; readonly op: 'encrypt'; readonly text: string }
  | { readonly type: 'vault'; readonly id: number; readonly op: 'decrypt'; readonly bytes: Uint8Array };

/** Carries `bytes` for `encrypt`, `text` for `decrypt`, or `error`: why it was not possible, as a sentence for the user. */
export type VaultAnswer =
  | { readonly type: 'vault'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: 'vault'; readonly id: number; readonly text: string }
  | { readonly type: 'vault'; readonly id: number; readonly error: string };
