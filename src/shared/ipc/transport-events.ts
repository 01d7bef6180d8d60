import type { Off } from './transport.ts';

/** The listener lists every transport needs. Frames that arrive before anyone listens are kept; `close` fires once. */
export class TransportEvents {
  readonly #frameListeners = new Set<(frame: unknown) => void>();
  readonly #closeListeners = new Set<(reason: string) => void>();
  #early: unknown[] | undefined = [];
  #reason: string | undefined;

  get closed(): boolean {
    return this.#reason !== undefined;
  }

  frame(value: unknown): void {
    if (this.closed) return;
    if (this.#early) this.#early.push(value);
    else for (const listener of this.#frameListeners) listener(value);
  }

  close(reason: string): void {
    if (this.closed) return;
    this.#reason = reason;
    for (const listener of this.#closeListeners) listener(reason);
  }

  readonly onFrame = (listener: (frame: unknown) => void): Off => {
    this.#frameListeners.add(listener);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const frame of early) listener(frame);
    return () => void this.#frameListeners.delete(listener);
  };

  readonly onClose = (listener: (reason: string) => void): Off => {
    if (this.#reason !== undefined) listener(this.#reason);
    this.#closeListeners.add(listener);
    return () => void this.#closeListeners.delete(listener);
  };
}
