import { clauseOf } from '../packet/clauses.ts';
import type { ProtocolLevel } from '../packet/packets.ts';
import { decodeUtf8, inspectUtf8, utf8Trait } from '../packet/utf8.ts';
import type { Field, Violation } from './fields.ts';

/** The bytes have run out within a field: what was read so far stands, nothing can follow. */
export class OutOfBytes extends Error {
  override readonly name = 'OutOfBytes';
}

/** Text shown of a longer one. */
const shownChars = 2000;
/** Bytes shown of longer data. */
const shownBytes = 64;
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads the data types of §1.5 as fields, remembers what is wrong, and goes on as far as there are bytes. */
export class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  level: ProtocolLevel;
  readonly violations: Violation[];
  /** Of the packet, where `bytes` are only a part. */
  readonly isPartial: boolean;
  #into: Field[] = [];

  constructor(bytes: Uint8Array, at: number, end: number, level: ProtocolLevel, isPartial: boolean) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.level = level;
    this.isPartial = isPartial;
    this.violations = [];
  }

  get left(): number {
    return this.end - this.at;
  }

  get fields(): Field[] {
    return this.#into;
  }

  violate(clause: string, message: string, start: number, end: number): void {
    this.violations.push({ clause, message, start, end });
  }

  add(field: Field): Field {
    this.#into.push(field);
    return field;
  }

  /** A field made of those that `read` adds; also of the first of them when the bytes run out. */
  group(key: string, name: string, read: () => { readonly text?: string; readonly meaning?: string } | void): void {
    const outer = this.#into;
    const children: Field[] = [];
    const start = this.at;
    this.#into = children;
    let told: { readonly text?: string; readonly meaning?: string } = {};
    try {
      told = read() ?? {};
    } finally {
      this.#into = outer;
      this.add({ key, name, start, end: this.at, text: told.text ?? '', ...(told.meaning === undefined ? {} : { meaning: told.meaning }), children });
    }
  }

  byte(key: string, name: string, tell: Tell<number> = {}): number {
    return this.#number(key, name, 1, tell);
  }

  uint16(key: string, name: string, tell: Tell<number> = {}): number {
    return this.#number(key, name, 2, tell);
  }

  uint32(key: string, name: string, tell: Tell<number> = {}): number {
    return this.#number(key, name, 4, tell);
  }

  #number(key: string, name: string, size: number, tell: Tell<number>): number {
    const { bytes, at } = this;
    if (this.left < size) this.#cut(key, name);
    let raw = 0;
    for (let index = 0; index < size; index += 1) raw = raw * 256 + (bytes[at + index] as number);
    this.at += size;
    this.add({ key, name, start: at, end: this.at, raw, text: tell.text?.(raw) ?? String(raw), ...meaningOf(tell, raw), ...tell.children?.(raw, at) });
    return raw;
  }

  /** A variable byte integer (§1.5.5, §2.2.3 of 3.1.1). */
  variable(key: string, name: string, tell: Tell<number> = {}): number {
    const start = this.at;
    let raw = 0;
    for (let shift = 0; ; shift += 7) {
      if (this.left < 1) {
        this.at = start;
        this.#cut(key, name);
      }
      const byte = this.bytes[this.at] as number;
      this.at += 1;
      raw += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0 && this.level === 5) this.violate('MQTT-1.5.5-1', `${name} is written with more bytes than it needs.`, start, this.at);
        break;
      }
      if (shift === 21) {
        this.add({ key, name, start, end: this.at, text: 'more than four bytes' });
        this.violate(clauseOf('remainingLength', this.level), `${name} has more than four bytes.`, start, this.at);
        throw new OutOfBytes();
      }
    }
    this.add({ key, name, start, end: this.at, raw, text: tell.text?.(raw) ?? String(raw), ...meaningOf(tell, raw) });
    return raw;
  }

  /** A string with its two bytes of length. */
  string(key: string, name: string, tell: Tell<string> = {}): string {
    const start = this.at;
    const [from, to] = this.#counted(key, name);
    const traits = inspectUtf8(this.bytes, from, to);
    const isIllFormed = (traits & utf8Trait.illFormed) !== 0;
    const raw = isIllFormed ? lenient.decode(this.bytes.subarray(from, to)) : decodeUtf8(this.bytes, from, to, false);
    if (isIllFormed) this.violate(clauseOf('illFormed', this.level), `${name} is not UTF-8.`, from, to);
    if (traits & utf8Trait.nul) this.violate(clauseOf('nul', this.level), `${name} contains the character U+0000.`, from, to);
    this.add({ key, name, start, end: to, raw, text: tell.text?.(raw) ?? quoted(raw), ...meaningOf(tell, raw), ...secretOf(tell) });
    return raw;
  }

  /** Bytes with their two bytes of length. */
  binary(key: string, name: string, tell: Tell<Uint8Array> = {}): Uint8Array {
    const start = this.at;
    const [from, to] = this.#counted(key, name);
    const raw = this.bytes.subarray(from, to);
    this.add({ key, name, start, end: to, raw, text: tell.text?.(raw) ?? bytesText(raw), ...meaningOf(tell, raw), ...secretOf(tell) });
    return raw;
  }

  /** All that is left, as it is. */
  rest(key: string, name: string): Uint8Array {
    const { at } = this;
    const raw = this.bytes.subarray(at, this.end);
    this.at = this.end;
    this.add({ key, name, start: at, end: this.end, raw, text: raw.length === 0 ? 'empty' : bytesText(raw) });
    return raw;
  }

  /** Bytes behind the last field. */
  finish(what: string): void {
    if (this.left <= 0) return;
    const start = this.at;
    this.rest('surplus', 'Surplus bytes');
    this.violate(clauseOf('errors', this.level), `${what} goes on behind its last field.`, start, this.end);
  }

  #counted(key: string, name: string): readonly [from: number, to: number] {
    if (this.left < 2) this.#cut(key, name);
    const from = this.at + 2;
    const to = from + (this.bytes[this.at] as number) * 256 + (this.bytes[this.at + 1] as number);
    if (to > this.end) this.#cut(key, name, to - this.at);
    this.at = to;
    return [from, to];
  }

  #cut(key: string, name: string, wanted?: number): never {
    const start = this.at;
    this.at = this.end;
    const there = `${this.end - start} of ${wanted ?? 'its'} bytes`;
    this.add({ key, name, start, end: this.end, text: this.isPartial ? `${there} loaded` : `cut: ${there}` });
    if (!this.isPartial)
      this.violate(clauseOf('errors', this.level), `The packet ends ${start === this.end ? 'before' : 'within'} ${lowerFirst(name)}.`, start, this.end);
    throw new OutOfBytes();
  }
}

