import { parseArgs } from 'node:util';
import { readFile } from 'node:fs/promises';
import { blockSizes } from '../../../../shared/coap/udp/block.ts';
import { contentFormats } from '../../../../shared/coap/udp/content-formats.ts';
import { encodeUint, parseOptionValue } from '../../../../shared/coap/udp/option-value.ts';
import { findOption, findOptionByName } from '../../../../shared/coap/udp/options.ts';
import { methodCodes, type CoapMethod, type CoapOption } from '../../../../shared/coap/udp/packet.ts';
import { parseCoapUri } from '../../../../shared/coap/udp/uri.ts';
import { readSeconds } from '../../rpc/index.ts';
import type { CoapRequest } from '../udp/coap-client.ts';
import { collectMs } from '../udp/ask-all.ts';
import { isMulticast } from '../../../../shared/coap/udp/multicast-address.ts';
import { defaultTransmission, type Transmission } from '../udp/transmission.ts';

const cancelStyles = ['deregister', 'reset', 'forget'] as const;

export const coapUsage = `Usage: mqtt-workbench coap URI [OPTIONS]

  URI                   coap://HOST:PORT/PATH?QUERY (port 5683 if it is left out)
  --method NAME         ${Object.keys(methodCodes).join(', ')} (default GET)
  --payload TEXT        what to send; @FILE reads it from a file, - from the
                        standard input
  --content-format F    of the payload: a number or a media type
  --accept F            the content format wanted
  --option NAME=VALUE   a further option, by name or number; may be repeated.
                        Opaque and unknown ones in hexadecimal digits
  --token HEX           up to 8 bytes (default: 4 new ones)
  --non                 send a Non-confirmable message
  --multicast           the address may be one of a group: 224.0.1.187 or
                        [ff02::fd%25eth0]. One Non-confirmable message is sent,
                        and the responses of all servers are collected
  --interface NAME      with --multicast: by name or address of this machine
  --block BYTES         ${blockSizes.join(', ')}: size of the blocks of large payloads,
                        both ways (default 1024)
  --observe SECONDS     observe the resource for so long; each notification is
                        one line or text
  --cancel STYLE        how to end it: ${cancelStyles.join(', ')}
                        (default deregister)
  --timeout SECONDS     for each response (default 30; of a group 7, as servers
                        spread theirs over 5)
  --ack-timeout SECONDS before the first retransmission (default 2)
  --max-retransmit N    (default 4)
  --output FILE         write the payload of the response there, byte for byte
  --log                 every message, as it was sent and received
  --json                one line of JSON about each response, failed or not
`;

export interface CoapArguments {
  readonly request: CoapRequest;
  readonly transmission: Transmission;
  /** `null`: one response is all. */
  readonly observeMs: number | null;
  readonly cancel: (typeof cancelStyles)[number];
  readonly output: string | null;
  /** `null`: one server is asked. `networkInterface` `null`: the system chooses. */
  readonly multicast: { readonly networkInterface: string | null } | null;
  readonly log: boolean;
  readonly json: boolean;
}

