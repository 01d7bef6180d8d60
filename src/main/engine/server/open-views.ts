import { CodedError } from '../../../shared/ipc/errors.ts';

/** The views that one page has open, by the names the page gave them. */
export class OpenViews<V> {
  readonly #views = new Map<string, V>();
  readonly #what: string;

  /** `what`: a view of what, in words. */
  constructor(what: string) {
    this.#what = what;
  }

  /** Throws `bad-input` when the name is taken. Returns what ends it. */
  open(viewId: string, make: () => V): { readonly view: V; readonly close: () => void } {
    if (this.#views.has(viewId)) throw new CodedError('bad-input', `The view "${viewId}" is open already.`);
    const view = make();
    this.#views.set(viewId, view);
    return { view, close: () => void (this.#views.get(viewId) === view && this.#views.delete(viewId)) };
  }

  has(viewId: string): boolean {
    return this.#views.has(viewId);
  }

  find(viewId: string): V {
    const view = this.#views.get(viewId);
    if (!view) throw new CodedError('not-found', `That view of ${this.#what} is not open (any more).`);
    return view;
  }
}
