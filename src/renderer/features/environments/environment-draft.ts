import type { EnvironmentInput, EnvironmentView } from '../../../shared/contract/environments.ts';

/** One variable as it is written. */
export interface VariableDraft {
  readonly key: number;
  readonly name: string;
  /** Of a secret that is stored: `null` as long as nothing was typed. The page never gets to know it. */
  readonly value: string | null;
  readonly secret: boolean;
  /** The name its secret value is stored under; `null`: none is. */
  readonly storedAs: string | null;
}

export interface EnvironmentDraft {
  readonly id: string;
  readonly name: string;
  readonly variables: readonly VariableDraft[];
  /** Of the file it was made from; `null`: it was never saved. */
  readonly revision: string | null;
}

let keys = 0;
export function variable(part: Partial<Omit<VariableDraft, 'key'>> = {}): VariableDraft {
  keys += 1;
  return { name: '', value: '', secret: false, storedAs: null, ...part, key: keys };
}

export const draftOfEnvironment = ({ id, name, variables, revision }: EnvironmentView): EnvironmentDraft => ({
  id,
  name,
  revision,
  variables: variables.map((one) =>
    variable({ name: one.name, secret: one.secret, value: one.secret && one.stored ? null : one.value, storedAs: one.secret && one.stored ? one.name : null }),
  ),
});

const plain = ({ name, variables }: EnvironmentDraft): string =>
  JSON.stringify([name, variables.map((one) => [one.name, one.value, one.secret, one.storedAs])]);
export const sameEnvironment = (one: EnvironmentDraft, other: EnvironmentDraft): boolean => plain(one) === plain(other);

/** Whether its value has to be entered: a secret that becomes readable, for what is stored stays where it is. */
const needsValue = ({ secret, value, storedAs }: VariableDraft): boolean => !secret && value === null && storedAs !== null;

export interface EnvironmentProblems {
  readonly name?: string;
  /** By key of the variable. */
  readonly variables: ReadonlyMap<number, string>;
}

export function environmentProblems(draft: EnvironmentDraft, otherNames: readonly string[]): EnvironmentProblems {
  const name =
    draft.name.trim() === ''
      ? 'Give the environment a name.'
      : otherNames.includes(draft.name.trim())
        ? 'Another environment has this name.'
        : draft.name.length > 200
          ? 'A name has at most 200 characters.'
          : undefined;
  const variables = new Map<number, string>();
  for (const one of draft.variables) {
    const problem = variableProblem(one, draft.variables);
    if (problem !== undefined) variables.set(one.key, problem);
  }
  return { ...(name === undefined ? {} : { name }), variables };
}

function variableProblem(one: VariableDraft, all: readonly VariableDraft[]): string | undefined {
  if (one.name === '') return 'Give the variable a name.';
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(one.name) || one.name.length > 200) return 'A name has letters, digits, "_", "." and "-", a letter or "_" first.';
  if (all.some((other) => other !== one && other.name === one.name)) return `There are two variables named "${one.name}".`;
  if (needsValue(one)) return 'Enter the value again: a stored secret cannot be read.';
  return undefined;
}

/** What to save. */
export function environmentInput({ id, name, variables, revision }: EnvironmentDraft): EnvironmentInput {
  return {
    environment: {
      id,
      name: name.trim(),
      variables: variables.map((one) => ({
        name: one.name,
        value: one.value === null && !one.secret ? '' : one.value,
        secret: one.secret,
        ...(one.secret && one.value === null && one.storedAs !== null && one.storedAs !== one.name ? { was: one.storedAs } : {}),
      })),
    },
    ...(revision === null ? {} : { revision }),
  };
}
