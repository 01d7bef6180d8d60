import { expect, it } from 'vitest';
import { mockDeviceSchema, type MockDeviceInput, type MockResource, type TryRequest } from '../../../../shared/contract/mock-devices.ts';
import { useNodes } from '../../../../../test/support/rpc-nodes.ts';

const bench = useNodes();
const resource = (path: string, more: object = {}): MockResource =>
  mockDeviceSchema.parse({ id: 'x', name: 'x', tag: 'x', resources: [{ path, methods: [], ...more }] }).resources[0] as MockResource;
const scripted = (source: string, method: 'GET' | 'PUT' = 'GET'): MockResource =>
  resource('it', { state: 1, methods: [{ method, answer: { kind: 'script', source } }] });
const stateful = resource('it', {
  state: 1,
  methods: ['GET', 'PUT', 'POST', 'DELETE'].map((method) => ({ method, answer: { kind: 'state' }, faults: { dropRate: 1 } })),
});

async function save(id: string, resources: readonly MockResource[], more: Partial<MockDeviceInput> = {}): Promise<void> {
  await bench.page.call('mockDevices.save', mockDeviceSchema.parse({ id, name: id, tag: id.toUpperCase(), resources, ...more }));
}

async function start(...ids: readonly string[]): Promise<void> {
  for (const id of ids) await bench.page.call('mockDevices.start', { id });
  await bench.first('mockDevices.statuses', undefined, ({ statuses }) => ids.every((id) => statuses.find((one) => one.id === id)?.mqtt?.phase === 'running'));
}

const attempt = (draft: MockResource, request: Partial<TryRequest['request']> = {}, signal?: AbortSignal) =>
  bench.page.call(
    'mockDevices.tryRequest',
    { id: 'mine', savedPath: 'it', resource: draft, request: { method: 'GET', path: draft.path, query: [], body: null, callerId: 'me', ...request } },
    signal ? { signal } : {},
  );

it('tries a request without sending anything or changing the device, and without faults', async () => {
  await save('mine', [stateful]);
  await bench.page.call('mockDevices.setState', { id: 'mine', path: 'it', state: 'now' });
  expect(await attempt(stateful)).toMatchObject({ response: { code: 205, body: 'now', location: null }, changes: [], place: null });
  expect(await attempt(stateful, { method: 'PUT', body: { a: [1] } })).toMatchObject({
    response: { code: 204, body: null },
    changes: [{ path: 'it', what: 'changed', state: { a: [1] } }],
  });
  expect(await attempt(stateful, { method: 'POST', path: '/it/', body: 7 })).toMatchObject({
    response: { code: 201, location: 'it/1' },
    changes: [{ path: 'it/1', what: 'created', state: 7 }],
    totalChanges: 1,
  });
  expect(await attempt(stateful, { method: 'DELETE' })).toMatchObject({ response: { code: 202 }, changes: [{ path: 'it', what: 'deleted', state: null }] });
  expect((await attempt(stateful, { path: 'nope' })).response).toMatchObject({ code: 404 });
  expect((await attempt(stateful, { method: 'FETCH' })).response).toMatchObject({ code: 405 });
  expect((await attempt(stateful, { method: 'PUT', body: 'x'.repeat(65_536) })).response.code).toBe(413);
  const { resources } = await bench.first('mockDevices.state', { id: 'mine' });
  expect(resources).toMatchObject([{ path: 'it', state: 'now' }]);
  expect((await bench.first('mockDevices.statuses', undefined)).statuses[0]).toMatchObject({ byCode: [], calls: [] });
  expect((await bench.first('mockDevices.log', { id: 'mine' })).lines).toEqual([]);
});