/** Throws an error that says which argument is wrong. */
export async function readCoapArguments(args: readonly string[], readStandardInput: () => Promise<Uint8Array>): Promise<CoapArguments | 'help'> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      method: { type: 'string', default: 'GET' },
      payload: { type: 'string' },
      'content-format': { type: 'string' },
      accept: { type: 'string' },
      option: { type: 'string', multiple: true, default: [] },
      token: { type: 'string' },
      non: { type: 'boolean', default: false },
      multicast: { type: 'boolean', default: false },
      interface: { type: 'string' },
      block: { type: 'string', default: '1024' },
      observe: { type: 'string' },
      cancel: { type: 'string', default: 'deregister' },
      timeout: { type: 'string' },
      'ack-timeout': { type: 'string', default: '2' },
      'max-retransmit': { type: 'string', default: '4' },
      output: { type: 'string' },
      log: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const [address, ...more] = positionals;
  if (address === undefined) throw new Error('The address is missing: coap://host/path.');
  if (more.length > 0) throw new Error(`"${more[0]}" is one argument too many. The payload goes behind --payload.`);
  const parsed = parseCoapUri(address);
  if ('problem' in parsed) throw new Error(`${parsed.problem} ${parsed.advice}`);
  const { host, port, path, query } = parsed.uri;
  const isGroup = isMulticast(host);
  if (isGroup && !values.multicast)
    throw new Error(`${host} is a multicast address, for all servers of a network at once. Ask them with --multicast, or give the address of one.`);
  if (values.multicast && !isGroup)
    throw new Error(`--multicast: "${host}" is no multicast address. That of all CoAP servers is 224.0.1.187 or [ff02::fd%25eth0].`);
  if (values.interface !== undefined && !isGroup) throw new Error('--interface goes with --multicast.');
  if (isGroup && (values.observe !== undefined || values.output !== undefined)) throw new Error('--multicast goes neither with --observe nor with --output.');
  const text = (part: string): Uint8Array => new TextEncoder().encode(part);
  const options: CoapOption[] = [...path.map((part) => ({ number: 11, value: text(part) })), ...query.map((part) => ({ number: 15, value: text(part) }))];
  if (values['content-format'] !== undefined) options.push({ number: 12, value: encodeUint(readFormat('--content-format', values['content-format'])) });
  if (values.accept !== undefined) options.push({ number: 17, value: encodeUint(readFormat('--accept', values.accept)) });
  options.push(...values.option.map(readOption));

  const request: CoapRequest = {
    host,
    port,
    // Of a Confirmable one every server would have to acknowledge the same message (RFC 7252 §8.1).
    type: values.non || isGroup ? 'NON' : 'CON',
    code: readMethod(values.method),
    token: values.token === undefined ? undefined : readToken(values.token),
    options,
    payload: await readPayload(values.payload, readStandardInput),
    timeoutMs: readSeconds('--timeout', values.timeout ?? (isGroup ? String(collectMs / 1000) : '30'), 0.001, 86_400) * 1000,
    blockSize: readChoice('--block', Number(values.block), blockSizes),
    maxBodyBytes: 64 * 1024 * 1024,
  };
  const maxRetransmit = /^\d{1,2}$/.test(values['max-retransmit']) ? Number(values['max-retransmit']) : 99;
  if (maxRetransmit > 20) throw new Error(`--max-retransmit is a number from 0 to 20, not "${values['max-retransmit']}".`);
  const transmission = { ...defaultTransmission, ackTimeoutMs: readSeconds('--ack-timeout', values['ack-timeout'], 0.01, 3600) * 1000, maxRetransmit };
  return {
    request,
    transmission,
    observeMs: values.observe === undefined ? null : readSeconds('--observe', values.observe, 0.001, 86_400 * 24) * 1000,
    cancel: readChoice('--cancel', values.cancel, cancelStyles),
    output: values.output ?? null,
    multicast: isGroup ? { networkInterface: values.interface ?? null } : null,
    log: values.log,
    json: values.json,
  };
}

function readMethod(name: string): number {
  const found = Object.entries(methodCodes).find(([known]) => known.toLowerCase() === name.toLowerCase());
  if (!found) throw new Error(`--method is one of ${Object.keys(methodCodes).join(', ')}, not "${name}".`);
  return methodCodes[found[0] as CoapMethod];
}

function readFormat(option: string, text: string): number {
  const number = /^\d{1,5}$/.test(text)
    ? Number(text)
    : (contentFormats.find(({ name }) => name === text) ?? contentFormats.find(({ name }) => name.split(';')[0] === text))?.id;
  if (number === undefined || number > 0xffff)
    throw new Error(`${option} is a number from 0 to 65535 or a registered media type such as application/json, not "${text}".`);
  return number;
}

function readOption(text: string): CoapOption {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const definition = /^\d{1,5}$/.test(name) ? undefined : findOptionByName(name);
  const number = definition?.number ?? (/^\d{1,5}$/.test(name) ? Number(name) : undefined);
  if (number === undefined || number > 0xffff) throw new Error(`--option: there is no option "${name}". Write its name, such as If-Match, or its number.`);
  const parsed = parseOptionValue(number, equals < 0 ? '' : text.slice(equals + 1));
  if ('problem' in parsed) throw new Error(`--option ${findOption(number)?.name ?? number}: ${parsed.problem}`);
  return parsed.option;
}

function readToken(text: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2}){0,8}$/i.test(text)) throw new Error(`--token is up to 8 bytes in hexadecimal digits, not "${text}".`);
  return new Uint8Array(Buffer.from(text, 'hex'));
}

async function readPayload(text: string | undefined, readStandardInput: () => Promise<Uint8Array>): Promise<Uint8Array> {
  if (text === undefined) return new Uint8Array(0);
  if (text === '-') return readStandardInput();
  if (!text.startsWith('@')) return new TextEncoder().encode(text);
  try {
    return new Uint8Array(await readFile(text.slice(1)));
  } catch (error) {
    throw new Error(`--payload: the file "${text.slice(1)}" cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

function readChoice<T>(option: string, given: unknown, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === given);
  if (found === undefined) throw new Error(`${option} is one of ${choices.join(', ')}, not "${String(given)}".`);
  return found;
}
