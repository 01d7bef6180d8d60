import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrokerStatus } from '../../shared/contract/broker.ts';
import type { MessageTrace, TracingStatus } from '../../shared/contract/broker-inside.ts';
import { newSubscription } from '../../shared/connections/new-profile.ts';
import { connectionProfileSchema, type ConnectionProfile, type ConnectionsView } from '../../shared/contract/connections.ts';
import type { EngineContract } from '../../shared/contract/index.ts';
import type { Ledger, MessageTail } from '../../shared/contract/messages.ts';
import type { TopicsFrame } from '../../shared/contract/topics.ts';
import type { WorkspaceView } from '../../shared/contract/workspace.ts';
import { connect, type Client } from '../../shared/ipc/connect.ts';
import { memoryTransportPair } from '../../shared/ipc/memory-transport.ts';
import { unpackPackets } from '../../shared/messages/packed-packets.ts';
import type { TappedPacket } from '../../shared/messages/tapped-packet.ts';
import { startEngine, type Engine } from './main.ts';

const source = (name: string): string => new URL(name, import.meta.url).href;
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const anyPorts = { host: '127.0.0.1', tcpPort: 0, webSocketPort: null };
const view = { viewId: 'tree', first: 0, count: 100, filter: '', sort: 'name' } as const;

let folder: string;
let instances = 0;
const engines: Engine[] = [];
const clients: MqttClient[] = [];
const pages: Client<EngineContract>[] = [];
const bugs: unknown[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'engine-'));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  for (const page of pages.splice(0)) page.close();
  for (const engine of engines.splice(0)) await engine.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  expect(bugs.splice(0)).toEqual([]);
});

async function start(): Promise<Engine> {
  const engine = await startEngine({
    host: 'browser',
    appVersion: '1.2.3',
    workspaceFolder: folder,
    workers: { broker: source('./broker/broker-worker.ts'), store: source('./store/store-worker.ts') },
    instance: `run-${(instances += 1)}`,
    cipher: 'key-file',
    now: Date.now,
    random: Math.random,
    onBug: (error, where) => void bugs.push([where, error]),
  });
  engines.push(engine);
  return engine;
}

function openPage(engine: Engine): Client<EngineContract> {
  const page = connect<EngineContract>({
    open: async () => {
      const [ours, theirs] = memoryTransportPair();
      engine.serve(theirs);
      return ours;
    },
    backoffMs: () => undefined,
  });
  pages.push(page);
  return page;
}

async function startBroker(page: Client<EngineContract>): Promise<BrokerStatus> {
  const status = await page.call('broker.start', anyPorts);
  expect(status).toMatchObject({ phase: 'running', failure: null });
  return status;
}

async function device(status: BrokerStatus, options: Parameters<typeof connectAsync>[1] = {}): Promise<MqttClient> {
  const client = await connectAsync(status.listeners[0]?.url ?? '', { reconnectPeriod: 0, ...options });
  clients.push(client);
  return client;
}

/** The newest item of a stream. */
function newest<T>(open: (listener: { item(item: T): void }) => () => void): { readonly value: () => T | undefined; readonly close: () => void } {
  let last: T | undefined;
  const close = open({ item: (item) => void (last = item) });
  return { value: () => last, close };
}
const watchTopics = (
  page: Client<EngineContract>,
  more: { readonly viewId?: string; readonly source?: 'broker' | `connection:${string}`; readonly filter?: string } = {},
) => newest<TopicsFrame>((listener) => page.stream('topics.watch', { source: 'broker', ...view, ...more }, listener));

const profileFor = (status: BrokerStatus, more: Partial<ConnectionProfile> = {}): ConnectionProfile =>
  connectionProfileSchema.parse({
    id: 'lab',
    name: 'Lab',
    uri: status.listeners[0]?.url,
    version: '3.1.1',
    username: 'someone',
    subscriptions: [{ filter: 'out/#', qos: 1 }],
    ...more,
  });

