import type { EnvironmentsView, EnvironmentView } from '../../../shared/contract/environments.ts';
import { fillCall, type FillSource } from '../../../shared/collections/fill-request.ts';
import { fillTemplate, templateFunctions } from '../../../shared/template/index.ts';
import { shorten } from '../../../shared/text/shorten.ts';

/** What stands for a secret while a draft is checked: a value as text and as JSON, which is sent nowhere. */
const secretStandIn = '0';

/** What `{{name}}` stands for now. The engine fills in; here it is only looked at. */
export interface Variables {
  readonly environment: EnvironmentView | null;
  readonly source: FillSource;
}

const functions = templateFunctions({ now: () => 0, random: () => 0, newId: () => '00000000-0000-4000-8000-000000000000', count: () => 1 });

export function variablesOf(view: EnvironmentsView): Variables {
  const environment = view.environments.find(({ id }) => id === view.activeId) ?? null;
  const scope = Object.fromEntries(environment?.variables.map(({ name, value, secret }) => [name, secret ? secretStandIn : value]) ?? []);
  return { environment, source: { scope, functions } };
}

export const hasBraces = (text: string): boolean => text.includes('{{');

/** A text as it will be, or what is wrong, in a sentence. */
export function filledText(text: string, { source }: Variables): { readonly text: string } | { readonly problem: string } {
  return fillTemplate(text, source.scope, source.functions);
}

/** What is wrong with params that have variables in them, in a sentence with its place; `null`: nothing. */
export function paramsProblem(params: string, { source }: Variables): string | null {
  const filled = fillCall({ topic: '', method: '', params }, source);
  if (!('problem' in filled)) return null;
  const { message, advice } = filled.problem;
  // Of what is not known, the place that names it says what to do.
  const hint = advice === undefined || message.endsWith('is not known.') ? '' : ` ${advice}`;
  return `${message.replace(/^The params(?:, )?:? ?/, (found) => (found.endsWith(', ') ? 'In ' : ''))}${hint}`;
}

const maxHints = 8;
const maxValueLength = 40;

/** The variables that texts name, with their values now. */
export function variableHints(texts: readonly string[], { environment }: Variables): readonly { readonly name: string; readonly value: string | null }[] {
  const used = new Set(texts.flatMap((text) => [...text.matchAll(/\{\{\s*([A-Za-z_][A-Za-z0-9_.-]*)/g)].map(([, name = '']) => name)));
  const known = environment?.variables.filter(({ name }) => used.has(name)) ?? [];
  return known
    .slice(0, maxHints)
    .map(({ name, value, secret, stored }) => ({ name, value: secret ? (stored ? '••••' : null) : shorten(value, maxValueLength) }));
}

/** `device = edge/pump, token = ••••`. */
export const hintText = (hints: ReturnType<typeof variableHints>): string => hints.map(({ name, value }) => `${name} = ${value ?? 'not stored'}`).join(', ');
