import { Validator, type Schema } from '@cfworker/json-schema';
import type { JsonValue } from '../rpc/python-json.ts';
import { searchable } from './json-path.ts';

/** What of a value does not fit a JSON Schema (2020-12), in a sentence; `null`: it fits. References lead only into the schema itself: nothing is loaded. It may take long. */
export function schemaProblem(schema: boolean | { readonly [key: string]: JsonValue }, value: JsonValue): string | null {
  try {
    // A copy: the validator notes in a schema where it stands.
    const own: Schema | boolean = structuredClone<unknown>(schema) as Schema | boolean;
    const { valid, errors } = new Validator(own, '2020-12').validate(searchable(value).plain);
    if (valid) return null;
    // The last one is the most exact: those before tell of the parts it stands in.
    const { instanceLocation, error } = errors.at(-1) ?? { instanceLocation: '#', error: 'It does not fit.' };
    return instanceLocation === '#' ? error : `At ${instanceLocation.slice(1)}: ${error}`;
  } catch (error) {
    if (error instanceof RangeError) return 'The schema leads into itself, or value and schema are nested too deeply.';
    return `The schema cannot be used: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
  }
}
