import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CallFilter } from '../../../../shared/contract/call-history.ts';
import type { CallRow } from '../../../../shared/contract/rpc.ts';
import { encodeValue } from '../../../../shared/ipc/value-codec.ts';
import { createStore, type Store, type StoredCall, type StoreOptions } from '../index.ts';
import type { ScanStep } from './call-scan.ts';

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-calls-'));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(options: Partial<StoreOptions> = {}): Store {
  store = createStore({
    folder,
    workerUrl: new URL('../store-worker.ts', import.meta.url),
    budgetBytes: 1e9,
    now: Date.now,
    onChange: () => undefined,
    ...options,
  });
  return store;
}

const startUs = 1_790_000_000_000_000;
const encoder = new TextEncoder();

function call(id: number, row: Partial<CallRow> = {}, payload = '{}', messageIds: readonly number[] = []): StoredCall {
  const message = { messageId: 0, topic: 't', timeUs: 1, qos: 1, payload: encoder.encode(payload), sizeBytes: payload.length, properties: null };
  return {
    row: {
      ...{ id, source: 'broker', dialect: 'mqttxx2', topic: 'edge/pump', method: 'run', callerId: 'panel', own: false, state: 'ok', duplicates: 0 },
      ...{ timeUs: startUs + id * 1000, elapsedMs: 5, responseCode: null, correlationId: null, errorText: null },
      ...row,
    },
    body: encodeValue({ request: message, answers: [] }),
    messageIds,
  };
}

/** Ids that fit, as they came. */
function found(filter: CallFilter = {}): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const ids: number[] = [];
    store.calls.scan(filter, { step: (step) => ids.push(...step.ids), end: (error) => (error ? reject(error) : resolve(ids)) });
  });
}

const files = (kind: string): readonly string[] => readdirSync(folder).filter((name) => name.startsWith(kind) && name.endsWith('.db'));

for (const binding of ['node:sqlite', '@photostructure/sqlite'] as const) {
  it(`gives back what was put a moment ago, and after a restart (${binding})`, async () => {
    open({ binding });
    const rows = [
      call(1),
      call(
        2,
        { own: true, state: 'failed', responseCode: 404, correlationId: 'c1', errorText: 'too hot', elapsedMs: null, duplicates: 3, callerId: '' },
        '{"p":1}',
        [70, 71],
      ),
    ];
    store.calls.put(rows);
    const check = async (): Promise<void> => {
      expect(await store.calls.rows([2, 99, 1])).toEqual([rows[1]?.row, rows[0]?.row]);
      expect((await store.calls.bodies([2]))[0]?.body).toEqual(rows[1]?.body);
      expect(await store.calls.ofMessage(71)).toBe(2);
      expect(await store.calls.ofMessage(72)).toBeNull();
      expect(await found()).toEqual([2, 1]);
    };
    await check();
    expect(store.ledger().calls).toMatchObject({ pending: 0, stored: 2, dropped: [], expired: 0 });
    await store.close();
    open({ binding });
    expect(await store.calls.lastId()).toBe(2);
    await check();
  });
}

it('puts the newest version of a call where the older one is', async () => {
  // Every batch begins a new file: none is deleted, as the budget is not reached.
  open({ budgetBytes: 16 * 1024 * 1024 });
  store.calls.put([call(1, { state: 'timed-out' })]);
  await store.calls.rows([1]);
  const big = 'x'.repeat(60_000);
  for (let id = 2; id <= 40; id += 1) {
    store.calls.put([call(id, {}, big)]);
    await store.calls.rows([id]);
  }
  expect(files('calls-').length).toBeGreaterThan(1);
  store.calls.put([call(1, { state: 'late', duplicates: 2 })]);
  expect(await store.calls.rows([1])).toMatchObject([{ state: 'late', duplicates: 2 }]);
  expect((await found()).filter((id) => id === 1)).toEqual([1]);
  expect(await found({ states: ['timed-out'] })).toEqual([]);
});

