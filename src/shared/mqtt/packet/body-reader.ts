import { clauseOf } from './clauses.ts';
import { malformed } from './protocol-error.ts';
import { decodeUtf8, inspectUtf8, utf8Trait, type ControlCharacters } from './utf8.ts';
import type { ProtocolLevel } from './packets.ts';

/** Reads the data types of §1.5 from the bytes of one packet, never beyond its end. */
export class BodyReader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  level: ProtocolLevel = 4;
  /** The level that CONNECT asks for, once it was read. */
  offered: ProtocolLevel | null = null;
  readonly #control: ControlCharacters;

  constructor(control: ControlCharacters) {
    this.#control = control;
  }

  reset(bytes: Uint8Array, at: number, end: number, level: ProtocolLevel): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.level = level;
    this.offered = null;
  }

  byte(what: string): number {
    if (this.at >= this.end) throw this.#cut(what);
    const value = this.bytes[this.at]!;
    this.at += 1;
    return value;
  }

  uint16(what: string): number {
    const { bytes, at } = this;
    if (at + 2 > this.end) throw this.#cut(what);
    this.at = at + 2;
    return (bytes[at]! << 8) | bytes[at + 1]!;
  }

  uint32(what: string): number {
    const { bytes, at } = this;
    if (at + 4 > this.end) throw this.#cut(what);
    this.at = at + 4;
    return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  }

  /** Only MQTT 5 has them inside a packet. */
  variableByteInteger(what: string): number {
    let value = 0;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.byte(what);
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) throw malformed('MQTT-1.5.5-1', `${capital(what)} is written with more bytes than it needs.`);
        return value;
      }
    }
    throw malformed('§1.5.5', `${capital(what)} has more than four bytes.`);
  }

  binary(what: string): Uint8Array {
    const start = this.#takeCounted(what);
    return this.bytes.subarray(start, this.at);
  }

  string(what: string): string {
    const start = this.#takeCounted(what);
    if (start === this.at) return '';
    const traits = inspectUtf8(this.bytes, start, this.at);
    if (traits > utf8Trait.nonAscii) this.checkText(traits, what);
    return decodeUtf8(this.bytes, start, this.at, (traits & utf8Trait.nonAscii) === 0);
  }

  /** Throws when a text with these traits (`inspectUtf8`) is not allowed. */
  checkText(traits: number, what: string): void {
    if (traits & utf8Trait.illFormed) throw malformed(clauseOf('illFormed', this.level), `${capital(what)} is not well-formed UTF-8.`);
    if (traits & utf8Trait.nul) throw malformed(clauseOf('nul', this.level), `${capital(what)} contains the character U+0000.`);
    if (traits & utf8Trait.control && this.#control === 'refuse')
      throw malformed(clauseOf('text', this.level), `${capital(what)} contains a control character or a Unicode non-character.`);
  }

  finish(packet: string): void {
    if (this.at !== this.end) throw malformed(clauseOf('errors', this.level), `${packet} has ${this.end - this.at} bytes more than its fields.`);
  }

  /** Steps over a two-byte length and what it counts; returns where that starts. */
  #takeCounted(what: string): number {
    const { bytes, at } = this;
    const start = at + 2;
    if (start > this.end) throw this.#cut(what);
    const end = start + ((bytes[at]! << 8) | bytes[at + 1]!);
    if (end > this.end) throw malformed(clauseOf('errors', this.level), `The packet ends within ${what}.`);
    this.at = end;
    return start;
  }

  #cut(what: string): Error {
    return malformed(clauseOf('errors', this.level), `The packet ends before ${what}.`);
  }
}

function capital(what: string): string {
  return what.charAt(0).toUpperCase() + what.slice(1);
}
