import { encodeBlock, largestBlock } from '../../../../shared/coap/udp/block.ts';
import { blockOption, encodeUint, optionValues } from '../../../../shared/coap/udp/option-value.ts';
import { isNoCacheKey } from '../../../../shared/coap/udp/options.ts';
import { parseCode, type CoapOption, type CoapPacket } from '../../../../shared/coap/udp/packet.ts';
import type { Peer } from './datagrams.ts';
import { joinBytes } from './join-bytes.ts';

const etag = 4;
const observe = 6;
const maxAge = 14;
const block2 = 23;
const block1 = 27;
const size2 = 28;
const size1 = 60;
/** Unfinished bodies, and responses of which blocks are still asked for, live so long, and are at most so many. */
const keptMs = 60_000;
const maxKept = 256;

/** A response, whole. */
export interface Representation {
  readonly code: number;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
  readonly observable: boolean;
}

type Outcome = Pick<CoapPacket, 'code' | 'options' | 'payload'>;
type Received = { readonly payload: Uint8Array; readonly acknowledge?: CoapOption } | { readonly response: Outcome };

interface Kept<T> {
  readonly value: T;
  readonly at: number;
}

/** Bodies in blocks, for a server (RFC 7959): puts requests together, and hands responses out in pieces of one and the same representation. */
export class ServedBlocks {
  readonly #clock: () => number;
  readonly #maxBodyBytes: number;
  readonly #uploads = new Map<string, Kept<readonly Uint8Array[]>>();
  readonly #representations = new Map<string, Kept<Representation>>();

  constructor({ clock, maxBodyBytes }: { readonly clock: () => number; readonly maxBodyBytes: number }) {
    this.#clock = clock;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** The payload of a request when it is whole; else what to answer to this block. */
  receive(packet: CoapPacket, from: Peer): Received {
    const option = packet.options.find(({ number }) => number === block1);
    const block = blockOption(packet, block1);
    if (!option) return packet.payload.length > this.#maxBodyBytes ? { response: this.#tooLarge() } : { payload: packet.payload };
    if (!block) return { response: refusal('4.00', 'The Block1 option cannot be read.') };
    const key = keyOf(packet, from);
    const parts = block.number === 0 ? [] : this.#find(this.#uploads, key);
    const before = parts?.reduce((sum, part) => sum + part.length, 0) ?? -1;
    if (!parts || before !== block.number * block.size) return { response: refusal('4.08', `Block ${block.number} does not follow what has come before.`) };
    if (block.more && packet.payload.length !== block.size)
      return { response: refusal('4.00', `Block ${block.number} has ${packet.payload.length} bytes, not ${block.size}.`) };
    const bytes = before + packet.payload.length;
    if (bytes > this.#maxBodyBytes) {
      this.#uploads.delete(key);
      return { response: this.#tooLarge() };
    }
    const all = [...parts, packet.payload];
    if (block.more) {
      this.#keep(this.#uploads, key, all);
      return { response: { code: parseCode('2.31') ?? 0, options: [option], payload: new Uint8Array(0) } };
    }
    this.#uploads.delete(key);
    return { payload: joinBytes(all), acknowledge: option };
  }

  /** What a later block is cut from. */
  find(packet: CoapPacket, from: Peer): Representation | null {
    const block = blockOption(packet, block2);
    return block && block.number > 0 ? (this.#find(this.#representations, keyOf(packet, from)) ?? null) : null;
  }

  /** Of a response that needs several blocks, with an ETag that tells it from others. */
  keep(packet: Pick<CoapPacket, 'code' | 'options'>, from: Peer, representation: Representation): Representation {
    if (representation.payload.length <= (blockOption(packet, block2)?.size ?? largestBlock)) return representation;
    const isTagged = representation.options.some(({ number }) => number === etag);
    const tagged = isTagged
      ? representation
      : { ...representation, options: [...representation.options, { number: etag, value: tagOf(representation.payload) }] };
    this.#keep(this.#representations, keyOf(packet, from), tagged);
    return tagged;
  }

  /** The block that is asked for, or the first. `acknowledge`: of the last block of the request. */
  slice(
    packet: Pick<CoapPacket, 'options' | 'token'>,
    { code, options, payload }: Representation,
    acknowledge?: CoapOption,
  ): Outcome & Pick<CoapPacket, 'token'> {
    const asked = blockOption(packet, block2);
    const size = Math.min(asked?.size ?? largestBlock, largestBlock);
    const number = asked?.number ?? 0;
    const { token } = packet;
    const more = acknowledge ? [...options, acknowledge] : options;
    if (!asked && payload.length <= size) return { code, options: more, payload, token };
    const at = number * size;
    if (at > 0 && at >= payload.length) return { ...refusal('4.00', `There is no block ${number}.`), token };
    const isMore = at + size < payload.length;
    const block = { number: block2, value: encodeBlock({ number, more: isMore, size }) };
    const total = number === 0 && isMore ? [{ number: size2, value: encodeUint(payload.length) }] : [];
    // Later blocks are no notifications (RFC 7641 §3.2).
    const kept = number === 0 ? more : more.filter((option) => option.number !== observe);
    return { code, options: [...kept, block, ...total], payload: payload.subarray(at, at + size), token };
  }

  #tooLarge(): Outcome {
    return {
      ...refusal('4.13', `At most ${this.#maxBodyBytes} bytes are taken.`),
      options: [{ number: size1, value: encodeUint(this.#maxBodyBytes) }],
    };
  }

  #find<T>(map: Map<string, Kept<T>>, key: string): T | undefined {
    const found = map.get(key);
    return found && this.#clock() - found.at < keptMs ? found.value : undefined;
  }

  #keep<T>(map: Map<string, Kept<T>>, key: string, value: T): void {
    map.delete(key);
    map.set(key, { value, at: this.#clock() });
    for (const oldest of map.keys()) {
      if (map.size <= maxKept) break;
      map.delete(oldest);
    }
  }
}

/** The response to whoever has this representation already: that it is still valid (RFC 7252 §5.6.2). */
export function validated(packet: CoapPacket, representation: Representation): Representation {
  const [tag] = optionValues(representation, etag);
  if (!tag || representation.code !== parseCode('2.05')) return representation;
  const isKnown = optionValues(packet, etag).some((known) => known.join('.') === tag.join('.'));
  if (!isKnown) return representation;
  const options = representation.options.filter(({ number }) => number === etag || number === maxAge || number === observe);
  return { ...representation, code: parseCode('2.03') ?? 0, options, payload: new Uint8Array(0) };
}

/** The same request in all its blocks: everything but what counts them, and what is no part of the cache key (RFC 7252 §5.4.6). */
function keyOf(packet: Pick<CoapPacket, 'code' | 'options'>, { address, port }: Peer): string {
  const options = packet.options
    .filter(({ number }) => number !== block1 && number !== block2 && number !== observe && !isNoCacheKey(number))
    .map(({ number, value }) => `${number}=${value.join('.')}`);
  return [address, port, packet.code, ...options].join(' ');
}

/** FNV-1a, 32 bits: tells versions apart, nothing more. */
function tagOf(payload: Uint8Array): Uint8Array {
  let hash = 0x81_1c_9d_c5;
  for (const byte of payload) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  return Uint8Array.of(hash >>> 24, hash >>> 16, hash >>> 8, hash);
}

function refusal(code: string, detail: string): Outcome {
  return { code: parseCode(code) ?? 0, options: [], payload: new TextEncoder().encode(detail) };
}
