import { describe, expect, it } from 'vitest';
import { connectionProfileSchema } from '../../../../shared/contract/connections.ts';
import type { EngineContract } from '../../../../shared/contract/index.ts';
import type { RpcNode, RpcNodeInput } from '../../../../shared/contract/rpc-nodes.ts';
import type { CallDetail } from '../../../../shared/contract/rpc.ts';
import type { InputOf } from '../../../../shared/ipc/contract.ts';
import { defaultBrokerLimits } from '../../../../shared/mqtt/broker-limits.ts';
import { dialects } from '../../../../shared/rpc/dialects.ts';
import type { Dialect } from '../../../../shared/rpc/dialect.ts';
import { hasMosquitto, startMosquitto } from '../../../../../test/conformance/mqtt/broker-process.ts';
import { nodeTopic as topic, peerCaller, rpcNode, useNodes } from '../../../../../test/support/rpc-nodes.ts';
import { openLocalBroker, type LocalBroker } from '../../broker/local-broker.ts';
import { parseUsers, userLine } from '../../broker/users/users-file.ts';

const bench = useNodes();

describe('over a connection', () => {
  const mqttxx2 = dialects.get('mqttxx2') as Dialect;
  const overLab = (more: Partial<RpcNodeInput> = {}): RpcNode => rpcNode({ source: 'connection:lab', ...more });

  /** Another broker than the local one. */
  async function openBroker(): Promise<LocalBroker> {
    const opened = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
    bench.cleanups.push(() => opened.close());
    return opened;
  }
  async function connectLab(port: number, more: object = {}, password?: string): Promise<void> {
    const profile = connectionProfileSchema.parse({ id: 'lab', name: 'Lab', uri: `mqtt://127.0.0.1:${port}`, ...more });
    await bench.page.call('connections.save', { profile, ...(password === undefined ? {} : { secrets: { password } }) });
    await bench.page.call('connections.connect', { id: 'lab' });
  }
  const portOf = ({ listeners }: LocalBroker): number => listeners[0]?.port ?? 0;
  const callsSeen = async (): Promise<unknown> => {
    const { rows } = await bench.first(
      'callHistory.list',
      { viewId: crypto.randomUUID(), filter: { source: 'connection:lab' }, first: 0, count: 50, frozen: false },
      ({ looked }) => looked === null,
    );
    return rows.map(({ method, state, duplicates }) => ({ method, state, duplicates }));
  };

  it('goes on serving in the session of a connection that gives up the same filter', async () => {
    const broker = await openBroker();
    await connectLab(portOf(broker), {
      clientId: 'lab-client',
      subscriptions: [
        { filter: topic, qos: 0 },
        { filter: 'other', qos: 0 },
      ],
    });
    await bench.run(overLab());
    await bench.page.call('connections.setSubscriptions', { id: 'lab', subscriptions: [] });
    const filters = (): readonly string[] => broker.engine.clients().flatMap(({ subscriptions }) => subscriptions.map(({ filter }) => filter));
    await expect.poll(filters).not.toContain('other');
    const { call } = peerCaller(await bench.openPeer(portOf(broker), 'peer/answers'), mqttxx2, 'peer/answers');
    expect(await call('status')).toMatchObject({ cpu: 45.2 });
  });

  it.each([
    ['its session', '', []],
    ['its session, subscribed to everything', '', [{ filter: '#', qos: 0 }]],
    ['a session of its own', 'own-session', []],
    ['a session of its own, beside one subscribed to everything', 'own-session', [{ filter: '#', qos: 0 }]],
  ] as const)('serves in %s, and each call is seen once', async (_what, clientId, subscriptions) => {
    const broker = await openBroker();
    await connectLab(portOf(broker), { clientId: 'lab-client', subscriptions });
    expect(await bench.run(overLab({ clientId }))).toMatchObject({ clientId: clientId === '' ? 'lab-client' : clientId });
    expect(broker.engine.clients().map((client) => client.clientId)).toEqual(clientId === '' ? ['lab-client'] : ['lab-client', clientId]);
    const { call } = peerCaller(await bench.openPeer(portOf(broker), 'peer/answers'), mqttxx2, 'peer/answers');
    expect(await call('status')).toMatchObject({ cpu: 45.2 });
    expect(await call('boom')).toEqual(['RPC_EXECUTION_ERROR', 'disk failure']);
    expect(await bench.statusOf()).toMatchObject({ served: 1, failed: 1, repeated: 0 });
    await expect.poll(callsSeen).toEqual([
      { method: 'boom', state: 'failed', duplicates: 0 },
      { method: 'status', state: 'ok', duplicates: 0 },
    ]);
  });

  it('gives its subscription back, unless the connection wants it as well', async () => {
    const broker = await openBroker();
    await connectLab(portOf(broker), { clientId: 'lab-client', subscriptions: [{ filter: 'edge/wanted', qos: 0 }] });
    const filters = (): string[] => (broker.engine.clients()[0]?.subscriptions ?? []).map(({ filter }) => filter).toSorted();
    await bench.run(overLab());
    await bench.run(overLab({ id: 'twin', topic }));
    await bench.run(overLab({ id: 'wanted', topic: 'edge/wanted' }));
    expect(filters()).toEqual([topic, `${topic}/+`, 'edge/wanted', 'edge/wanted/+']);
    await bench.page.call('rpcNodes.stop', { id: 'mine' });
    expect(filters()).toContain(topic);
    for (const id of ['twin', 'wanted']) await bench.page.call('rpcNodes.stop', { id });
    await expect.poll(filters).toEqual(['edge/wanted']);
  });

  it('follows it: waits while it is away, and comes back with it', async () => {
    const broker = await openBroker();
    await connectLab(portOf(broker), { clientId: 'lab-client' });
    await bench.run(overLab());
    await bench.run(overLab({ id: 'own', clientId: 'own-session', topic: 'edge/own' }));
    await bench.page.call('connections.disconnect', { id: 'lab' });
    for (const id of ['mine', 'own'])
      await expect.poll(() => bench.statusOf(id)).toMatchObject({ phase: 'waiting', problem: { code: 'not-connected' }, clientId: null });
    await bench.page.call('connections.connect', { id: 'lab' });
    for (const id of ['mine', 'own']) await expect.poll(() => bench.statusOf(id)).toMatchObject({ phase: 'running', problem: null });
    // Cut off by the broker, it is tried again.
    await broker.engine.disconnectClient('own-session');
    await expect.poll(() => bench.statusOf('own')).toMatchObject({ phase: 'waiting', nextAttemptAt: expect.any(Number) as number });
    await expect.poll(() => bench.statusOf('own'), { timeout: 10_000 }).toMatchObject({ phase: 'running' });
    await bench.page.call('rpcNodes.stop', { id: 'own' });
    await bench.page.call('connections.remove', { id: 'lab' });
    await expect.poll(() => bench.statusOf()).toMatchObject({ phase: 'waiting', problem: { message: expect.stringMatching(/does not exist/) as string } });
  });

  it('opens a session of its own with the user and password of the connection', async () => {
    const users = parseUsers(`${await userLine('lab-user', 'secret')}\n`, 'users');
    const broker = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null }, { users });
    bench.cleanups.push(() => broker.close());
    await connectLab(portOf(broker), { clientId: 'lab-client', username: 'lab-user' }, 'secret');
    expect(await bench.run(overLab({ clientId: 'own-session' }))).toMatchObject({ clientId: 'own-session' });
    // Refused for good, it does not try again by itself.
    await bench.page.call('connections.save', {
      profile: connectionProfileSchema.parse({
        id: 'lab',
        name: 'Lab',
        uri: `mqtt://127.0.0.1:${portOf(broker)}`,
        clientId: 'lab-client',
        username: 'lab-user',
      }),
      secrets: { password: 'wrong' },
    });
    await bench.page.call('rpcNodes.stop', { id: 'mine' });
    await bench.page.call('rpcNodes.start', { id: 'mine' });
    await expect
      .poll(() => bench.statusOf())
      .toMatchObject({ phase: 'failed', problem: { code: expect.stringMatching(/bad-credentials|not-authorised/) as string } });
  });

  it('sends an error in the place of an answer that the broker does not take', async () => {
    const broker = await openLocalBroker({
      engine: 'workbench',
      host: '127.0.0.1',
      tcpPort: 0,
      webSocketPort: null,
      limits: { ...defaultBrokerLimits, maximumPacketBytes: 10_000 },
    });
    bench.cleanups.push(() => broker.close());
    await connectLab(portOf(broker));
    await bench.run(overLab({ methods: [{ name: 'large', answer: { kind: 'static', result: 'x'.repeat(20_000) } }] }));
    const { call } = peerCaller(await bench.openPeer(portOf(broker), 'peer/answers'), mqttxx2, 'peer/answers');
    expect(await call('large')).toEqual(['RPC_EXECUTION_ERROR', expect.stringMatching(/^The broker accepts packets of at most 10\d+ bytes/)]);
    expect(await bench.logOf()).toEqual([expect.stringMatching(/could not be sent/)]);
  });

  it.for(['3.1.1', '5'] as const)('serves on mosquitto over MQTT %s, and tells its presence there', async (version, { skip }) => {
    if (!hasMosquitto()) return skip('mosquitto is not installed');
    const broker = await startMosquitto(['allow_anonymous true']);
    bench.cleanups.push(() => broker.stop());
    await connectLab(broker.port, { version });
    expect(await bench.run(overLab({ clientId: 'own-session', presence: true }))).toMatchObject({ warnings: [] });
    const peer = await bench.openPeer(broker.port, 'peer/answers', { protocolVersion: 4 });
    expect(await peerCaller(peer, mqttxx2, 'peer/answers').call('status')).toMatchObject({ cpu: 45.2 });
    const watcher = await bench.openPeer(broker.port, '$presence/+');
    const said = (): unknown[] => watcher.received.map(({ text }) => (JSON.parse(text) as { status: string }).status);
    await expect.poll(said).toEqual(['online']);
    // Another client of its name: the will of the first may still come, and it does not fight for the name.
    const twin = await bench.openPeer(broker.port, 'x', { clientId: 'own-session', reconnectPeriod: 200 });
    await expect.poll(() => bench.statusOf(), { timeout: 30_000 }).toMatchObject({ phase: 'failed', problem: { code: 'taken-over' } });
    await expect.poll(() => twin.client.connected).toBe(true);
  });

  it('warns of presence without a session of its own', async () => {
    const broker = await openBroker();
    await connectLab(portOf(broker));
    expect(await bench.run(overLab({ presence: true }))).toMatchObject({ warnings: [expect.stringMatching(/session of its own/)] });
  });

  it('says why a topic is refused', async () => {
    const broker = await openLocalBroker({
      engine: 'workbench',
      host: '127.0.0.1',
      tcpPort: 0,
      webSocketPort: null,
      limits: { ...defaultBrokerLimits, wildcardSubscriptionAvailable: false },
    });
    bench.cleanups.push(() => broker.close());
    await connectLab(portOf(broker), { version: '3.1.1' });
    await bench.page.call('rpcNodes.save', overLab({ topic: 'edge/+' }));
    await bench.page.call('rpcNodes.start', { id: 'mine' });
    await expect
      .poll(() => bench.statusOf())
      .toMatchObject({ phase: 'failed', problem: { code: 'subscribe-refused', message: expect.stringMatching(/"edge\/\+"/) as string } });
  });
});