it('tries what is not saved yet: with its console, its new state, and the line of its error', async () => {
  await save('mine', [stateful]);
  const source = `export default (body, { path, via, query, callerId, state }) => {
  console.log('asked', path);
  if (body === 'fail') throw new Error('no luck');
  return { code: 203, body: [via, query, callerId, state], state: body };
};`;
  expect(await attempt(scripted(source, 'PUT'), { method: 'PUT', body: 2, query: ['a=1'] })).toMatchObject({
    response: { code: 203, body: ['udp', ['a=1'], 'me', 1] },
    changes: [{ path: 'it', what: 'changed', state: 2 }],
    console: [{ level: 'log', text: 'asked it' }],
  });
  expect(await attempt(scripted(source, 'PUT'), { method: 'PUT', body: 'fail' })).toMatchObject({
    response: { code: 500, body: 'no luck' },
    place: { line: 3 },
    console: [{ text: 'asked it' }],
  });
  expect(await attempt(scripted('export default () => {'))).toMatchObject({ response: { code: 500, body: expect.stringContaining('unexpected token') } });
  const template = resource('it', { methods: [{ method: 'GET', answer: { kind: 'template', code: 205, text: '\n{{nope}}' } }] });
  expect(await attempt(template)).toMatchObject({ response: { code: 500 }, place: { line: 2 } });
  // Under another path, which nothing knows of yet.
  expect(await attempt({ ...stateful, path: 'other' })).toMatchObject({ response: { code: 205, body: 1 } });
  expect((await attempt({ ...stateful, path: 'other' }, { path: 'it' })).response.code).toBe(404);
  await expect(attempt({ ...stateful, path: 'x'.repeat(256) })).rejects.toMatchObject({ code: 'bad-input' });
  const endless = new AbortController();
  const waiting = attempt(scripted('export default () => sleep(50_000)'), {}, endless.signal);
  endless.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
});

const asking = "export default () => call('gf_int_v1/any/request/OTHER', 'PUT it', { from: 'mine' })";

it('lets scripts call as the device and publish, while it runs', async () => {
  const port = await bench.startBroker();
  const publishing =
    "export default async (body, { state }) => { await publish('news', { state }); await publish('text', 'as it is', { qos: 1, retain: true }); }";
  await save('mine', [scripted(asking)]);
  await save('other', [
    scripted(
      `export default (body, request) => {
  if (request.state === 'refuse') return { code: 403, body: 'not you' };
  return { code: 205, body: [request.callerId, body] };
};`,
      'PUT',
    ),
  ]);
  const failed = { response: { code: 500, body: 'The device "mine" is not running, so its scripts can neither call nor publish.' } };
  expect(await attempt(scripted(asking))).toMatchObject(failed);
  expect(await attempt(scripted(publishing))).toMatchObject(failed);

  await start('mine', 'other');
  expect(await attempt(scripted(asking))).toMatchObject({ response: { code: 205, body: ['MINE', { from: 'mine' }] } });
  await bench.page.call('mockDevices.setState', { id: 'other', path: 'it', state: 'refuse' });
  expect(await attempt(scripted(asking))).toMatchObject({ response: { code: 500, body: '403 Forbidden: not you' } });
  const named = asking.replace('() => call(', 'async () => { try { await call(').replace(/\)$/, ') } catch (error) { return error.code } }');
  expect(await attempt(scripted(named))).toMatchObject({ response: { code: 205, body: 'PERMISSION_DENIED' } });

  const peer = await bench.openPeer(port, '#');
  expect(await attempt(scripted(publishing))).toMatchObject({ response: { code: 205, body: null } });
  await expect
    .poll(() => peer.received.map(({ topic, text }) => [topic, text]), { timeout: 10_000 })
    .toEqual(
      expect.arrayContaining([
        ['news', '{"state":1}'],
        ['text', 'as it is'],
      ]),
    );
  // And with a request that came in.
  const answered = peer.received.length;
  await peer.client.publishAsync(
    'gf_int_v1/any/request/MINE/0d6b3c52-6f0f-4c3a-9a55-0e9a1c9d5d11',
    JSON.stringify({
      header: { method: 'GET', path: 'it', request_id: '0d6b3c52-6f0f-4c3a-9a55-0e9a1c9d5d11', correlation_id: null },
      body: null,
      timestamp: 1,
    }),
  );
  await expect
    .poll(() => peer.received.slice(answered).some(({ topic, text }) => topic.includes('/response/MINE/') && text.includes('not you')), { timeout: 10_000 })
    .toBe(true);
});

it('does not call for a device that takes no requests over MQTT', async () => {
  await bench.startBroker();
  await save('mine', [scripted(asking)], { source: null, udp: { host: '127.0.0.1', port: 0 } });
  await bench.page.call('mockDevices.start', { id: 'mine' });
  const body = 'The device "mine" takes no requests over MQTT, so its scripts can neither call nor publish.';
  expect(await attempt(scripted(asking))).toMatchObject({ response: { code: 500, body } });
});
