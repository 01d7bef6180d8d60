import type { Pacing } from './engine.ts';

/** Tells React about changes of mutable data, at most once per painted frame. */
export class FrameNotifier {
  readonly #pacing: Pacing;
  readonly #listeners = new Set<() => void>();
  #painted: (() => void)[] = [];
  #scheduled = false;
  #version = 0;

  constructor(pacing: Pacing) {
    this.#pacing = pacing;
  }

  /** Grows with every notification; the snapshot for `useSyncExternalStore`. */
  readonly getVersion = (): number => this.#version;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Marks the data as changed. The promise settles when the listeners have been told: a natural brake for a stream. */
  changed(): Promise<void> {
    const told = new Promise<void>((resolve) => this.#painted.push(resolve));
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#pacing.requestFrame(() => this.flush());
    }
    return told;
  }

  flush(): void {
    this.#scheduled = false;
    this.#version += 1;
    for (const listener of [...this.#listeners]) listener();
    const painted = this.#painted;
    this.#painted = [];
    for (const resolve of painted) resolve();
  }
}
