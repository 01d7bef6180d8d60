import { lookup } from 'node:dns/promises';
import type { CoapUdpRequest } from '../../../../shared/contract/coap-udp.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { parseOptionValue } from '../../../../shared/coap/udp/option-value.ts';
import { findOption } from '../../../../shared/coap/udp/options.ts';
import { methodCodes, type CoapOption } from '../../../../shared/coap/udp/packet.ts';
import { parseCoapUri, type CoapUri } from '../../../../shared/coap/udp/uri.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { CoapRequest } from '../udp/coap-client.ts';
import { CoapFailure } from '../udp/coap-failure.ts';
import { multicastAdvice } from '../udp/datagrams.ts';
import { isMulticast } from '../../../../shared/coap/udp/multicast-address.ts';
import { defaultTransmission, type Transmission } from '../udp/transmission.ts';

export interface Plan {
  readonly uri: CoapUri;
  readonly request: CoapRequest;
  readonly transmission: Transmission;
}

/** What is sent for the input. Throws a CodedError for an address or option that cannot be. `to`: many servers, or one. */
export function planRequest(input: CoapUdpRequest, to: 'one' | 'many' = 'one'): Plan {
  const uri = to === 'one' ? readUri(input.uri) : readGroup(input.uri);
  const text = (part: string): Uint8Array => new TextEncoder().encode(part);
  const options: CoapOption[] = [
    ...uri.path.map((part) => ({ number: 11, value: text(part) })),
    ...uri.query.map((part) => ({ number: 15, value: text(part) })),
    ...input.options.map(readOption),
  ];
  return {
    uri,
    request: {
      host: uri.host,
      port: uri.port,
      type: input.type,
      code: methodCodes[input.method],
      token: input.token,
      options,
      payload: input.payload,
      timeoutMs: input.timeoutMs,
      blockSize: input.blockSize,
      maxBodyBytes: coapUdpLimits.bodyBytes,
    },
    transmission: { ...defaultTransmission, ...input.transmission },
  };
}

/** Throws a CodedError `invalid-uri`, or `bad-input` for a multicast address. */
export function readUri(text: string): CoapUri {
  const uri = readAnyUri(text);
  if (isMulticast(uri.host)) throw new CodedError('bad-input', multicastWords(uri.host), { advice: multicastAdvice });
  return uri;
}

/** Of a multicast address. Throws a CodedError `invalid-uri`, or `bad-input` for any other address. */
export function readGroup(text: string): CoapUri {
  const uri = readAnyUri(text);
  if (isMulticast(uri.host)) return uri;
  throw new CodedError('bad-input', `"${uri.host}" is no multicast address.`, {
    advice: 'All CoAP servers of a network listen on 224.0.1.187 and [ff02::fd%25eth0], eth0 being an interface.',
  });
}

function readAnyUri(text: string): CoapUri {
  const parsed = parseCoapUri(text);
  if ('problem' in parsed) throw new CodedError('invalid-uri', parsed.problem, { advice: parsed.advice });
  return parsed.uri;
}

/** The address of one server, so that a name stays the same host all through a request. Rejects with a CoapFailure. */
export async function lookUp(host: string): Promise<string> {
  let address: string;
  try {
    ({ address } = await lookup(host));
  } catch {
    throw new CoapFailure('unreachable', `The host "${host}" was not found.`, 'Check its spelling, or write its IP address.');
  }
  if (isMulticast(address)) throw new CoapFailure('unreachable', multicastWords(address), multicastAdvice);
  return address;
}

const multicastWords = (address: string): string => `${address} is a multicast address, for all servers of a network at once.`;

function readOption(given: CoapUdpRequest['options'][number]): CoapOption {
  if ('value' in given) return given;
  const parsed = parseOptionValue(given.number, given.text);
  if ('option' in parsed) return parsed.option;
  throw new CodedError('bad-input', `Option ${findOption(given.number)?.name ?? given.number}: ${parsed.problem}`, {
    advice: 'Change its value, or remove it.',
  });
}
