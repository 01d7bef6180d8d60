import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Problem } from '../../../shared/contract/common.ts';
import {
  environmentIdSchema,
  environmentSchema,
  type Environment,
  type EnvironmentInput,
  type EnvironmentsView,
  type EnvironmentView,
} from '../../../shared/contract/environments.ts';
import { fileNameOf } from '../../../shared/collections/file-name.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import {
  checkRevision,
  diskAccess,
  errorCode,
  followFolder,
  goneRevision,
  isGone,
  notSaved,
  readOpenFile,
  writeOpenFile,
  type FollowedFolder,
  type OpenFile,
  type Workspace,
} from '../workspace/index.ts';

const folderName = 'environments';
const chosenFileName = 'active-environment.json';
const maxFileBytes = 16 * 1024 * 1024;
const maxEnvironments = 500;

/** Beside `version`; the id is the name of the file, so that a copy is an environment of its own. */
const environmentFileSchema = environmentSchema.omit({ id: true });
type EnvironmentFile = z.infer<typeof environmentFileSchema>;
const chosenSchema = z.strictObject({ activeId: environmentIdSchema.nullable() });

const secretKey = (id: string, name: string): string => `environment/${id}/${name}`;

/** What calls are filled in from. */
interface VariableSet {
  readonly values: ReadonlyMap<string, string>;
  /** Values to be kept out of what is shown. */
  readonly secrets: readonly string[];
}

interface VariablesToFillIn extends VariableSet {
  readonly missing: readonly string[];
  readonly environment: { readonly id: string; readonly name: string } | null;
}

export interface Environments {
  readonly changed: FollowedFolder['changed'];
  /** `undefined`: not read yet. */
  view(): EnvironmentsView | undefined;
  refresh(): Promise<void>;
  save(input: EnvironmentInput): Promise<{ readonly revision: string }>;
  remove(id: string): Promise<void>;
  choose(id: string | null): Promise<void>;
  /** As the file is now, secrets opened. Rejects when there is no such environment, its file cannot be used, or a secret is missing or cannot be opened. */
  variables(id: string): Promise<VariableSet>;
  /**
   * Of the chosen environment, or of another; empty when there is none. `missing`: its secrets that have no value on this computer. Rejects for one that is
   * asked for by its id and not there.
   */
  activeVariables(id?: string | null): Promise<VariablesToFillIn>;
  close(): void;
}

export interface EnvironmentsOptions {
  readonly workspaceFolder: string;
  readonly secrets: Workspace['secrets'];
}

