import { afterEach, expect, it } from 'vitest';
import { rpcContract, type CallDetail, type CallRow } from '../../../shared/contract/rpc.ts';
import { serveForTests, type ServedEngine } from '../serve-for-tests.ts';
import { callsAsCsv, callsAsJson, readCalls, readDetails } from './export-calls.ts';

const { 'rpc.calls': calls, 'rpc.detail': detail } = rpcContract;

let served: ServedEngine | undefined;
afterEach(() => served?.close());

const row = (id: number, change: Partial<CallRow> = {}): CallRow => ({
  id,
  source: 'broker',
  dialect: 'mqttxx2',
  topic: 'edge/a',
  method: 'get',
  callerId: 'panel',
  own: false,
  state: 'ok',
  duplicates: 0,
  timeUs: 1_700_000_000_000_000,
  elapsedMs: 1.5,
  errorText: null,
  ...change,
});
const whole = (id: number): CallDetail => ({
  ...row(id),
  params: { id },
  result: { ok: true },
  replyTo: 'r',
  requestId: String(id),
  timeoutMs: null,
  replySubscription: null,
  request: { messageId: 0, topic: 'edge/a', timeUs: 1, qos: 1, payload: new Uint8Array(4), sizeBytes: 4, properties: null },
  answers: [],
  steps: [],
});

function serveCalls(all: CallRow[], forgotten: ReadonlySet<number> = new Set()): { readonly queries: unknown[] } {
  const queries: unknown[] = [];
  served = serveForTests(
    { 'rpc.calls': calls, 'rpc.detail': detail },
    {
      'rpc.calls': (query, sink) => {
        queries.push(query);
        // A call that comes while pages are read shifts the next one.
        const rows = all.slice(query.offset, query.offset + query.limit);
        all.unshift(row((all[0]?.id ?? 0) + 1));
        void sink.send({ rows, total: all.length, forgotten: 0 });
      },
      'rpc.detail': ({ id }, sink) => void sink.send(forgotten.has(id) ? null : whole(id)),
    },
  );
  return { queries };
}

it('reads every page of a filter once, whatever comes meanwhile', async () => {
  const { queries } = serveCalls(Array.from({ length: 1200 }, (_, at) => row(1200 - at)));
  const rows = await readCalls(served!.engine, { source: 'broker', text: 'x', states: ['ok'] });
  expect(queries).toEqual([0, 500, 1000].map((offset) => ({ source: 'broker', text: 'x', states: ['ok'], offset, limit: 500 })));
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 1200 }, (_, at) => 1200 - at));
});

it('leaves out the details of calls that are gone', async () => {
  serveCalls([], new Set([2]));
  const found = await readDetails(served!.engine, [row(3), row(2), row(1)]);
  expect(found.map(({ id }) => id)).toEqual([3, 1]);
});

it('writes JSON with params and result, and sizes in place of bytes', () => {
  expect(JSON.parse(callsAsJson([whole(1)]))).toMatchObject([
    { id: 1, time: '2023-11-14T22:13:20.000Z', params: { id: 1 }, result: { ok: true }, requestBytes: 4, answers: [] },
  ]);
});

it('writes CSV that no device can turn into formulas', () => {
  const csv = callsAsCsv([
    row(1, { method: '=HYPERLINK("http://x")', callerId: 'a,b' }),
    row(2, { topic: '@x', elapsedMs: null, errorText: 'two\nlines', own: true, state: 'failed', duplicates: 2 }),
  ]);
  expect(csv.split('\r\n')).toEqual([
    'time,state,source,dialect,topic,method,caller,own,elapsed_ms,duplicates,error',
    `2023-11-14T22:13:20.000Z,ok,broker,mqttxx2,edge/a,"'=HYPERLINK(""http://x"")","a,b",no,1.5,0,`,
    `2023-11-14T22:13:20.000Z,failed,broker,mqttxx2,'@x,get,panel,yes,,2,"two\nlines"`,
    '',
  ]);
});
