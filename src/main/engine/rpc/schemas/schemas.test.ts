import { afterEach, describe, expect, it, vi } from 'vitest';
import type { KeptMethod } from '../../../../shared/contract/rpc-schemas.ts';
import type { JsonSchema, RpcMethodDetail, RpcMethodId } from '../../../../shared/contract/rpc.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { createSchemaThread } from '../../collections/index.ts';
import { createRpcService, type RpcService } from '../rpc-service.ts';

const id = { source: 'broker', dialect: 'mqttxx2', topic: 'edge/pump', method: 'run' } as const satisfies RpcMethodId;
const schema = { type: 'object', properties: { speed: { type: 'integer', maximum: 9 } }, required: ['speed'] };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Setting {
  readonly rpc: RpcService;
  readonly file: { methods: readonly KeptMethod[]; fails: boolean };
  readonly call: (params: JsonValue, result?: JsonValue) => void;
  readonly tell: (descriptor: unknown) => void;
  readonly detail: () => RpcMethodDetail;
  readonly bugs: unknown[];
}

function setUp(methods: readonly KeptMethod[] = []): Setting {
  const file = { methods, fails: false };
  const thread = createSchemaThread();
  const bugs: unknown[] = [];
  let n = 0;
  const rpc = createRpcService({
    now: () => 1_700_000_000_000,
    clock: () => performance.now(),
    newId: () => '',
    sessions: { open: () => Promise.reject(new Error('none')) as never, close: async () => undefined },
    kept: {
      list: () => file.methods,
      async save(next) {
        file.methods = next;
        if (file.fails) throw new Error('disk full');
      },
      thread,
    },
    onBug: (error) => bugs.push(error),
  });
  closers.push(
    () => thread.close(),
    () => rpc.close(),
  );
  const see = (topic: string, payload: unknown, retain = false): void => {
    const bytes = new TextEncoder().encode(JSON.stringify(payload));
    const common = { timeUs: 1_700_000_000_000_000 + n, qos: 1, retain, dup: false, direction: 'in', publisher: null, properties: null } as const;
    rpc.ingest('broker', [{ id: (n += 1), topic, payload: bytes, ...common }]);
  };
  return {
    rpc,
    file,
    bugs,
    call(params, result) {
      const request_id = `request-${String(n).padStart(8, '0')}`;
      see('edge/pump', { type: 'rpc_request', request_id, method: 'run', params, reply_to: 'r', caller_id: 'c' });
      if (result !== undefined) see('r', { type: 'rpc_response', request_id, result });
    },
    tell: (descriptor) => see('edge/pump/about', descriptor, true),
    detail: () => rpc.method(id) as RpcMethodDetail,
  };
}

