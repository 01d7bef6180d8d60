import type { RetainedColumn, RetainedMessage, RetainedPage, RetainedQuery, RetainedRow, RetainedWanted } from '../../../../../shared/contract/broker-lists.ts';
import { ListCache } from '../../inside/list-cache.ts';
import { sortedList } from '../../inside/sorted-list.ts';
import { retainedTest } from '../../inside/retained-test.ts';
import type { BrokerCore } from '../broker-core.ts';
import type { RetainedEntry } from '../../routing/retained-node.ts';
import type { Message } from '../message.ts';
import { toMessageProperties } from '../tap-record.ts';
import { expiresIn, headOf } from './message-parts.ts';

type Entry = RetainedEntry<Message>;

const columns: Readonly<Record<RetainedColumn, (entry: Entry) => string | number>> = {
  topic: ({ topic }) => topic,
  size: ({ value }) => value.payload.byteLength,
  storedAt: ({ storedMs }) => (Number.isNaN(storedMs) ? -Infinity : storedMs),
  publisher: ({ value }) => value.publisher ?? '',
  expiry: ({ expiresAtMs }) => expiresAtMs,
};

/** The retained messages of a core. */
export class RetainedList {
  readonly #core: BrokerCore;
  readonly #cache = new ListCache<Entry>();

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  async page({ offset, limit, order, ...wanted }: RetainedQuery): Promise<RetainedPage> {
    const core = this.#core;
    const { retainedMessages } = core;
    core.tick();
    const { bytes } = retainedMessages;
    const isWanted = retainedTest(wanted);
    if (isWanted === null && order === undefined)
      return { total: retainedMessages.size, bytes, rows: retainedMessages.page(offset, limit).map((entry) => this.#describe(entry)) };
    const { total, items } = await this.#cache.page(JSON.stringify([wanted, order]), { offset, limit }, () =>
      sortedList(this.#entries(), {
        matches: isWanted === null ? null : ({ topic }) => isWanted(topic),
        key: order === undefined ? null : columns[order.by],
        descending: order?.descending === true,
      }),
    );
    return { total, bytes, rows: items.map((entry) => this.#describe(entry)) };
  }

  /** A topic whose message is replaced moves; one that is deleted and set again counts once, as it was. */
  *#entries(): Generator<Entry> {
    const { newest } = this.#core.retainedMessages;
    for (const entry of this.#core.retainedMessages.entries()) if (entry.sequence <= newest && entry.expiresAtMs > this.#core.nowMs) yield entry;
  }

  *topics(wanted: RetainedWanted): Generator<string | null> {
    const isWanted = retainedTest(wanted);
    for (const { topic } of this.#entries()) yield isWanted === null || isWanted(topic) ? topic : null;
  }

  message(topic: string, maxBytes: number): RetainedMessage | null {
    const core = this.#core;
    core.tick();
    const entry = core.retainedMessages.entry(topic);
    if (entry === undefined || entry.expiresAtMs <= core.nowMs) return null;
    const { payload } = entry.value;
    const properties = entry.value.propertiesAt(core.nowMs);
    return {
      ...this.#describe(entry),
      payload: new Uint8Array(payload.subarray(0, maxBytes)),
      properties: properties === null ? null : toMessageProperties(properties),
    };
  }

  changed(): void {
    this.#cache.clear();
  }

  #describe({ topic, value, storedMs }: Entry): RetainedRow {
    const { payload, qos, publisher, number } = value;
    return {
      topic,
      sizeBytes: payload.byteLength,
      qos,
      publisher,
      storedAt: Number.isNaN(storedMs) ? null : Math.round(this.#core.wallMs + storedMs - this.#core.nowMs),
      expiresInSeconds: expiresIn(value, this.#core.nowMs),
      number,
      head: headOf(payload),
    };
  }
}
