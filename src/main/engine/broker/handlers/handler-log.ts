import type { HandlerLog, HandlerLogLine } from '../../../../shared/contract/broker-handlers.ts';

const maxLines = 500;
const maxText = 2000;

/** What handlers print, and what goes wrong with them: the newest lines. */
export class HandlerLogBook {
  #lines: HandlerLogLine[] = [];
  #forgotten = 0;
  #last = 0;
  #version = 0;
  readonly #now: () => number;
  readonly #onLine: (line: HandlerLogLine) => void;

  /** `onLine`: told of each line, also of one that is only counted. */
  constructor(now: () => number, onLine: (line: HandlerLogLine) => void) {
    this.#now = now;
    this.#onLine = onLine;
  }

  get version(): number {
    return this.#version;
  }

  add(id: string, name: string, level: HandlerLogLine['level'], text: string, line: number | null): void {
    const short = text.length > maxText ? `${text.slice(0, maxText)}…` : text;
    const last = this.#lines.at(-1);
    const isAgain = last !== undefined && last.id === id && last.level === level && last.text === short && last.line === line;
    this.#last += 1;
    this.#version += 1;
    const made: HandlerLogLine = { number: this.#last, at: this.#now(), id, name, level, text: short, line, times: isAgain ? last.times + 1 : 1 };
    if (isAgain) this.#lines[this.#lines.length - 1] = made;
    else this.#lines.push(made);
    if (this.#lines.length > maxLines) {
      this.#lines.shift();
      this.#forgotten += 1;
    }
    this.#onLine(made);
  }

  view(): HandlerLog {
    return { lines: [...this.#lines], forgotten: this.#forgotten };
  }

  clear(): void {
    this.#lines = [];
    this.#forgotten = 0;
    this.#version += 1;
  }
}
