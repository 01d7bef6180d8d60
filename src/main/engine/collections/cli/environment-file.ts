import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { environmentSchema, variableNameSchema } from '../../../../shared/contract/environments.ts';
import { readOpenFile } from '../../workspace/index.ts';

const maxFileBytes = 16 * 1024 * 1024;
const workspaceSchema = environmentSchema.omit({ id: true });
const plainSchema = z.record(variableNameSchema, z.union([z.string(), z.number(), z.boolean()]));

export interface FileVariables {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
  readonly secrets: readonly string[];
}

/** Where the value of a secret is looked for: no file that people share has it. */
function secretVariable(name: string): string {
  return `MQTT_WORKBENCH_SECRET_${name.replaceAll(/[.-]/g, '_').toUpperCase()}`;
}

/**
 * An environment of a workspace (`environments/<id>.json`), or a plain object of names and values. Throws an error that says what is wrong with the file,
 * or which secret is missing in `env`; those that are `given` otherwise may be.
 */
export async function readEnvironmentFile(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  given: ReadonlyMap<string, string>,
): Promise<FileVariables> {
  const plain = await readPlain(file);
  if (plain) return { name: path.basename(file), values: plain, secrets: [] };
  const read = await readOpenFile(file, path.basename(file), workspaceSchema, maxFileBytes);
  if (!read) throw new Error(`--env: the file "${file}" cannot be read (ENOENT).`);
  if (!read.content) throw new Error(`--env: ${read.problem?.message ?? `"${file}" cannot be used.`}`);
  const values = new Map<string, string>();
  const secrets: string[] = [];
  for (const { name, value, secret } of read.content.variables) {
    const known = given.get(name) ?? (secret && value === '' ? env[secretVariable(name)] : value);
    if (known === undefined) {
      throw new Error(`--env: "${name}" is a secret, which is not in the file. Set the environment variable ${secretVariable(name)}, or --var ${name}=VALUE.`);
    }
    values.set(name, known);
    if (secret) secrets.push(known);
  }
  return { name: read.content.name, values, secrets };
}

/** `undefined`: it is something else. */
async function readPlain(file: string): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof content === 'object' && content !== null && 'version' in content && 'variables' in content) return undefined;
    const parsed = plainSchema.safeParse(content);
    return parsed.success ? new Map(Object.entries(parsed.data).map(([name, value]) => [name, String(value)])) : undefined;
  } catch {
    return undefined;
  }
}
