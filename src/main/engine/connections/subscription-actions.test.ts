import { afterEach, expect, test, vi } from 'vitest';
import { newProfile, newSubscription } from '../../../shared/connections/new-profile.ts';
import type { Subscription, SubscriptionNotification } from '../../../shared/contract/connections.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import type { Properties } from '../../../shared/mqtt/packet/packets.ts';
import { openScriptedBroker, type Script, type ScriptedBroker } from '../../../../test/support/scripted-broker.ts';
import { createConnections, type Connections } from './index.ts';
import { NotificationLimit } from './notification-limit.ts';

const patience = { timeout: 10_000 };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Bench {
  readonly connections: Connections;
  readonly broker: ScriptedBroker;
  readonly messages: MessageRecord[];
  readonly told: SubscriptionNotification[];
  receive(topic: string, properties?: Properties | null): void;
  /** Filter, received, dropped. */
  counts(): readonly (readonly [string, number, number])[];
}

async function connected(subscriptions: Subscription[], script: Script = {}): Promise<Bench> {
  const broker = await openScriptedBroker(script);
  cleanups.push(() => broker.close());
  const messages: MessageRecord[] = [];
  const told: SubscriptionNotification[] = [];
  const connections = createConnections({
    profiles: [newProfile('c', { name: 'Test', uri: `mqtt://127.0.0.1:${broker.port}`, subscriptions })],
    secrets: () => Promise.resolve({}),
    now: () => Date.now(),
    random: () => 0.5,
    onMessages: (_id, records) => messages.push(...records),
    onNotification: (notification) => told.push(notification),
    onChange: () => undefined,
  });
  cleanups.push(() => connections.close());
  await connections.connect('c');
  const payload = new TextEncoder().encode('hello');
  return {
    ...{ connections, broker, messages, told },
    receive: (topic, properties = null) =>
      broker.clients[0]?.send({ type: 'publish', dup: false, qos: 0, retain: false, topic, packetId: 0, properties, payload }),
    counts: () => connections.statuses()[0]?.subscriptions.map(({ filter, received, dropped }) => [filter, received, dropped] as const) ?? [],
  };
}

test('what only dropping subscriptions match is counted and not kept; one that stores wins', async () => {
  const bench = await connected([newSubscription('noise/#', { action: 'drop' }), newSubscription('noise/but/this'), newSubscription('other')]);
  bench.receive('noise/a');
  bench.receive('noise/but/this');
  bench.receive('other');
  await vi.waitFor(() => expect(bench.messages.map(({ topic }) => topic)).toEqual(['noise/but/this', 'other']), patience);
  expect(bench.counts()).toEqual([
    ['noise/#', 2, 1],
    ['noise/but/this', 1, 0],
    ['other', 1, 0],
  ]);
});

test('the identifier of a message says by which of several it came', async () => {
  const bench = await connected([newSubscription('a/#', { action: 'drop', identifier: 5 }), newSubscription('a/b', { identifier: 6 })]);
  bench.receive('a/b', { subscriptionIdentifiers: [5] });
  bench.receive('a/b', { subscriptionIdentifiers: [6] });
  await vi.waitFor(() => expect(bench.messages).toHaveLength(1), patience);
  expect(bench.counts()).toEqual([
    ['a/#', 1, 1],
    ['a/b', 1, 0],
  ]);
});

test('what another part of the workbench asked for is kept whatever the profile drops', async () => {
  const bench = await connected([newSubscription('#', { action: 'drop' })]);
  await bench.connections.session('c').subscribe('rpc/+', 0);
  bench.receive('rpc/answer');
  bench.receive('elsewhere');
  await vi.waitFor(() => expect(bench.counts()).toEqual([['#', 2, 1]]), patience);
  expect(bench.messages.map(({ topic }) => topic)).toEqual(['rpc/answer']);
});

test('a subscription that notifies tells of its messages, seldom enough to be read', async () => {
  const bench = await connected([newSubscription('door/+', { action: 'notify', alias: 'Door', color: 'red' })]);
  for (const name of ['a', 'b', 'c']) bench.receive(`door/${name}`);
  await vi.waitFor(() => expect(bench.messages).toHaveLength(3), patience);
  expect(bench.told).toMatchObject([{ id: 'c', connection: 'Test', filter: 'door/+', alias: 'Door', color: 'red', topic: 'door/a', sizeBytes: 5, more: 0 }]);
});

test('those that are not told are counted, also where the clock is set back', () => {
  let now = 1_000_000;
  const limit = new NotificationLimit(() => now);
  expect([limit.take(), limit.take(), limit.take()]).toEqual([0, null, null]);
  now += 2000;
  expect([limit.take(), limit.take()]).toEqual([2, null]);
  now = 5;
  expect(limit.take()).toBe(1);
});

test('what the broker said it has not is not asked: it would end the connection', async () => {
  const bench = await connected(
    [newSubscription('a/+'), newSubscription('$share/g/a'), newSubscription('plain', { identifier: 7, noLocal: true }), newSubscription('$share/g/#')],
    { connack: () => ({ properties: { wildcardSubscriptionAvailable: 0, sharedSubscriptionAvailable: 0, subscriptionIdentifierAvailable: 0 } }) },
  );
  await vi.waitFor(
    () => expect(bench.connections.statuses()[0]?.subscriptions.map(({ state }) => state)).toEqual(['refused', 'refused', 'granted', 'refused']),
    patience,
  );
  const reasons = bench.connections.statuses()[0]?.subscriptions.map(({ reason }) => reason);
  expect(reasons).toEqual([
    expect.stringContaining('wildcards'),
    expect.stringContaining('shared subscriptions'),
    expect.stringContaining('without its identifier'),
    expect.stringContaining('shared subscriptions'),
  ]);
  expect(bench.broker.clients[0]?.packets).toMatchObject([{ type: 'subscribe', properties: null, subscriptions: [{ filter: 'plain', noLocal: true }] }]);
  expect(bench.connections.statuses()[0]?.phase).toBe('connected');
});
