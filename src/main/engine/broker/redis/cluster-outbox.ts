import { storeMessage, type Clocks } from '../core/persistence/stored-message.ts';
import type { Message } from '../core/message.ts';
import type { GroupTable } from './group-table.ts';
import { packRetained, packTravelling, type SharedMessage } from './redis-records.ts';

type Argument = string | number | Buffer;

/** Something for the log. */
export interface OutboxItem {
  /** Counts up in each process. */
  readonly seq: number;
  /** `null`: what is retained has to be read again. */
  readonly message: Message | null;
  /** Shared subscriptions that have had it here. */
  readonly direct: readonly string[] | null;
  /** Only for this shared subscription; these brokers had no member. */
  readonly redirect: { readonly share: string; readonly passed: readonly string[] } | null;
}

/** What waits to be written to the log, in its order. Who publishes is acknowledged afterwards, which bounds it. */
export class ClusterOutbox {
  #items: OutboxItem[] = [];
  #seq = 0;

  get length(): number {
    return this.#items.length;
  }

  get lastSeq(): number {
    return this.#seq;
  }

  add(item: Omit<OutboxItem, 'seq'>): number {
    this.#seq += 1;
    this.#items.push({ seq: this.#seq, ...item });
    return this.#seq;
  }

  /** Of retained messages of QoS 0 with the same topic the newest counts, while none can be written. Whether there was one. */
  dropRetained(topic: string): boolean {
    const at = this.#items.findIndex(({ message, redirect }) => redirect === null && message?.topic === topic && message.qos === 0);
    if (at >= 0) this.#items.splice(at, 1);
    return at >= 0;
  }

  first(count: number): readonly OutboxItem[] {
    return this.#items.slice(0, count);
  }

  written(count: number): void {
    this.#items.splice(0, count);
  }

  /** What clients published is not acknowledged yet, and they will send it again; what the broker itself said is only here. */
  keepOwn(): void {
    this.#items = this.#items.filter(({ message, redirect }) => redirect !== null || message?.publisher === null);
  }
}

/** The changes for the script, with receivers of shared subscriptions chosen by the table as it is. `awaits`: told what this broker has to read again itself. `leavingTo`: where a member is on its way to. */
export function logChanges(
  items: readonly OutboxItem[],
  table: GroupTable,
  clocks: Clocks,
  run: string,
  awaits: (seq: number) => void,
  leavingTo: (share: string) => string | null,
): Argument[] {
  const out: Argument[] = [];
  for (const { seq, message, direct, redirect } of items) {
    if (message === null) {
      awaits(seq);
      out.push('L', String(seq), packTravelling(null), '', '');
      continue;
    }
    const stored: SharedMessage = storeMessage(message, clocks);
    const targets: [string, string][] = [];
    if (redirect !== null) {
      const to = leavingTo(redirect.share) ?? table.choose(redirect.share, new Set([run, ...redirect.passed]));
      if (to === null) continue;
      targets.push([redirect.share, to]);
    } else {
      for (const share of table.matching(message.topic)) {
        if (direct?.includes(share) === true) continue;
        const to = table.choose(share);
        if (to !== null) targets.push([share, to]);
      }
    }
    if (message.retain || targets.length > 0) awaits(seq);
    const passed = redirect === null ? [] : [...redirect.passed, run];
    const item = packTravelling({ ...stored, targets, isRedirected: redirect !== null, passed });
    const isKept = message.retain && redirect === null;
    out.push('L', String(seq), item, isKept ? message.topic : '', isKept && message.payload.byteLength > 0 ? packRetained(stored) : '');
  }
  return out;
}
