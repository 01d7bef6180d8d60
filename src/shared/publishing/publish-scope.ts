import type { FillSource } from '../collections/filler.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { templateFunctions, type TemplateFunctions } from '../template/index.ts';
import { askFunction } from './prompts.ts';

interface PublishScopeOptions {
  readonly variables: { readonly [name: string]: JsonValue };
  readonly answers: Readonly<Record<string, string>>;
  /** Unix ms. */
  readonly now: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  readonly count: (name: string) => number;
}

const shortNames = { now: '$now', uuid: '$uuid', counter: '$counter', random: '$random' } as const;

/** What a message is filled in from: variables, `{{$ask}}`, the functions, and `now`, `uuid`, `counter` and `random` where no variable has such a name. */
export function publishScope({ variables, answers, ...sources }: PublishScopeOptions): FillSource {
  const functions: TemplateFunctions = { ...templateFunctions(sources), $ask: askFunction(answers) };
  const scope = { ...variables };
  for (const [name, called] of Object.entries(shortNames)) {
    if (Object.hasOwn(scope, name)) continue;
    const get = (): JsonValue => {
      const made = functions[called]?.([]);
      return made && 'value' in made ? made.value : null;
    };
    // Another value each time it is read.
    Object.defineProperty(scope, name, { get, enumerable: true });
  }
  return { scope, functions };
}