export function createEnvironments({ workspaceFolder, secrets }: EnvironmentsOptions): Environments {
  const folder = path.join(workspaceFolder, folderName);
  const nameOf = (id: string): string => `${folderName}/${id}.json`;
  const fileOf = (id: string): string => path.join(folder, `${id}.json`);
  let view: EnvironmentsView | undefined;

  const toView = (id: string, { revision, content }: OpenFile<EnvironmentFile> & { readonly content: EnvironmentFile }): EnvironmentView => ({
    id,
    name: content.name,
    revision,
    variables: content.variables.map(({ name, value, secret }) => ({
      name,
      value: secret ? '' : value,
      secret,
      stored: secret && secrets.has(secretKey(id, name)),
    })),
  });

  const readChosen = () => readOpenFile(path.join(workspaceFolder, chosenFileName), chosenFileName, chosenSchema, maxFileBytes);

  const read = async (): Promise<readonly string[]> => {
    const environments: EnvironmentView[] = [];
    const broken: { file: string; problem: Problem }[] = [];
    const { ids, exists, problem } = await listFolder(folder);
    if (problem) broken.push({ file: folderName, problem });
    for (const [index, id] of ids.entries()) {
      if (index === maxEnvironments) {
        broken.push({
          file: folderName,
          problem: { code: 'too-many', message: `There are ${ids.length} environments, and no more than ${maxEnvironments} are read.` },
        });
        break;
      }
      if (!environmentIdSchema.safeParse(id).success) {
        broken.push({
          file: nameOf(id),
          problem: { code: 'workspace-file', message: `${nameOf(id)} cannot be used: names of these files have letters, digits, "_" and "-".` },
        });
        continue;
      }
      const file = await readOpenFile(fileOf(id), nameOf(id), environmentFileSchema, maxFileBytes);
      if (file?.content) environments.push(toView(id, { ...file, content: file.content }));
      else if (file?.problem) broken.push({ file: nameOf(id), problem: file.problem });
    }
    environments.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }) || (a.id < b.id ? -1 : 1));
    const chosenFile = await readChosen();
    if (chosenFile?.problem) broken.push({ file: chosenFileName, problem: chosenFile.problem });
    const chosen = chosenFile?.content?.activeId ?? null;
    view = { environments, broken, activeId: environments.some(({ id }) => id === chosen) ? chosen : null };
    return exists ? [folder] : [workspaceFolder];
  };
  const files = followFolder({ read });

  /** `missing`: takes the names of secrets without a value, which are refused otherwise. */
  const variables = async (id: string, missing?: string[]): Promise<{ readonly name: string; readonly set: VariableSet }> => {
    const file = await readOpenFile(fileOf(id), nameOf(id), environmentFileSchema, maxFileBytes);
    if (!file) throw new CodedError('not-found', `There is no environment "${id}" (any more).`);
    if (!file.content) throw new CodedError('invalid-state', file.problem?.message, { advice: file.problem?.advice });
    const values = new Map<string, string>();
    const opened: string[] = [];
    for (const { name, value, secret } of file.content.variables) {
      const known = secret ? await secrets.get(secretKey(id, name)) : value;
      if (known === undefined && missing) missing.push(name);
      if (known === undefined && !missing) {
        throw new CodedError('invalid-state', `The secret "${name}" of the environment "${file.content.name}" has no value on this computer.`, {
          advice: 'Enter it in the environment: secrets are not in the file.',
        });
      }
      if (known === undefined) continue;
      values.set(name, known);
      if (secret) opened.push(known);
    }
    return { name: file.content.name, set: { values, secrets: opened } };
  };

  /** The values are in the vault before the file says that there are any, and go after it. Answers with what takes them back, and brings back those before. */
  const saveSecrets = async (environment: EnvironmentInput['environment'], before: Environment['variables']): Promise<() => Promise<void>> => {
    const { id } = environment;
    const kept = new Map<string, string>();
    // All are read first: two may have changed names with each other.
    for (const { name, value, secret = false, was = name } of environment.variables) {
      if (!secret) continue;
      const text = value ?? (await secrets.get(secretKey(id, was)));
      if (text !== undefined && (value !== null || was !== name)) kept.set(name, text);
      else if (value === null) {
        // A variable that was readable until now.
        const plain = before.find((one) => one.name === was && !one.secret)?.value;
        if (plain !== undefined) kept.set(name, plain);
      }
    }
    const undo: (() => Promise<void>)[] = [];
    const takeBack = async (): Promise<void> => {
      // The disk may refuse this as well: then memory is right, and the failure that is told is the first one.
      for (const one of undo.toReversed()) await one().catch(() => undefined);
    };
    try {
      for (const [name, text] of kept) {
        const key = secretKey(id, name);
        // What cannot be opened cannot be used either.
        const old = await secrets.get(key).catch(() => undefined);
        undo.push(() => (old === undefined ? secrets.remove(key) : secrets.set(key, old)));
        await secrets.set(key, text);
      }
    } catch (error) {
      await takeBack();
      throw error;
    }
    return takeBack;
  };

  return {
    changed: files.changed,
    view: () => view,
    refresh: files.refresh,
    variables: async (id) => (await variables(id)).set,
    async activeVariables(wanted) {
      const chosen = wanted === undefined ? ((await readChosen())?.content?.activeId ?? null) : wanted;
      const exists =
        chosen !== null && (wanted !== undefined || (await readOpenFile(fileOf(chosen), nameOf(chosen), environmentFileSchema, maxFileBytes)) !== null);
      if (!exists) return { values: new Map(), secrets: [], missing: [], environment: null };
      const missing: string[] = [];
      const { name, set } = await variables(chosen, missing);
      return { ...set, missing, environment: { id: chosen, name } };
    },
    save: ({ environment, revision }) =>
      files.change(async () => {
        const { id, name } = environment;
        if (fileNameOf(id) !== id) throw new CodedError('bad-input', `"${id}" cannot be the name of a file on every system.`);
        const { ids, problem } = await listFolder(folder);
        if (problem) throw new CodedError('workspace-unwritable', problem.message, { advice: problem.advice });
        const twin = ids.find((other) => other !== id && other.toLowerCase() === id.toLowerCase());
        if (twin !== undefined) throw new CodedError('bad-input', `The id "${id}" differs from "${twin}" only in capital letters.`);
        if (!ids.includes(id) && ids.length >= maxEnvironments) {
          throw new CodedError('invalid-state', `No more than ${maxEnvironments} environments can be kept.`, { advice: 'Delete some first.' });
        }
        const present = await readOpenFile(fileOf(id), nameOf(id), environmentFileSchema, maxFileBytes);
        const before = present?.content?.variables ?? [];
        // Before the vault is touched: what is refused changes nothing.
        if (revision !== undefined) checkRevision(nameOf(id), present?.revision ?? goneRevision, revision);
        const plain = environment.variables.find(({ value, secret = false }) => value === null && !secret);
        if (plain) throw new CodedError('bad-input', `The variable "${plain.name}" needs a value.`);
        const takeBack = await saveSecrets(environment, before);
        const stored = environment.variables.map((one) => ({
          name: one.name,
          value: one.secret === true ? '' : (one.value ?? ''),
          secret: one.secret ?? false,
        }));
        let saved: string;
        try {
          saved = await makeAndWrite(folder, () => writeOpenFile(fileOf(id), nameOf(id), { name, variables: stored }, maxFileBytes, revision));
        } catch (error) {
          await takeBack();
          throw error;
        }
        const secretNames = new Set(stored.filter(({ secret }) => secret).map((one) => one.name));
        for (const one of before) if (one.secret && !secretNames.has(one.name)) await secrets.remove(secretKey(id, one.name));
        return { revision: saved };
      }),
    remove: (id) =>
      files.change(async () => {
        const before = (await readOpenFile(fileOf(id), nameOf(id), environmentFileSchema, maxFileBytes))?.content?.variables ?? [];
        await rm(fileOf(id), { force: true }).catch((error: unknown) => {
          throw notSaved(nameOf(id), error);
        });
        for (const { name, secret } of before) if (secret) await secrets.remove(secretKey(id, name));
      }),
    choose: (id) =>
      files.change(async () => {
        if (id !== null && !(await listFolder(folder)).ids.includes(id)) throw new CodedError('not-found', 'That environment does not exist (any more).');
        await writeOpenFile(path.join(workspaceFolder, chosenFileName), chosenFileName, { activeId: id }, maxFileBytes);
      }),
    close: files.close,
  };
}

async function makeAndWrite(folder: string, write: () => Promise<string>): Promise<string> {
  await diskAccess.makeFolder(folder).catch((error: unknown) => {
    throw notSaved(folderName, error);
  });
  return write();
}

async function listFolder(folder: string): Promise<{ readonly ids: readonly string[]; readonly exists: boolean; readonly problem?: Problem }> {
  try {
    if ((await lstat(folder)).isSymbolicLink()) {
      return {
        ids: [],
        exists: false,
        problem: { code: 'workspace-file', message: `${folderName} is a link, and links are not followed.`, advice: 'Put the folder itself there.' },
      };
    }
    const names = await readdir(folder);
    return {
      exists: true,
      ids: names
        .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
        .map((name) => name.slice(0, -'.json'.length))
        .toSorted(),
    };
  } catch (error) {
    if (isGone(error)) return { ids: [], exists: false };
    return {
      ids: [],
      exists: false,
      problem: { code: 'workspace-file', message: `The folder ${folderName} could not be read (${errorCode(error)}).`, advice: 'Check its permissions.' },
    };
  }
}