it('finds what a filter says, by each of its parts', async () => {
  open();
  store.calls.put([
    call(1),
    call(2, { source: 'connection:x', topic: 'edge/oven', method: 'heat', callerId: 'Küche', dialect: 'jsonrpc' }),
    call(3, { state: 'failed', errorText: 'Too HOT: 100 %_', elapsedMs: 900 }),
    call(4, { own: true, state: 'timed-out', elapsedMs: null, correlationId: 'batch 7' }),
    call(5, { duplicates: 2, elapsedMs: 5.001 }, '{"note":"\\u65b9\\u6cd5 gone"}'),
    call(6, { state: 'late', timeUs: startUs + 999_999_000 }),
  ]);
  const cases: readonly (readonly [CallFilter, readonly number[]])[] = [
    [{}, [6, 5, 4, 3, 2, 1]],
    [{ source: 'connection:x' }, [2]],
    [{ source: 'connection:y' }, []],
    [{ topic: 'edge/pump', method: 'run', dialect: 'mqttxx2' }, [6, 5, 4, 3, 1]],
    [{ topic: 'edge/pum' }, []],
    [{ states: ['failed', 'late'] }, [6, 3]],
    [{ states: [] }, []],
    [{ own: true }, [4]],
    [{ own: false, repeated: true }, [5]],
    [{ correlationId: 'batch 7' }, [4]],
    [{ correlationId: 'batch' }, []],
    [{ correlated: true }, [4]],
    [{ correlated: false }, [6, 5, 3, 2, 1]],
    [{ slowerThanMs: 5 }, [5, 3]],
    [{ fromMs: startUs / 1000 + 2, toMs: startUs / 1000 + 3 }, [3, 2]],
    [{ text: 'hot pump' }, [3]],
    [{ text: 'KÜCHE' }, [2]],
    // No wildcards, as in LIKE.
    [{ text: '%_' }, [3]],
    [{ text: 'gone' }, []],
    [{ text: 'gone 方法', inPayloads: true }, [5]],
    [{ text: 'gone edge', inPayloads: true, states: ['ok'] }, [5]],
    [{ text: 'gone', inPayloads: true, states: ['late'] }, []],
    // As many words as a text has room for.
    [{ text: Array.from({ length: 450 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join(' ') }, []],
  ];
  for (const [filter, ids] of cases) expect([filter, await found(filter)]).toEqual([filter, ids]);
});

it('finds calls newest first over files whose ids overlap, while new ones arrive', async () => {
  open({ budgetBytes: 64 * 1024 * 1024 });
  const big = 'x'.repeat(20_000);
  // A call that takes long is written after many that began later.
  const order = Array.from({ length: 400 }, (_, at) => (at % 10 === 0 ? Math.max(1, at - 150) * 1000 + 1 : at * 1000));
  for (let at = 0; at < order.length; at += 20) {
    store.calls.put(order.slice(at, at + 20).map((id) => call(id, {}, big)));
    await store.calls.rows([1]);
  }
  expect(files('calls-').length).toBeGreaterThan(2);
  const before = [...new Set(order)].filter((id) => id > 0).toSorted((a, b) => b - a);
  const searching = found();
  store.calls.put([call(1_000_000)]);
  const ids = (await searching).filter((id) => id !== 1_000_000);
  expect(ids).toEqual(before);
});

it('tells how far a search has come, and can be cancelled between its steps', async () => {
  open();
  for (let at = 0; at < 30_000; at += 1000) {
    store.calls.put(Array.from({ length: 1000 }, (_, n) => call(at + n + 1)));
    await store.calls.rows([1]);
  }
  expect(await store.calls.rows([30_000])).toHaveLength(1);
  const steps: ScanStep[] = [];
  await new Promise<void>((resolve) => {
    store.calls.scan({ states: ['late'] }, { step: (step) => steps.push(step), end: () => resolve() });
  });
  expect(steps.length).toBeGreaterThan(3);
  expect(steps[0]).toMatchObject({ ids: [], total: 30_000 });
  expect(steps.at(-1)?.looked).toBe(30_000);
  expect(steps.map(({ looked }) => looked)).toEqual(steps.map(({ looked }) => looked).toSorted((a, b) => a - b));

  let seen = 0;
  const cancelled = new Promise<void>((resolve) => {
    const cancel = store.calls.scan(
      {},
      {
        step() {
          seen += 1;
          cancel();
          resolve();
        },
        end: () => expect.unreachable('a cancelled search does not end'),
      },
    );
  });
  await cancelled;
  // What is asked afterwards is answered after what is still under way.
  await store.calls.rows([1]);
  expect(seen).toBeLessThan(6);
});

it('keeps the calls within a quarter of the budget, and messages and calls within all of it', async () => {
  const budgetBytes = 8 * 1024 * 1024;
  open({ budgetBytes });
  const big = 'x'.repeat(50_000);
  for (let id = 1; id <= 400; id += 1) {
    store.calls.put([call(id, {}, big)]);
    if (id % 5 === 0) await store.calls.rows([id]);
  }
  const { calls } = store.ledger();
  expect(calls.expired).toBeGreaterThan(100);
  // At most the newest segment on top, with its log.
  expect(calls.sizeBytes).toBeLessThan(budgetBytes / 4 + budgetBytes / 8);
  const ids = await found();
  expect(ids[0]).toBe(400);
  expect(ids.length).toBe(400 - calls.expired);
  const payload = encoder.encode('y'.repeat(50_000));
  for (let id = 1; id <= 400; id += 1) {
    const facts = { qos: 0, retain: false, dup: false, direction: 'in', publisher: null, properties: null } as const;
    store.append('broker', [{ id, timeUs: id, topic: 'a', payload, ...facts }]);
    if (id % 5 === 0) await store.latest('broker', 'a', 1);
  }
  expect(store.ledger().expired).toBeGreaterThan(0);
  expect(store.ledger().sizeBytes).toBeLessThan(budgetBytes * 1.25);
  // Messages do not push calls out.
  expect(await found()).toEqual(ids);
});

it('counts what does not fit into the queue', async () => {
  open({ maxPendingCallBytes: 100_000 });
  store.calls.put(Array.from({ length: 50 }, (_, at) => call(at + 1, {}, 'x'.repeat(10_000))));
  const { dropped } = store.ledger().calls;
  expect(dropped).toMatchObject([{ reason: 'history could not keep up' }]);
  const ids = await found();
  expect(ids.length + (dropped[0]?.count ?? 0)).toBe(50);
});

it('writes what a killed thread had not confirmed with the next one', async () => {
  open();
  store.calls.put([call(1)]);
  await store.calls.rows([1]);
  store.calls.put([call(2), call(3)]);
  await store.killWorker();
  await expect.poll(() => store.ledger().state, { timeout: 10_000 }).toBe('ok');
  expect(await found()).toEqual([3, 2, 1]);
  expect(store.ledger().calls.dropped).toEqual([]);
});

it('keeps a damaged file aside and says so; the others stay', async () => {
  open();
  store.calls.put([call(1)]);
  await store.calls.rows([1]);
  await store.close();
  writeFileSync(path.join(folder, 'calls-000002.db'), 'this is no database, by far not');
  open();
  expect(await found()).toEqual([1]);
  expect(store.ledger().detail).toMatch(/calls-000002\.db .* is damaged: it was kept there as calls-000002\..*\.broken\.db, and the calls in it are missing/);
  expect(files('calls-000002').some((name) => name.includes('.broken.'))).toBe(true);
});

it('checks files after an unclean end, and says how many calls are missing', async () => {
  open();
  store.calls.put(Array.from({ length: 3000 }, (_, at) => call(at + 1, { callerId: `caller ${at}` })));
  await store.calls.rows([1]);
  await store.close();
  const file = path.join(folder, 'calls-000001.db');
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(8192 * 2, 0xa5), 0, 8192 * 2, Math.floor(statSync(file).size / 2 / 8192) * 8192);
  closeSync(handle);
  writeFileSync(path.join(folder, 'in-use'), '');
  open();
  await store.lastId();
  expect(store.ledger().detail).toMatch(/calls-000001\.db .* is damaged/);
  expect(await found()).toEqual([]);
});

it('finds nothing in the payloads of a call whose bytes are damaged', async () => {
  open();
  store.calls.put([{ ...call(1), body: new Uint8Array([1, 2, 3]) }, call(2, {}, '"needle"')]);
  expect(await found({ text: 'needle', inPayloads: true })).toEqual([2]);
});

it('deletes the calls of one source, and all traces of them', async () => {
  open();
  store.calls.put([call(1, { callerId: 'secret caller' }, '{}', [7]), call(2, { source: 'connection:x' }, '{}', [8])]);
  expect(await store.calls.clear('broker')).toBe(1);
  expect(await found()).toEqual([2]);
  expect(await store.calls.ofMessage(7)).toBeNull();
  expect(await store.calls.ofMessage(8)).toBe(2);
  store.calls.put([call(3)]);
  expect(await store.calls.rows([3])).toMatchObject([{ callerId: 'panel', topic: 'edge/pump' }]);
  store.calls.remove([3]);
  expect(await found()).toEqual([2]);
  expect(await store.calls.clear(undefined)).toBe(1);
  expect(await found()).toEqual([]);
});
