import { secretHider } from './hide-secrets.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';

/** A script could set names for ever. */
const maxVariables = 5000;

/** The variables of a run, as far as it has come. */
export class RunVariables {
  readonly #values: Map<string, string>;
  /** The text with dots where a secret stands. */
  readonly hide: (text: string) => string;

  /** `layers`: the later ones win. `secrets`: values that are not to be shown. */
  constructor(layers: readonly Iterable<readonly [name: string, value: string]>[], secrets: readonly string[]) {
    this.#values = new Map(layers.flatMap((layer) => [...layer]));
    this.hide = secretHider(secrets);
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
}
