import type { PacketFilter, PacketRow, PacketsFrame } from '../../../../shared/contract/packets.ts';
import type { CodedError } from '../../../../shared/ipc/errors.ts';
import { FrameNotifier, LatestSender, newId, rowsAround, type Engine, type Pacing } from '../../common/index.ts';

/** After the last key of a text: each search looks through the whole recording. */
const typingMs = 150;

/** A place of the list; a packet that is forgotten leaves an empty one while somebody reads beside it. */
export type ListedPacket = PacketRow | { readonly seq: null; readonly place: number };

/** The packets that fit a filter, oldest first, of which only the part around the viewport is here. Mutable and outside React. */
export class PacketsList {
  readonly notifier: FrameNotifier;
  readonly #engine: Engine;
  readonly #pacing: Pacing;
  #filter: PacketFilter;
  #frame: PacketsFrame | undefined;
  /** The place of the first row shown. */
  #origin = 0;
  #following = true;
  #visible = rowsAround(0, 1);
  #error: CodedError | undefined;
  #sender: LatestSender | undefined;
  #closeStream: () => void = () => undefined;
  #typing: unknown;

  constructor(engine: Engine, pacing: Pacing, filter: PacketFilter) {
    this.#engine = engine;
    this.#pacing = pacing;
    this.notifier = new FrameNotifier(pacing);
    this.#filter = filter;
    this.#open();
  }

  /** `undefined` until the first frame came. */
  get count(): number | undefined {
    return this.#frame && this.#frame.to - this.#origin;
  }
  /** Packets that fit and are held. */
  get total(): number {
    return this.#frame ? this.#frame.to - this.#frame.from : 0;
  }
  get looked(): number | null {
    return this.#frame?.looked ?? null;
  }
  /** The newest packet is kept in sight. */
  get following(): boolean {
    return this.#following;
  }
  get error(): CodedError | undefined {
    return this.#error;
  }
  get filter(): PacketFilter {
    return this.#filter;
  }

  readonly row = (index: number): ListedPacket | undefined => {
    const frame = this.#frame;
    if (!frame) return undefined;
    const place = this.#origin + index;
    if (place < frame.from) return { seq: null, place };
    return frame.rows[place - frame.first];
  };

  /** Which rows are visible, both ends included. */
  readonly show = (first: number, last: number): void => {
    const wanted = rowsAround(first, last - first + 1);
    if (wanted.first === this.#visible.first && wanted.count === this.#visible.count) return;
    this.#visible = wanted;
    this.#sender?.changed();
  };

  readonly setFollowing = (following: boolean): void => {
    if (following === this.#following) return;
    this.#following = following;
    if (following && this.#frame) this.#origin = this.#frame.from;
    this.#sender?.changed();
    void this.notifier.changed();
  };

  /** A change of the text waits for the end of typing. */
  setFilter(filter: PacketFilter): void {
    const before = this.#filter;
    if (JSON.stringify(filter) === JSON.stringify(before)) return;
    this.#filter = filter;
    this.#pacing.clearTimer(this.#typing);
    const onlyText = JSON.stringify({ ...filter, text: '' }) === JSON.stringify({ ...before, text: '' });
    if (onlyText && filter.text !== undefined) this.#typing = this.#pacing.setTimer(() => this.#open(), typingMs);
    else this.#open();
  }

  close(): void {
    this.#pacing.clearTimer(this.#typing);
    this.#sender?.close();
    this.#closeStream();
  }

  #open(): void {
    this.#sender?.close();
    this.#closeStream();
    this.#following = true;
    this.#visible = { ...this.#visible, first: 0 };
    const viewId = newId();
    const now = () => ({ viewId, first: this.#origin + this.#visible.first, count: this.#visible.count, follow: this.#following });
    this.#sender = new LatestSender(() => this.#engine.call('packets.setWindow', now()));
    this.#closeStream = this.#engine.stream('packets.list', () => ({ filter: this.#filter, ...now() }), {
      item: (frame) => {
        this.#frame = frame;
        this.#error = undefined;
        // Cleared, or begun anew: what was read beside it is gone as well.
        if (this.#following || frame.from >= frame.to || this.#origin > frame.to) this.#origin = frame.from;
        return this.notifier.changed();
      },
      end: (error) => {
        this.#error = error;
        void this.notifier.changed();
      },
    });
  }
}
