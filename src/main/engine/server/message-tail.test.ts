import { expect, it } from 'vitest';
import type { MessageRow, MessageTail } from '../../../shared/contract/messages.ts';
import { CreditSink } from '../../../shared/ipc/stream-sink.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { createTails } from '../ingest/index.ts';
import { openTail } from './message-tail.ts';

const record = (id: number): MessageRecord => ({
  id,
  timeUs: id,
  topic: 'a',
  payload: new Uint8Array(0),
  qos: 0,
  retain: false,
  dup: false,
  direction: 'in',
  publisher: null,
  properties: null,
});
const row = (id: number): MessageRow => ({ ...record(id), sizeBytes: 0, head: new Uint8Array(0) });

function setUp(storedIds: readonly number[]) {
  let queries = 0;
  const tails = createTails({ now: Date.now });
  const services = {
    tails,
    lastMessageId: () => storedIds.at(-1) ?? 0,
    store: {
      history: async (query: { readonly offset: number; readonly limit: number; readonly atOrBefore?: number | undefined }) => {
        queries += 1;
        const ids = storedIds.filter((id) => id <= (query.atOrBefore ?? Infinity)).toReversed();
        return { rows: ids.slice(query.offset, query.offset + query.limit).map(row), total: ids.length };
      },
    },
  };
  const received: MessageTail[] = [];
  const sink = new CreditSink<MessageTail>(
    { overflow: 'drop-oldest', window: 8 },
    { item: (item) => void received.push(item as MessageTail), end: () => {}, error: () => {} },
  );
  return { services: services as never, tails, sink, received, queries: () => queries };
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const ids = (tail: MessageTail | undefined): readonly number[] | undefined => tail?.rows.map(({ id }) => id);

it('starts with what the history holds since the given message, oldest first', async () => {
  const { services, sink, received } = setUp([2, 4, 6, 8]);
  (await openTail(services, { source: 'broker', topic: 'a', afterId: 4 }, sink))();
  expect(received).toMatchObject([{ omitted: 0 }]);
  expect(ids(received[0])).toEqual([6, 8]);
});

it('counts exactly what it leaves out, with few questions', async () => {
  const { services, sink, received, queries } = setUp(range(1, 100_000));
  (await openTail(services, { source: 'broker', topic: 'a', afterId: 1_234 }, sink))();
  expect(received).toMatchObject([{ omitted: 100_000 - 1_234 - 200 }]);
  expect(ids(received[0])).toEqual(range(99_801, 100_000));
  expect(queries()).toBeLessThan(20);
});

it('neither loses nor repeats what arrives meanwhile', async () => {
  const { services, tails, sink, received } = setUp([1, 2, 3]);
  const opening = openTail(services, { source: 'broker', topic: 'a', afterId: 1 }, sink);
  tails.ingest('broker', [record(4)]);
  const close = await opening;
  tails.ingest('broker', [record(5)]);
  await expect.poll(() => received.flatMap((tail) => ids(tail))).toEqual([2, 3, 4, 5]);
  close();
});

it('asks nothing of the history without a message to start after', async () => {
  const { services, sink, queries } = setUp([1, 2, 3]);
  (await openTail(services, { source: 'broker', topic: 'a' }, sink))();
  (await openTail(services, { source: 'broker', topic: 'a', afterId: 3 }, sink))();
  expect(queries()).toBe(0);
});
