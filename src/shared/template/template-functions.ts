import type { JsonValue } from '../rpc/python-json.ts';

/** By name with `$`. Arguments come as they are written, texts without their quotes. */
export type TemplateFunctions = {
  readonly [name: string]: (args: readonly string[]) => { readonly value: JsonValue } | { readonly problem: string; readonly advice: string };
};

export interface TemplateSources {
  /** Unix ms. */
  readonly now: () => number;
  /** From 0 to 1, without 1. */
  readonly random: () => number;
  readonly newId: () => string;
  /** The next number of the counter of this name; the one without a name is ''. */
  readonly count: (name: string) => number;
}

/** The functions every template has: `$uuid`, `$now`, `$isoNow`, `$random`, `$randomInt`, `$counter`. */
export function templateFunctions({ now, random, newId, count }: TemplateSources): TemplateFunctions {
  return {
    $uuid: without('$uuid', newId),
    $now: without('$now', now),
    $isoNow: without('$isoNow', () => new Date(now()).toISOString()),
    $random: without('$random', random),
    $randomInt: (args) => randomInt(args, random),
    $counter: (args) =>
      args.length > 1 ? { problem: '$counter takes one name at most.', advice: 'Write {{$counter}} or {{$counter name}}.' } : { value: count(args[0] ?? '') },
  };
}

function without(name: string, make: () => JsonValue): TemplateFunctions[string] {
  return (args) => (args.length === 0 ? { value: make() } : { problem: `${name} takes no arguments.`, advice: `Write {{${name}}}.` });
}

const wholeNumber = /^-?\d{1,15}$/;

function randomInt(args: readonly string[], random: () => number): ReturnType<TemplateFunctions[string]> {
  const [low = '0', high = '1000'] = args;
  if (args.length > 2 || args.length === 1 || !wholeNumber.test(low) || !wholeNumber.test(high)) {
    return { problem: '$randomInt takes two whole numbers, or none for 0 to 1000.', advice: 'Write for example {{$randomInt 1 6}}.' };
  }
  const [from, to] = [Number(low), Number(high)];
  if (from > to) return { problem: `$randomInt: ${from} is more than ${to}.`, advice: 'Write the smaller number first.' };
  return { value: Math.min(to, from + Math.floor(random() * (to - from + 1))) };
}
