import type { JsonValue } from '../../../../shared/rpc/python-json.ts';

/** A script could set names for ever. */
const maxVariables = 5000;
/** Shorter ones would turn any text into dots. */
const shortestHidden = 3;

/** The variables of a run, as far as it has come. */
export class RunVariables {
  readonly #values: Map<string, string>;
  readonly #hidden: readonly string[];

  /** `layers`: the later ones win. `secrets`: values that are not to be shown. */
  constructor(layers: readonly Iterable<readonly [name: string, value: string]>[], secrets: readonly string[]) {
    this.#values = new Map(layers.flatMap((layer) => [...layer]));
    this.#hidden = secrets.filter(({ length }) => length >= shortestHidden).toSorted((a, b) => b.length - a.length);
  }

  /** False: there are too many. */
  set(name: string, value: string): boolean {
    if (!this.#values.has(name) && this.#values.size >= maxVariables) return false;
    this.#values.set(name, value);
    return true;
  }

  scope(): { readonly [name: string]: JsonValue } {
    return Object.fromEntries(this.#values);
  }

  /** The text with dots where a secret stands, as it is or within JSON. */
  hide(text: string): string {
    let hidden = text;
    for (const secret of this.#hidden) hidden = hidden.replaceAll(secret, '•••').replaceAll(JSON.stringify(secret).slice(1, -1), '•••');
    return hidden;
  }
}
