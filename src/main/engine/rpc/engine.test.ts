import type { MqttClient } from 'mqtt';
import { describe, expect, it } from 'vitest';
import { newSubscription } from '../../../shared/connections/new-profile.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { DialectId, RpcMethodDetail, RpcTreeFrame } from '../../../shared/contract/rpc.ts';
import type { Client } from '../../../shared/ipc/connect.ts';
import type { RpcRequest } from '../../../shared/rpc/dialect.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { hasMosquitto, startMosquitto } from '../../../../test/conformance/mqtt/broker-process.ts';
import { first } from '../../../../test/support/engine.ts';
import {
  asked,
  atEnd,
  call,
  callsOf,
  cleanUpAfterEach,
  client,
  connected,
  device,
  ended,
  follow,
  overLab,
  start,
  startBroker,
  wholeList,
} from '../../../../test/support/rpc-engine.ts';
import { openLocalBroker } from '../broker/local-broker.ts';
import { DialectRegistry } from './dialects/index.ts';

cleanUpAfterEach();

const treeOf = (page: Client<EngineContract>, filter = '') =>
  follow<RpcTreeFrame>((listener) => page.stream('rpc.tree', { source: 'broker', viewId: 'tree', first: 0, count: 50, filter }, listener));
const methodOf = (page: Client<EngineContract>, method: string) =>
  follow<RpcMethodDetail | null>((listener) => page.stream('rpc.method', { ...device, method }, listener));

