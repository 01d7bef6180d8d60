import { expect, it, vi } from 'vitest';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { ThreadedCallStore, type CallStoreLink } from './call-store.ts';
import type { StoredCall } from './stored-call.ts';

const call = (id: number): StoredCall =>
  ({ row: { id, source: id % 2 === 0 ? 'broker' : 'connection:lab' }, body: new Uint8Array(10), messageIds: [] }) as unknown as StoredCall;

it('does not write a call again that was deleted while the disk refused it', async () => {
  vi.useFakeTimers();
  let isFull = true;
  const written: number[] = [];
  const waiting: (() => void)[] = [];
  const client = {
    async call(name: string, { calls = [] }: { readonly calls?: readonly StoredCall[] }) {
      if (name === 'removeCalls') return {};
      if (name === 'clearCalls') return { deleted: 0 };
      await new Promise<void>((resolve) => waiting.push(resolve));
      if (isFull) throw new CodedError('disk-full');
      written.push(...calls.map(({ row }) => row.id));
      return {};
    },
  };
  const link = { reader: () => Promise.resolve(client), writer: () => client, hasFailed: () => false, onSizes: () => undefined, onChange: () => undefined };
  const store = new ThreadedCallStore(link as unknown as CallStoreLink, 1_000_000);
  const answerAll = (): void => {
    for (const answer of waiting.splice(0)) answer();
  };
  store.put([1, 2, 3, 4].map(call));
  await store.clear('broker');
  store.remove([3]);
  answerAll();
  await vi.advanceTimersByTimeAsync(0);
  isFull = false;
  await vi.advanceTimersByTimeAsync(2000);
  answerAll();
  await vi.advanceTimersByTimeAsync(0);
  expect(written).toEqual([1]);
  // A newer version is another matter.
  store.put([call(3)]);
  answerAll();
  await vi.advanceTimersByTimeAsync(0);
  expect(written).toEqual([1, 3]);
  expect(store.ledger()).toMatchObject({ pending: 0, dropped: [] });
  store.close();
  vi.useRealTimers();
});
