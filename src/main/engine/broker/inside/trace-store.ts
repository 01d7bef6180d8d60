import type { MessageTrace, TracedReceiver, TraceEvent, TracingStatus } from '../../../../shared/contract/broker-inside.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';

export interface TraceStoreLimits {
  readonly maxMessages: number;
  /** Estimated. */
  readonly maxBytes: number;
}

const defaults: TraceStoreLimits = { maxMessages: 20_000, maxBytes: 16_777_216 };
const entryBytes = 300;
const receiverBytes = 250;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Receiver = Mutable<TracedReceiver>;

interface Entry {
  /** Of the message in its run of the broker. */
  readonly number: number;
  /** Of the message in the engine; -1 until its record has come. */
  id: number;
  /** `null` until its event has come. */
  trace: (Omit<MessageTrace, 'receivers' | 'omitted'> & { readonly receivers: Receiver[]; omitted: number }) | null;
  /** Where the receiver was found last: acknowledgements come in the order of sending, mostly. */
  hint: number;
  bytes: number;
}

/** Who got the newest messages of the local broker: events and records, which come on ways of their own, put together. */
export class TraceStore {
  readonly #limits: TraceStoreLimits;
  readonly #onAcknowledged: (us: number) => void;
  /** Of the present run of the broker. */
  readonly #byNumber = new Map<number, Entry>();
  readonly #byId = new Map<number, Entry>();
  /** The oldest first. */
  readonly #entries = new Set<Entry>();
  #bytes = 0;
  #lost = 0;
  #revision = 0;

  /** `onAcknowledged`: a receiver has acknowledged a message, so long after it was routed for the first time. */
  constructor({
    onAcknowledged = () => undefined,
    ...limits
  }: Partial<TraceStoreLimits> & { readonly onAcknowledged?: ((us: number) => void) | undefined } = {}) {
    this.#onAcknowledged = onAcknowledged;
    this.#limits = { ...defaults, ...limits };
  }

  get status(): Omit<TracingStatus, 'active'> {
    return { messages: this.#entries.size, lost: this.#lost, revision: this.#revision };
  }

  /** Another broker begins to count its messages anew. */
  newRun(): void {
    this.#byNumber.clear();
  }

  /** `clockOffsetUs`: as in `MessageTrace`. */
  apply(events: readonly TraceEvent[], clockOffsetUs = 0): void {
    for (const event of events) {
      if (event.kind === 'routed') this.#routed(event, clockOffsetUs);
      else {
        const entry = this.#byNumber.get(event.number);
        if (entry?.trace) this.#followed(entry, entry.trace.receivers, event);
      }
    }
    this.#revision += 1;
    this.#evict();
  }

  countLost(events: number): void {
    this.#lost += events;
  }

  /** Records of the broker have become the engine's messages `firstId` and following. */
  attach(records: readonly MessageRecord[], firstId: number): void {
    for (let at = 0; at < records.length; at += 1) {
      const number = (records[at] as MessageRecord).id;
      if (number === 0) continue;
      const entry = this.#entry(number);
      entry.id = firstId + at;
      this.#byId.set(entry.id, entry);
    }
    this.#revision += 1;
    this.#evict();
  }

  get(id: number): MessageTrace | null {
    return this.#byId.get(id)?.trace ?? null;
  }

  /** By the number of the message in the present run of the broker. */
  getNumber(number: number): MessageTrace | null {
    return this.#byNumber.get(number)?.trace ?? null;
  }

  #entry(number: number): Entry {
    let entry = this.#byNumber.get(number);
    if (entry === undefined) {
      entry = { number, id: -1, trace: null, hint: 0, bytes: entryBytes };
      this.#byNumber.set(number, entry);
      this.#entries.add(entry);
      this.#bytes += entryBytes;
    }
    return entry;
  }

  #routed({ number, timeUs, cause, publisher, packetId, receivers, omitted, handlers }: Extract<TraceEvent, { kind: 'routed' }>, clockOffsetUs: number): void {
    const entry = cause === 'published' ? this.#entry(number) : this.#byNumber.get(number);
    if (entry === undefined) return;
    if (cause === 'published')
      entry.trace = { publisher, packetId, clockOffsetUs, routedAtUs: timeUs, receivers: [], omitted: 0, ...(handlers && { handlers }) };
    if (entry.trace === null) return;
    for (const receiver of receivers) {
      const { state } = receiver;
      const isWritten = state === 'written';
      entry.trace.receivers.push({
        ...receiver,
        cause,
        writtenAtUs: isWritten ? timeUs : null,
        sentAgain: 0,
        acknowledgedAtUs: null,
        endedAtUs: isWritten || state === 'waiting' ? null : timeUs,
      });
    }
    entry.trace.omitted += omitted;
    const bytes = (receivers.length + (handlers?.length ?? 0)) * receiverBytes;
    entry.bytes += bytes;
    this.#bytes += bytes;
  }

  #followed(entry: Entry, receivers: readonly Receiver[], event: Exclude<TraceEvent, { kind: 'routed' }>): void {
    const isFirst = (event.kind === 'written' && !event.again) || (event.kind === 'dropped' && event.packetId === 0);
    for (let step = 0, at = entry.hint; step < receivers.length; step += 1, at += 1) {
      if (at >= receivers.length) at = 0;
      const receiver = receivers[at] as Receiver;
      if (receiver.clientId !== event.clientId) continue;
      if (isFirst ? receiver.state !== 'waiting' : receiver.state !== 'written' || receiver.packetId !== event.packetId) continue;
      entry.hint = at;
      change(receiver, event);
      if (event.kind === 'acknowledged' && entry.trace !== null && receiver.cause === 'published') {
        this.#onAcknowledged(Math.max(0, event.timeUs - entry.trace.routedAtUs));
      }
      return;
    }
  }

  #evict(): void {
    for (const entry of this.#entries) {
      if (this.#entries.size <= this.#limits.maxMessages && this.#bytes <= this.#limits.maxBytes) return;
      this.#entries.delete(entry);
      this.#bytes -= entry.bytes;
      if (this.#byNumber.get(entry.number) === entry) this.#byNumber.delete(entry.number);
      this.#byId.delete(entry.id);
    }
  }
}

function change(receiver: Receiver, event: Exclude<TraceEvent, { kind: 'routed' }>): void {
  switch (event.kind) {
    case 'written':
      if (event.again) receiver.sentAgain += 1;
      else {
        receiver.state = 'written';
        receiver.writtenAtUs = event.timeUs;
        receiver.packetId = event.packetId;
      }
      return;
    case 'acknowledged':
      receiver.acknowledgedAtUs = event.timeUs;
      return;
    case 'dropped':
      receiver.state = event.reason;
      receiver.endedAtUs = event.timeUs;
  }
}
