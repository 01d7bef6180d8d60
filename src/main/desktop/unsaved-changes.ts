import { app, BrowserWindow, dialog } from 'electron';

const unresponsiveMs = 3000;
const settleMs = 100;

/**
 * A page with unsaved changes does not let itself be closed or loaded anew (`beforeunload`), and Electron asks nobody: nothing would happen, and the
 * app could not be quit. Here the user is asked, and what was wanted is done when the answer is to leave.
 */
export class UnsavedChanges {
  readonly #log: (line: string) => void;
  /** Windows whose user has answered that they may go. */
  readonly #leaving = new WeakSet<BrowserWindow>();
  #open = 0;
  #withoutAsking = false;
  #closing = false;
  /** Told when the user stays. */
  onStay = (): void => undefined;

  constructor(log: (line: string) => void) {
    this.#log = log;
    // Whoever ends the app from outside cannot answer a question.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        this.#withoutAsking = true;
        app.quit();
      });
    }
  }

  guard(window: BrowserWindow): void {
    const { webContents } = window;
    let closing = false;
    window.on('close', () => (closing = true));
    webContents.on('did-finish-load', () => void this.#leaving.delete(window));
    webContents.on('will-prevent-unload', (event) => {
      if (this.#withoutAsking || this.#leaving.has(window)) {
        // Of the page's wish to stay.
        event.preventDefault();
        return;
      }
      const wanted = closing ? 'close' : 'reload';
      closing = false;
      this.#ask(window, wanted).catch((error: unknown) => this.#log(String(error)));
    });
  }

  /** Closes all windows, each after asking where need be. A page that does not answer is closed without it. */
  closeAll(): void {
    const windows = BrowserWindow.getAllWindows();
    this.#closing = true;
    for (const window of windows) window.close();
    setTimeout(() => {
      // While a question is open, or after the user has chosen to stay, they remain.
      if (!this.#closing || this.#open > 0) return;
      for (const window of windows) if (!window.isDestroyed()) window.destroy();
    }, unresponsiveMs).unref();
  }

  async #ask(window: BrowserWindow, wanted: 'close' | 'reload'): Promise<void> {
    if (this.#open > 0) return;
    this.#open += 1;
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: 'There are changes that are not saved.',
      detail: 'They are lost when you leave.',
      buttons: ['Leave without saving', 'Stay'],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    });
    this.#open -= 1;
    if (window.isDestroyed()) return;
    if (response !== 0) {
      this.#closing = false;
      this.onStay();
      return;
    }
    this.#leaving.add(window);
    // Not before the refused attempt has come to its end.
    setTimeout(() => {
      if (window.isDestroyed()) return;
      if (wanted === 'close') window.close();
      else window.webContents.reload();
    }, settleMs);
  }
}
