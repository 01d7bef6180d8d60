import type { SavedCoapRequest } from '../contract/collections.ts';
import type { CoapUdpRequest } from '../contract/coap-udp.ts';
import type { Problem } from '../contract/common.ts';
import { fromHex } from '../coap/udp/hex.ts';
import { encodeUint, parseOptionValue } from '../coap/udp/option-value.ts';
import { findOption, findOptionByName } from '../coap/udp/options.ts';
import { parseCoapUri } from '../coap/udp/uri.ts';
import { Filler, type FillSource } from './filler.ts';

/** A request over UDP with nothing left to fill in. */
export interface FilledCoap {
  readonly uri: string;
  /** With the content format first. */
  readonly options: CoapUdpRequest['options'];
  readonly payload: Uint8Array<ArrayBuffer>;
}

type CoapTexts = Pick<SavedCoapRequest, 'uri' | 'contentFormat' | 'options' | 'payload' | 'payloadAs'>;

/** Fills in a request over UDP. A variable that is not known, and what can be none of it then, is a problem that says where. */
export function fillCoap({ uri, contentFormat, options, payload, payloadAs }: CoapTexts, source: FillSource): FilledCoap | { readonly problem: Problem } {
  const filler = new Filler(source);
  const address = filler.text('The address', uri).trim();
  const values = options.map(([name, value]): readonly [number, string] => {
    const number = typeof name === 'number' ? name : (findOptionByName(name)?.number ?? 0);
    return [number, filler.text(`The option ${nameOf(number)}`, value)];
  });
  const body = filler.text('The payload', payload);
  if (filler.problem !== null) return { problem: filler.problem };
  const parsed = parseCoapUri(address);
  if ('problem' in parsed) return { problem: { code: 'invalid-uri', message: parsed.problem, advice: parsed.advice } };
  const read: CoapUdpRequest['options'] = contentFormat === undefined ? [] : [{ number: 12, value: encodeUint(contentFormat) }];
  for (const [number, text] of values) {
    const option = parseOptionValue(number, text);
    if ('problem' in option) return badInput(`Option ${nameOf(number)}: ${option.problem}`, 'Change its value, or remove it.');
    read.push({ number, text });
  }
  const bytes = payloadAs === 'hex' ? fromHex(body) : new TextEncoder().encode(body);
  if (!bytes) return badInput('The payload is not in hexadecimal digits, two for each byte.', 'Correct it, or write it as text.');
  return { uri: address, options: read, payload: bytes };
}

const nameOf = (number: number): string => findOption(number)?.name ?? String(number);

function badInput(message: string, advice: string): { readonly problem: Problem } {
  return { problem: { code: 'bad-input', message, advice } };
}
