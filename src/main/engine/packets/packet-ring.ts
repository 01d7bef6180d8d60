import type { PacketDirection, PacketLimits } from '../../../shared/contract/packets.ts';
import type { PacketFault } from '../../../shared/messages/tapped-packet.ts';
import type { ProtocolLevel } from '../../../shared/mqtt/packet/packets.ts';

/** Rows of a segment, and bytes after which it is full as well. */
const segmentRows = 1024;
const segmentBytes = 4_194_304;
const firstBytes = 16_384;
/** Kept of a packet; a larger one keeps its size and its beginning. */
const keptBytes = 1_048_576;

const flag = { out: 1, connected: 2, levelShift: 2, levelMask: 0x0c } as const;

export interface NewPacket {
  readonly timeUs: number;
  /** Unix µs of the packet before on the same connection; NaN: there was none. */
  readonly previousUs: number;
  readonly connection: number;
  readonly direction: PacketDirection;
  readonly level: ProtocolLevel | null;
  readonly connected: boolean;
  readonly bytes: Uint8Array;
  readonly end: string | null;
  /** The topic that an alias stands for. */
  readonly topic: string | null;
  readonly fault: PacketFault | null;
}

export interface StoredPacket extends NewPacket {
  readonly seq: number;
  /** A view that is valid until the packet is forgotten. */
  readonly bytes: Uint8Array;
  /** Of the whole packet. */
  readonly size: number;
}

/** Packets in columns: a hundred thousand of them are a few hundred objects. */
class Segment {
  readonly firstSeq: number;
  count = 0;
  readonly times = new Float64Array(segmentRows);
  readonly previous = new Float64Array(segmentRows);
  readonly connections = new Uint32Array(segmentRows);
  readonly starts = new Uint32Array(segmentRows);
  readonly lengths = new Uint32Array(segmentRows);
  readonly sizes = new Uint32Array(segmentRows);
  readonly flags = new Uint8Array(segmentRows);
  readonly ends = new Map<number, string>();
  readonly topics = new Map<number, string>();
  readonly faults = new Map<number, PacketFault>();
  #bytes = new Uint8Array(firstBytes);
  #used = 0;

  constructor(firstSeq: number) {
    this.firstSeq = firstSeq;
  }

  get isFull(): boolean {
    return this.count === segmentRows || this.#used >= segmentBytes;
  }

  add(packet: NewPacket): number {
    const row = this.count;
    const length = Math.min(packet.bytes.length, keptBytes);
    this.#reserve(this.#used + length);
    this.#bytes.set(length === packet.bytes.length ? packet.bytes : packet.bytes.subarray(0, length), this.#used);
    this.times[row] = packet.timeUs;
    this.previous[row] = packet.previousUs;
    this.connections[row] = packet.connection;
    this.starts[row] = this.#used;
    this.lengths[row] = length;
    this.sizes[row] = packet.bytes.length;
    this.flags[row] =
      (packet.direction === 'out' ? flag.out : 0) |
      (packet.connected ? flag.connected : 0) |
      ((packet.level === null ? 0 : packet.level - 2) << flag.levelShift);
    if (packet.end !== null) this.ends.set(row, packet.end);
    if (packet.topic !== null) this.topics.set(row, packet.topic);
    if (packet.fault !== null) this.faults.set(row, packet.fault);
    this.#used += length;
    this.count += 1;
    return length;
  }

  /** Nothing is added any more. */
  seal(): void {
    if (this.#used < this.#bytes.length * 0.75) this.#bytes = this.#bytes.slice(0, this.#used);
  }

  bytesAt(row: number): Uint8Array {
    const start = this.starts[row] as number;
    return this.#bytes.subarray(start, start + (this.lengths[row] as number));
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(bytes, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }
}

/** The newest packets up to a number and a size. Each has a number of its own, which counts up from 1. */
export class PacketRing {
  #limits: PacketLimits;
  #segments: Segment[] = [];
  #first = 1;
  #next = 1;
  #bytes = 0;
  readonly #onForgotten: (connection: number) => void;

  constructor(limits: PacketLimits, onForgotten: (connection: number) => void) {
    this.#limits = limits;
    this.#onForgotten = onForgotten;
  }

  /** The packets held are those from here … */
  get first(): number {
    return this.#first;
  }
  /** … up to, not including, here. */
  get next(): number {
    return this.#next;
  }
  get count(): number {
    return this.#next - this.#first;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get limits(): PacketLimits {
    return this.#limits;
  }

  /** The number it has got. */
  add(packet: NewPacket): number {
    let last = this.#segments.at(-1);
    if (last === undefined || last.isFull) {
      last?.seal();
      last = new Segment(this.#next);
      this.#segments.push(last);
    }
    this.#bytes += last.add(packet);
    const seq = this.#next;
    this.#next += 1;
    this.#trim();
    return seq;
  }

  setLimits(limits: PacketLimits): void {
    this.#limits = limits;
    this.#trim();
  }

  clear(): void {
    for (let seq = this.#first; seq < this.#next; seq += 1) this.#onForgotten(this.connectionOf(seq));
    this.#segments = [];
    this.#first = this.#next;
    this.#bytes = 0;
  }

  has(seq: number): boolean {
    return seq >= this.#first && seq < this.#next;
  }

  /** `undefined`: forgotten, or not there yet. */
  get(seq: number): StoredPacket | undefined {
    if (!this.has(seq)) return undefined;
    const segment = this.#segmentOf(seq);
    const row = seq - segment.firstSeq;
    const flags = segment.flags[row] as number;
    const level = (flags & flag.levelMask) >> flag.levelShift;
    return {
      seq,
      timeUs: segment.times[row] as number,
      previousUs: segment.previous[row] as number,
      connection: segment.connections[row] as number,
      direction: flags & flag.out ? 'out' : 'in',
      level: level === 0 ? null : ((level + 2) as ProtocolLevel),
      connected: (flags & flag.connected) !== 0,
      bytes: segment.bytesAt(row),
      size: segment.sizes[row] as number,
      end: segment.ends.get(row) ?? null,
      topic: segment.topics.get(row) ?? null,
      fault: segment.faults.get(row) ?? null,
    };
  }

  // Parts of a packet that is held, without an object for it.

  connectionOf(seq: number): number {
    const segment = this.#segmentOf(seq);
    return segment.connections[seq - segment.firstSeq] as number;
  }

  timeOf(seq: number): number {
    const segment = this.#segmentOf(seq);
    return segment.times[seq - segment.firstSeq] as number;
  }

  #segmentOf(seq: number): Segment {
    const segments = this.#segments;
    let low = 0;
    let high = segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((segments[middle] as Segment).firstSeq <= seq) low = middle;
      else high = middle - 1;
    }
    return segments[low] as Segment;
  }

  /** The newest packet always stays. */
  #trim(): void {
    while (this.count > 1 && (this.count > this.#limits.packets || this.#bytes > this.#limits.bytes)) {
      const segment = this.#segments[0] as Segment;
      const row = this.#first - segment.firstSeq;
      this.#bytes -= segment.lengths[row] as number;
      this.#onForgotten(segment.connections[row] as number);
      this.#first += 1;
      if (row + 1 === segment.count) this.#segments.shift();
    }
  }
}
