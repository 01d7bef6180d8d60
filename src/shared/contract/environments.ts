import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { noInput, type Problem } from './common.ts';

export const environmentIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe('letters, digits, "_" and "-"');

/** As in `{{name}}`; a point and a dash are for names such as `device.topic` and `api-key`. */
export const variableNameSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'A variable has a name of letters, digits, "_", "." and "-" that begins with a letter or "_".');

const maxVariables = 1000;
const valueSchema = z.string().max(65_536);

function noTwins(
  variables: readonly { readonly name: string }[],
  context: { addIssue(issue: { code: 'custom'; path: (string | number)[]; message: string }): void },
): void {
  const seen = new Set<string>();
  variables.forEach(({ name }, index) => {
    if (seen.has(name)) context.addIssue({ code: 'custom', path: [index, 'name'], message: `There are two variables named "${name}".` });
    seen.add(name);
  });
}

/** Variables that hold no secrets: those of a collection. */
export const plainVariablesSchema = z
  .array(z.strictObject({ name: variableNameSchema, value: valueSchema }))
  .max(maxVariables)
  .superRefine(noTwins);

/** As it stands in `environments/<id>.json`, for `--env` as well: a secret is `""` there, its value is in the vault. */
export const environmentSchema = z.strictObject({
  id: environmentIdSchema,
  name: z.string().trim().min(1, 'Give the environment a name.').max(200),
  variables: z
    .array(z.strictObject({ name: variableNameSchema, value: valueSchema, secret: z.boolean().default(false) }))
    .max(maxVariables)
    .superRefine(noTwins)
    .default([]),
});
export type Environment = z.infer<typeof environmentSchema>;

/** `value` of a secret is always empty here; `stored` says whether there is one. */
interface VariableView {
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
  /** Of a secret: the vault has a value for it. */
  readonly stored: boolean;
}

export interface EnvironmentView {
  readonly id: string;
  readonly name: string;
  readonly variables: readonly VariableView[];
  /** Of the file, for `environments.save`. */
  readonly revision: string;
}

export interface EnvironmentsView {
  /** By name. */
  readonly environments: readonly EnvironmentView[];
  /** Files that cannot be used. They are left as they are. `file` is relative to the workspace. */
  readonly broken: readonly { readonly file: string; readonly problem: Problem }[];
  /** The one that calls are filled in from; `null`: none, or the chosen one is gone. */
  readonly activeId: string | null;
}

const savedVariableSchema = z.strictObject({
  name: variableNameSchema,
  /** `null`: of a secret, the stored value stays. A secret that becomes a plain variable needs a value. */
  value: valueSchema.nullable(),
  secret: z.boolean().default(false),
  /** Of a secret that has been renamed, with `value: null`: the name its value is stored under. */
  was: variableNameSchema.optional(),
});

const environmentInputSchema = z.strictObject({
  environment: z.strictObject({
    id: environmentIdSchema,
    name: environmentSchema.shape.name,
    variables: z.array(savedVariableSchema).max(maxVariables).superRefine(noTwins),
  }),
  /** Of the file that was changed. Rejects with `invalid-state` and data `{ reason: 'changed' }` when it is another by now. Absent: whatever is there is replaced. */
  revision: z.string().max(100).optional(),
});
export type EnvironmentInput = z.input<typeof environmentInputSchema>;

export const environmentsContract = {
  /** Again after changes, those made by other programs as well. */
  'environments.watch': stream<EnvironmentsView>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** Reads the folder again: where the system tells of no changes, such as on some network drives. */
  'environments.refresh': call<void>()(noInput),
  'environments.save': call<{ readonly revision: string }>()(environmentInputSchema),
  /** With its secrets. */
  'environments.remove': call<void>()(z.strictObject({ id: environmentIdSchema })),
  'environments.choose': call<void>()(z.strictObject({ id: environmentIdSchema.nullable() })),
} as const;
