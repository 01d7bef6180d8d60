import type { ConsoleLevel } from '../script-messages.ts';

/** Lets through what a call may print, then one line that says so. */
export class ConsoleBudget {
  readonly #maxBytes: number;
  readonly #maxLines: number;
  #bytes = 0;
  #lines = 0;

  constructor(maxBytes: number, maxLines: number) {
    this.#maxBytes = maxBytes;
    this.#maxLines = maxLines;
  }

  print(level: ConsoleLevel, text: string, emit: (level: ConsoleLevel, text: string) => void): void {
    if (this.#lines > this.#maxLines) return;
    this.#bytes += Buffer.byteLength(text);
    this.#lines += 1;
    if (this.#lines <= this.#maxLines && this.#bytes <= this.#maxBytes) return emit(level, text);
    this.#lines = this.#maxLines + 1;
    emit('warn', `What this call prints from here on is left out: it is more than ${this.#maxLines} lines or ${this.#maxBytes} bytes.`);
  }
}