describe('calls as a node', () => {
  const called = async (more: Partial<InputOf<EngineContract['rpc.call']>> = {}): Promise<CallDetail> => {
    const input = { source: 'broker' as const, dialect: 'mqttxx2' as const, topic, method: 'status', params: null, node: 'caller', ...more };
    const { id } = await bench.page.call('rpc.call', input);
    return (await bench.first('rpc.detail', { id }, (detail) => detail?.state !== 'pending')) as CallDetail;
  };

  it.each(['mqttxx2', 'mqttxx4', 'jsonrpc', 'mqtt5'] as const)('go out in its session, and come back on its topic (%s)', async (dialect) => {
    await bench.startBroker();
    await bench.run(rpcNode({ clientId: 'server' }));
    await bench.run(rpcNode({ id: 'caller', name: 'Caller', clientId: 'me', topic: 'edge/me', timeoutMs: 5000 }));
    const detail = await called({ dialect });
    expect(detail).toMatchObject({ state: 'ok', own: true, result: { cpu: 45.2 }, duplicates: 0, timeoutMs: 5000 });
    expect(detail.replyTo).toBe(dialect === 'jsonrpc' ? `${topic}/response` : 'edge/me');
    if (dialect.startsWith('mqttxx')) expect(detail.callerId).toBe('me');
    const clients = await bench.first('broker.clients', undefined, () => true);
    expect(JSON.stringify(clients)).not.toContain('workbench-rpc');
  });

  it('are limited by it: the one too many fails at once with 3004', async () => {
    await bench.startBroker();
    await bench.run(rpcNode({ id: 'caller', topic: 'edge/me', maxConcurrentCalls: 2, timeoutMs: 60_000 }));
    await bench.run(rpcNode({ methods: [{ name: 'status', answer: { kind: 'static', result: 1 }, faults: { dropRate: 1 } }] }));
    const ask = { source: 'broker' as const, dialect: 'mqttxx2' as const, topic, method: 'status', params: null, node: 'caller' };
    for (let n = 0; n < 2; n += 1) await bench.page.call('rpc.call', ask);
    expect(await called()).toMatchObject({ state: 'failed', error: { code: 3004, message: expect.stringMatching(/^2 calls/) as string } });
    await expect.poll(() => bench.statusOf('caller')).toMatchObject({ pendingCalls: 2 });
    // Others are not concerned.
    await bench.run(rpcNode({ id: 'free', topic: 'edge/free' }));
    expect(await called({ node: undefined, timeoutMs: 50 })).toMatchObject({ state: 'timed-out' });
    await bench.page.call('rpcNodes.stop', { id: 'caller' });
    await expect.poll(() => bench.statusOf('caller')).toMatchObject({ pendingCalls: 0 });
  });

  it('with free reply topics warn where nothing is subscribed', async () => {
    await bench.startBroker();
    await bench.run(rpcNode({ id: 'caller', topic: 'edge/me', replies: 'manual' }));
    await bench.run(rpcNode());
    expect(await called({ replyTo: 'edge/me' })).toMatchObject({ state: 'ok', steps: [{ at: 'sent' }, {}, {}] });
    const unheard = await called({ replyTo: 'some/where' });
    expect(unheard.steps[0]).toEqual({ at: 'sent', afterMs: 0, note: expect.stringMatching(/subscribed to "some\/where"/) as string });
  });

  it('are refused while it does not run, or for another source', async () => {
    await bench.startBroker();
    await bench.page.call('rpcNodes.save', rpcNode({ id: 'caller', name: 'Caller', topic: 'edge/me' }));
    await expect(called()).rejects.toMatchObject({ code: 'invalid-state', message: 'The node "Caller" is not running.' });
    await expect(called({ node: 'nobody' })).rejects.toMatchObject({ code: 'not-found' });
    await bench.run(rpcNode({ id: 'caller', name: 'Caller', topic: 'edge/me' }));
    await expect(called({ source: 'connection:lab' })).rejects.toMatchObject({ code: 'bad-input' });
  });
});

it('a node that is being removed cannot be started any more', async () => {
  await bench.startBroker();
  await bench.run(rpcNode());
  const removing = bench.page.call('rpcNodes.remove', { id: 'mine' });
  await expect(bench.page.call('rpcNodes.start', { id: 'mine' })).rejects.toMatchObject({ code: 'not-found' });
  await removing;
  expect(await bench.statusOf()).toBeUndefined();
  await bench.first('broker.clients', undefined, (clients) => clients.every(({ clientId }) => clientId !== 'mine'));
});

it('a node that is saved while it is being removed is there again', async () => {
  await bench.startBroker();
  await bench.run(rpcNode());
  const removing = bench.page.call('rpcNodes.remove', { id: 'mine' });
  await bench.page.call('rpcNodes.save', rpcNode({ name: 'Again' }));
  await removing;
  expect((await bench.first('rpcNodes.watch', undefined)).nodes).toMatchObject([{ name: 'Again' }]);
  expect(await bench.statusOf()).toMatchObject({ phase: 'stopped' });
});
