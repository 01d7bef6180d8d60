import { encodeBlock } from '../../../../shared/coap/udp/block.ts';
import { blockOption, encodeUint, optionValues, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { formatCode, parseCode, type CoapOption, type CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import { CoapFailure } from './coap-failure.ts';
import type { Outgoing } from './message-layer.ts';

const observe = 6;
const etag = 4;
const block2 = 23;
const block1 = 27;
const size2 = 28;
const size1 = 60;
const continued = parseCode('2.31');
const entityTooLarge = parseCode('4.13');

export interface Progress {
  readonly direction: 'up' | 'down';
  readonly bytes: number;
  /** `null`: not known. */
  readonly totalBytes: number | null;
}

export interface BlockwiseOptions {
  /** Of the blocks sent and asked for: 16 … 1024. The server may want smaller ones. */
  readonly blockSize: number;
  readonly maxBodyBytes: number;
  readonly newToken: () => Uint8Array;
  readonly send: (request: Outgoing) => Promise<CoapPacket>;
  readonly onProgress: (progress: Progress) => void;
}

/** Sends a request whose payload may need several blocks (RFC 7959 §2.5); the response to the last of them is the response. */
export async function upload(options: BlockwiseOptions, request: Outgoing): Promise<CoapPacket> {
  const { payload } = request;
  let size = options.blockSize;
  if (payload.length <= size || has(request, block1)) {
    const response = await options.send(request);
    const asked = blockOption(response, block1);
    // A server may say that it takes the payload in blocks only (§2.9.3).
    if (response.code !== entityTooLarge || !asked || asked.size >= payload.length || has(request, block1)) return response;
    size = asked.size;
  }
  for (let at = 0; ;) {
    const chunk = payload.subarray(at, at + size);
    const more = at + chunk.length < payload.length;
    const number = at / size;
    const numbered: CoapOption[] = [...request.options, { number: block1, value: encodeBlock({ number, more, size }) }];
    if (at === 0) numbered.push({ number: size1, value: encodeUint(payload.length) });
    const response = await options.send({ ...request, token: at === 0 ? request.token : options.newToken(), options: numbered, payload: chunk });
    const taken = blockOption(response, block1);
    const isSmaller = taken !== undefined && taken.size < size;
    if (response.code === entityTooLarge && at === 0 && isSmaller) {
      size = taken.size;
      continue;
    }
    if (!more || response.code !== continued) return response;
    if (taken?.number !== number)
      throw new CoapFailure('bad-response', `The server acknowledged another block than number ${number}.`, 'The message log shows the blocks.');
    at += chunk.length;
    // Smaller blocks from here on: their numbers count in the new size (§2.5).
    if (isSmaller) size = taken.size;
    options.onProgress({ direction: 'up', bytes: at, totalBytes: payload.length });
  }
}

/** Fetches what is left of a response that came as the first of several blocks (§2.4). Returns it whole, without its Block2 option. */
export async function download(options: BlockwiseOptions, request: Outgoing, first: CoapPacket): Promise<CoapPacket> {
  const begin = blockOption(first, block2);
  // Who asks for a later block wants to see that block; asking for the first one says which size is liked (§2.4).
  if (!begin || !begin.more || begin.number !== 0 || (blockOption(request, block2)?.number ?? 0) > 0) return first;
  const tag = tagOf(first);
  const totalBytes = uintOption(first, size2) ?? null;
  const parts: Uint8Array[] = [first.payload];
  let bytes = first.payload.length;
  let { size } = begin;
  const follow = request.options.filter(({ number }) => number !== observe && number !== block1 && number !== size1 && number !== block2);
  options.onProgress({ direction: 'down', bytes, totalBytes });
  for (;;) {
    if (bytes > options.maxBodyBytes)
      throw new CoapFailure('too-large', `The response has more than ${options.maxBodyBytes} bytes.`, 'Only so much is read at once.');
    const number = bytes / size;
    const next = await options.send({
      ...request,
      token: options.newToken(),
      options: [...follow, { number: block2, value: encodeBlock({ number, more: false, size }) }],
      payload: new Uint8Array(0),
    });
    const block = blockOption(next, block2);
    if (next.code !== first.code || !block) {
      throw new CoapFailure(
        'bad-response',
        `Block ${number} of the response was answered with ${formatCode(next.code)}${block ? '' : ' and without a block'}.`,
        'The message log shows the blocks.',
      );
    }
    if (tagOf(next) !== tag)
      throw new CoapFailure('bad-response', 'The resource has changed while its blocks were fetched.', 'Send the request again (RFC 7959 §2.4).');
    if (block.number * block.size !== bytes || (block.more && next.payload.length !== block.size)) {
      throw new CoapFailure(
        'bad-response',
        `Block ${block.number} came with ${next.payload.length} bytes where block ${number} was asked for.`,
        'The message log shows the blocks.',
      );
    }
    parts.push(next.payload);
    bytes += next.payload.length;
    options.onProgress({ direction: 'down', bytes, totalBytes });
    if (!block.more) break;
    ({ size } = block);
  }
  const payload = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    payload.set(part, at);
    at += part.length;
  }
  return { ...first, options: first.options.filter(({ number }) => number !== block2), payload };
}

const has = ({ options }: Pick<Outgoing, 'options'>, number: number): boolean => options.some((option) => option.number === number);

function tagOf(packet: CoapPacket): string {
  return optionValues(packet, etag)
    .map((value) => Array.from(value).join(' '))
    .join();
}