describe('own calls on the local broker', () => {
  it('discovers the demo device by calling it', async () => {
    const { page } = await start();
    await startBroker(page);
    const tree = treeOf(page);
    const calls = callsOf(page);
    const done = await call(page, { method: 'get_status' });
    expect(done).toMatchObject({ state: 'ok', own: true, method: 'get_status', topic: device.topic, duplicates: 0, params: null });
    expect(done.result).toMatchObject({ target: expect.any(Number) as unknown, heater: expect.any(String) as unknown });
    expect(done.elapsedMs).toBeGreaterThan(0);
    expect(done.steps.map(({ at }) => at).toSorted()).toEqual(expect.arrayContaining(['answered', 'sent']));
    expect(done.callerId).toBe('workbench-rpc');
    expect(done.replyTo).toContain('workbench-rpc');

    // The tap tells the numbers of the messages in the history.
    await expect.poll(async () => (await ended(page, done.id)).request?.messageId).toBeGreaterThan(0);
    await expect.poll(async () => (await ended(page, done.id)).answers[0]?.messageId).toBeGreaterThan(0);
    await expect.poll(async () => (await ended(page, done.id)).steps.map(({ at }) => at).toSorted()).toEqual(['acknowledged', 'answered', 'sent']);
    expect(await ended(page, done.id)).toMatchObject({ duplicates: 0, answers: [{}] });

    await expect
      .poll(() => tree.value())
      .toMatchObject({ serviceCount: 1, methodCount: 1, totalRows: 1, rows: [{ kind: 'service', topic: device.topic, calls: 1 }] });
    await page.call('rpc.setExpanded', { viewId: 'tree', key: tree.value()?.rows[0]?.key ?? '', expanded: true });
    await expect.poll(() => tree.value()?.rows[1]).toMatchObject({ kind: 'method', method: 'get_status', calls: 1, failures: 0, pending: 0 });
    const method = methodOf(page, 'get_status');
    await expect
      .poll(() => method.value())
      .toMatchObject({
        calls: 1,
        succeeded: 1,
        resultSchema: { type: 'object', properties: { target: { type: 'number' } } },
        callers: [{ callerId: 'workbench-rpc', calls: 1 }],
      });
    expect(calls.value()).toMatchObject({ total: 1, looked: null, notStored: 0, problem: null, rows: [{ id: done.id, state: 'ok' }] });
  }, 30_000);

  it('sends a page nothing while nothing that it looks at changes', async () => {
    const { page } = await start();
    await startBroker(page);
    const { id } = await call(page, { method: 'get_status' });
    await expect.poll(async () => (await ended(page, id)).answers[0]?.messageId).toBeGreaterThan(0);
    await expect.poll(async () => (await ended(page, id)).steps.length).toBe(3);
    const items = { tree: 0, method: 0, detail: 0, calls: 0 };
    const count = (what: keyof typeof items) => ({ item: () => void (items[what] += 1) });
    // The service is closed in the tree, and the filter hides it: no count of it is seen.
    atEnd(page.stream('rpc.tree', { source: 'broker', viewId: 'other', first: 0, count: 50, filter: 'nothing' }, count('tree')));
    atEnd(page.stream('rpc.method', { ...device, method: 'get_status' }, count('method')));
    atEnd(page.stream('rpc.detail', { id }, count('detail')));
    atEnd(page.stream('callHistory.list', wholeList(), count('calls')));
    await call(page, { method: 'calibrate' });
    await call(page, { method: 'calibrate' });
    const list = callsOf(page);
    await expect.poll(() => list.value()?.rows.filter(({ state }) => state === 'failed')).toHaveLength(2);
    await expect.poll(() => items.calls).toBeGreaterThan(1);
    // The new method is one more to count, once.
    expect(items.tree).toBeLessThanOrEqual(2);
    expect(items).toMatchObject({ method: 1, detail: 1 });
  }, 30_000);

  it('tells failures of the peer, unknown methods, time-outs and cancelled calls apart', async () => {
    const { page } = await start();
    await startBroker(page);
    const failed = await call(page, { method: 'calibrate' });
    expect(failed).toMatchObject({
      state: 'failed',
      error: { name: 'RPC_EXECUTION_ERROR', origin: 'remote' },
      errorText: expect.stringContaining('reference sensor') as unknown,
    });
    const unknown = await call(page, { method: 'fly' });
    expect(unknown).toMatchObject({ state: 'failed', error: { name: 'METHOD_NOT_FOUND', code: 3001, origin: 'remote' } });
    const badTarget = await call(page, { method: 'set_target', params: { target: 99 } });
    expect(badTarget).toMatchObject({ state: 'failed', params: { target: 99 } });

    const slow = await page.call('rpc.call', { ...asked, method: 'run_self_test' });
    const method = methodOf(page, 'run_self_test');
    await expect.poll(() => method.value()?.calls).toBe(1);
    expect(await page.call('rpc.cancel', slow)).toBe(true);
    expect(await page.call('rpc.cancel', slow)).toBe(false);
    expect(await ended(page, slow.id)).toMatchObject({ state: 'cancelled' });

    const timedOut = await call(page, { method: 'run_self_test', timeoutMs: 150 });
    expect(timedOut).toMatchObject({ state: 'timed-out', error: { name: 'RPC_TIMEOUT', code: 3002, origin: 'local' } });
    // Its answer comes after all, as that of the cancelled one does.
    await expect.poll(async () => (await ended(page, timedOut.id)).state, { timeout: 10_000 }).toBe('late');
    await expect.poll(async () => (await ended(page, slow.id)).answers.length, { timeout: 10_000 }).toBe(1);
    expect(await ended(page, slow.id)).toMatchObject({ state: 'cancelled', result: { passed: true } });
    expect(method.value()).toMatchObject({ calls: 2, succeeded: 0, failed: 0, timedOut: 1 });
  }, 30_000);

  it('says when nobody is there, and refuses the 101st call at once', async () => {
    const { page } = await start();
    const status = await startBroker(page);
    const nobody = await call(page, { topic: 'edge/nobody', method: 'get_status' });
    expect(nobody).toMatchObject({
      state: 'failed',
      error: { name: 'PEER_UNREACHABLE', message: expect.stringContaining('No subscriber received the request') as unknown },
    });

    const silent = await client(status.listeners[0]?.url ?? '', { clientId: 'silent' });
    await silent.subscribeAsync('edge/silent');
    const waiting = await Promise.all(
      Array.from({ length: 100 }, () => page.call('rpc.call', { ...asked, topic: 'edge/silent', method: 'wait', timeoutMs: 600_000 })),
    );
    const refused = await call(page, { topic: 'edge/silent', method: 'wait' });
    expect(refused).toMatchObject({ state: 'failed', request: null, error: { name: 'TOO_MANY_PENDING_CALLS', code: 3004 } });
    expect(await page.call('rpc.cancel', waiting[0] as { id: number })).toBe(true);
    const { id } = await page.call('rpc.call', { ...asked, topic: 'edge/silent', method: 'wait' });
    // The broker goes, and with it every call.
    await page.call('broker.stop', undefined);
    expect(await ended(page, id)).toMatchObject({ state: 'failed', error: { name: 'CONNECTION_LOST' } });
    await expect(page.call('rpc.call', { ...asked, method: 'get_status' })).rejects.toMatchObject({ code: 'broker-not-running' });
    await startBroker(page);
    expect(await call(page, { method: 'get_status' })).toMatchObject({ state: 'ok', duplicates: 0 });
  }, 30_000);
});