describe('a locked schema', () => {
  it('is not changed by traffic, which is counted when it does not fit', async () => {
    const { rpc, call, detail, file } = setUp();
    call({ speed: 3 }, 7);
    expect(detail()).toMatchObject({ paramsLock: null, paramsSchema: { type: 'object' }, resultSchema: { type: 'integer' } });
    await rpc.keeper.setSchema(id, 'params', schema);
    await rpc.keeper.setSchema(id, 'result', { type: 'string' });
    call({ speed: 5 }, 'fine');
    call({ speed: 'fast', other: 1 }, 'fine');
    call({ speed: 10 }, 8);
    await vi.waitFor(() => expect(detail()).toMatchObject({ paramsLock: { checked: 3 }, resultLock: { checked: 3 } }));
    const { paramsSchema, paramsLock, resultLock } = detail();
    expect(paramsSchema).toEqual(schema);
    expect(paramsLock).toMatchObject({ contradictions: 2, unchecked: 0, last: { at: 1_700_000_000_000, value: { speed: 10 } } });
    expect(paramsLock?.last?.problem).toMatch(/^At \/speed: /);
    expect(resultLock).toMatchObject({ contradictions: 1, last: { value: 8 } });
    rpc.keeper.resetCounts(id);
    expect(detail().paramsLock).toEqual({ checked: 0, contradictions: 0, unchecked: 0, last: null });
    await rpc.keeper.setSchema(id, 'params', null);
    // What was seen meanwhile was learned all the same.
    expect(detail()).toMatchObject({ paramsLock: null, paramsSchema: { properties: { other: { type: 'integer' } } } });
    expect(file.methods).toMatchObject([{ ...id, resultSchema: { type: 'string' } }]);
  });

  it('outlives a restart, as do pinned examples and what was added by hand', async () => {
    const first = setUp();
    await first.rpc.keeper.setSchema(id, 'params', schema);
    first.rpc.add({ ...id, method: 'stop' });
    first.rpc.add({ ...id, topic: 'edge/valve', method: '' });
    first.call({ speed: 1 }, 2);
    await first.rpc.keeper.pin(id, { params: { speed: 1 }, result: 2 }, true);
    expect(first.detail().examples).toEqual([{ params: { speed: 1 }, result: 2, pinned: true }]);
    const second = setUp(JSON.parse(JSON.stringify(first.file.methods)) as KeptMethod[]);
    expect(second.detail()).toMatchObject({ paramsSchema: schema, paramsLock: { checked: 0 }, examples: [{ pinned: true }] });
    expect(second.rpc.method({ ...id, method: 'stop' })).toMatchObject({ addedByHand: true });
    const tree = second.rpc.openTree('broker', { first: 0, count: 10, filter: '' });
    expect(tree.frame()?.rows.map(({ topic, addedByHand }) => [topic, addedByHand])).toEqual([
      ['edge/pump', false],
      ['edge/valve', true],
    ]);
    second.rpc.forget({ source: id.source, dialect: id.dialect, topic: id.topic });
    expect(second.file.methods.map(({ topic }) => topic)).toEqual(['edge/valve']);
    second.rpc.drop('broker');
    expect(second.file.methods).toEqual([]);
  });

  it.each<[JsonSchema, string]>([
    [{ $ref: 'https://example.org/x' }, 'leads out of the schema'],
    [{ $ref: '#' }, 'leads into itself'],
    [{ allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { $ref: '#/$defs/a' } } }, 'leads into itself'],
    [{ type: 'text' }, 'no type'],
  ])('that cannot be used is refused: %j', async (wrong, words) => {
    const { rpc, file } = setUp();
    await expect(rpc.keeper.setSchema(id, 'params', wrong)).rejects.toThrow(words);
    expect(file.methods).toEqual([]);
  });

  it('that never ends with what a peer sends is stopped, and holds nothing up', async () => {
    const { rpc, call, detail, bugs } = setUp();
    await rpc.keeper.setSchema(id, 'params', { type: 'string', pattern: '^(a+)+$' });
    call(`${'a'.repeat(40)}!`);
    const began = performance.now();
    for (let n = 0; n < 300; n += 1) call('aaa');
    expect(performance.now() - began).toBeLessThan(2000);
    await vi.waitFor(() => expect(detail().paramsLock?.contradictions).toBe(1), { timeout: 30_000, interval: 100 });
    expect(detail().paramsLock?.last?.problem).toContain('took longer than');
    await vi.waitFor(() => expect((detail().paramsLock?.checked ?? 0) + (detail().paramsLock?.unchecked ?? 0)).toBe(301), { timeout: 30_000, interval: 100 });
    expect(detail().paramsLock?.unchecked).toBeGreaterThan(50);
    expect(bugs).toEqual([]);
  }, 60_000);

  it('holds against hostile values: deep, long and large ones', async () => {
    const { rpc, call, detail } = setUp();
    await rpc.keeper.setSchema(id, 'params', { $defs: { node: { type: 'array', items: { $ref: '#/$defs/node' } } }, $ref: '#/$defs/node' });
    let deep: JsonValue = [];
    for (let level = 0; level < 400; level += 1) deep = [deep];
    call(deep);
    call('x'.repeat(300_000));
    call(Array.from({ length: 20_000 }, () => 1));
    await vi.waitFor(() => expect(detail().paramsLock).toMatchObject({ checked: 2, unchecked: 1, contradictions: 1 }));
    expect(detail().paramsLock?.last?.value).toBe('(too long to be shown)');
  });

  it('is in use although it could not be written', async () => {
    const { rpc, file, detail } = setUp();
    file.fails = true;
    await expect(rpc.keeper.setSchema(id, 'params', schema)).rejects.toThrow('disk full');
    expect(detail().paramsSchema).toEqual(schema);
  });
});

it('refuses to add by hand what would be gone after a restart', () => {
  const full = Array.from({ length: 5000 }, (_, n): KeptMethod => ({ ...id, method: `m${n}`, addedByHand: true, pinned: [] }));
  const { rpc, file } = setUp(full);
  expect(() => rpc.add({ ...id, method: 'one-more' })).toThrow('No more than 5000 methods are kept.');
  expect(rpc.method({ ...id, method: 'one-more' })).toBeNull();
  expect(rpc.add({ ...id, method: 'm7' })).toBe(true);
  expect(file.methods).toHaveLength(5000);
  const large = setUp([{ ...id, addedByHand: true, pinned: Array.from({ length: 8 }, () => ({ params: 'x'.repeat(2 ** 20), result: 1 })) }]);
  expect(() => large.rpc.add({ ...id, method: 'one-more' })).toThrow('8 MiB');
});

it('pins no more than 10 examples of a method, and none that is long', async () => {
  const { rpc, detail } = setUp();
  for (let n = 0; n < 10; n += 1) await rpc.keeper.pin(id, { params: n }, true);
  await rpc.keeper.pin(id, { params: 3 }, true);
  expect(() => rpc.keeper.pin(id, { params: 11 }, true)).toThrow('No more than 10');
  expect(() => rpc.keeper.pin(id, { params: 'x'.repeat(9000) }, true)).toThrow('too long');
  for (let n = 0; n < 10; n += 1) await rpc.keeper.pin(id, { params: n }, false);
  expect(detail().examples).toEqual([]);
});

it('takes what a device says of its methods, and of that only what can be used', () => {
  const { tell, call, detail, rpc } = setUp();
  call({ speed: 1 });
  const run = { name: 'run', description: 'Starts it.', params: schema, result: { $ref: 'http://x' }, more: 1 };
  tell({ rpc_topic: 'edge/pump', rpc_methods: ['stop', run, { name: '' }, 7, { title: 'x' }, null] });
  expect(detail()).toMatchObject({ description: 'Starts it.', paramsSchema: schema, resultSchema: null, paramsLock: null });
  expect(rpc.method({ ...id, method: 'stop' })).not.toBeNull();
  tell({ rpc_topic: 'edge/pump', rpc_methods: [{ name: 'run', description: 5 }] });
  expect(detail()).toMatchObject({ description: '', paramsSchema: { properties: { speed: { type: 'integer' } } } });
});
