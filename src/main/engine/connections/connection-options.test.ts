import { afterEach, describe, expect, test, vi } from 'vitest';
import { newProfile, newSubscription } from '../../../shared/connections/new-profile.ts';
import type { ConnectionProfile, ConnectionStatus } from '../../../shared/contract/connections.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import type { PublishPacket } from '../../../shared/mqtt/packet/packets.ts';
import { openScriptedBroker, type Script, type ScriptedBroker } from '../../../../test/support/scripted-broker.ts';
import { openLocalBroker } from '../broker/local-broker.ts';
import { parseUsers, userLine } from '../broker/users/users-file.ts';
import { createConnections, type Connections, type ConnectionSecrets } from './index.ts';

const patience = { timeout: 20_000 };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

interface Bench {
  readonly connections: Connections;
  readonly messages: MessageRecord[];
  status(): ConnectionStatus;
}

function connectionTo(port: number, more: Partial<ConnectionProfile> = {}, secrets: ConnectionSecrets = {}): Bench {
  const messages: MessageRecord[] = [];
  const connections = createConnections({
    profiles: [newProfile('c', { name: 'Test', uri: `mqtt://127.0.0.1:${port}`, ...more })],
    secrets: () => Promise.resolve(secrets),
    now: () => Date.now(),
    random: () => 0.5,
    onMessages: (_id, records) => messages.push(...records),
    onNotification: () => undefined,
    onChange: () => undefined,
  });
  cleanups.push(() => connections.close());
  return { connections, messages, status: () => connections.statuses()[0] as ConnectionStatus };
}

