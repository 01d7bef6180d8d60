import type { JsonSchema, RpcSchemaLock } from '../../../../shared/contract/rpc.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { plainValue } from '../plain-value.ts';

/** Of a value that is shown; parsed JSON takes several times the space. */
const maxShownLength = 8192;

/** A schema that was written, or taken over, by the user: traffic does not change it, but is measured by it. */
export class SchemaLock {
  readonly schema: JsonSchema;
  #checked = 0;
  #contradictions = 0;
  #unchecked = 0;
  #last: RpcSchemaLock['last'] = null;

  constructor(schema: JsonSchema) {
    this.schema = schema;
  }

  fits(): void {
    this.#checked += 1;
  }

  contradicted(problem: string, value: JsonValue, at: number): void {
    this.#checked += 1;
    this.#contradictions += 1;
    const shown = plainValue(value);
    this.#last = { at, problem, value: JSON.stringify(shown).length > maxShownLength ? '(too long to be shown)' : shown };
  }

  unchecked(): void {
    this.#unchecked += 1;
  }

  state(): RpcSchemaLock {
    return { checked: this.#checked, contradictions: this.#contradictions, unchecked: this.#unchecked, last: this.#last };
  }
}
