import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { variableNameSchema } from '../../../../shared/contract/environments.ts';
import { linkOptions, linkUsage, readLink, readSeconds, type LinkPlan } from '../../rpc/index.ts';
import { readEnvironmentFile, type FileVariables } from './environment-file.ts';
import { findRunTarget, type RunTarget } from './run-target.ts';

export const runUsage = `Usage: mqtt-workbench run COLLECTION [--broker ADDRESS] [OPTIONS]

  COLLECTION            folder of a collection or a folder in it, or one request
  --broker ADDRESS      such as mqtt://127.0.0.1:1883; requests over CoAP need none
  --env FILE            variables: an environment of a workspace, or a JSON object
                        of names and values
  --var NAME=VALUE      a variable, which wins over those of files; as often as
                        you like
  --folder PATH         only what is in this folder of the collection
  --iterations N        run everything so often (default 1)
  --delay SECONDS       between requests (default 0)
  --timeout SECONDS     for each answer, whatever the requests say
  --bail                stop at the first failure
  --reporter NAME       pretty, json or junit (default pretty)
  --output FILE         write the report there; standard output then has the
                        pretty one
${linkUsage}`;

const reporters = ['pretty', 'json', 'junit'] as const;

export interface RunArguments {
  readonly target: RunTarget;
  /** `null`: without a broker. */
  readonly link: LinkPlan | null;
  readonly environment: FileVariables | null;
  readonly variables: ReadonlyMap<string, string>;
  readonly iterations: number;
  readonly delayMs: number;
  /** `null`: as the requests say. */
  readonly timeoutMs: number | null;
  readonly bail: boolean;
  readonly reporter: (typeof reporters)[number];
  /** An absolute path. */
  readonly output: string | null;
}

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A UUID with dashes. */
  readonly newId: () => string;
}

/** Throws an error that says which argument, or which file, is wrong. */
export async function readRunArguments(args: readonly string[], { env, newId }: Surroundings): Promise<RunArguments | 'help'> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      broker: { type: 'string' },
      env: { type: 'string' },
      var: { type: 'string', multiple: true, default: [] },
      folder: { type: 'string' },
      iterations: { type: 'string', default: '1' },
      delay: { type: 'string', default: '0' },
      timeout: { type: 'string' },
      bail: { type: 'boolean', default: false },
      reporter: { type: 'string', default: 'pretty' },
      output: { type: 'string' },
      ...linkOptions,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const [collection, ...more] = positionals;
  if (collection === undefined || collection === '') throw new Error('A run needs the folder of a collection.');
  if (more.length > 0) throw new Error(`"${more[0]}" is one argument too many: one collection is run at a time.`);
  const reporter = reporters.find((name) => name === values.reporter);
  if (reporter === undefined) throw new Error(`--reporter is ${reporters.join(', ')}, not "${values.reporter}".`);
  const variables = readVariables(values.var);
  return {
    target: await findRunTarget(collection, values.folder),
    link: values.broker === undefined ? null : await readLink(values.broker, values, env, newId),
    variables,
    environment: values.env === undefined ? null : await readEnvironmentFile(values.env, env, variables),
    iterations: readIterations(values.iterations),
    delayMs: readSeconds('--delay', values.delay, 0, 600) * 1000,
    timeoutMs: values.timeout === undefined ? null : Math.max(1, Math.round(readSeconds('--timeout', values.timeout, 0.001, 86_400) * 1000)),
    bail: values.bail,
    reporter,
    output: values.output === undefined ? null : await checkOutput(values.output),
  };
}

function readVariables(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    given.map((text) => {
      const equals = text.indexOf('=');
      const name = text.slice(0, equals);
      if (equals < 1) throw new Error(`--var needs NAME=VALUE, not "${text}".`);
      const problem = variableNameSchema.safeParse(name).error?.issues[0]?.message;
      if (problem !== undefined) throw new Error(`--var ${name}: ${problem}`);
      return [name, text.slice(equals + 1)];
    }),
  );
}

function readIterations(text: string): number {
  const iterations = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (iterations < 1 || iterations > 10_000) throw new Error(`--iterations needs a number from 1 to 10000, not "${text}".`);
  return iterations;
}

/** Before anything is sent: a report that cannot be written is found out too late at the end. */
async function checkOutput(given: string): Promise<string> {
  const file = path.resolve(given);
  const folder = await stat(path.dirname(file)).catch(() => undefined);
  if (folder?.isDirectory() !== true) throw new Error(`--output: there is no folder "${path.dirname(given)}".`);
  if ((await stat(file).catch(() => undefined))?.isDirectory() === true) throw new Error(`--output: "${given}" is a folder.`);
  return file;
}