/** A broker that is not ours to look into: the core on a port of its own. */
async function secondBroker(): Promise<string> {
  const broker = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null, listeners: [] });
  atEnd(() => broker.close());
  return broker.listeners[0]?.url ?? '';
}

let responders = 0;

/** A peer that answers on a topic in a dialect, and hands the requests over. */
async function responder(url: string, topic: string, dialectId: DialectId, answer: (request: RpcRequest) => JsonValue | undefined): Promise<MqttClient> {
  const peer = await client(url, { clientId: `responder-${(responders += 1)}` });
  const dialect = new DialectRegistry().get(dialectId);
  peer.on('message', (on, payload, { properties }) => {
    const { responseTopic, correlationData } = properties ?? {};
    const parsed = dialect.parse({ topic: on, payload, properties: { responseTopic, correlationData } });
    if (parsed.kind !== 'request') return;
    const result = answer(parsed);
    const reply = result === undefined ? null : dialect.buildResult(parsed, result);
    if (!reply) return;
    const { correlationData: echoed } = reply.properties ?? {};
    peer.publish(reply.topic, Buffer.from(reply.payload), { qos: 1, ...(echoed ? { properties: { correlationData: Buffer.from(echoed) } } : {}) });
  });
  await peer.subscribeAsync(topic, { qos: 1 });
  return peer;
}

const brokers: Readonly<Record<string, () => Promise<string>>> = {
  'the core': secondBroker,
  ...(hasMosquitto()
    ? {
        mosquitto: async () => {
          const broker = await startMosquitto(['allow_anonymous true']);
          atEnd(() => broker.stop());
          return `mqtt://127.0.0.1:${broker.port}`;
        },
      }
    : {}),
};

