/** The name of the only thing the desktop host adds to the page; absent in a browser. */
export const preloadApiName = 'workbenchHost';

/** What the page tells the desktop host about one of its commands, for the native menu. */
export interface MenuCommand {
  /** `place.action`, as in the command registry. */
  readonly id: string;
  readonly title: string;
  /** `Ctrl+Shift+K` or `Mod+K`; `Mod` is Cmd on macOS and Ctrl elsewhere. */
  readonly shortcut?: string | undefined;
  /** Title of the top-level menu the command goes to. */
  readonly group: string;
  readonly enabled?: boolean | undefined;
}

/** How the engine is, as the process that watches it sees it. */
export type EngineHealth = 'starting' | 'running' | 'not-responding' | 'restarting' | 'failed';

/** Posted to the page's own window together with exactly one transferred port. */
export interface PortMessage {
  readonly type: 'workbench-port';
  /** As given to `requestPort`: anything else is not an answer to this page. */
  readonly nonce: string;
}

/** `window.workbenchHost`. Values are copied across; nothing of Electron reaches the page. */
export interface PreloadApi {
  readonly platform: 'darwin' | 'linux' | 'win32';
  /**
   * Asks for a fresh port to the engine. The answer is a `message` event on this window, from its own origin, with a
   * `PortMessage` as data and the port in `ports[0]`. The nonce: 16 to 64 characters out of `A-Za-z0-9_-`.
   * While the engine is being started again the answer waits for it; a newer request replaces an older one that waits.
   */
  requestPort(nonce: string): void;
  setMenu(commands: readonly MenuCommand[]): void;
  /** A menu item was chosen. Returns what stops listening. */
  onCommand(listener: (commandId: string) => void): () => void;
  /** Called at once with the last known state (`starting` while the page loads), then with each change. Returns what stops listening. */
  onEngineHealth(listener: (health: EngineHealth) => void): () => void;
  /** Starts the engine again after it was given up (`failed`), or replaces one that is `not-responding`. Ignored otherwise. */
  restartEngine(): void;
}
