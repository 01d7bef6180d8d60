import { encodeBlock, largestBlock, maxBlockNumber } from '../../../../shared/coap/udp/block.ts';
import { blockOption, encodeUint, optionValues, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { formatCode, methodCodes, parseCode, type CoapOption, type CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import { CoapFailure } from './coap-failure.ts';
import { joinBytes } from './join-bytes.ts';
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
  /** Of the blocks sent and asked for: 16 … 1024. The server may want smaller ones. Below 1024 it is told from the first request on (RFC 7959 §2.4). */
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
    const response = await options.send({ ...request, options: [...request.options, ...wishOf(options, request)] });
    const asked = blockOption(response, block1);
    // A server may say that it takes the payload in blocks only (§2.9.3).
    if (response.code !== entityTooLarge || !asked || asked.size >= payload.length || has(request, block1)) return response;
    size = asked.size;
  }
  for (let at = 0; ;) {
    const chunk = payload.subarray(at, at + size);
    const more = at + chunk.length < payload.length;
    const number = at / size;
    // Before the first of them: a million blocks are many hours.
    if (payload.length > (maxBlockNumber + 1) * size) throw tooManyBlocks(size);
    const numbered: CoapOption[] = [...request.options, { number: block1, value: encodeBlock({ number, more, size }) }];
    // The size of the blocks of the response goes with the block that is answered with it (§3.3).
    if (!more) numbered.push(...wishOf(options, request));
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

/**
 * Fetches what is left of a response that came as the first of several blocks (§2.4). Returns it whole, without its Block2 option. A resource that changes meanwhile is
 * fetched anew from its first block, where asking again does nothing but read.
 */
export async function download(options: BlockwiseOptions, request: Outgoing, first: CoapPacket): Promise<CoapPacket> {
  let begin = first;
  for (let again = request.code === methodCodes.GET || request.code === methodCodes.FETCH ? maxRestarts : 0; ; again -= 1) {
    try {
      return await follow(options, request, begin);
    } catch (error) {
      if (!(error instanceof ResourceChanged) || again === 0) throw error;
      // Without Observe: what is observed goes on under the token it has.
      begin = await upload(options, { ...request, token: options.newToken(), options: request.options.filter(({ number }) => number !== observe) });
    }
  }
}

/** A resource that changes faster than it can be read is not fetched for ever. */
const maxRestarts = 2;

class ResourceChanged extends CoapFailure {
  constructor() {
    super(
      'bad-response',
      'The resource has changed while its blocks were fetched.',
      'Send the request again when it rests, or with larger blocks (RFC 7959 §2.4).',
    );
  }
}

async function follow(options: BlockwiseOptions, request: Outgoing, first: CoapPacket): Promise<CoapPacket> {
  const begin = blockOption(first, block2);
  // Who asks for a later block wants to see that block; asking for the first one says which size is liked (§2.4).
  if ((blockOption(request, block2)?.number ?? 0) > 0 || !has(first, block2)) return first;
  if (!begin) throw new CoapFailure('bad-response', 'The Block2 option of the response cannot be read.', 'The message log shows it (RFC 7959 §2.2).');
  if (begin.number !== 0 || (begin.more && first.payload.length !== begin.size)) throw wrongBlock(begin.number, 0, first.payload.length);
  if (!begin.more) return first;
  const tag = tagOf(first);
  const totalBytes = uintOption(first, size2) ?? null;
  if (totalBytes !== null && totalBytes > options.maxBodyBytes) throw tooLarge(options, `The response has ${totalBytes} bytes.`);
  const parts: Uint8Array[] = [first.payload];
  let bytes = first.payload.length;
  // A server may have missed the wish, or the first block was wanted in another size (§2.4).
  let size = Math.min(begin.size, options.blockSize);
  const kept = request.options.filter(({ number }) => number !== observe && number !== block1 && number !== size1 && number !== block2);
  options.onProgress({ direction: 'down', bytes, totalBytes });
  for (;;) {
    if (bytes > options.maxBodyBytes) throw tooLarge(options, `The response has more than ${options.maxBodyBytes} bytes.`);
    const number = bytes / size;
    if (number > maxBlockNumber) throw tooManyBlocks(size);
    const next = await options.send({
      ...request,
      token: options.newToken(),
      options: [...kept, { number: block2, value: encodeBlock({ number, more: false, size }) }],
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
    if (tagOf(next) !== tag) throw new ResourceChanged();
    if (block.number * block.size !== bytes || (block.more && next.payload.length !== block.size) || next.payload.length > block.size)
      throw wrongBlock(block.number, number, next.payload.length);
    parts.push(next.payload);
    bytes += next.payload.length;
    options.onProgress({ direction: 'down', bytes, totalBytes });
    if (!block.more) break;
    size = Math.min(size, block.size);
  }
  return { ...first, options: first.options.filter(({ number }) => number !== block2), payload: joinBytes(parts) };
}

/** Which size the blocks of the response are liked in. The largest one is what a server takes without being asked. */
function wishOf({ blockSize }: BlockwiseOptions, request: Outgoing): readonly CoapOption[] {
  if (blockSize >= largestBlock || has(request, block2)) return [];
  return [{ number: block2, value: encodeBlock({ number: 0, more: false, size: blockSize }) }];
}

function wrongBlock(came: number, asked: number, bytes: number): CoapFailure {
  return new CoapFailure('bad-response', `Block ${came} came with ${bytes} bytes where block ${asked} was asked for.`, 'The message log shows the blocks.');
}

function tooLarge({ maxBodyBytes }: BlockwiseOptions, what: string): CoapFailure {
  return new CoapFailure('too-large', what, `At most ${maxBodyBytes} bytes are read at once.`);
}

function tooManyBlocks(size: number): CoapFailure {
  return new CoapFailure(
    'too-large',
    `There are more blocks of ${size} bytes than can be numbered: ${maxBlockNumber + 1}.`,
    'Choose larger blocks (RFC 7959 §2.2).',
  );
}

const has = ({ options }: Pick<Outgoing, 'options'>, number: number): boolean => options.some((option) => option.number === number);

function tagOf(packet: CoapPacket): string {
  return optionValues(packet, etag)
    .map((value) => Array.from(value).join(' '))
    .join();
}