describe('own calls over a connection', () => {
  it.each(Object.entries(brokers))(
    'go and come through the connection itself, in each dialect: %s',
    async (_name, openBroker) => {
      const { page } = await start();
      const url = await openBroker();
      for (const dialect of ['mqttxx2', 'jsonrpc', 'mqttxx4', 'mqtt5'] as const) {
        await responder(url, dialect === 'mqtt5' ? `lab/${dialect}/+` : `lab/${dialect}`, dialect, ({ method, params }) => ({ method, params }));
      }
      await connected(page, url);
      for (const dialect of ['mqttxx2', 'jsonrpc', 'mqttxx4', 'mqtt5'] as const) {
        const done = await call(page, { ...overLab, dialect, topic: `lab/${dialect}`, method: 'echo', params: { a: [1, null] } });
        expect(done).toMatchObject({
          state: 'ok',
          dialect,
          topic: `lab/${dialect}`,
          result: { method: 'echo', params: { a: [1, null] } },
          callerId: 'bench',
          duplicates: 0,
        });
        await expect.poll(async () => (await ended(page, done.id)).request?.messageId).toBeGreaterThan(0);
        expect((await ended(page, done.id)).answers[0]?.messageId).toBeGreaterThan(0);
      }
      const calls = callsOf(page);
      await expect.poll(() => calls.value()?.rows.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok', 'ok']);
    },
    30_000,
  );

  it('are answered once, whatever the connection is subscribed to', async () => {
    const { page } = await start();
    const url = await secondBroker();
    await responder(url, 'lab/echo', 'mqttxx2', () => true);
    await connected(page, url, { subscriptions: [newSubscription('#', { qos: 1 })] });
    for (let n = 0; n < 3; n += 1) expect(await call(page, { ...overLab, topic: 'lab/echo', method: 'x' })).toMatchObject({ state: 'ok' });
    const calls = callsOf(page);
    await expect
      .poll(() => calls.value()?.rows.map(({ state, duplicates, own }) => [state, duplicates, own]))
      .toEqual(Array.from({ length: 3 }, () => ['ok', 0, true]));
  }, 30_000);

  it('end when the connection does, and need one', async () => {
    const { page } = await start();
    const url = await secondBroker();
    await responder(url, 'lab/silent', 'mqttxx2', () => undefined);
    await connected(page, url);
    const { id } = await page.call('rpc.call', { ...overLab, topic: 'lab/silent', method: 'x' });
    const other = await page.call('rpc.call', { ...overLab, topic: 'lab/silent', method: 'y' });
    // Both are on their way.
    const calls = callsOf(page);
    await expect.poll(async () => (await first(page, 'rpc.detail', { id: other.id }))?.steps.map(({ at }) => at)).toEqual(['sent', 'acknowledged']);
    expect(calls.value()?.rows).toHaveLength(2);
    await page.call('connections.disconnect', { id: 'lab' });
    expect(await ended(page, id)).toMatchObject({ state: 'failed', error: { name: 'CONNECTION_LOST', code: 1003, origin: 'local' } });
    await expect(page.call('rpc.call', { ...overLab, method: 'x' })).rejects.toMatchObject({ code: 'not-connected' });
    await expect(page.call('rpc.call', { ...overLab, source: 'connection:none', method: 'x' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(page.call('rpc.call', { ...overLab, topic: 'a/+', method: 'x' })).rejects.toMatchObject({ code: 'invalid-topic' });
    await expect(page.call('rpc.call', { ...overLab, method: '' })).rejects.toMatchObject({ code: 'bad-input' });
  }, 30_000);

  it('are refused where the version of MQTT cannot carry them', async () => {
    const { page } = await start();
    const url = await secondBroker();
    await responder(url, 'lab/old', 'mqttxx2', () => 1);
    await connected(page, url, { version: '3.1.1' });
    await expect(page.call('rpc.call', { ...overLab, dialect: 'mqttxx4', topic: 'lab/old', method: 'x' })).rejects.toMatchObject({ code: 'invalid-state' });
    expect(await call(page, { ...overLab, topic: 'lab/old', method: 'x' })).toMatchObject({ state: 'ok', result: 1 });
  }, 30_000);
});

describe('what the local broker carries', () => {
  it('is seen whoever calls: late, twice, elsewhere, by nobody asked', async () => {
    const { page } = await start();
    const url = (await startBroker(page)).listeners[0]?.url ?? '';
    const peer = await client(url, { clientId: 'peer' });
    const asks = (id: string, topic = 'edge/x'): Promise<unknown> =>
      peer.publishAsync(
        topic,
        JSON.stringify({ type: 'rpc_request', request_id: `request-${id}`, method: 'm', params: { id }, reply_to: 'edge/peer', caller_id: 'peer' }),
        { qos: 1 },
      );
    const answers = (id: string, topic = 'edge/peer'): Promise<unknown> =>
      peer.publishAsync(topic, JSON.stringify({ type: 'rpc_response', request_id: `request-${id}`, result: id }), { qos: 1 });
    await asks('one');
    await answers('one');
    await answers('one');
    await asks('two');
    await answers('two', 'edge/elsewhere');
    await answers('three');
    await asks('four');
    const calls = callsOf(page);
    await expect
      .poll(() => calls.value()?.rows.map(({ state, duplicates }) => `${state} ${duplicates}`))
      .toEqual(['pending 0', 'orphan 0', 'wrong-reply-topic 0', 'ok 1']);
    // It is a client like any other to the broker, and named for what it is.
    expect(calls.value()?.rows.some(({ own }) => own)).toBe(false);
    expect((await page.call('broker.clientList', { offset: 0, limit: 50 })).rows.map(({ clientId }) => clientId)).not.toContain('workbench-rpc');
    await call(page, { method: 'get_status' });
    expect((await page.call('broker.clientList', { offset: 0, limit: 50 })).rows.map(({ clientId }) => clientId)).toContain('workbench-rpc');

    expect((await page.call('callHistory.clear', {})).cleared).toBeGreaterThanOrEqual(5);
    const tree = treeOf(page);
    await expect.poll(() => tree.value()?.methodCount).toBe(2);
    await page.call('rpc.forget', { source: 'broker', dialect: 'mqttxx2', topic: 'edge/x' });
    await page.call('rpc.add', { source: 'broker', dialect: 'jsonrpc', topic: 'edge/new', method: 'later' });
    await expect
      .poll(() => tree.value()?.rows.map(({ topic, addedByHand }) => [topic, addedByHand]))
      .toEqual([
        ['edge/demo-thermostat', false],
        ['edge/new', false],
      ]);
    await page.call('rpc.setTreeView', { viewId: 'tree', first: 0, count: 50, filter: 'later' });
    await expect.poll(() => tree.value()?.rows[1]).toMatchObject({ method: 'later', addedByHand: true, calls: 0, lastAt: 0 });
  }, 30_000);

  it('is counted once where the reply topic is shared with others', async () => {
    const { page } = await start();
    const url = (await startBroker(page)).listeners[0]?.url ?? '';
    await responder(url, 'lab/shared', 'jsonrpc', () => true);
    expect(await call(page, { dialect: 'jsonrpc', topic: 'lab/shared', method: 'x' })).toMatchObject({ state: 'ok', replyTo: 'lab/shared/response' });
    const peer = await client(url, { clientId: 'peer' });
    await peer.publishAsync('lab/shared', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'y' }), { qos: 1 });
    await peer.publishAsync('lab/shared/response', JSON.stringify({ jsonrpc: '2.0', id: 2, result: 1 }), { qos: 1 });
    const calls = callsOf(page);
    await expect
      .poll(() =>
        calls
          .value()
          ?.rows.map(({ state, duplicates, callerId }) => [state, duplicates, callerId])
          .toSorted(),
      )
      .toEqual([
        ['ok', 0, 'peer'],
        ['ok', 0, 'workbench-rpc'],
        ['orphan', 0, ''],
      ]);
    // Another call shows that nothing more was on its way.
    expect(await call(page, { method: 'get_status' })).toMatchObject({ state: 'ok' });
    await expect.poll(() => calls.value()?.rows.map(({ duplicates }) => duplicates)).toEqual([0, 0, 0, 0]);
  }, 30_000);

  it('is called through aedes as well', async () => {
    const { page } = await start();
    await startBroker(page, { engine: 'aedes' });
    expect(await call(page, { method: 'get_status' })).toMatchObject({ state: 'ok' });
    await expect(page.call('rpc.call', { ...asked, dialect: 'mqttxx4', method: 'x' })).rejects.toMatchObject({ code: 'invalid-state' });
  }, 30_000);
});
