import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CoapHistoryEntry, CoapHistoryPage, CoapHistoryQuery } from '../../../../shared/contract/coap-history.ts';
import { coapHistoryLimits, openCoapHistory, type CoapHistory } from './coap-history.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'coap-history-'));
  file = path.join(folder, 'history', 'coap-udp.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);

function entry(id: number, more: { readonly uri?: string; readonly code?: number; readonly payload?: Uint8Array } = {}): CoapHistoryEntry {
  const { uri = `coap://127.0.0.1/${id}`, code = 0x45, payload = bytes(`${id}`) } = more;
  const failure = code === 0 ? ({ kind: 'no-response', message: 'No response came.', advice: 'Ask again.' } as const) : null;
  return {
    row: {
      id,
      at: 1000 + id,
      method: 'GET',
      uri,
      run: id % 2 === 0,
      code: failure ? null : code,
      failure: failure?.kind ?? null,
      elapsedMs: 5.5,
      retransmissions: 0,
      requestBytes: payload.length,
      responseBytes: payload.length,
    },
    request: {
      type: 'CON',
      blockSize: 64,
      timeoutMs: 30_000,
      transmission: { ackTimeoutMs: 2000, ackRandomFactor: 1.5, maxRetransmit: 4 },
      options: [{ number: 17, value: Uint8Array.of(50) }],
      payload,
    },
    response: failure
      ? null
      : { type: 'ACK', code, messageId: 7, token: Uint8Array.of(1), options: [], payload, from: '127.0.0.1:5683', elapsedMs: 5.5, at: 2000 },
    failure,
  };
}

const page = (history: CoapHistory, query: Partial<CoapHistoryQuery> = {}): CoapHistoryPage =>
  history.page({ offset: 0, limit: 100, text: '', outcome: 'all', ...query });
const ids = (history: CoapHistory, query?: Partial<CoapHistoryQuery>): readonly number[] => page(history, query).rows.map(({ id }) => id);

it('has after a restart what it had before, the newest first, and goes on counting', async () => {
  const first = await openCoapHistory(file);
  expect(page(first)).toEqual({ rows: [], total: 0, kept: 0, forgotten: 0, problem: null });
  for (const code of [0x45, 0x84, 0]) first.add(entry(first.newId(), { code, payload: Uint8Array.of(0, 255, code) }));
  await first.close();
  const second = await openCoapHistory(file);
  expect(ids(second)).toEqual([3, 2, 1]);
  expect(second.entry(1)).toEqual(entry(1, { code: 0x45, payload: Uint8Array.of(0, 255, 0x45) }));
  expect(second.entry(9)).toBeNull();
  expect(second.newId()).toBe(4);
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).toBe(0);
});

it('filters by words and outcome', async () => {
  const history = await openCoapHistory(file);
  history.add(entry(1, { uri: 'coap://lab/temp' }));
  history.add(entry(2, { uri: 'coap://lab/none', code: 0x84 }));
  history.add(entry(3, { code: 0 }));
  expect(ids(history, { text: 'LAB not found' })).toEqual([2]);
  expect(ids(history, { text: 'no response' })).toEqual([3]);
  expect(ids(history, { outcome: 'ok' })).toEqual([1]);
  expect(ids(history, { outcome: 'failed' })).toEqual([3, 2]);
  expect(page(history, { offset: 1, limit: 1, text: 'get' })).toMatchObject({ total: 3, rows: [{ id: 2 }] });
  await history.close();
});

it('keeps so many requests and bytes, and cuts what is long', async () => {
  const limits = { ...coapHistoryLimits, entries: 3, payloadBytes: 10 };
  const history = await openCoapHistory(file, limits);
  for (let id = 1; id <= 20; id += 1) {
    history.add(entry(id, { payload: new Uint8Array(100) }));
    await history.close();
  }
  expect(page(history)).toMatchObject({ kept: 3, forgotten: 17 });
  expect(history.entry(20)?.response?.payload).toHaveLength(10);
  expect(history.entry(20)?.row.responseBytes).toBe(100);
  expect((await readFile(file, 'utf8')).trimEnd().split('\n').length).toBeLessThanOrEqual(6);
  expect(ids(await openCoapHistory(file, limits))).toEqual([20, 19, 18]);
  const small = await openCoapHistory(file, { ...limits, bytes: 2200 });
  expect(page(small).kept).toBe(2);
});

it('passes by what is damaged, says so, and goes on behind it', async () => {
  const first = await openCoapHistory(file);
  first.add(entry(1));
  await first.close();
  await writeFile(file, `nonsense\n{"row":{}}\n${await readFile(file, 'utf8')}{"row":{"id":2,`);
  const second = await openCoapHistory(file);
  expect(page(second)).toMatchObject({ kept: 1, problem: '3 lines of the history could not be read, and were passed over.' });
  second.add(entry(second.newId()));
  await second.close();
  expect(ids(await openCoapHistory(file))).toEqual([2, 1]);
});

it('says that it cannot be kept on disk, and goes on in memory', async () => {
  await writeFile(path.join(folder, 'history'), 'a file where a folder should be');
  const history = await openCoapHistory(file);
  history.add(entry(history.newId()));
  await history.close();
  expect(page(history)).toMatchObject({ kept: 1, problem: expect.stringContaining('gone when the program ends') });
});

it('is deleted as a whole, on disk as well', async () => {
  const history = await openCoapHistory(file);
  history.add(entry(history.newId()));
  await history.clear();
  expect(page(history).kept).toBe(0);
  expect(await readFile(file, 'utf8')).toBe('');
  history.add(entry(history.newId()));
  await history.close();
  expect(ids(await openCoapHistory(file))).toEqual([2]);
});
