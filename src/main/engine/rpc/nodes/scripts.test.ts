import { afterEach, beforeEach, expect, it } from 'vitest';
import { rpcNodeSchema, type RpcAnswer, type RpcNodeInput } from '../../../../shared/contract/rpc-nodes.ts';
import { openEngine, type TestEngine } from '../../../../../test/support/engine.ts';

let workbench: TestEngine;
beforeEach(async () => {
  workbench = await openEngine();
});
afterEach(async () => {
  await workbench.close();
  expect(workbench.bugs).toEqual([]);
});

type Params = Record<string, number | boolean> | null;
const script = (source: string): RpcAnswer => ({ kind: 'script', source });
const save = (more: Partial<RpcNodeInput>): Promise<unknown> =>
  workbench.page.call('rpcNodes.save', rpcNodeSchema.parse({ id: 'mine', name: 'Mine', source: 'broker', topic: 'edge/mine', methods: [], ...more }));
const answer = (source: string, params: Params = null) =>
  workbench.page.call('rpcNodes.tryAnswer', { id: 'mine', answer: script(source), request: { method: 'm', params, callerId: 'me' } });

it('try an answer with what it prints', async () => {
  await save({});
  expect(await answer('export default ({ a }, { method, callerId }) => { console.log("a is", a); return [a * 2, method, callerId]; }', { a: 4 })).toMatchObject(
    {
      outcome: { result: [8, 'm', 'me'] },
      console: [{ level: 'log', text: 'a is 4' }],
    },
  );
  expect(await answer('export default () => { throw new Error("disk failure") }')).toMatchObject({ outcome: { error: 'disk failure' } });
  expect(await answer('export default (params) => {\n  return params.a;\n}')).toMatchObject({ outcome: { place: { line: 2 } } });
  expect(await answer('export default () => {\n  retrn 1 +;\n}')).toMatchObject({ outcome: { place: { line: 2 } } });
  const template = { kind: 'template', text: '{\n  "a": "{{nothing}}"\n}' } as const;
  const request = { method: 'm', params: null, callerId: 'me' };
  expect(await workbench.page.call('rpcNodes.tryAnswer', { id: 'mine', answer: template, request })).toMatchObject({
    outcome: { error: expect.stringContaining('nothing') as string, place: { line: 2, column: 11 } },
  });
  expect(await answer('export default () => { for (;;); }')).toMatchObject({ outcome: { error: expect.stringContaining('processor time') as string } });
  expect(await answer('export default () => publish("a", 1)')).toMatchObject({ outcome: { error: expect.stringContaining('not running') as string } });
});

it('decide by rule, before the method is looked up', async () => {
  const rule = {
    id: 'r',
    caller: '',
    method: '',
    topic: '',
    enabled: true,
    effect: 'script' as const,
    script: 'export default ({ callerId, params }) => callerId === "admin" && params.ok',
  };
  const ask = (callerId: string, params: Params, more = {}) =>
    workbench.page.call('rpcNodes.testRules', { rules: [{ ...rule, ...more }], callerId, method: 'none', topic: 'edge/mine', params });
  expect(await ask('admin', { ok: true })).toMatchObject({ allowed: true, ruleId: 'r' });
  expect(await ask('admin', { ok: 1 })).toMatchObject({ allowed: false, reason: 'The script of rule 1 says neither true nor false (1), which denies.' });
  expect(await ask('guest', { ok: true })).toMatchObject({ allowed: false });
  expect(await ask('admin', null)).toMatchObject({ allowed: false, reason: expect.stringContaining("cannot read property 'ok' of null") as string });
  expect(await ask('admin', null, { script: 'export default () => { for (;;); }' })).toMatchObject({
    allowed: false,
    reason: expect.stringContaining('processor time') as string,
  });
});

it('call other methods and publish, as the node, and keep their state', async () => {
  await workbench.page.call('broker.start', { host: '127.0.0.1', tcpPort: 0, webSocketPort: null, engine: 'workbench' });
  await save({
    methods: [
      {
        name: 'add',
        answer: script('let sum = 0; export default async (n) => { sum += n; await publish("edge/sum", { sum }, { retain: true }); return sum; }'),
      },
      { name: 'twice', answer: script('export default async (n) => { await call("edge/mine", "add", n); return call("edge/mine", "add", n); }') },
      { name: 'unknown', answer: script('export default () => call("edge/mine", "nope").catch(({ code, message }) => [code, message])') },
    ],
  });
  await workbench.page.call('rpcNodes.start', { id: 'mine' });
  await workbench.first('rpcNodes.statuses', undefined, ({ statuses }) => statuses.some(({ phase }) => phase === 'running'));
  expect(await answer('export default async () => [await call("edge/mine", "twice", 2), await call("edge/mine", "add", 5)]')).toMatchObject({
    outcome: { result: [4, 9] },
  });
  expect(await answer('export default () => call("edge/mine", "unknown")')).toMatchObject({ outcome: { result: ['METHOD_NOT_FOUND', expect.any(String)] } });
});

it('are told what is wrong with a call, which is not made', async () => {
  await workbench.page.call('broker.start', { host: '127.0.0.1', tcpPort: 0, webSocketPort: null, engine: 'workbench' });
  await save({ methods: [{ name: 'one', answer: { kind: 'static', result: 1 } }] });
  await workbench.page.call('rpcNodes.start', { id: 'mine' });
  await workbench.first('rpcNodes.statuses', undefined, ({ statuses }) => statuses.some(({ phase }) => phase === 'running'));
  const wrong = (options: string, method = '"one"') =>
    answer(`export default () => call("edge/mine", ${method}, null, ${options}).catch(({ code, message }) => [code, message])`);
  for (const [options, said] of [
    ['{ timeoutMs: "soon" }', 'timeoutMs'],
    ['{ timeoutMs: 0 }', 'timeoutMs'],
    ['{ timeoutMs: 1e300 }', 'timeoutMs'],
    ['{ dialect: 5 }', 'dialect'],
    ['{ dialect: "mqttxx9" }', 'dialect'],
    ['{ replyTo: ["a"] }', 'replyTo'],
  ] as const) {
    expect(await wrong(options)).toMatchObject({ outcome: { result: ['bad-input', expect.stringContaining(said) as string] } });
  }
  expect(await wrong('{}', '"m".repeat(1001)')).toMatchObject({ outcome: { result: ['bad-input', expect.stringContaining('method') as string] } });
  expect(await answer('export default () => call("edge/mine", "one", null, { timeoutMs: 5000, dialect: "mqttxx2" })')).toMatchObject({
    outcome: { result: 1 },
  });
});
