import type { RpcNodeLog, RpcNodeLogLine } from '../../../../shared/contract/rpc-nodes.ts';

const maxLines = 200;
const maxTextLength = 4000;

/** What a node has to tell, the newest lines only. What is said again in a row is counted, so that a thousand of the same leave room for others. */
export class NodeLog {
  #lines: RpcNodeLogLine[] = [];
  #forgotten = 0;
  readonly #now: () => number;
  readonly #onChange: () => void;

  readonly #onLine: ((line: Omit<RpcNodeLogLine, 'times'>) => void) | undefined;

  /** `onLine`: told of each line, also of one that is only counted. */
  constructor(now: () => number, onChange: () => void, onLine?: (line: Omit<RpcNodeLogLine, 'times'>) => void) {
    this.#now = now;
    this.#onChange = onChange;
    this.#onLine = onLine;
  }

  add(level: RpcNodeLogLine['level'], method: string, text: string): void {
    const line = { at: this.#now(), method: method.slice(0, 1000), level, text: text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text };
    this.#onLine?.(line);
    const last = this.#lines.at(-1);
    if (last && last.level === level && last.method === line.method && last.text === line.text) {
      this.#lines[this.#lines.length - 1] = { ...line, times: last.times + 1 };
    } else {
      this.#lines.push({ ...line, times: 1 });
      if (this.#lines.length > maxLines) {
        this.#lines.shift();
        this.#forgotten += 1;
      }
    }
    this.#onChange();
  }

  view(): RpcNodeLog {
    return { lines: [...this.#lines], forgotten: this.#forgotten };
  }

  clear(): void {
    this.#lines = [];
    this.#forgotten = 0;
    this.#onChange();
  }
}
