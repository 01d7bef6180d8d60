import { expect, it } from 'vitest';
import type { Ledger } from '../../../shared/contract/messages.ts';
import { describeSize, summarise } from './ledger-summary.ts';

const ledger = (change: Partial<Ledger> = {}): Ledger => ({
  received: 12_345,
  stored: 12_345,
  pending: 0,
  dropped: [],
  expired: 0,
  sizeBytes: 10_485_760,
  budgetBytes: 1_073_741_824,
  state: 'ok',
  detail: null,
  calls: { stored: 0, pending: 0, dropped: [], expired: 0, sizeBytes: 0 },
  ...change,
});

it.each([
  [{}, 'ok', '12.3k stored'],
  [{ pending: 400 }, 'ok', '12.3k stored'],
  [{ pending: 5400 }, 'ok', '12.3k stored · 5,400 waiting'],
  [
    {
      dropped: [
        { reason: 'queue full', count: 1200 },
        { reason: 'disk full', count: 3 },
      ],
    },
    'warn',
    '12.3k stored · 1,203 dropped',
  ],
  [{ state: 'disk-full' }, 'bad', 'Disk full · 12.3k stored'],
  [{ state: 'failed' }, 'bad', 'History not available'],
  [{ state: 'starting' }, 'busy', 'History starting'],
  [{ calls: { ...ledger().calls, dropped: [{ reason: 'history could not keep up', count: 2 }] } }, 'warn', '12.3k stored · 2 calls not stored'],
  [{ detail: 'a.db is damaged.' }, 'warn', '12.3k stored · see details'],
] as const)('%j reads %s "%s"', (change, tone, text) => expect(summarise(ledger(change))).toMatchObject({ tone, text }));

it('raises an alarm only when messages are not kept, and warns of those that are missing', () => {
  expect(summarise(ledger({ pending: 1e6 })).alarm).toBeNull();
  expect(summarise(ledger({ state: 'disk-full', detail: 'No space left.' })).alarm).toMatchObject({ kind: 'bad', title: 'No space left.' });
  expect(summarise(ledger({ state: 'failed' })).alarm).toMatchObject({ kind: 'bad', title: expect.stringContaining('not available') as string });
  const detail = 'messages-000001.db is damaged: it was kept there as x.broken.db.';
  expect(summarise(ledger({ detail })).alarm).toMatchObject({ kind: 'warn', title: detail });
});

it('describes how full the budget is', () => expect(describeSize(ledger())).toBe('10 MiB of 1 GiB (1 %)'));