describe('the inside of the local broker', () => {
  it('is told to pages: who got a message, every packet, and what the broker holds', async () => {
    const page = openPage(await start());
    await page.call('workspace.updateSettings', { demoDevice: false });
    const tracing = newest<TracingStatus>((listener) => page.stream('broker.tracing', undefined, listener));
    const packets: TappedPacket[] = [];
    page.stream('broker.packets', { clientId: 'reader' }, { item: (batch) => void packets.push(...unpackPackets(batch.packets)) });
    await expect.poll(() => tracing.value()).toEqual({ active: false, messages: 0, lost: 0, revision: 0 });
    const status = await startBroker(page);
    await expect.poll(() => tracing.value()).toMatchObject({ active: true });
    const reader = await device(status, { clientId: 'reader' });
    await reader.subscribeAsync('plant/#', { qos: 1 });
    await page.call('messages.publish', { source: 'broker', topic: 'plant/pump', payload: bytes('on'), qos: 1, retain: true });

    const whoGot = async (): Promise<MessageTrace | null> => {
      const latest = await page.call('messages.latest', { source: 'broker', topic: 'plant/pump', maxBytes: 0 });
      return page.call('broker.whoGot', { id: latest?.id ?? 0 });
    };
    await expect.poll(async () => (await whoGot())?.receivers[0]?.acknowledgedAtUs ?? 0).toBeGreaterThan(0);
    expect(await whoGot()).toMatchObject({ publisher: null, receivers: [{ clientId: 'reader', filters: ['plant/#'], state: 'written' }] });
    expect(tracing.value()?.messages).toBeGreaterThan(0);
    // CONNECT, CONNACK, SUBSCRIBE, SUBACK, PUBLISH, PUBACK.
    await expect.poll(() => packets.map(({ bytes: [first = 0] }) => first >> 4)).toEqual([1, 2, 8, 9, 3, 4]);

    const all = { offset: 0, limit: 10 };
    expect(await page.call('broker.clientList', all)).toMatchObject({ total: 1, rows: [{ clientId: 'reader' }] });
    expect(await page.call('broker.sessions', all)).toMatchObject({ total: 1, rows: [{ clientId: 'reader', connected: true }] });
    expect(await page.call('broker.subscriptions', all)).toMatchObject({ total: 1, rows: [{ filter: 'plant/#', qos: 1 }] });
    expect((await page.call('broker.retained', { offset: 0, limit: 500 })).rows).toContainEqual(expect.objectContaining({ topic: 'plant/pump', sizeBytes: 2 }));
    await expect(page.call('broker.sessions', { offset: 0, limit: 501 })).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('the main job', () => {
  it('shows what a device publishes, live and after a restart', async () => {
    const first = await start();
    const page = openPage(first);
    await page.call('workspace.updateSettings', { demoDevice: false });
    const status = await startBroker(page);
    const tree = watchTopics(page);
    const tail: MessageTail[] = [];
    page.stream('messages.tail', { source: 'broker', topic: 'plant/pump' }, { item: (item) => void tail.push(item) });
    const publisher = await device(status, { clientId: 'pump-1' });
    await publisher.publishAsync('plant/pump', '{"on":true}', { qos: 1, retain: true });
    await publisher.publishAsync('plant/pump', '{"on":false}', { qos: 1 });

    await expect.poll(() => tree.value()?.messageCount).toBe(2);
    expect(tree.value()?.rows).toMatchObject([{ path: 'plant', childCount: 1, messageCount: 2 }]);
    await page.call('topics.setExpanded', { viewId: 'tree', path: 'plant', expanded: true, recursive: false });
    await expect.poll(() => tree.value()?.rows[1]).toMatchObject({ path: 'plant/pump', depth: 1, ownMessageCount: 2, previewKind: 'json' });
    await expect.poll(() => tail.flatMap(({ rows }) => rows)).toMatchObject([{ topic: 'plant/pump', publisher: 'pump-1', retain: true }, { qos: 1 }]);

    // Read straight after they were sent: the store answers from what it has not written yet as well.
    const history = await page.call('messages.history', { source: 'broker', topic: 'plant/pump', offset: 0, limit: 10 });
    expect(history.total).toBe(2);
    expect(history.rows.map(({ head }) => new TextDecoder().decode(head))).toEqual(['{"on":false}', '{"on":true}']);
    const latest = await page.call('messages.latest', { source: 'broker', topic: 'plant/pump', maxBytes: 4 });
    expect(latest).toMatchObject({ sizeBytes: 12, payload: bytes('{"on') });
    expect(await page.call('messages.payload', { id: latest?.id ?? 0, offset: 4, length: 100 })).toEqual(bytes('":false}'));
    await page.call('broker.stop', undefined);
    await first.close();

    const again = openPage(await start());
    const oldTree = watchTopics(again);
    await expect.poll(() => oldTree.value()?.messageCount).toBe(2);
    const kept = await again.call('messages.history', { source: 'broker', topic: 'plant/pump', offset: 0, limit: 10 });
    expect(kept.rows.map(({ id }) => id)).toEqual(history.rows.map(({ id }) => id));
    const restarted = await startBroker(again);
    await (await device(restarted)).publishAsync('plant/pump', 'new', { qos: 1 });
    await expect
      .poll(async () => (await again.call('messages.latest', { source: 'broker', topic: 'plant/pump', maxBytes: 10 }))?.id)
      .toBeGreaterThan(history.rows[0]?.id ?? 0);
  });

  it('ends in under two seconds with clients connected, which are told', async () => {
    const engine = await start();
    const page = openPage(engine);
    const status = await startBroker(page);
    const connected = await Promise.all(Array.from({ length: 20 }, () => device(status)));
    const gone = connected.map((client) => new Promise<void>((resolve) => client.once('close', () => resolve())));
    const started = performance.now();
    await engine.close();
    expect(performance.now() - started).toBeLessThan(2000);
    await Promise.all(gone);
    expect(page.state).toBe('closed');
    expect(await readdir(folder)).not.toContain('.lock');
  });

  it('shows what the demo device does, and switches it', async () => {
    const page = openPage(await start());
    const tree = watchTopics(page);
    const status = newest<BrokerStatus>((listener) => page.stream('broker.status', undefined, listener));
    await startBroker(page);
    await expect.poll(() => tree.value()?.topicCount ?? 0).toBeGreaterThan(1);
    await page.call('broker.setDemoDevice', { enabled: false });
    await expect.poll(() => status.value()?.demoDevice).toEqual({ enabled: false, running: false });
    await page.call('broker.setDemoDevice', { enabled: true });
    await expect.poll(() => status.value()?.demoDevice).toEqual({ enabled: true, running: true });
    expect(JSON.parse(await readFile(path.join(folder, 'settings.json'), 'utf8'))).toMatchObject({ demoDevice: true });
  });
});

describe('retained messages of the local broker', () => {
  it('are counted and cleared, one or a subtree, exactly', async () => {
    const page = openPage(await start());
    await page.call('workspace.updateSettings', { demoDevice: false });
    await startBroker(page);
    for (const topic of ['a', 'a/b', 'a/c/d', 'ab'])
      await page.call('messages.publish', { source: 'broker', topic, payload: bytes('x'), qos: 0, retain: true });
    const count = (topic: string) => page.call('messages.countRetained', { source: 'broker', topic });
    expect(await count('a')).toEqual({ count: 3, exact: true });
    expect(await page.call('messages.clearRetained', { source: 'broker', topic: 'a/b', subtree: false })).toEqual({ cleared: 1 });
    expect(await count('a')).toEqual({ count: 2, exact: true });
    expect(await page.call('messages.clearRetained', { source: 'broker', topic: 'a', subtree: true })).toEqual({ cleared: 2 });
    expect(await count('a')).toEqual({ count: 0, exact: true });
    expect(await count('ab')).toEqual({ count: 1, exact: true });
  });

  it('lose their mark with the broker, and have none after a restart; those of connections keep it', async () => {
    const engine = await start();
    const page = openPage(engine);
    await page.call('workspace.updateSettings', { demoDevice: false });
    const status = await startBroker(page);
    await page.call('messages.publish', { source: 'broker', topic: 'lamp', payload: bytes('on'), qos: 0, retain: true });
    await page.call('connections.save', { profile: profileFor(status, { subscriptions: [newSubscription('lamp')] }) });
    await page.call('connections.connect', { id: 'lab' });
    const [ours, theirs] = [watchTopics(page), watchTopics(page, { viewId: 'theirs', source: 'connection:lab' })];
    const marks = (): unknown => [ours, theirs].map((tree) => tree.value()?.rows.map(({ path, retained }) => [path, retained]));
    await expect.poll(marks).toEqual([[['lamp', true]], [['lamp', true]]]);
    await page.call('broker.stop', undefined);
    await expect.poll(marks).toEqual([[['lamp', false]], [['lamp', true]]]);

    // Ended together with the broker, the engine leaves the last word to the history.
    await startBroker(page);
    await page.call('messages.publish', { source: 'broker', topic: 'lamp', payload: bytes('on'), qos: 0, retain: true });
    await expect.poll(marks).toEqual([[['lamp', true]], [['lamp', true]]]);
    await engine.close();
    const again = openPage(await start());
    const [oursAgain, theirsAgain] = [watchTopics(again), watchTopics(again, { viewId: 'theirs', source: 'connection:lab' })];
    await expect.poll(() => oursAgain.value()?.rows).toMatchObject([{ path: 'lamp', messageCount: 2, retained: false }]);
    await expect.poll(() => theirsAgain.value()?.rows).toMatchObject([{ path: 'lamp', retained: true }]);
  });

  it('have their mark again when the broker keeps them in its file', async () => {
    const engine = await start();
    const page = openPage(engine);
    await page.call('workspace.updateSettings', { demoDevice: false, broker: { persistence: 'file' } });
    await startBroker(page);
    for (const topic of ['lamp', 'pump']) await page.call('messages.publish', { source: 'broker', topic, payload: bytes('on'), qos: 1, retain: true });
    await page.call('messages.publish', { source: 'broker', topic: 'pump', payload: bytes(''), qos: 1, retain: true });
    const marks = (tree: { readonly value: () => TopicsFrame | undefined }): unknown => tree.value()?.rows.map(({ path, retained }) => [path, retained]);
    const tree = watchTopics(page);
    await expect
      .poll(() => marks(tree))
      .toEqual([
        ['lamp', true],
        ['pump', false],
      ]);
    await page.call('broker.stop', undefined);
    await expect
      .poll(() => marks(tree))
      .toEqual([
        ['lamp', false],
        ['pump', false],
      ]);
    await startBroker(page);
    await expect
      .poll(() => marks(tree))
      .toEqual([
        ['lamp', true],
        ['pump', false],
      ]);
    await engine.close();
    const again = openPage(await start());
    const later = watchTopics(again);
    await expect
      .poll(() => marks(later))
      .toEqual([
        ['lamp', false],
        ['pump', false],
      ]);
    await startBroker(again);
    await expect
      .poll(() => marks(later))
      .toEqual([
        ['lamp', true],
        ['pump', false],
      ]);
    expect(await again.call('messages.countRetained', { source: 'broker', topic: '' })).toEqual({ count: 1, exact: true });
  });

  it('in large number let other calls through while they are cleared', async () => {
    const page = openPage(await start());
    await page.call('workspace.updateSettings', { demoDevice: false });
    const publisher = await device(await startBroker(page));
    await Promise.all(Array.from({ length: 1000 }, (_, n) => publisher.publishAsync(`many/${n}`, 'x', { retain: true, qos: 1 })));
    let pings = 0;
    const clearing = page.call('messages.clearRetained', { source: 'broker', topic: 'many', subtree: true });
    const state = { done: false };
    void clearing.finally(() => (state.done = true));
    while (!state.done) {
      await page.call('host.ping', undefined);
      // The page is in this very process here: it has to let go of the thread, as two processes do by nature.
      await setImmediate();
      pings += 1;
    }
    expect(await clearing).toEqual({ cleared: 1000 });
    expect(pings).toBeGreaterThan(5);
  });
});

describe('connections', () => {
  it('publish, receive, keep their password to themselves and go without a trace', async () => {
    const engine = await start();
    const page = openPage(engine);
    const status = await startBroker(page);
    const connections = newest<ConnectionsView>((listener) => page.stream('connections.watch', undefined, listener));
    const saved = await page.call('connections.save', { profile: profileFor(status), secrets: { password: 'hunter2' } });
    expect(saved).toMatchObject({ id: 'lab', secretsSet: ['password'] });
    expect(JSON.stringify(saved)).not.toContain('hunter2');
    await page.call('connections.connect', { id: 'lab' });
    await expect
      .poll(() => connections.value()?.statuses)
      .toMatchObject([{ id: 'lab', phase: 'connected', subscriptions: [{ filter: 'out/#', state: 'granted', grantedQos: 1 }] }]);
    const tree = watchTopics(page, { source: 'connection:lab' });
    await page.call('messages.publish', { source: 'connection:lab', topic: 'out/lamp', payload: bytes('on'), qos: 1, retain: false });
    await expect.poll(() => tree.value()?.rows.map(({ path }) => path)).toEqual(['out']);
    expect((await page.call('messages.latest', { source: 'connection:lab', topic: 'out/lamp', maxBytes: 10 }))?.payload).toEqual(bytes('on'));
    expect(JSON.stringify(connections.value())).not.toContain('hunter2');
    await page.call('connections.save', { profile: profileFor(status, { name: 'Renamed' }) });
    await expect.poll(() => connections.value()?.profiles).toMatchObject([{ name: 'Renamed', secretsSet: ['password'] }]);

    await page.call('connections.remove', { id: 'lab' });
    await expect.poll(() => connections.value()).toEqual({ profiles: [], statuses: [] });
    expect(await readdir(path.join(folder, 'connections'))).toEqual([]);
    expect((await page.call('messages.history', { source: 'connection:lab', topic: 'out/lamp', offset: 0, limit: 10 })).total).toBe(0);
    await expect(page.call('connections.connect', { id: 'lab' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('come back after a restart, their history with them', async () => {
    const first = await start();
    const page = openPage(first);
    const status = await startBroker(page);
    await page.call('connections.save', { profile: profileFor(status), secrets: { password: 'hunter2' } });
    await page.call('connections.connect', { id: 'lab' });
    await page.call('messages.publish', { source: 'connection:lab', topic: 'out/lamp', payload: bytes('on'), qos: 1, retain: false });
    await expect.poll(() => page.call('messages.latest', { source: 'connection:lab', topic: 'out/lamp', maxBytes: 10 })).not.toBeNull();
    await page.call('connections.setSubscriptions', { id: 'lab', subscriptions: [newSubscription('other/#')] });
    await first.close();
    const again = openPage(await start());
    const connections = newest<ConnectionsView>((listener) => again.stream('connections.watch', undefined, listener));
    await expect.poll(() => connections.value()?.profiles).toMatchObject([{ id: 'lab', secretsSet: ['password'], subscriptions: [{ filter: 'other/#' }] }]);
    const tree = watchTopics(again, { source: 'connection:lab' });
    await expect.poll(() => tree.value()?.topicCount).toBeGreaterThan(0);
  });
});

describe('bad input ends in a clear answer', () => {
  it.each([
    ['a wildcard in a publish', 'invalid-topic', { topic: 'a/#' }],
    ['a NUL in a publish', 'invalid-topic', { topic: 'a\0b' }],
    ['an empty topic', 'invalid-topic', { topic: '' }],
    ['half a character', 'invalid-topic', { topic: 'a\ud800' }],
    ['a wildcard in a response topic', 'invalid-topic', { properties: { responseTopic: 'a/+' } }],
    ['a source of no kind', 'bad-input', { source: 'nonsense' }],
    ['an unknown field', 'bad-input', { colour: 'red' }],
    ['what would silence a device', 'would-silence-peer', { topic: 'gf_int_v1/a/request/D/1', payload: bytes('[1]') }],
    ['the same knowingly, without a broker', 'broker-not-running', { topic: 'gf_int_v1/a/request/D/1', payload: bytes('[1]'), knowingly: true }],
  ])('%s: %s', async (_name, code, more) => {
    const page = openPage(await start());
    const message = { source: 'broker', topic: 'a', payload: bytes('x'), qos: 0, retain: false, ...more };
    await expect(page.call('messages.publish', message as never)).rejects.toMatchObject({ code });
  });

  it('before the broker runs, and of items that do not exist', async () => {
    const page = openPage(await start());
    await expect(page.call('messages.publish', { source: 'broker', topic: 'a', payload: bytes('x'), qos: 0, retain: false })).rejects.toMatchObject({
      code: 'broker-not-running',
    });
    await expect(page.call('messages.clearRetained', { source: 'broker', topic: 'a', subtree: true })).rejects.toMatchObject({ code: 'broker-not-running' });
    expect(await page.call('messages.countRetained', { source: 'broker', topic: 'a' })).toEqual({ count: 0, exact: true });
    await expect(page.call('broker.disconnectClient', { clientId: 'x' })).rejects.toMatchObject({ code: 'broker-not-running' });
    await expect(page.call('broker.start', { tcpPort: null, webSocketPort: null })).rejects.toMatchObject({ code: 'bad-input' });
    await expect(page.call('connections.connect', { id: 'none' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(page.call('topics.setView', { ...view, viewId: 'none' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(page.call('messages.payload', { id: 12345, offset: 0, length: 1 })).rejects.toMatchObject({ code: 'not-found' });
    expect(await page.call('messages.latest', { source: 'broker', topic: 'none', maxBytes: 10 })).toBeNull();
  });

  it.each(['mqtt://', 'http://host', 'nonsense://host', 'mqtt://host:99999', 'mqtt://ho st'])('in an address: %s', async (uri) => {
    const page = openPage(await start());
    const profile = connectionProfileSchema.parse({ id: 'x', name: 'X', uri });
    await expect(page.call('connections.save', { profile })).rejects.toMatchObject({ code: 'invalid-uri' });
    const profiles = newest<ConnectionsView>((listener) => page.stream('connections.watch', undefined, listener));
    await expect.poll(() => profiles.value()?.profiles).toEqual([]);
  });

  it('in a taken port, with a free one to offer', async () => {
    const [page, other] = [openPage(await start()), await startOther()];
    const status = await page.call('broker.start', { ...anyPorts, tcpPort: other.port });
    expect(status).toMatchObject({ phase: 'failed', failure: { code: 'port-taken', listener: 'tcp', port: other.port } });
    expect(status.failure?.freePort).toBeGreaterThan(0);
    await other.close();
  });
});

async function startOther(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('the workspace of an engine', () => {
  it('is used by one engine at a time', async () => {
    const first = await start();
    await expect(start()).rejects.toMatchObject({ code: 'invalid-state', advice: expect.stringContaining('--workspace') as string });
    await first.close();
    await start();
  });

  it('tells every page of changes, and applies them', async () => {
    const engine = await start();
    const [one, other] = [openPage(engine), openPage(engine)];
    const seen = newest<WorkspaceView>((listener) => other.stream('workspace.watch', undefined, listener));
    const ledger = newest<Ledger>((listener) => other.stream('messages.ledger', undefined, listener));
    await one.call('workspace.updateSettings', { theme: 'contrast' });
    await one.call('messages.setBudget', { budgetBytes: 5_000_000 });
    await expect.poll(() => seen.value()?.settings).toMatchObject({ theme: 'contrast', historyBudgetBytes: 5_000_000, demoDevice: true });
    await expect.poll(() => ledger.value()?.budgetBytes).toBe(5_000_000);
    expect(engine.settings().theme).toBe('contrast');
  });

  it('is named, with what runs the engine', async () => {
    const page = openPage(await start());
    expect(await page.call('host.info', undefined)).toMatchObject({
      host: 'browser',
      appVersion: '1.2.3',
      nodeVersion: process.versions.node,
      workspaceFolder: folder,
      sqlite: expect.stringMatching(/sqlite/) as string,
    });
  });
});

it('keeps the topic views of pages apart', async () => {
  const engine = await start();
  const [one, other] = [openPage(engine), openPage(engine)];
  const status = await startBroker(one);
  const [ones, others] = [watchTopics(one), watchTopics(other, { filter: 'nothing-like-it' })];
  await (await device(status)).publishAsync('a/b', 'x', { qos: 1 });
  await expect.poll(() => ones.value()?.rows.some(({ path }) => path === 'a')).toBe(true);
  expect(others.value()).toMatchObject({ rows: [], matchCount: 0 });
});
