import type { Problem } from '../contract/common.ts';
import { isList } from '../rpc/is-list.ts';
import { isJsonObject, readJsonText } from '../rpc/json-payload.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { fillJsonTemplate, fillTemplate, type TemplateFunctions, type TemplateProblem, type TemplateScope } from '../template/index.ts';

/** Where `{{variables}}` get their values from. */
export interface FillSource {
  readonly scope: TemplateScope;
  readonly functions: TemplateFunctions;
}

/** Keeps the first problem; what it answers with is of no use then. */
export class Filler {
  readonly #source: FillSource;
  problem: Problem | null = null;

  constructor(source: FillSource) {
    this.#source = source;
  }

  text(what: string, template: string): string {
    const filled = fillTemplate(template, this.#source.scope, this.#source.functions);
    if ('text' in filled) return filled.text;
    this.#note(what, template, filled);
    return '';
  }

  json(what: string, template: string): JsonValue {
    // Only what is to be filled in has the limits of a template.
    const plain = template.includes('{{') ? null : readJsonText(template);
    if (plain && 'value' in plain) return plain.value;
    const filled = fillJsonTemplate(template, this.#source.scope, this.#source.functions);
    if ('value' in filled) return filled.value;
    this.#note(what, template, filled);
    return null;
  }

  /** Texts inside a value. */
  value(what: string, value: JsonValue): JsonValue {
    if (typeof value === 'string') return value.includes('{{') ? this.text(what, value) : value;
    if (isList(value)) return value.map((item) => this.value(what, item));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.value(what, inner)]));
  }

  #note(what: string, template: string, { problem, advice, at }: TemplateProblem): void {
    const before = template.slice(0, at).split('\n');
    const where = template.includes('\n') ? `, line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}` : '';
    this.problem ??= { code: 'bad-template', message: `${what}${where}: ${problem}`, advice };
  }
}
