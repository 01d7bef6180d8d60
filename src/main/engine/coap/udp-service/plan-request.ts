import { lookup } from 'node:dns/promises';
import net from 'node:net';
import type { CoapUdpRequest } from '../../../../shared/contract/coap-udp.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { parseOptionValue } from '../../../../shared/coap/udp/option-value.ts';
import { findOption } from '../../../../shared/coap/udp/options.ts';
import { methodCodes, type CoapOption } from '../../../../shared/coap/udp/packet.ts';
import { parseCoapUri, type CoapUri } from '../../../../shared/coap/udp/uri.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { CoapRequest } from '../udp/coap-client.ts';
import { CoapFailure } from '../udp/coap-failure.ts';
import { defaultTransmission, type Transmission } from '../udp/transmission.ts';

export interface Plan {
  readonly uri: CoapUri;
  readonly request: CoapRequest;
  readonly transmission: Transmission;
}

/** What is sent for the input. Throws a CodedError for an address or option that cannot be. */
export function planRequest(input: CoapUdpRequest): Plan {
  const uri = readUri(input.uri);
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
  const parsed = parseCoapUri(text);
  if ('problem' in parsed) throw new CodedError('invalid-uri', parsed.problem, { advice: parsed.advice });
  if (isMulticast(parsed.uri.host)) throw new CodedError('bad-input', multicastWords(parsed.uri.host), { advice: multicastAdvice });
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
const multicastAdvice = 'The workbench asks one server at a time: give the address of one.';

/** 224.0.0.0/4 and ff00::/8, also as IPv4 within IPv6. */
export function isMulticast(host: string): boolean {
  if (net.isIPv4(host)) return multicast.check(host, 'ipv4');
  return net.isIPv6(host) && multicast.check(host.split('%')[0] ?? host, 'ipv6');
}

const multicast = new net.BlockList();
multicast.addSubnet('224.0.0.0', 4, 'ipv4');
multicast.addSubnet('ff00::', 8, 'ipv6');

function readOption(given: CoapUdpRequest['options'][number]): CoapOption {
  if ('value' in given) return given;
  const parsed = parseOptionValue(given.number, given.text);
  if ('option' in parsed) return parsed.option;
  throw new CodedError('bad-input', `Option ${findOption(given.number)?.name ?? given.number}: ${parsed.problem}`, {
    advice: 'Change its value, or remove it.',
  });
}
