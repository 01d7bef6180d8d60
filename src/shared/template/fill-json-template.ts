import { readNumber } from '../rpc/exact-number.ts';
import { readJsonText, textOf } from '../rpc/json-payload.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { fillText } from './fill-template.ts';
import { originalOffset } from './original-offset.ts';
import { readPlaceholder, type Placeholder } from './placeholder.ts';
import type { TemplateFunctions } from './template-functions.ts';
import { checkTemplateLength, maxTemplateDepth, TemplateBudget } from './template-limits.ts';
import { orProblem, TemplateFault, type TemplateProblem } from './template-problem.ts';
import { valueOf, type TemplateScope } from './template-scope.ts';

/**
 * Reads JSON text (RFC 8259) with placeholders. `"{{name}}"` is the value itself, of whatever type; within a longer text, and in keys, it becomes text.
 * Without quotation marks `{{name}}` is the value as well, but a text is read as JSON: so variables, which are texts, give numbers and lists.
 * What is filled in is one complete value each time: it cannot change the structure around it.
 */
export function fillJsonTemplate(text: string, scope: TemplateScope, functions: TemplateFunctions): { readonly value: JsonValue } | TemplateProblem {
  return orProblem(() => {
    checkTemplateLength(text);
    return { value: new JsonTemplateReader(text, scope, functions).read() };
  });
}

const space = /[ \t\n\r]*/y;
// JSON allows no control characters inside strings.
// oxlint-disable-next-line no-control-regex
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
const literal = /(?:true|false|null)\b/y;

class JsonTemplateReader {
  readonly #text: string;
  readonly #scope: TemplateScope;
  readonly #functions: TemplateFunctions;
  readonly #budget = new TemplateBudget();
  #at = 0;
  #depth = 0;

  constructor(text: string, scope: TemplateScope, functions: TemplateFunctions) {
    this.#text = text;
    this.#scope = scope;
    this.#functions = functions;
  }

  read(): JsonValue {
    const value = this.#value();
    this.#take(space);
    if (this.#at < this.#text.length) throw this.#fault('There is something after the end of the JSON.', 'Remove it, or put both into a list.');
    return value;
  }

  #value(): JsonValue {
    this.#take(space);
    if (this.#text.startsWith('{{', this.#at)) return this.#bare();
    switch (this.#text.charAt(this.#at)) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#list());
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #nested<T>(read: () => T): T {
    if (this.#depth === maxTemplateDepth) throw this.#fault(`Nested deeper than ${maxTemplateDepth} levels.`, 'Make it flatter.');
    this.#depth += 1;
    this.#at += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): JsonValue {
    const members: [key: string, value: JsonValue][] = [];
    if (!this.#skip('}')) {
      do {
        this.#take(space);
        if (this.#text.charAt(this.#at) !== '"') throw this.#unexpected('a key in quotation marks');
        const key = textOf(this.#string());
        if (!this.#skip(':')) throw this.#unexpected('a colon');
        members.push([key, this.#value()]);
      } while (this.#skip(','));
      if (!this.#skip('}')) throw this.#unexpected('a comma or }');
    }
    // `fromEntries` makes own members even of "__proto__".
    return Object.fromEntries(members);
  }

  #list(): JsonValue {
    const items: JsonValue[] = [];
    if (this.#skip(']')) return items;
    do items.push(this.#value());
    while (this.#skip(','));
    if (!this.#skip(']')) throw this.#unexpected('a comma or ]');
    return items;
  }

  #scalar(): JsonValue {
    const digits = this.#take(number);
    if (digits !== undefined) return readNumber(digits);
    const word = this.#take(literal);
    if (word !== undefined) return JSON.parse(word) as JsonValue;
    throw this.#unexpected('a value');
  }

  #string(): JsonValue {
    const start = this.#at;
    const source = this.#take(string);
    if (source === undefined) {
      throw this.#fault(
        'This text has no end, or something in it that JSON does not allow.',
        'Write " at its end, \\n for a line break and \\\\ for a backslash.',
      );
    }
    const text = JSON.parse(source) as string;
    if (!text.includes('{{')) return text;
    try {
      return this.#fillString(text);
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      const [from, to] = [error.at, error.at + error.length].map((offset) => start + originalOffset(source, offset));
      throw new TemplateFault(error.message, error.advice, from ?? start, (to ?? start) - (from ?? start));
    }
  }

  #fillString(text: string): JsonValue {
    const first = text.startsWith('{{') ? readPlaceholder(text, 0) : undefined;
    if (first?.end !== text.length) return fillText(text, this.#scope, this.#functions, this.#budget);
    const { value, isFallback } = this.#filled(first);
    if (!isFallback || typeof value !== 'string') return value;
    const read = readJsonText(value);
    return 'value' in read ? read.value : value;
  }

  #bare(): JsonValue {
    const placeholder = readPlaceholder(this.#text, this.#at);
    const { value } = this.#filled(placeholder);
    if (typeof value !== 'string') {
      this.#at = placeholder.end;
      return value;
    }
    const read = readJsonText(value);
    if (!('value' in read)) {
      throw new TemplateFault(
        'What is filled in here is a text that is not JSON.',
        'Put the placeholder into quotation marks: it is filled in as a text then.',
        this.#at,
        placeholder.end - this.#at,
      );
    }
    this.#at = placeholder.end;
    return read.value;
  }

  #filled(placeholder: Placeholder): ReturnType<typeof valueOf> {
    const found = valueOf(placeholder, this.#scope, this.#functions);
    this.#budget.spend(textOf(found.value).length, placeholder.at, placeholder.end - placeholder.at);
    return found;
  }

  #skip(mark: string): boolean {
    this.#take(space);
    const there = this.#text.charAt(this.#at) === mark;
    if (there) this.#at += 1;
    return there;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(wanted: string): TemplateFault {
    if (this.#at >= this.#text.length) return this.#fault(`The JSON ends too early: ${wanted} is missing.`, 'Complete it.');
    const found = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    return this.#fault(`Here must be ${wanted}, not “${found}”.`, 'The template is JSON; placeholders stand where a value stands, or inside texts.');
  }

  #fault(problem: string, advice: string): TemplateFault {
    return new TemplateFault(problem, advice, this.#at, Math.min(1, this.#text.length - this.#at));
  }
}
