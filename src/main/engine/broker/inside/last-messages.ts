import type { MessageRow } from '../../../../shared/contract/messages.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';

const keptMessages = 500;
const headBytes = 64;

/** The messages that came last, of all topics. Of a batch only its end is looked at, so a flood costs no more than a trickle. */
export class LastMessages {
  readonly #kept: number;
  /** The oldest first. */
  #rows: MessageRow[] = [];

  constructor(kept = keptMessages) {
    this.#kept = kept;
  }

  add(records: readonly MessageRecord[], firstId: number): void {
    const from = Math.max(0, records.length - this.#kept);
    for (let at = from; at < records.length; at += 1) {
      const { timeUs, topic, qos, retain, dup, direction, publisher, payload } = records[at] as MessageRecord;
      const head = payload.slice(0, headBytes);
      this.#rows.push({ id: firstId + at, timeUs, topic, qos, retain, dup, direction, publisher, sizeBytes: payload.byteLength, head });
    }
    // In large steps: cutting off the front moves all that stay.
    if (this.#rows.length > 2 * this.#kept) this.#rows = this.#rows.slice(-this.#kept);
  }

  /** Newest first; with a text only those whose topic or publisher contains it. */
  list(search = ''): readonly MessageRow[] {
    const needle = search.toLowerCase();
    const kept = this.#rows.slice(-this.#kept);
    const found =
      needle === '' ? kept : kept.filter(({ topic, publisher }) => topic.toLowerCase().includes(needle) || publisher?.toLowerCase().includes(needle));
    return found.toReversed();
  }
}
