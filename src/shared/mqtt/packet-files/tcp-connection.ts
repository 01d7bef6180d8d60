import { parseEndpoint, type Endpoint } from './ip-address.ts';

export const fromClient = 'client';

/** An IP packet with a TCP segment in it. */
export interface Segment {
  readonly bytes: Uint8Array;
  /** Of the whole packet, where `bytes` end before. */
  readonly wireLength: number;
  readonly direction: 'client' | 'server';
}

const flag = { fin: 0x01, syn: 0x02, push: 0x08, ack: 0x10 } as const;
/** What Ethernet carries of one segment. */
const maximumSegment = 1440;
const tcpHeader = 20;
/** MQTT without encryption: what Wireshark reads as MQTT by itself. */
const mqttPort = 1883;
/** The first of those for clients whose port is not known. */
const firstPort = 49_152;
const windowSize = 65_535;
const tcp = 6;
const hops = 64;

/** One connection as TCP: right sequence numbers, acknowledgements and checksums. */
export class TcpConnection {
  readonly #client: Endpoint;
  readonly #server: Endpoint;
  /** The next number of each side (RFC 9293). */
  #clientNext: number;
  #serverNext: number;
  #identification = 0;

  /** `number` tells connections without an address apart. */
  constructor(number: number, address: string | null) {
    const client = parseEndpoint(address);
    const port = client && client.port > 0 ? client.port : firstPort + (number % 16_384);
    this.#client = client ? { ...client, port } : { address: Uint8Array.of(127, 0, 0, 1), port };
    this.#server = { address: serverAddress(this.#client.address), port: mqttPort };
    this.#clientNext = (number * 64_000) >>> 0;
    this.#serverNext = (number * 64_000 + 32_000) >>> 0;
  }

  /** SYN, SYN and ACK, ACK. */
  open(): readonly Segment[] {
    const syn = this.#segment(true, flag.syn);
    this.#clientNext = (this.#clientNext + 1) >>> 0;
    const answer = this.#segment(false, flag.syn | flag.ack);
    this.#serverNext = (this.#serverNext + 1) >>> 0;
    return [syn, answer, this.#segment(true, flag.ack)];
  }

  /** `size`: of all bytes, where only the first of them are there; the others are told of as not captured. */
  *data(isClient: boolean, bytes: Uint8Array, size: number): Generator<Segment> {
    for (let at = 0; at < size; at += maximumSegment) {
      const length = Math.min(maximumSegment, size - at);
      const isLast = at + length === size;
      yield this.#segment(isClient, flag.ack | (isLast ? flag.push : 0), bytes.subarray(Math.min(at, bytes.length), at + length), length);
      if (isClient) this.#clientNext = (this.#clientNext + length) >>> 0;
      else this.#serverNext = (this.#serverNext + length) >>> 0;
    }
  }

  /** Both sides say that they are done. */
  close(byClient: boolean): readonly Segment[] {
    const first = this.#segment(byClient, flag.fin | flag.ack);
    this.#count(byClient);
    const second = this.#segment(!byClient, flag.fin | flag.ack);
    this.#count(!byClient);
    return [first, second, this.#segment(byClient, flag.ack)];
  }

  #count(isClient: boolean): void {
    if (isClient) this.#clientNext = (this.#clientNext + 1) >>> 0;
    else this.#serverNext = (this.#serverNext + 1) >>> 0;
  }

  #segment(isClient: boolean, flags: number, payload: Uint8Array = new Uint8Array(0), length: number = payload.length): Segment {
    const [from, to] = isClient ? [this.#client, this.#server] : [this.#server, this.#client];
    const ipHeader = from.address.length === 4 ? 20 : 40;
    const bytes = new Uint8Array(ipHeader + tcpHeader + payload.length);
    const view = new DataView(bytes.buffer);
    if (ipHeader === 20) this.#ipv4(view, bytes, from, to, tcpHeader + length);
    else ipv6(view, bytes, from, to, tcpHeader + length);
    view.setUint16(ipHeader, from.port);
    view.setUint16(ipHeader + 2, to.port);
    view.setUint32(ipHeader + 4, isClient ? this.#clientNext : this.#serverNext);
    if (flags & flag.ack) view.setUint32(ipHeader + 8, isClient ? this.#serverNext : this.#clientNext);
    view.setUint8(ipHeader + 12, (tcpHeader / 4) << 4);
    view.setUint8(ipHeader + 13, flags);
    view.setUint16(ipHeader + 14, windowSize);
    bytes.set(payload, ipHeader + tcpHeader);
    // Of a segment that is not all there, nobody can check it.
    if (payload.length === length) view.setUint16(ipHeader + 16, tcpChecksum(bytes, ipHeader, from, to));
    return { bytes, wireLength: ipHeader + tcpHeader + length, direction: isClient ? fromClient : 'server' };
  }

  #ipv4(view: DataView, bytes: Uint8Array, from: Endpoint, to: Endpoint, length: number): void {
    view.setUint8(0, 0x45);
    view.setUint16(2, 20 + length);
    view.setUint16(4, (this.#identification = (this.#identification + 1) & 0xffff));
    // Do not fragment.
    view.setUint16(6, 0x4000);
    view.setUint8(8, hops);
    view.setUint8(9, tcp);
    bytes.set(from.address, 12);
    bytes.set(to.address, 16);
    view.setUint16(10, checksum(sumOf(bytes, 0, 20)));
  }
}

function ipv6(view: DataView, bytes: Uint8Array, from: Endpoint, to: Endpoint, length: number): void {
  view.setUint8(0, 0x60);
  view.setUint16(4, length);
  view.setUint8(6, tcp);
  view.setUint8(7, hops);
  bytes.set(from.address, 8);
  bytes.set(to.address, 24);
}

/** A client on this machine has met it there. Where others have, nobody has written down: an address for documentation stands for it (RFC 5737, RFC 3849). */
function serverAddress(client: Uint8Array): Uint8Array {
  if (client.length === 4) return client[0] === 127 ? Uint8Array.of(127, 0, 0, 1) : Uint8Array.of(192, 0, 2, 1);
  const isLoopback = client.subarray(0, 15).every((byte) => byte === 0) && client[15] === 1;
  const address = new Uint8Array(16);
  if (!isLoopback) address.set([0x20, 0x01, 0x0d, 0xb8]);
  address[15] = 1;
  return address;
}

function tcpChecksum(bytes: Uint8Array, ipHeader: number, from: Endpoint, to: Endpoint): number {
  const length = bytes.length - ipHeader;
  return checksum(sumOf(from.address, 0, from.address.length) + sumOf(to.address, 0, to.address.length) + tcp + length + sumOf(bytes, ipHeader, bytes.length));
}

function sumOf(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at += 2) sum += ((bytes[at] as number) << 8) | (at + 1 < end ? (bytes[at + 1] as number) : 0);
  return sum;
}

/** RFC 1071. */
function checksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x1_0000);
  return ~folded & 0xffff;
}