async function broker(script: Script = {}): Promise<ScriptedBroker> {
  const opened = await openScriptedBroker(script);
  cleanups.push(() => opened.close());
  return opened;
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const publish = (bench: Bench, topic: string, qos: 0 | 1 | 2 = 1): Promise<{ readonly note: string | null }> =>
  bench.connections.publish('c', { topic, payload: bytes('x'), qos, retain: false });

describe('CONNECT', () => {
  test('says everything that the profile says', async () => {
    const { port, clients } = await broker();
    const { connections } = connectionTo(
      port,
      {
        clientId: 'bench',
        clientIdSuffix: true,
        username: 'me',
        keepAliveSeconds: 10,
        pingDelaySeconds: 1,
        cleanStart: false,
        will: {
          ...{ topic: 'gone', payload: '00ff', payloadAs: 'text', qos: 1, retain: true, delaySeconds: 5, messageExpirySeconds: 60, contentType: 'text/plain' },
          ...{ responseTopic: 'r', correlationData: 'AQI=', payloadIsUtf8: true, userProperties: [['k', 'v']] },
        },
        connectProperties: {
          ...{ sessionExpirySeconds: 3600, receiveMaximum: 20, maximumPacketSize: 10_000, topicAliasMaximum: 7, requestResponseInformation: true },
          ...{
            requestProblemInformation: false,
            userProperties: [
              ['a', '1'],
              ['b', '2'],
              ['a', '3'],
            ],
          },
        },
      },
      { password: 'secret' },
    );
    await connections.connect('c');
    expect(clients[0]?.connect).toMatchObject({
      clientId: expect.stringMatching(/^bench-[0-9a-f]{8}$/) as string,
      username: 'me',
      password: bytes('secret'),
      keepAlive: 9,
      cleanStart: false,
      will: {
        ...{ topic: 'gone', payload: bytes('00ff'), qos: 1, retain: true },
        properties: {
          ...{ willDelayInterval: 5, messageExpiryInterval: 60, contentType: 'text/plain', responseTopic: 'r', correlationData: Uint8Array.of(1, 2) },
          ...{ payloadFormatIndicator: 1, userProperties: [['k', 'v']] },
        },
      },
      properties: {
        ...{ sessionExpiryInterval: 3600, receiveMaximum: 20, maximumPacketSize: 10_000, topicAliasMaximum: 7, requestResponseInformation: 1 },
        ...{
          requestProblemInformation: 0,
          userProperties: [
            ['a', '1'],
            ['b', '2'],
            ['a', '3'],
          ],
        },
      },
    });
  });

  test('leaves out below MQTT 5 what it does not know', async () => {
    const { port, clients } = await broker();
    const { connections } = connectionTo(port, {
      version: '3.1',
      connectProperties: { ...newProfile('').connectProperties, sessionExpirySeconds: 5 },
      authentication: { kind: 'dialog', method: 'X', initialData: '' },
    });
    await connections.connect('c');
    expect(clients[0]?.connect).toMatchObject({ level: 3, properties: null });
  });

  test('what the broker says of itself is shown, and kept to', async () => {
    const { port, clients } = await broker({
      connack: () => ({
        properties: {
          ...{ maximumQos: 1, retainAvailable: 0, maximumPacketSize: 500, assignedClientIdentifier: 'from-broker', serverKeepAlive: 7, reasonString: 'hello' },
          ...{ subscriptionIdentifierAvailable: 0, userProperties: [['x', 'y']] },
        },
      }),
    });
    const bench = connectionTo(port, { subscriptions: [newSubscription('a', { identifier: 3 })] });
    await bench.connections.connect('c');
    expect(bench.status()).toMatchObject({
      clientId: 'from-broker',
      keepAliveSeconds: 7,
      tls: null,
      broker: { maximumQos: 1, retainAvailable: false, maximumPacketSize: 500, sharedSubscriptions: true, reasonString: 'hello', userProperties: [['x', 'y']] },
    });
    await expect(publish(bench, 'a', 2)).rejects.toMatchObject({ code: 'publish-refused', message: /up to QoS 1/ });
    await expect(bench.connections.publish('c', { topic: 'a', payload: bytes('x'), qos: 0, retain: true })).rejects.toMatchObject({ code: 'publish-refused' });
    await expect(bench.connections.publish('c', { topic: 'a', payload: new Uint8Array(500), qos: 0, retain: false })).rejects.toMatchObject({
      code: 'payload-too-large',
    });
    await publish(bench, 'a');
    await vi.waitFor(() => expect(clients[0]?.packets.map(({ type }) => type)).toEqual(['subscribe', 'publish']), patience);
    expect(clients[0]?.packets[0]).toMatchObject({ properties: null });
    expect(await bench.connections.ping('c')).toBeGreaterThanOrEqual(0);
    expect(bench.status().roundTripMs).not.toBeNull();
  });
});

test('subscriptions ask with every option, and again when one of them changes', async () => {
  const { port, clients } = await broker();
  const { connections } = connectionTo(port, {
    subscriptions: [
      newSubscription('$share/g/a/#', { qos: 2, retainAsPublished: true, retainHandling: 2, identifier: 9 }),
      newSubscription('b', { noLocal: true }),
    ],
  });
  await connections.connect('c');
  await vi.waitFor(() => expect(clients[0]?.packets).toHaveLength(2), patience);
  expect(clients[0]?.packets).toMatchObject([
    {
      subscriptions: [{ filter: '$share/g/a/#', qos: 2, noLocal: false, retainAsPublished: true, retainHandling: 2 }],
      properties: { subscriptionIdentifiers: [9] },
    },
    { subscriptions: [{ filter: 'b', noLocal: true }], properties: null },
  ]);
  connections.setSubscriptions('c', [newSubscription('b', { noLocal: true, alias: 'only a name' })]);
  connections.setSubscriptions('c', [newSubscription('b', { retainHandling: 1 })]);
  await vi.waitFor(
    () =>
      expect(clients[0]?.packets.slice(2)).toMatchObject([
        { type: 'unsubscribe' },
        { type: 'subscribe', subscriptions: [{ filter: 'b', noLocal: false, retainHandling: 1 }] },
      ]),
    patience,
  );
});

describe('the way back', () => {
  test('waits as mqttxx does, 7.5, 11.25, 16.875 … s, and gives up when told to', async () => {
    const { port, clients } = await broker({ connack: (_connect, attempt) => (attempt === 1 ? {} : { code: 0x88 }) });
    const bench = connectionTo(port, {
      reconnect: { ...newProfile('').reconnect, intervalSeconds: 5, multiplier: 1.5, maxIntervalSeconds: 60, jitter: 0, maxAttempts: 4 },
    });
    await bench.connections.connect('c');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    clients[0]?.drop();
    const waits: number[] = [];
    for (let attempt = 2; attempt <= 5; attempt += 1) {
      await settled(() => bench.status().phase === 'waiting');
      waits.push((bench.status().nextAttemptAt ?? 0) - Date.now());
      await vi.advanceTimersByTimeAsync(waits.at(-1) ?? 0);
      await settled(() => clients.length === attempt);
    }
    expect(waits).toEqual([7500, 11_250, 16_875, 25_313]);
    await settled(() => bench.status().phase === 'disconnected');
    expect(bench.status().lastProblem?.message).toMatch(/given up after 4 more attempts/);
  });

  test('is not gone where the profile says so, and from the first attempt on where it says so', async () => {
    const { port, clients } = await broker({ connack: (_connect, attempt) => (attempt === 1 ? { code: 0x88 } : {}) });
    const never = connectionTo(port, { reconnect: { ...newProfile('').reconnect, enabled: false } });
    await expect(never.connections.connect('c')).rejects.toMatchObject({ code: 'connect-failed' });
    await never.connections.connect('c');
    clients[1]?.drop();
    await vi.waitFor(() => expect(never.status()).toMatchObject({ phase: 'disconnected', lastProblem: { code: 'connection-lost' } }), patience);

    const other = await broker({ connack: (_connect, attempt) => (attempt === 1 ? { code: 0x88 } : {}) });
    const first = connectionTo(other.port, { reconnect: { ...newProfile('').reconnect, intervalSeconds: 0.01, retryFirst: true } });
    await expect(first.connections.connect('c')).rejects.toMatchObject({ code: 'connect-failed' });
    await vi.waitFor(() => expect(first.status().phase).toBe('connected'), patience);
  });

  test('messages wait for the connection in their order, as many as may', async () => {
    const { port, clients } = await broker();
    const bench = connectionTo(port, {
      reconnect: { ...newProfile('').reconnect, intervalSeconds: 0.2, jitter: 0 },
      limits: { maxQueuedMessages: 3, maxPayloadBytes: null },
    });
    await expect(publish(bench, 'before')).rejects.toMatchObject({ code: 'not-connected' });
    await bench.connections.connect('c');
    clients[0]?.drop();
    await vi.waitFor(() => expect(bench.status().phase).toBe('waiting'), patience);
    for (const topic of ['1', '2', '3']) expect((await publish(bench, topic)).note).toMatch(/waits until it is back/);
    await expect(publish(bench, '4')).rejects.toMatchObject({ code: 'not-connected', message: /3 messages wait/ });
    expect(bench.status().queuedMessages).toBe(3);
    await vi.waitFor(() => expect(clients[1]?.packets.map((packet) => (packet as PublishPacket).topic)).toEqual(['1', '2', '3']), patience);
    expect(bench.status().queuedMessages).toBe(0);
    await vi.waitFor(() => expect(bench.messages.filter(({ direction }) => direction === 'out')).toHaveLength(3), patience);
  });

  test('a session that outlives the connection goes on, with what was under way', async () => {
    const { port, clients } = await broker({
      connack: (_connect, attempt) => ({ sessionPresent: attempt > 1 }),
      packet: (packet, { connect }) => packet.type === 'publish' && connect.cleanStart,
    });
    const bench = connectionTo(port, {
      connectProperties: { ...newProfile('').connectProperties, sessionExpirySeconds: 60 },
      reconnect: { ...newProfile('').reconnect, intervalSeconds: 0.01 },
    });
    await bench.connections.connect('c');
    const published = publish(bench, 'under way');
    await vi.waitFor(() => expect(clients[0]?.packets).toHaveLength(1), patience);
    clients[0]?.drop();
    await published;
    expect(clients[1]?.connect).toMatchObject({ cleanStart: false, clientId: clients[0]?.connect.clientId });
    expect(clients[1]?.packets[0]).toMatchObject({ type: 'publish', dup: true, topic: 'under way' });
  });

  test('nobody waits for ever for a message of a session that is closed by hand', async () => {
    const { port, clients } = await broker({ packet: ({ type }) => type === 'publish' });
    const bench = connectionTo(port, { connectProperties: { ...newProfile('').connectProperties, sessionExpirySeconds: 60 } });
    await bench.connections.connect('c');
    const published = publish(bench, 'under way');
    published.catch(() => undefined);
    await vi.waitFor(() => expect(clients[0]?.packets).toHaveLength(1), patience);
    await bench.connections.disconnect('c');
    await expect(published).rejects.toMatchObject({ code: 'not-connected', message: /may have arrived/ });
  });

  test('is tried at once after the machine was asleep, and a dead connection is noticed', async () => {
    const { port, clients } = await broker({ packet: (packet, { connect }) => packet.type === 'pingreq' && connect.clientId === 'mute' });
    const bench = connectionTo(port, { clientId: 'mute', reconnect: { ...newProfile('').reconnect, intervalSeconds: 3600, maxIntervalSeconds: 3600 } });
    await bench.connections.connect('c');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    bench.connections.wake();
    await vi.advanceTimersByTimeAsync(5_000);
    await settled(() => bench.status().phase === 'waiting');
    expect(bench.status().lastProblem?.code).toBe('lost-asleep');
    bench.connections.wake();
    await settled(() => bench.status().phase === 'connected');
    expect(clients).toHaveLength(2);
  });
});

test('messages that are too large are counted, with their beginning', async () => {
  const { port, clients } = await broker();
  const bench = connectionTo(port, { limits: { maxQueuedMessages: 0, maxPayloadBytes: 1000 } });
  await bench.connections.connect('c');
  const message = (topic: string, size: number): PublishPacket => ({
    ...{ type: 'publish', dup: false, qos: 0, retain: false, topic, packetId: 0, properties: null, payload: new Uint8Array(size).fill(7) },
  });
  clients[0]?.send(message('fits', 1000));
  clients[0]?.send(message('large', 1001));
  await vi.waitFor(() => expect(bench.status()).toMatchObject({ droppedMessages: 1, receivedMessages: 2 }), patience);
  expect(bench.messages.map(({ topic }) => topic)).toEqual(['fits']);
  expect(bench.connections.droppedMessages('c')).toMatchObject([{ topic: 'large', sizeBytes: 1001, head: new Uint8Array(256).fill(7) }]);
});

describe('enhanced authentication', () => {
  test('SCRAM-SHA-256 proves the password to a broker without sending it', async () => {
    const users = parseUsers(await userLine('user', 'pencil'), 'users');
    const local = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null }, { users });
    cleanups.push(() => local.close());
    const port = local.listeners[0]?.port ?? 0;
    const more = { username: 'user', authentication: { kind: 'scram-sha-256' } } as const;
    const right = connectionTo(port, more, { password: 'pencil' });
    await right.connections.connect('c');
    expect(right.status().broker?.authenticationMethod).toBe('SCRAM-SHA-256');
    await expect(connectionTo(port, more, { password: 'pen' }).connections.connect('c')).rejects.toMatchObject({ data: { reason: 'bad-credentials' } });
    await expect(connectionTo(port, more).connections.connect('c')).rejects.toMatchObject({
      data: { reason: 'authentication-failed' },
      message: /needs a user name and a password/,
    });
  });

  test('challenges wait for a person, who may give up', async () => {
    const authenticationMethod = 'RIDDLE';
    const riddler = await broker({
      connack: () => null,
      packet: () => true,
    });
    const bench = connectionTo(riddler.port, { authentication: { kind: 'dialog', method: authenticationMethod, initialData: 'aGk=' } });
    const attempt = bench.connections.connect('c');
    await vi.waitFor(() => expect(riddler.clients).toHaveLength(1), patience);
    const client = riddler.clients[0];
    expect(client?.connect.properties).toMatchObject({ authenticationMethod, authenticationData: bytes('hi') });
    client?.send({ type: 'auth', code: 0x18, properties: { authenticationMethod, authenticationData: bytes('what flies?') } });
    await vi.waitFor(() => expect(bench.status().challenge).toMatchObject({ number: 1, method: authenticationMethod, data: bytes('what flies?') }), patience);
    bench.connections.answerChallenge('c', 1, bytes('time'));
    await vi.waitFor(() => expect(client?.packets).toMatchObject([{ type: 'auth', code: 0x18, properties: { authenticationData: bytes('time') } }]), patience);
    client?.send({ type: 'auth', code: 0x18, properties: { authenticationMethod, authenticationData: bytes('sure?') } });
    await vi.waitFor(() => expect(bench.status().challenge?.number).toBe(2), patience);
    expect(() => bench.connections.answerChallenge('c', 1, bytes('late'))).toThrow(/does not wait/);
    bench.connections.answerChallenge('c', 2, null);
    await expect(attempt).rejects.toMatchObject({ data: { reason: 'authentication-failed' }, message: /was not answered/ });
    expect(bench.status().challenge).toBeNull();
  });
});

/** Waits in real time while the timers are held. */
async function settled(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 20_000 && !condition(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}
