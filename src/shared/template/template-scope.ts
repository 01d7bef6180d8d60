import { isJsonObject, textOf } from '../rpc/json-payload.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import type { PathStep, Placeholder } from './placeholder.ts';
import type { TemplateFunctions } from './template-functions.ts';
import { TemplateFault } from './template-problem.ts';
import { isList } from '../rpc/is-list.ts';

/** What placeholders may name. Only own members count: `__proto__` and `constructor` are names like any other. */
export type TemplateScope = { readonly [name: string]: JsonValue };

/** `isFallback`: the value is the text after `|`. */
interface Found {
  readonly value: JsonValue;
  readonly isFallback: boolean;
}

/** What stands for a placeholder. */
export function valueOf(placeholder: Placeholder, scope: TemplateScope, functions: TemplateFunctions): Found {
  if (placeholder.kind === 'text') return { value: placeholder.text, isFallback: false };
  const value = placeholder.kind === 'path' ? lookUp(placeholder.path, scope) : callFunction(placeholder, functions);
  if (!(value instanceof TemplateFault)) return { value, isFallback: false };
  if (placeholder.fallback === undefined) throw value;
  return { value: placeholder.fallback, isFallback: true };
}

function callFunction(placeholder: Placeholder & { readonly kind: 'function' }, functions: TemplateFunctions): JsonValue | TemplateFault {
  const { name, nameAt, args, end } = placeholder;
  const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (run === undefined) {
    const known = Object.keys(functions);
    const advice = known.length === 0 ? 'Use a name instead.' : `There are ${known.join(', ')}.`;
    return new TemplateFault(`There is no function ${name}.`, advice, nameAt, name.length);
  }
  const result = run(args);
  // Wrong arguments are a mistake in the template, which no fallback should hide.
  if ('problem' in result) throw new TemplateFault(result.problem, result.advice, nameAt, end - 2 - nameAt);
  return result.value;
}

function lookUp(path: readonly PathStep[], scope: TemplateScope): JsonValue | TemplateFault {
  const [start, used] = longestName(path, scope);
  if (start === undefined) return unknownName(path, scope);
  let value = start.value;
  for (const [at, step] of path.entries()) {
    if (at < used) continue;
    const next = member(value, step.key);
    if (next === undefined) return noMember(path, at, value);
    value = next.value;
  }
  return value;
}

/** Names of variables may have dots in them: the longest one that is known counts. */
function longestName(path: readonly PathStep[], scope: TemplateScope): readonly [found: { readonly value: JsonValue } | undefined, steps: number] {
  const dotted = path.findIndex((step, at) => at > 0 && !step.dotted);
  for (let steps = dotted === -1 ? path.length : dotted; steps > 0; steps -= 1) {
    const found = member(
      scope,
      path
        .slice(0, steps)
        .map(({ key }) => key)
        .join('.'),
    );
    if (found) return [found, steps];
  }
  return [undefined, 0];
}

function member(value: JsonValue, key: string | number): { readonly value: JsonValue } | undefined {
  let found: JsonValue | undefined;
  if (isList(value)) found = typeof key === 'number' ? value[key] : undefined;
  else if (isJsonObject(value) && Object.hasOwn(value, key)) found = value[key];
  return found === undefined ? undefined : { value: found };
}

function unknownName(path: readonly PathStep[], scope: TemplateScope): TemplateFault {
  const [first, ...rest] = path;
  const leading = rest.findIndex(({ dotted }) => !dotted);
  const name = [first, ...(leading === -1 ? rest : rest.slice(0, leading))].map((step) => step?.key).join('.');
  const known = listed(Object.keys(scope));
  const advice = known === '' ? 'No names are known here.' : `Known here: ${known}.`;
  return new TemplateFault(`“${shown(name)}” is not known.`, `${advice} A value for when it is not known: {{name|value}}.`, first?.at ?? 0, name.length);
}

function noMember(path: readonly PathStep[], at: number, value: JsonValue): TemplateFault {
  const step = path[at];
  const name = pathText(path.slice(0, at));
  const what = `${shown(name)} has no ${typeof step?.key === 'number' ? `item ${step.key}` : `member “${shown(String(step?.key))}”`}`;
  return new TemplateFault(`${what}: ${describe(value)}.`, 'A value for when it is missing: {{name|value}}.', step?.at ?? 0, step?.length ?? 1);
}

function pathText(path: readonly PathStep[]): string {
  return path.map(({ key, dotted }, at) => (at === 0 ? String(key) : dotted ? `.${key}` : `[${JSON.stringify(key)}]`)).join('');
}

function describe(value: JsonValue): string {
  if (value === null) return 'it is null';
  if (isList(value)) return `it is a list of ${value.length}`;
  if (isJsonObject(value)) {
    const known = listed(Object.keys(value));
    return known === '' ? 'it is an empty object' : `it has ${known}`;
  }
  if (typeof value === 'string') return 'it is a text';
  return typeof value === 'boolean' ? `it is ${value}` : `it is the number ${textOf(value)}`;
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, 10).map(shown).join(', ');
  return names.length > 10 ? `${some} and ${names.length - 10} more` : some;
}

function shown(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}
