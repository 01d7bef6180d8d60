import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { loadSqlite } from '../sqlite/index.ts';
import { createStore, type Store, type StoreOptions } from './index.ts';

let folder: string;
let store: Store;
let nextId = 0;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-store-'));
  nextId = 0;
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(options: Partial<StoreOptions> = {}): Store {
  store = createStore({
    folder,
    workerUrl: new URL('./store-worker.ts', import.meta.url),
    budgetBytes: 1e9,
    now: Date.now,
    onChange: () => undefined,
    ...options,
  });
  return store;
}

function message(topic: string, payload: string | Uint8Array = 'x', more: Partial<MessageRecord> = {}): MessageRecord {
  nextId += 1;
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  return {
    id: nextId,
    timeUs: 1_790_000_000_000_000 + nextId,
    topic,
    payload: bytes,
    qos: 0,
    retain: false,
    dup: false,
    direction: 'in',
    publisher: null,
    properties: null,
    ...more,
  };
}

for (const binding of ['node:sqlite', '@photostructure/sqlite'] as const) {
  describe(binding, () => {
    test('gives back what was appended a moment ago, and after a restart', async () => {
      open({ binding });
      const properties = {
        contentType: 'x',
        correlationData: new Uint8Array([0, 255]),
        userProperties: [
          ['a', '1'],
          ['a', '2'],
        ] as const,
      };
      store.append('broker', [message('a/b', '1'), message('a/b', '2', { qos: 2, retain: true, publisher: 'me', properties }), message('c', new Uint8Array())]);
      const check = async (): Promise<void> => {
        const page = await store.history({ source: 'broker', topic: 'a/b', offset: 0, limit: 10 });
        expect(page.total).toBe(2);
        expect(page.rows.map((row) => row.id)).toEqual([2, 1]);
        expect(await store.latest('broker', 'a/b', 100)).toMatchObject({
          id: 2,
          qos: 2,
          retain: true,
          publisher: 'me',
          timeUs: 1_790_000_000_000_002,
          properties,
        });
        const nothing = new Uint8Array();
        expect(await store.latest('broker', 'c', 100)).toMatchObject({ sizeBytes: 0, head: nothing, payload: nothing });
        expect(await store.payload(3, 0, 100)).toEqual(nothing);
        expect(await store.latest('connection:x', 'a/b', 100)).toBeNull();
        expect(await store.topics('broker')).toMatchObject([
          { topic: 'a/b', count: 2, retained: true, sizeBytes: 1 },
          { topic: 'c', count: 1, retained: false },
        ]);
      };
      await check();
      await store.close();
      open({ binding });
      expect(await store.lastId()).toBe(3);
      await check();
      expect(store.binding()).toBe(binding);
    });

    test('keeps 20 MB whole and hands it out in parts', async () => {
      open({ binding });
      const big = new Uint8Array(20_000_000).map((_, index) => index % 251);
      store.append('broker', [message('big', big)]);
      const detail = await store.latest('broker', 'big', 1000);
      expect(detail?.sizeBytes).toBe(20_000_000);
      expect(detail?.payload.byteLength).toBe(1000);
      expect(await store.payload(1, 19_999_990, 100)).toEqual(big.slice(19_999_990));
      expect(Buffer.compare((await store.get(1, 20_971_520))?.payload ?? new Uint8Array(), big)).toBe(0);
    });
  });
}

test('pages through 100,000 messages pinned to an id while new ones arrive', async () => {
  open();
  for (let batch = 0; batch < 100; batch += 1)
    store.append(
      'broker',
      Array.from({ length: 1000 }, (_, index) => message(`t/${index % 10}`)),
    );
  const pinned = await store.history({ source: 'broker', topic: 't/3', offset: 9_990, limit: 100, atOrBefore: 100_000 });
  expect(pinned.total).toBe(10_000);
  expect(pinned.rows.map((row) => row.id)).toEqual(Array.from({ length: 10 }, (_, index) => 94 - index * 10));
  store.append('broker', [message('t/3')]);
  expect((await store.history({ source: 'broker', topic: 't/3', offset: 0, limit: 1, atOrBefore: 100_000 })).total).toBe(10_000);
  expect((await store.history({ source: 'broker', topic: 't/3', offset: 0, limit: 1 })).total).toBe(10_001);
  await vi.waitFor(() => expect(store.ledger()).toMatchObject({ received: 100_001, stored: 100_001, pending: 0, dropped: [] }), 20_000);
});

test('deletes the oldest to keep within the budget, and counts them', async () => {
  open({ budgetBytes: 2_000_000 });
  const payload = new Uint8Array(10_000);
  for (let batch = 0; batch < 60; batch += 1) {
    store.append(
      'broker',
      Array.from({ length: 10 }, () => message('t', payload)),
    );
    await store.lastId();
    await store.history({ source: 'broker', topic: 't', offset: 0, limit: 1 });
  }
  const { expired, sizeBytes, stored } = store.ledger();
  expect(stored).toBe(600);
  expect(expired).toBeGreaterThan(300);
  expect(sizeBytes).toBeLessThanOrEqual(2_000_000);
  const left = await store.history({ source: 'broker', topic: 't', offset: 0, limit: 500 });
  expect(left.total).toBe(600 - expired);
  expect(left.rows[0]?.id).toBe(600);
});

