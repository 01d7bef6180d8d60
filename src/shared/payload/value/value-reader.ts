import { bytesOfHex } from '../hex-text.ts';
import { maxDepth, maxValues } from './limits.ts';
import { readMoment } from './moment-text.ts';
import { PayloadFailure } from './payload-failure.ts';
import { floatValue, integerValue, mapOf, type MapValue, type PayloadValue, type SpecialValue } from './payload-value.ts';
import { formKeys } from './value-text.ts';

type Entries = MapValue['entries'];

/** Reads what `valueText` writes, and any other JSON text: 1 is a whole number, 1.0 and 1e0 are floating point. Throws `PayloadFailure` with the offset in the text. */
export function readValueText(text: string): PayloadValue {
  const reader = new TextReader(text);
  reader.space();
  if (reader.atEnd) throw new PayloadFailure('the text is empty: a value is missing', 0);
  const value = reader.value(0);
  reader.space();
  if (!reader.atEnd) throw reader.unexpected();
  return value;
}

const numberToken = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const words: readonly (readonly [string, PayloadValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];
/** A whole number of more digits takes seconds to read. */
const maxDigits = 5000;

class TextReader {
  readonly #text: string;
  #at = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  space(): void {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? '?')) this.#at += 1;
  }

  unexpected(): PayloadFailure {
    const code = this.#text.codePointAt(this.#at);
    return new PayloadFailure(code === undefined ? 'the text ends too early' : `unexpected "${String.fromCodePoint(code)}"`, this.#at);
  }

  value(depth: number): PayloadValue {
    this.#values += 1;
    if (depth > maxDepth) throw new PayloadFailure(`nested deeper than ${maxDepth} levels`, this.#at);
    if (this.#values > maxValues) throw new PayloadFailure(`more than ${maxValues.toLocaleString('en')} values`, this.#at);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#list(depth);
      case '"':
        return this.#string();
      default: {
        const word = words.find(([word]) => this.#text.startsWith(word, this.#at));
        if (!word) return this.#number();
        this.#at += word[0].length;
        return word[1];
      }
    }
  }

  #number(): PayloadValue {
    numberToken.lastIndex = this.#at;
    const match = numberToken.exec(this.#text);
    if (!match) throw this.unexpected();
    const [token, fraction, exponent] = match;
    const start = this.#at;
    this.#at += token.length;
    if (fraction !== undefined || exponent !== undefined) {
      const number = Number(token);
      if (!Number.isFinite(number)) throw new PayloadFailure(`${token} is larger than a floating-point number can be`, start);
      return floatValue(number);
    }
    if (token.length > maxDigits) throw new PayloadFailure(`the number has more than ${maxDigits} digits`, start);
    return integerValue(BigInt(token));
  }

  /** Scanned unit by unit: an expression would need a stack as deep as the string is long. */
  #string(): string {
    const start = this.#at;
    if (this.#text[start] !== '"') throw this.unexpected();
    let end = start + 1;
    for (; this.#text[end] !== '"'; end += 1) {
      const unit = this.#text.charCodeAt(end);
      if (Number.isNaN(unit)) throw new PayloadFailure('the text ends inside a string', this.#text.length);
      if (unit < 32) throw new PayloadFailure('a string has a line break or control character in it: write it as an escape such as \\n', end);
      if (unit !== 0x5c) continue;
      if (!/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(this.#text.slice(end, end + 6))) throw new PayloadFailure('the string has an unknown escape', end);
      end += 1;
    }
    this.#at = end + 1;
    const text = JSON.parse(this.#text.slice(start, end + 1)) as string;
    if (!text.isWellFormed()) throw new PayloadFailure('half of a surrogate pair: a character was cut in two', start);
    return text;
  }

  #list(depth: number): PayloadValue {
    const items: PayloadValue[] = [];
    this.#items(']', () => items.push(this.value(depth + 1)));
    return items;
  }

  #object(depth: number): PayloadValue {
    const start = this.#at;
    const entries: (readonly [string, PayloadValue])[] = [];
    this.#items('}', () => {
      const key = this.#string();
      this.space();
      if (this.#text[this.#at] !== ':') throw this.unexpected();
      this.#at += 1;
      this.space();
      entries.push([key, this.value(depth + 1)]);
    });
    const form = entries.find(([key]) => formKeys.has(key))?.[0];
    if (form === undefined) return mapOf(entries);
    const read = entries[0]?.[0] === form ? readForm(form, entries) : undefined;
    if (read === undefined)
      throw new PayloadFailure(`not a form of "${form}": write ${formExamples[form]}, or {"$map": [["${form}", …]]} for a key of this name`, start);
    return read;
  }

  #items(close: ']' | '}', item: () => void): void {
    this.#at += 1;
    this.space();
    if (this.#text[this.#at] === close) {
      this.#at += 1;
      return;
    }
    for (;;) {
      item();
      this.space();
      const mark = this.#text[this.#at];
      if (mark !== ',' && mark !== close) throw this.unexpected();
      this.#at += 1;
      if (mark === close) return;
      this.space();
    }
  }
}

const formExamples: Readonly<Record<string, string>> = {
  $map: '{"$map": [[1, "one"], [2, "two"]]}',
  $bytes: '{"$bytes": "00ff"} with hex digits',
  $float: '{"$float": "NaN"}, "Infinity" or "-Infinity"',
  $text: '{"$text": "ff"} with hex digits',
  $undefined: '{"$undefined": true}',
  $simple: '{"$simple": 32}, a number from 0 to 255',
  $tag: '{"$tag": 32, "value": "…"}',
  $extension: '{"$extension": 5, "bytes": "00ff"}, a type from -128 to 127',
  $time: '{"$time": "2026-11-21T14:00:00Z"}',
};

function readForm(form: string, entries: Entries): SpecialValue | undefined {
  const [, first] = entries[0] as readonly [PayloadValue, PayloadValue];
  const [, second] = entries[1] ?? [];
  const secondKey = entries[1]?.[0];
  const alone = entries.length === 1;
  switch (form) {
    case '$map':
      return alone ? readMap(first) : undefined;
    case '$bytes':
    case '$text': {
      const bytes = alone ? hexOf(first) : null;
      return bytes === null ? undefined : { kind: form === '$bytes' ? 'bytes' : 'broken-text', bytes };
    }
    case '$float':
      return alone && (first === 'NaN' || first === 'Infinity' || first === '-Infinity') ? { kind: 'float', value: Number(first) } : undefined;
    case '$undefined':
      return alone && first === true ? { kind: 'undefined' } : undefined;
    case '$simple':
      return alone && isWithin(first, 0, 255) ? { kind: 'simple', value: first } : undefined;
    case '$tag': {
      const isTag = typeof first === 'bigint' ? BigInt.asUintN(64, first) === first : isWithin(first, 0, Number.MAX_SAFE_INTEGER);
      return isTag && entries.length === 2 && secondKey === 'value' && second !== undefined
        ? { kind: 'tagged', tag: first as number | bigint, value: second }
        : undefined;
    }
    case '$extension': {
      const bytes = entries.length === 2 && secondKey === 'bytes' ? hexOf(second ?? null) : null;
      return bytes !== null && isWithin(first, -128, 127) ? { kind: 'extension', type: first, bytes } : undefined;
    }
    case '$time': {
      const moment = alone && typeof first === 'string' ? readMoment(first) : null;
      return moment === null ? undefined : { kind: 'time', ...moment };
    }
    default:
      return undefined;
  }
}

const hexOf = (value: PayloadValue): Uint8Array | null => (typeof value === 'string' ? bytesOfHex(value) : null);
const isWithin = (value: PayloadValue, low: number, high: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;

function readMap(list: PayloadValue): SpecialValue | undefined {
  if (!Array.isArray(list)) return undefined;
  const entries: (readonly [PayloadValue, PayloadValue])[] = [];
  for (const entry of list as readonly PayloadValue[]) {
    if (!Array.isArray(entry) || entry.length !== 2) return undefined;
    entries.push(entry as unknown as readonly [PayloadValue, PayloadValue]);
  }
  return mapOf(entries);
}
