import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { firstWindowState, parseWindowState, type WindowState } from './window-state.ts';

/** The remembered window, in a small file of its own. Losing it costs nothing, so failures to write are only reported. */
export class WindowStateFile {
  readonly #file: string;
  readonly #onProblem: (problem: unknown) => void;
  #state: WindowState;

  constructor(file: string, onProblem: (problem: unknown) => void) {
    this.#file = file;
    this.#onProblem = onProblem;
    this.#state = read(file);
  }

  get state(): WindowState {
    return this.#state;
  }

  /** Written at once and as a whole: the process may be about to end. */
  update(change: Partial<WindowState>): void {
    const next = { ...this.#state, ...change };
    if (JSON.stringify(next) === JSON.stringify(this.#state)) return;
    this.#state = next;
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true });
      writeFileSync(`${this.#file}.new`, `${JSON.stringify(next, null, 2)}\n`);
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      this.#onProblem(error);
    }
  }
}

function read(file: string): WindowState {
  try {
    return parseWindowState(readFileSync(file, 'utf8'));
  } catch {
    return firstWindowState;
  }
}
