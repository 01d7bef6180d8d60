import { hexText } from '../hex-text.ts';
import { momentText } from './moment-text.ts';
import { maxTextLength } from './limits.ts';
import { PayloadFailure } from './payload-failure.ts';
import { isList, isSpecial, type MapValue, type PayloadValue, type SpecialValue } from './payload-value.ts';

/** Keys that begin a form of `docs/payloads.md`. An object that has one of them as a key of its own is written as `$map`. */
export const formKeys: ReadonlySet<string> = new Set(['$map', '$bytes', '$float', '$text', '$undefined', '$simple', '$tag', '$extension', '$time']);

/**
 * A value as JSON text (RFC 8259), indented by two spaces; `docs/payloads.md` has the forms for what JSON has no word for. `readValueText` reads
 * it back to the same value. Throws `PayloadFailure` where the text would be longer than `limit` characters.
 */
export function valueText(value: PayloadValue, limit = maxTextLength): string {
  const writer = new TextWriter(limit);
  writer.write(value, 0);
  return writer.finish();
}

/** A key of a map, for a message to a person. */
export const shownKey = (key: PayloadValue): string => (typeof key === 'string' ? key : valueText(key));

class TextWriter {
  readonly #parts: string[] = [];
  readonly #limit: number;
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  finish(): string {
    return this.#parts.join('');
  }

  write(value: PayloadValue, depth: number): void {
    if (isList(value)) return this.#list(value, depth);
    if (isSpecial(value)) return value.kind === 'map' ? this.#map(value, depth) : this.#form(value, depth);
    if (typeof value === 'string') return this.#put(JSON.stringify(value));
    this.#put(typeof value === 'number' ? numberText(value) : String(value));
  }

  #list(items: readonly PayloadValue[], depth: number): void {
    if (items.length === 0) return this.#put('[]');
    this.#put('[');
    for (const [index, item] of items.entries()) {
      this.#line(depth + 1, index > 0);
      this.write(item, depth + 1);
    }
    this.#line(depth, false);
    this.#put(']');
  }

  #map({ entries }: MapValue, depth: number): void {
    if (entries.length === 0) return this.#put('{}');
    if (!isPlainObject(entries)) {
      this.#put('{"$map": ');
      this.#list(entries, depth);
      return this.#put('}');
    }
    this.#put('{');
    for (const [index, [key, value]] of entries.entries()) {
      this.#line(depth + 1, index > 0);
      this.#put(`${JSON.stringify(key)}: `);
      this.write(value, depth + 1);
    }
    this.#line(depth, false);
    this.#put('}');
  }

  #form(value: Exclude<SpecialValue, MapValue>, depth: number): void {
    switch (value.kind) {
      case 'float':
        return this.#put(Number.isFinite(value.value) ? numberText(value.value, true) : `{"$float": "${value.value}"}`);
      case 'bytes':
        return this.#put(`{"$bytes": "${this.#hex(value.bytes)}"}`);
      case 'broken-text':
        return this.#put(`{"$text": "${this.#hex(value.bytes)}"}`);
      case 'undefined':
        return this.#put('{"$undefined": true}');
      case 'simple':
        return this.#put(`{"$simple": ${value.value}}`);
      case 'extension':
        return this.#put(`{"$extension": ${value.type}, "bytes": "${this.#hex(value.bytes)}"}`);
      case 'time':
        return this.#put(`{"$time": "${momentText(value.seconds, value.nanoseconds)}"}`);
      case 'tagged':
        this.#put(`{"$tag": ${value.tag}, "value": `);
        this.write(value.value, depth);
        return this.#put('}');
    }
  }

  #hex(bytes: Uint8Array): string {
    if (bytes.length * 2 > this.#limit) throw tooLong(this.#limit);
    return hexText(bytes);
  }

  #line(depth: number, comma: boolean): void {
    this.#put(`${comma ? ',' : ''}\n${'  '.repeat(depth)}`);
  }

  #put(text: string): void {
    this.#length += text.length;
    if (this.#length > this.#limit) throw tooLong(this.#limit);
    this.#parts.push(text);
  }
}

const tooLong = (limit: number): PayloadFailure => new PayloadFailure(`the decoded text would be longer than ${limit.toLocaleString('en')} characters`);

/** Whether a JSON object says the same: keys are text, each once, and none begins a form. */
function isPlainObject(entries: MapValue['entries']): boolean {
  const seen = new Set<string>();
  for (const [key] of entries) {
    if (typeof key !== 'string' || formKeys.has(key) || seen.has(key)) return false;
    seen.add(key);
  }
  return true;
}

/** Whole floating-point numbers keep a sign that they are: 1.0, -0.0, 1e+21. */
function numberText(value: number, isFloat = !Number.isInteger(value)): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return isFloat && !/[.e]/.test(text) ? `${text}.0` : text;
}
