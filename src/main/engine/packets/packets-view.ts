import type { PacketFilter, PacketRow, PacketsFrame } from '../../../shared/contract/packets.ts';
import { matcherOf } from './packet-filter.ts';
import { rowOf } from './packet-rows.ts';
import type { PacketRecorder } from './packet-recorder.ts';

export interface PacketsWindow {
  readonly first: number;
  readonly count: number;
  readonly follow: boolean;
}

/** So long the recording is looked through at once, ms; everything else goes in between. */
const sliceMs = 8;
const sliceRows = 256;
/** Forgotten places are cut off when there are this many. */
const trimmedPlaces = 4096;

/** One list of packets: the numbers of all that fit a filter, and a window on their rows. */
export class PacketsView {
  readonly #recorder: PacketRecorder;
  readonly #matches: ((seq: number) => boolean) | null;
  readonly #onChange: () => void;
  #window: PacketsWindow;
  /** Numbers of packets that fit, from the place `#base` on; not used without a filter. */
  #found: number[] = [];
  #base = 0;
  /** Looked through up to, not including, this one. */
  #looked: number;
  #timer: NodeJS.Immediate | undefined;
  #stale = true;
  #closed = false;

  constructor(recorder: PacketRecorder, filter: PacketFilter, window: PacketsWindow, onChange: () => void) {
    this.#recorder = recorder;
    this.#matches = matcherOf(recorder, filter);
    this.#onChange = onChange;
    this.#window = window;
    this.#looked = recorder.ring.first;
    this.#look();
  }

  setWindow(window: PacketsWindow): void {
    this.#window = window;
    this.#changed();
  }

  /** Packets came or went. */
  refresh(): void {
    this.#look();
    this.#changed();
  }

  /** Every packet that fits now, oldest first, as far as it has been looked through. */
  *sequence(): Generator<number> {
    for (let place = this.#from; place < this.#to; place += 1) yield this.#seqAt(place);
  }

  get size(): number {
    return this.#to - this.#from;
  }

  get isLooking(): boolean {
    return this.#matches !== null && this.#looked < this.#recorder.ring.next;
  }

  /** `undefined`: there is nothing new to say. */
  frame(): PacketsFrame | undefined {
    if (!this.#stale || this.#closed) return undefined;
    this.#stale = false;
    const { ring } = this.#recorder;
    const [from, to] = [this.#from, this.#to];
    const { count, follow } = this.#window;
    const first = Math.max(from, follow ? to - count : this.#window.first);
    const rows: PacketRow[] = [];
    for (let place = first; place < Math.min(to, first + count); place += 1) {
      const packet = ring.get(this.#seqAt(place));
      if (packet) rows.push(rowOf(this.#recorder, packet, place > from ? ring.timeOf(this.#seqAt(place - 1)) : null));
    }
    const span = ring.next - ring.first;
    const looked = this.isLooking && span > 0 ? (this.#looked - ring.first) / span : null;
    return { first, rows, from, to, looked };
  }

  close(): void {
    this.#closed = true;
    clearImmediate(this.#timer);
  }

  // Without a filter, a packet's place is its number.
  get #from(): number {
    return this.#matches === null ? this.#recorder.ring.first : this.#base;
  }
  get #to(): number {
    return this.#matches === null ? this.#recorder.ring.next : this.#base + this.#found.length - this.#dropped;
  }
  /** Of `#found`, places before `#base` that are not cut off yet. */
  #dropped = 0;

  #seqAt(place: number): number {
    return this.#matches === null ? place : (this.#found[place - this.#base + this.#dropped] as number);
  }

  #look(): void {
    const matches = this.#matches;
    if (matches === null || this.#timer || this.#closed) return;
    const { ring } = this.#recorder;
    this.#forget(ring.first);
    this.#looked = Math.max(this.#looked, ring.first);
    const until = performance.now() + sliceMs;
    while (this.#looked < ring.next) {
      const end = Math.min(ring.next, this.#looked + sliceRows);
      for (; this.#looked < end; this.#looked += 1) if (matches(this.#looked)) this.#found.push(this.#looked);
      if (performance.now() < until || this.#looked === ring.next) continue;
      this.#timer = setImmediate(() => {
        this.#timer = undefined;
        this.#look();
        this.#changed();
      });
      return;
    }
  }

  #forget(first: number): void {
    while (this.#dropped < this.#found.length && (this.#found[this.#dropped] as number) < first) {
      this.#dropped += 1;
      this.#base += 1;
    }
    if (this.#dropped < trimmedPlaces) return;
    this.#found = this.#found.slice(this.#dropped);
    this.#dropped = 0;
  }

  #changed(): void {
    this.#stale = true;
    this.#onChange();
  }
}
