import type { EventsPage, EventsQuery, RpcEventDetail, RpcEventRow } from '../../../../shared/contract/rpc-peers.ts';
import type { DialectId } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { ParsedMessage } from '../../../../shared/rpc/dialect.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { plainValue } from '../plain-value.ts';

const maxEvents = 10_000;
const maxBytes = 32 * 1024 * 1024;
/** Of one event; parsed JSON takes several times the space of its text. */
const maxEventBytes = 65_536;
const bytesPerTextByte = 4;
const eventBytes = 600;
const previewLength = 200;
const maxTextLength = 1000;
const maxTypes = 200;
/** What is sent over a connection is noted as it goes out, and comes back where the topic is subscribed to. */
const echoMs = 10_000;
const maxEchoes = 50;

type SeenEvent = Extract<ParsedMessage, { kind: 'event' }>;

interface KeptEvent extends RpcEventRow {
  readonly data: JsonValue;
  readonly tooLong: boolean;
  readonly timestamp: number | null;
  readonly messageId: number;
  readonly bytes: number;
}

/** The events of all sources that are remembered. */
export class EventLog {
  #events: KeptEvent[] = [];
  #bytes = 0;
  #lastId = 0;
  #forgotten = 0;
  readonly #seen = new Map<SourceId, number>();
  #sent: { readonly source: SourceId; readonly topic: string; readonly payload: Uint8Array; readonly atMs: number }[] = [];
  readonly #clock: () => number;

  /** `clock`: ms, of a clock that never goes back: that of messages may be set meanwhile. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** `own`: the publisher is this workbench. */
  add(source: SourceId, dialect: DialectId, record: MessageRecord, event: SeenEvent, own: boolean): void {
    const { topic, payload, timeUs, publisher, direction, id: messageId } = record;
    if (direction === 'out') this.#expectEcho(source, record);
    else if (this.#isEcho(source, record)) return;
    const text = JSON.stringify(event.data);
    const tooLong = payload.byteLength > maxEventBytes;
    const bytes = eventBytes + (tooLong ? 0 : payload.byteLength * bytesPerTextByte) + topic.length * 2;
    this.#lastId += 1;
    this.#events.push({
      id: this.#lastId,
      source,
      dialect,
      timeUs,
      topic,
      eventType: event.eventType.slice(0, maxTextLength),
      from: event.source.slice(0, maxTextLength),
      publisher,
      own: own || direction === 'out',
      preview: text.length > previewLength ? `${text.slice(0, previewLength)}…` : text,
      sizeBytes: payload.byteLength,
      data: tooLong ? null : event.data,
      tooLong,
      timestamp: event.timestamp,
      messageId,
      bytes,
    });
    this.#bytes += bytes;
    this.#seen.set(source, (this.#seen.get(source) ?? 0) + 1);
    this.#forgetOldest();
  }

  page({ source, eventType, upTo = Infinity, text = '', offset = 0, limit }: EventsQuery): EventsPage {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const types = new Map<string, number>();
    const rows: RpcEventRow[] = [];
    let total = 0;
    for (let at = this.#events.length - 1; at >= 0; at -= 1) {
      const event = this.#events[at] as KeptEvent;
      if (event.source !== source) continue;
      types.set(event.eventType, (types.get(event.eventType) ?? 0) + 1);
      if (event.id > upTo || (eventType !== undefined && event.eventType !== eventType) || !hasAll(event, words)) continue;
      if (total >= offset && rows.length < limit) rows.push(rowOf(event));
      total += 1;
    }
    return {
      rows,
      total,
      seen: this.#seen.get(source) ?? 0,
      newestId: this.#lastId,
      forgotten: this.#forgotten,
      types: [...types]
        .map(([type, count]) => ({ eventType: type, count }))
        .toSorted((a, b) => b.count - a.count)
        .slice(0, maxTypes),
    };
  }

  detail(id: number): RpcEventDetail | null {
    const event = this.#events.find((one) => one.id === id);
    if (!event) return null;
    const { data, tooLong, timestamp, messageId } = event;
    return { ...rowOf(event), data: plainValue(data), tooLong, timestamp, messageId };
  }

  /** Answers how many have gone. */
  clear(source: SourceId): number {
    const before = this.#events.length;
    this.#events = this.#events.filter((event) => event.source !== source);
    this.#bytes = this.#events.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#seen.delete(source);
    return before - this.#events.length;
  }

  #forgetOldest(): void {
    let gone = 0;
    // The newest stays, however large it is. Some go at once, so that not every event moves all others.
    while (this.#events.length - gone > 1 && (this.#events.length - gone > maxEvents || this.#bytes > maxBytes)) {
      const some = Math.min(maxEvents / 100, this.#events.length - gone - 1);
      for (let n = 0; n < some; n += 1, gone += 1) this.#bytes -= (this.#events[gone] as KeptEvent).bytes;
    }
    if (gone === 0) return;
    this.#events = this.#events.slice(gone);
    this.#forgotten += gone;
  }

  #expectEcho(source: SourceId, { topic, payload }: MessageRecord): void {
    this.#sent.push({ source, topic, payload: new Uint8Array(payload), atMs: this.#clock() });
    if (this.#sent.length > maxEchoes) this.#sent.shift();
  }

  #isEcho(source: SourceId, { topic, payload }: MessageRecord): boolean {
    const now = this.#clock();
    const at = this.#sent.findIndex(
      (sent) => sent.source === source && sent.topic === topic && now - sent.atMs < echoMs && Buffer.compare(sent.payload, payload) === 0,
    );
    if (at >= 0) this.#sent.splice(at, 1);
    return at >= 0;
  }
}

function rowOf({ id, source, dialect, timeUs, topic, eventType, from, publisher, own, preview, sizeBytes }: RpcEventRow): RpcEventRow {
  return { id, source, dialect, timeUs, topic, eventType, from, publisher, own, preview, sizeBytes };
}

function hasAll({ topic, eventType, from, publisher, preview }: RpcEventRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const haystack = `${topic}\n${eventType}\n${from}\n${publisher ?? ''}\n${preview}`.toLowerCase();
  return words.every((word) => haystack.includes(word));
}