test('a full disk is said, counted, and survived', async () => {
  let now = 0;
  open({ maxPagesPerSegment: 20, now: () => now });
  store.append('broker', [message('t', new Uint8Array(50_000))]);
  await store.history({ source: 'broker', topic: 't', offset: 0, limit: 1 });
  store.append('broker', [message('t', new Uint8Array(200_000))]);
  await vi.waitFor(() => expect(store.ledger().state).toBe('disk-full'), 20_000);
  expect(store.ledger().dropped).toEqual([{ reason: 'disk full', count: 1 }]);
  expect(store.ledger().detail).toContain('disk is full');
  expect((await store.history({ source: 'broker', topic: 't', offset: 0, limit: 9 })).total).toBe(1);
  now += 2000;
  store.append('broker', [message('t', new Uint8Array(10))]);
  await vi.waitFor(() => expect(store.ledger()).toMatchObject({ state: 'ok', stored: 2, pending: 0 }), 20_000);
});

test('a killed writer is started again, and the gap is counted', async () => {
  open();
  store.append('broker', [message('t')]);
  await store.history({ source: 'broker', topic: 't', offset: 0, limit: 1 });
  await store.killWorker();
  store.append('broker', [message('t')]);
  await vi.waitFor(() => expect(store.ledger().state).toBe('ok'), 20_000);
  await vi.waitFor(() => expect(store.ledger().pending).toBe(0), 20_000);
  const { stored, dropped } = store.ledger();
  expect(stored + dropped.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  expect((await store.history({ source: 'broker', topic: 't', offset: 0, limit: 9 })).total).toBe(stored);
});

test('a damaged file is kept aside and reported, the others stay', async () => {
  open();
  store.append('broker', [message('t')]);
  await store.close();
  truncateSync(path.join(folder, 'messages-000001.db'), 3000);
  open();
  await store.lastId();
  expect(store.ledger()).toMatchObject({ state: 'ok' });
  expect(store.ledger().detail).toMatch(
    /^messages-000001\.db in the history folder is damaged: it was kept there as messages-000001\.\d{4}-\d\d-\d\d-\d{6}\.broken\.db, and the messages in it are missing from the history\.$/,
  );
  expect(readdirSync(folder).some((name) => name.endsWith('.broken.db'))).toBe(true);
  store.append('broker', [message('t')]);
  expect((await store.history({ source: 'broker', topic: 't', offset: 0, limit: 9 })).total).toBe(1);
});

test('a file that is damaged inside says how many messages are missing, also after the writer was started anew', async () => {
  open();
  const payload = new Uint8Array(4000).fill(120);
  store.append(
    'broker',
    Array.from({ length: 1200 }, () => message('t', payload)),
  );
  await store.close();
  const file = path.join(folder, 'messages-000001.db');
  const middle = Math.floor(statSync(file).size / 2);
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(100_000, 0xa5), 0, 100_000, middle);
  closeSync(handle);
  // What an unclean end leaves behind.
  writeFileSync(path.join(folder, 'in-use'), '');
  open();
  await store.lastId();
  const missing = /messages-000001\.db .* is damaged: .*\.broken\.db, and the 1,200 messages in it are missing/;
  expect(store.ledger()).toMatchObject({ state: 'ok', detail: expect.stringMatching(missing) as string });
  await store.killWorker();
  store.append('broker', [message('t')]);
  await vi.waitFor(() => expect(store.ledger()).toMatchObject({ state: 'ok', pending: 0, detail: expect.stringMatching(missing) as string }), 20_000);
});

test('a file of a newer version is kept as it is, and said to be one', async () => {
  open();
  store.append('broker', [message('t')]);
  await store.close();
  const file = path.join(folder, 'messages-000001.db');
  const { open: openDatabase } = await loadSqlite();
  const database = openDatabase(file);
  database.exec('PRAGMA user_version = 99');
  database.close();
  open();
  await store.lastId();
  expect(store.ledger().detail).toMatch(/^messages-000001\.db in the history folder was written by a newer version of the workbench: it was kept there as/);
});

test('an unusable folder leaves the rest of the workbench running', async () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  open({ folder: path.join(file, 'history') });
  expect(await store.lastId()).toBe(0);
  store.append('broker', [message('t')]);
  expect(store.ledger()).toMatchObject({ state: 'failed', received: 1, stored: 0, dropped: [{ reason: 'history not available', count: 1 }] });
  await expect(store.latest('broker', 't', 1)).rejects.toMatchObject({ code: 'store-unavailable' });
});

test('a queue that is full counts what it refuses', async () => {
  open({ maxPendingBytes: 1000 });
  store.append(
    'broker',
    Array.from({ length: 10 }, () => message('t', new Uint8Array(300))),
  );
  expect(store.ledger().dropped).toEqual([{ reason: 'history could not keep up', count: 9 }]);
  await vi.waitFor(() => expect(store.ledger().stored).toBe(1), 20_000);
});

test('clearing deletes one source only', async () => {
  open();
  store.append('broker', [message('t'), message('t')]);
  store.append('connection:a', [message('t')]);
  expect(await store.clear('broker')).toBe(2);
  expect(await store.topics('broker')).toEqual([]);
  expect((await store.topics('connection:a')).length).toBe(1);
});
