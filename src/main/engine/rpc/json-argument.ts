import { encodePublishPayload } from '../../../shared/payload/publish-payload.ts';
import { readJsonPayload } from '../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { readTextFile } from './link-arguments.ts';

/** JSON as it stands there, from a file (`@FILE`), or from the standard input (`-`). Throws an error that names the option. */
export async function readJsonArgument(option: string, text: string, readStandardInput: () => Promise<string>): Promise<JsonValue> {
  if (text === '-') return readJson(option, await readStandardInput());
  return readJson(option, text.startsWith('@') ? await readTextFile(option, text.slice(1)) : text);
}

export function readJson(option: string, text: string): JsonValue {
  const encoded = encodePublishPayload('json', text);
  if ('problem' in encoded) throw new Error(`${option}: ${encoded.problem}`);
  const read = readJsonPayload(encoded.bytes);
  if ('reason' in read) throw new Error(`${option}: ${read.reason}.`);
  return read.value;
}
