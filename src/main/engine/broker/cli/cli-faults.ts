import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { noFaults, type FaultConfig } from '../../../../shared/broker/faults/fault-rules.ts';
import { readMqttdConfig, type MqttdDialect, type MqttdKeys } from '../../../../shared/broker/faults/mqttd-keys.ts';
import { faultProfileSchema } from '../../../../shared/contract/broker-faults.ts';
import type { GivenOptions } from './cli-options.ts';

export interface CliFaults {
  readonly config: FaultConfig;
  /** Of a config file of mqttd, read anew at each connection. */
  readonly readKeys: (() => MqttdKeys) | undefined;
}

const maxFileBytes = 1_048_576;

/** What `--faults` and its like ask for. Throws an error that says which argument is wrong; `null`: nothing. */
export function readFaultArguments(given: GivenOptions): { readonly open: (listeners: readonly string[]) => CliFaults } | null {
  const { faults: file, 'faults-dialect': dialect = 'c', 'faults-tests': folder, curl = false } = given;
  if (dialect !== 'c' && dialect !== 'python') throw new Error(`--faults-dialect is c or python, not "${dialect}".`);
  if (file === '') throw new Error('--faults needs the name of a file.');
  if (file === undefined) {
    const about = (['faults-dialect', 'faults-tests'] as const).find((name) => given[name] !== undefined);
    if (about !== undefined) throw new Error(`--${about} is about --faults, which is not given.`);
    if (!curl) return null;
  }
  return {
    open(listeners) {
      const config = { ...noFaults, curlListeners: curl ? listeners : [] };
      if (file === undefined) return { config, readKeys: undefined };
      const path = resolve(file);
      const text = readSmall(path);
      const profile = text.trimStart().startsWith('{') ? readProfile(path, text) : null;
      if (profile === null) return { config, readKeys: keysReader(path, dialect, folder) };
      return { config: { ...config, active: [{ id: 'file', profile, scope: { kind: 'all' }, includeOwn: false }] }, readKeys: undefined };
    },
  };
}

function readProfile(path: string, text: string) {
  try {
    return faultProfileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is no profile of faults: ${error instanceof SyntaxError ? error.message : 'save one in the workbench to see its form.'}`, {
      cause: error,
    });
  }
}

/** As both servers: at each connection the file of then. What is odd in it is said once, on the standard error. */
function keysReader(path: string, dialect: MqttdDialect, testFolder: string | undefined): () => MqttdKeys {
  let before: MqttdKeys | undefined;
  let told = '';
  const tell = (text: string): void => {
    if (text !== told && text !== '') process.stderr.write(text);
    told = text;
  };
  return () => {
    let text = '';
    try {
      text = readSmall(path);
    } catch (error) {
      tell(`${(error as Error).message}\n`);
      return (before = readMqttdConfig('', dialect, before).keys);
    }
    const { keys, findings } = readMqttdConfig(text, dialect, before);
    tell(findings.map(({ line, message }) => `${path}:${line}: ${message}\n`).join(''));
    before = testFolder === undefined ? keys : { ...keys, testFolder: resolve(testFolder) };
    return before;
  };
}

function readSmall(path: string): string {
  let handle: number | undefined;
  try {
    handle = openSync(path, 'r');
    const { size } = fstatSync(handle);
    if (size > maxFileBytes) throw new Error(`it has ${size} bytes, and ${maxFileBytes} are the most`);
    const bytes = Buffer.alloc(maxFileBytes);
    return bytes.toString('utf8', 0, readSync(handle, bytes, 0, maxFileBytes, 0));
  } catch (error) {
    throw new Error(`The file ${path} of --faults cannot be read: ${(error as Error).message}.`, { cause: error });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
