import type { BatchStatus } from '../../../../shared/contract/rpc-batches.ts';
import type { RpcError } from '../../../../shared/rpc/rpc-error.ts';

const mostKinds = 1000;
const shownKinds = 20;
const maxTextLength = 300;

/** What went wrong, by kind, however often. */
export class ErrorTally {
  readonly #kinds = new Map<string, { readonly name: string; readonly text: string; count: number }>();
  /** Of kinds for which there is no room. */
  #others = 0;

  add({ name, message }: RpcError): void {
    const text = message.slice(0, maxTextLength);
    const key = `${name} ${text}`;
    const known = this.#kinds.get(key);
    if (known) known.count += 1;
    else if (this.#kinds.size < mostKinds) this.#kinds.set(key, { name, text, count: 1 });
    else this.#others += 1;
  }

  clear(): void {
    this.#kinds.clear();
    this.#others = 0;
  }

  summary(): Pick<BatchStatus, 'errors' | 'otherErrors'> {
    const kinds = [...this.#kinds.values()].toSorted((a, b) => b.count - a.count);
    const otherErrors = kinds.slice(shownKinds).reduce((sum, { count }) => sum + count, this.#others);
    return { errors: kinds.slice(0, shownKinds).map((kind) => ({ ...kind })), otherErrors };
  }
}
