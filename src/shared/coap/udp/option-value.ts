import { decodeBlock, formatBlock, parseBlock, type Block } from './block.ts';
import { fromHex, toHex } from './hex.ts';
import { findOption, type OptionDefinition } from './options.ts';
import type { CoapOption, CoapPacket } from './packet.ts';

/** Big-endian, without leading zeros; 0 is no byte at all (RFC 7252 §3.2). Up to 53 bits. */
export function encodeUint(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

/** Leading zeros are taken (§3.2). */
export function decodeUint(bytes: Uint8Array): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}

/** What an option says, for people: numbers as digits, texts as they are, opaque values in hexadecimal. */
export function formatOptionValue({ number, value }: CoapOption): string {
  const definition = findOption(number);
  switch (definition?.format) {
    case 'uint':
      return value.length <= 6 ? String(decodeUint(value)) : toHex(value);
    case 'string':
      return new TextDecoder().decode(value);
    case 'empty':
      return value.length === 0 ? '' : toHex(value);
    case 'block': {
      const block = decodeBlock(value);
      return block ? formatBlock(block) : toHex(value);
    }
    default:
      return toHex(value);
  }
}

type Written = { readonly option: CoapOption } | { readonly problem: string };

/** The reverse of `formatOptionValue`. Options that are not registered are given by number, their value in hexadecimal. */
export function parseOptionValue(number: number, text: string): Written {
  const definition = findOption(number);
  if (!definition) {
    const value = fromHex(text);
    return value ? { option: { number, value } } : { problem: `Option ${number} is not registered: write its value in hexadecimal digits, two for each byte.` };
  }
  const value = valueOf(definition, text.trim());
  if (typeof value === 'string') return { problem: `${definition.name} ${value}` };
  const problem = lengthProblem(definition, value);
  return problem === null ? { option: { number, value } } : { problem };
}

/** `null`: the value has an allowed length. One that has not makes the option count as not recognised (RFC 7252 §5.4.3). */
export function lengthProblem({ name, minLength, maxLength }: OptionDefinition, value: Uint8Array): string | null {
  if (value.length >= minLength && value.length <= maxLength) return null;
  const allowed = minLength === maxLength ? String(minLength) : `${minLength} to ${maxLength}`;
  return `${name} has ${value.length} bytes, allowed are ${allowed}.`;
}

function valueOf({ format }: OptionDefinition, text: string): Uint8Array | string {
  switch (format) {
    case 'empty':
      return text === '' ? new Uint8Array(0) : 'has no value.';
    case 'uint':
      return /^\d{1,15}$/.test(text) ? encodeUint(Number(text)) : 'needs an integer from 0.';
    case 'string':
      return new TextEncoder().encode(text);
    case 'block': {
      const block = parseBlock(text);
      return block ?? 'needs number/more/size, such as 0/0/64.';
    }
    case 'opaque':
      return fromHex(text) ?? 'needs hexadecimal digits, two for each byte.';
  }
}

/** Of options with the number, in their order. */
export function optionValues(packet: Pick<CoapPacket, 'options'>, number: number): readonly Uint8Array[] {
  return packet.options.filter((option) => option.number === number).map(({ value }) => value);
}

/** `undefined`: the option is not there, or has more bytes than any integer of CoAP. The first counts: further ones are not recognised (§5.4.5). */
export function uintOption(packet: Pick<CoapPacket, 'options'>, number: number): number | undefined {
  const [value] = optionValues(packet, number);
  return value === undefined || value.length > 4 ? undefined : decodeUint(value);
}

/** `undefined`: not there, or one that cannot be. */
export function blockOption(packet: Pick<CoapPacket, 'options'>, number: number): Block | undefined {
  const [value] = optionValues(packet, number);
  return (value && decodeBlock(value)) ?? undefined;
}