/** What is said of a value beside the value itself. */
export interface Tell<T> {
  readonly text?: (value: T) => string;
  readonly meaning?: (value: T) => string | undefined;
  /** Bits of a byte as fields of their own. */
  readonly children?: (value: number, at: number) => { readonly children: readonly Field[] };
  readonly secret?: boolean;
}

function meaningOf<T>({ meaning }: Tell<T>, value: T): { meaning?: string } {
  const words = meaning?.(value);
  return words === undefined ? {} : { meaning: words };
}

function secretOf(tell: { readonly secret?: boolean }): { secret?: true } {
  return tell.secret === true ? { secret: true } : {};
}

/** A part of a byte as a field. */
export function bitsField(
  key: string,
  name: string,
  at: number,
  byte: number,
  bits: readonly [high: number, low: number],
  text: (value: number) => string,
): Field {
  const [high, low] = bits;
  const raw = (byte >> low) & (2 ** (high - low + 1) - 1);
  return { key, name, start: at, end: at + 1, bits, raw, text: text(raw) };
}

export const yesNo = (value: number): string => (value === 0 ? 'no' : 'yes');

/** `...1 0...`: the bits of a byte that belong to a field. */
export function bitPattern(byte: number, [high, low]: readonly [high: number, low: number]): string {
  let pattern = '';
  for (let bit = 7; bit >= 0; bit -= 1) {
    pattern += bit <= high && bit >= low ? String((byte >> bit) & 1) : '·';
    if (bit === 4) pattern += ' ';
  }
  return pattern;
}

function quoted(text: string): string {
  return `“${text.length > shownChars ? `${text.slice(0, shownChars)}…` : text}”`;
}

/** Readable text as text, other bytes in hexadecimal digits, long ones with their beginning. */
function bytesText(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'empty';
  const shown = bytes.subarray(0, shownChars);
  const traits = inspectUtf8(shown, 0, shown.length);
  const isCut = shown.length < bytes.length;
  if ((traits & (utf8Trait.illFormed | utf8Trait.nul | utf8Trait.control)) === 0)
    return quoted(decodeUtf8(shown, 0, shown.length, false)) + (isCut ? ' …' : '');
  const start = bytes.subarray(0, shownBytes);
  return `${Array.from(start, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}${start.length < bytes.length ? ' …' : ''}`;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
