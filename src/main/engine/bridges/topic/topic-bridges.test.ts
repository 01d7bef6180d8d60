import { afterEach, describe, expect, test } from 'vitest';
import { bridge, closeAll, device, until, workbenchBroker } from '../../../../../test/support/bridge-bench.ts';
import { markName } from './carried-message.ts';

afterEach(closeAll);

const both = (filter: string, more: object = {}): object => ({ direction: 'both', filter, ...more });
/** Long enough for a message to have gone round several times. */
async function settled(...counts: (() => number)[]): Promise<void> {
  for (let before = ''; ;) {
    const now = counts.map((count) => count()).join();
    if (now === before) return;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

describe('messages', () => {
  test('are carried with their prefixes, QoS, Retain and properties', async () => {
    const [local, remote] = [await workbenchBroker(), await workbenchBroker()];
    const rules = [
      { direction: 'out', filter: 'sensors/#', localPrefix: 'lab/', remotePrefix: 'site/a/', qos: 1 },
      { direction: 'in', filter: '#', localPrefix: 'orders/', remotePrefix: 'site/a/orders/', qos: 2, retain: 'clear' },
      { direction: 'out', filter: '', localPrefix: 'one/topic', remotePrefix: 'another/topic', qos: 0 },
    ];
    const { status, connected } = bridge(local, remote.port, { rules });
    const near = await device(local.port, ['orders/#']);
    const far = await device(remote.port, ['site/#', 'another/#']);
    await connected();
    const properties = {
      contentType: 'text/plain',
      correlationData: Uint8Array.of(1, 2),
      responseTopic: 'r',
      messageExpirySeconds: 100,
      payloadIsUtf8: true,
      userProperties: [['a', '1'] as const],
    };
    await near.publish('lab/sensors/t', '21', { qos: 2, retain: true, properties });
    await near.publish('lab/other', 'stays');
    await near.publish('one/topic', 'exact', { qos: 1 });
    await far.publish('site/a/orders/open', 'go', { qos: 2, retain: true });
    await until(() => far.messages.length >= 3 && near.messages.length === 1);
    expect(near.messages).toMatchObject([{ topic: 'orders/open', qos: 2, retain: false }]);
    const carried = far.messages.find(({ topic }) => topic === 'site/a/sensors/t');
    expect(carried).toMatchObject({
      qos: 1,
      retain: true,
      properties: {
        ...properties,
        messageExpirySeconds: expect.any(Number) as number,
        userProperties: [
          ['a', '1'],
          [markName, expect.any(String)],
        ],
      },
    });
    expect(far.messages.find(({ topic }) => topic === 'another/topic')).toMatchObject({ qos: 0 });
    expect(status()).toMatchObject({
      messagesOut: 2,
      messagesIn: 1,
      queued: 0,
      dropped: 0,
      looped: 0,
      guard: 'no-local',
      rules: [{ out: 1 }, { in: 1 }, { out: 1 }],
    });
    expect(local.broker.engine.clients().map(({ clientId, username }) => [clientId, username])).toContainEqual(['bridge-b', 'workbench']);
  });

  test.each([
    ['workbench', '5', 'no-local'],
    ['workbench', '3.1.1', 'private'],
    ['aedes', '3.1.1', 'private'],
  ] as const)('are carried both ways once, with %s and MQTT %s at the other end', async (engine, version, guard) => {
    const [local, remote] = [await workbenchBroker(engine), await workbenchBroker(engine)];
    const { status, connected } = bridge(local, remote.port, { version, rules: [both('t/#')] });
    const near = await device(local.port, ['t/#'], '3.1.1');
    const far = await device(remote.port, ['t/#'], '3.1.1');
    await connected();
    for (let at = 0; at < 5; at += 1) {
      await near.publish('t/near', `n${at}`);
      await far.publish('t/far', `f${at}`);
    }
    await until(() => near.messages.length >= 10 && far.messages.length >= 10);
    await settled(
      () => near.messages.length,
      () => far.messages.length,
    );
    expect([...new Set(near.texts())]).toHaveLength(10);
    expect(near.messages).toHaveLength(10);
    expect(far.messages).toHaveLength(10);
    expect(status()).toMatchObject({ messagesIn: 5, messagesOut: 5, guard });
  });

  test('wait for the remote in their order, and what there is no room for is counted', async () => {
    const local = await workbenchBroker();
    const remote = await workbenchBroker();
    const { port } = remote;
    const { status, connected } = bridge(local, port, { rules: [both('t/#')], queueMessages: 50 });
    await connected();
    await remote.stop();
    await until(() => status().phase === 'retrying');
    expect(status()).toMatchObject({ problem: { message: expect.stringContaining('shutting down') as string }, nextAttemptAt: expect.any(Number) as number });
    const near = await device(local.port);
    for (let at = 0; at < 60; at += 1) await near.publish('t/n', String(at));
    await near.publish('t/n', 'lost', { qos: 0 });
    await until(() => status().dropped === 11);
    expect(status()).toMatchObject({ queued: 50 });
    const again = await workbenchBroker('workbench', port);
    const far = await device(again.port, ['t/#']);
    await until(() => far.messages.length === 50);
    expect(far.texts()).toEqual(Array.from({ length: 50 }, (_, at) => `t/n=${at}`));
    await until(() => status().queued === 0);
    expect(status()).toMatchObject({ phase: 'connected', messagesOut: 50, dropped: 11, problem: null });
  });

  test('are kept by the remote while the local broker is away', async () => {
    const local = await workbenchBroker();
    const remote = await workbenchBroker();
    const far = await device(remote.port);
    let current = local;
    const { bridges, status, connected } = bridge({ status: () => current.status() }, remote.port, { rules: [both('t/#')], autoStart: true });
    await connected();
    await local.stop();
    bridges.sourcesChanged();
    await until(() => status().phase === 'waiting');
    expect(status().problem?.code).toBe('broker-not-running');
    await until(() => remote.broker.engine.clients().every(({ clientId }) => clientId !== 'bridge-b'));
    for (let at = 0; at < 5; at += 1) await far.publish('t/f', String(at));
    current = await workbenchBroker();
    const near = await device(current.port, ['t/#']);
    bridges.sourcesChanged();
    await until(() => near.messages.length === 5);
    expect(status()).toMatchObject({ phase: 'connected', messagesIn: 5, problem: null });
  });
});

describe('in a circle', () => {
  test('of two workbenches that are bridged both ways to each other, a message does not go round', async () => {
    const [one, two] = [await workbenchBroker(), await workbenchBroker()];
    const forth = bridge(one, two.port, { rules: [both('t/#')] });
    const back = bridge(two, one.port, { rules: [both('t/#')], clientId: 'back' });
    const at1 = await device(one.port, ['t/#']);
    const at2 = await device(two.port, ['t/#']);
    await forth.connected();
    await back.connected();
    await at1.publish('t/a', 'x');
    await until(() => at2.messages.length > 0);
    await settled(
      () => at1.messages.length,
      () => at2.messages.length,
    );
    // Each bridge carries it over, and what the other one has brought back: then it has been everywhere.
    expect(at1.messages.length).toBeLessThanOrEqual(3);
    expect(at2.messages.length).toBeLessThanOrEqual(2);
    expect(forth.status().looped + back.status().looped).toBeGreaterThan(0);
  });

  test('of three brokers a message ends where it began', async () => {
    const brokers = [await workbenchBroker(), await workbenchBroker(), await workbenchBroker()] as const;
    const ring = brokers.map((broker, at) => bridge(broker, brokers[(at + 1) % 3]!.port, { clientId: `ring-${at}`, rules: [both('t/#')] }));
    const devices = await Promise.all(brokers.map(({ port }) => device(port, ['t/#'])));
    for (const one of ring) await one.connected();
    await devices[0]!.publish('t/a', 'x');
    await until(() => devices.every(({ messages }) => messages.length > 0));
    await settled(
      ...devices.map(
        ({ messages }) =>
          () =>
            messages.length,
      ),
    );
    // Both ways round at most.
    for (const { messages } of devices) expect(messages.length).toBeLessThanOrEqual(3);
  });

  test('over MQTT 3.1.1, what went out and comes back by another way is known where that is asked for', async () => {
    const [local, remote] = [await workbenchBroker(), await workbenchBroker()];
    const rules = [
      { direction: 'out', filter: 'x', localPrefix: 'a/', remotePrefix: 'b/' },
      { direction: 'in', filter: 'x', localPrefix: 'a/', remotePrefix: 'c/' },
    ];
    const { status, connected } = bridge(local, remote.port, { version: '3.1.1', rules, returnsSeconds: 60 });
    const near = await device(local.port, ['a/#']);
    // Somebody else brings it back, as a bridge of MQTT 3.1.1 would.
    const other = await device(remote.port, ['b/#'], '3.1.1');
    await connected();
    await near.publish('a/x', 'round');
    await until(() => other.messages.length === 1);
    await other.publish('c/x', 'round');
    await other.publish('c/x', 'new');
    await until(() => near.messages.length === 2);
    expect(near.texts()).toEqual(['a/x=round', 'a/x=new']);
    expect(status()).toMatchObject({ looped: 1 });
  });
});

describe('what cannot work', () => {
  test('is said in plain words', async () => {
    const local = await workbenchBroker();
    const gone = bridge(local, 1, { rules: [both('#')], remote: { kind: 'connection', id: 'gone' } });
    await until(() => gone.status().phase === 'failed');
    expect(gone.status().problem).toMatchObject({ message: 'Its connection does not exist (any more).', advice: expect.any(String) as string });
    expect(() => bridge(local, 1, { rules: [{ direction: 'in', filter: 'a/#/b' }] })).toThrow(/Rule 1: "#" may only stand alone/);
    const stopped = bridge({ status: () => ({ ...local.status(), phase: 'stopped' }) }, 1, { rules: [both('#')] });
    expect(stopped.status()).toMatchObject({ phase: 'waiting', problem: { code: 'broker-not-running' } });
    await stopped.bridges.stop('b');
    expect(stopped.status().phase).toBe('stopped');
  });

  test('a filter that a broker refuses stands at its rule', async () => {
    const { openLocalBroker } = await import('../../broker/local-broker.ts');
    const { defaultBrokerLimits } = await import('../../../../shared/mqtt/broker-limits.ts');
    const local = await workbenchBroker();
    const strict = await openLocalBroker({
      engine: 'workbench',
      host: '127.0.0.1',
      tcpPort: 0,
      webSocketPort: null,
      limits: { ...defaultBrokerLimits, wildcardSubscriptionAvailable: false },
    });
    const { status, connected } = bridge(local, strict.listeners[0]?.port ?? 0, { rules: [both('t/#'), { direction: 'in', filter: 't/x' }] });
    await connected();
    expect(status().rules).toMatchObject([{ refused: expect.stringMatching(/^The remote broker: .*[Ww]ildcard/) as string }, { refused: null }]);
    await strict.close();
  });
});
