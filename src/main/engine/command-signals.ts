import process from 'node:process';

const codes = { SIGINT: 130, SIGHUP: 129, SIGTERM: 143 } as const;

/** The first signal asks a command to end in order; a second Ctrl+C ends it at once. */
export class CommandSignals {
  readonly #abort = new AbortController();
  /** Of the signal that came; `undefined`: none. */
  exitCode: number | undefined;

  constructor() {
    for (const [name, code] of Object.entries(codes)) {
      process.on(name, () => {
        // Whoever ends a whole group of processes may reach this one twice; only at a keyboard does it mean impatience.
        if (this.exitCode !== undefined && name === 'SIGINT') process.exit(code);
        this.exitCode ??= code;
        this.#abort.abort();
      });
    }
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }
}
