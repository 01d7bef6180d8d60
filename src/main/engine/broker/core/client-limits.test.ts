import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { memoryPair } from '../../../../../test/conformance/mqtt/streams.ts';
import { connect, publish, subscribe, type ConnectFields, type Level } from '../../../../../test/conformance/mqtt/wire.ts';
import type { Refusal } from '../broker-engine.ts';
import { BrokerCore, type BrokerCoreOptions } from './broker-core.ts';
import { hostOf } from './connect-limits.ts';

const cores: BrokerCore[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

interface Lab {
  readonly core: BrokerCore;
  readonly refusals: Refusal[];
  /** Lets time pass for the broker alone. */
  readonly pass: (ms: number) => void;
  readonly dial: (level: Level, address?: string) => RawClient;
}

function open(options: Partial<BrokerCoreOptions>): Lab {
  let now = 1000;
  const core = new BrokerCore({
    nowUs: () => 0,
    monotonicMs: () => now,
    hooks: { isOwn: ({ username }) => username === 'workbench' },
    ...options,
  });
  cores.push(core);
  const refusals: Refusal[] = [];
  core.onRefused((refusal) => refusals.push(refusal));
  const dial = (level: Level, address = '192.0.2.1:4000'): RawClient => {
    const [ours, theirs] = memoryPair();
    core.handle(theirs, { transport: 'tcp', address });
    return new RawClient(ours, level);
  };
  const pass = (ms: number): void => {
    for (const end = now + ms; now < end;) {
      now = Math.min(end, now + 200);
      core.wheel.advance();
    }
  };
  return { core, refusals, pass, dial };
}

const own: Partial<ConnectFields> = { username: 'workbench' };
const reasons = ({ refusals }: Lab): readonly string[] => refusals.map(({ reason }) => reason);

describe('connected clients', () => {
  it.each([
    [5, 0x89],
    [4, 3],
    [3, 3],
  ] as const)('beyond the most there may be are refused (level %i: code %i), and let in when one has gone', async (level, code) => {
    const lab = open({ maximumConnections: 2 });
    const first = lab.dial(level);
    await first.connect({ clientId: 'a' });
    await lab.dial(level).connect({ clientId: 'b' });
    const third = lab.dial(level);
    await third.connect({ clientId: 'c' }, code);
    await third.expectClosed();
    // Who takes over a place needs no other one, and neither does the workbench.
    await lab.dial(level).connect({ clientId: 'b' });
    await lab.dial(level).connect({ clientId: 'own', ...own });
    first.stream.destroy();
    await expect.poll(() => lab.core.clientCount).toBe(2);
    await lab.dial(level).connect({ clientId: 'c' });
    expect(reasons(lab)).toEqual(['The broker takes 2 connected clients, and all places are taken.']);
  });

  it.each([
    [5, 0x9f],
    [4, 3],
  ] as const)('of one address are so many, and those of others do not count (level %i: code %i)', async (level, code) => {
    const lab = open({ maximumConnectionsPerAddress: 1 });
    const first = lab.dial(level, '192.0.2.1:4000');
    await first.connect({ clientId: 'a' });
    await lab.dial(level, '192.0.2.1:4001').connect({ clientId: 'b' }, code);
    await lab.dial(level, '[2001:db8::1]:4001').connect({ clientId: 'c' });
    await lab.dial(level, '[2001:db8::1]:4002').connect({ clientId: 'd' }, code);
    for (const clientId of ['e', 'f']) await lab.dial(level, 'local').connect({ clientId });
    // From another address it would take a place there that is taken.
    await lab.dial(level, '192.0.2.1:4003').connect({ clientId: 'c' }, code);
    first.stream.destroy();
    await expect.poll(() => lab.core.clientCount).toBe(3);
    await lab.dial(level, '192.0.2.1:4004').connect({ clientId: 'b' });
    expect(reasons(lab)[0]).toBe('The broker takes 1 connected clients of one address, and 192.0.2.1 has as many.');
  });

  it.each([
    [5, 0x9f],
    [4, 3],
  ] as const)('that come too fast are refused before anybody is asked about them (level %i: code %i)', async (level, code) => {
    let asked = 0;
    const lab = open({ connectsPerSecond: 2, hooks: { authenticate: () => ((asked += 1), 'welcome') } });
    for (const clientId of ['a', 'b']) await lab.dial(level).connect({ clientId });
    await lab.dial(level).connect({ clientId: 'c' }, code);
    expect(asked).toBe(2);
    lab.pass(500);
    await lab.dial(level).connect({ clientId: 'c' });
    await lab.dial(level).connect({ clientId: 'd' }, code);
  });

  it('knows the host of an address', () => {
    expect(['192.0.2.1:80', '[2001:db8::1]:80', 'local'].map(hostOf)).toEqual(['192.0.2.1', '[2001:db8::1]', '']);
  });
});

describe('messages of one client', () => {
  it.each([5, 4] as const)('beyond its rate end its connection, with 0x96 where that can be said (level %i)', async (level) => {
    const lab = open({ messagesPerSecond: 3 });
    const [fast, slow, workbench] = [lab.dial(level), lab.dial(level), lab.dial(level)];
    await fast.connect({ clientId: 'fast' });
    await slow.connect({ clientId: 'slow' });
    await workbench.connect({ clientId: 'w', ...own });
    const message = publish(level, { topic: 't' });
    for (let n = 0; n < 10; n += 1) workbench.send(message);
    for (let second = 0; second < 3; second += 1) {
      slow.send(message, message, message);
      await slow.ping();
      lab.pass(1000);
    }
    await workbench.ping();
    fast.send(message, message, message, message);
    await fast.expectRefused(0x96);
    expect(reasons(lab)).toEqual(['It published more than 3 messages per second.']);
    expect(lab.core.counters.publishReceived).toBe(23);
  });

  it.each([5, 4] as const)('wait, if the limit says so, and none is lost (level %i)', async (level) => {
    const lab = open({ messagesPerSecond: 2, whenTooFast: 'wait' });
    const client = lab.dial(level);
    await client.connect({ clientId: 'fast', keepAliveSeconds: 1 });
    client.send(...Array.from({ length: 6 }, (_, n) => publish(level, { topic: 't', qos: 1, id: n + 1 })));
    // Two at once, and the one with which it was found to be too fast.
    for (let n = 1; n <= 3; n += 1) expect(await client.expectPacket('puback')).toMatchObject({ id: n });
    for (const [ms, id] of [
      [600, 4],
      [600, 5],
      [600, 6],
    ] as const) {
      await new Promise((resolve) => setImmediate(resolve));
      lab.pass(ms);
      expect(await client.expectPacket('puback')).toMatchObject({ id });
    }
    // Whom nobody reads from is not silent: its keep alive has been over meanwhile.
    lab.pass(1400);
    await client.ping();
    expect(lab.core.counters.publishSlowed).toBe(4);
    expect(reasons(lab)).toEqual([]);
  });

  it.each([5, 4, 3] as const)('with too large a payload go nowhere, and are acknowledged as the version can (level %i)', async (level) => {
    const lab = open({ maximumPayloadBytes: 10 });
    const client = lab.dial(level);
    await client.connect({ clientId: 'c' });
    client.send(subscribe(level, 1, [{ filter: '#', qos: 0 }]));
    await client.expectPacket('suback');
    const large = { payload: Buffer.alloc(11) };
    const code = level === 5 ? 0x97 : 0;
    client.send(publish(level, { topic: 'a', ...large }), publish(level, { topic: 'b', qos: 1, id: 1, ...large }));
    expect(await client.expectPacket('puback')).toMatchObject({ id: 1, code });
    client.send(publish(level, { topic: 'c', qos: 2, id: 2, ...large }));
    expect(await client.expectPacket('pubrec')).toMatchObject({ id: 2, code });
    client.send(publish(level, { topic: 'fits', payload: Buffer.alloc(10) }));
    expect(await client.expectPacket('publish')).toMatchObject({ topic: 'fits' });
    expect(lab.refusals).toMatchObject([
      { clientId: 'c', overLimit: { topic: 'a' } },
      { reason: 'Payloads may have 10 bytes: larger messages of it go nowhere.', overLimit: { topic: 'b' } },
      { overLimit: { topic: 'c' } },
    ]);
    expect(lab.core.counters.publishRefused).toBe(3);
  });

  it.each([
    [5, 0x97],
    [4, 5],
  ] as const)('are not promised as a will either (level %i: code %i)', async (level, code) => {
    const lab = open({ maximumPayloadBytes: 10 });
    await lab.dial(level).connect({ clientId: 'c', will: { topic: 'w', payload: Buffer.alloc(11) } }, code);
    await lab.dial(level).connect({ clientId: 'c', will: { topic: 'w', payload: Buffer.alloc(10) } });
  });
});

describe('subscriptions of one connection', () => {
  it.each([
    [5, 0x97],
    [4, 0x80],
    [3, 0],
  ] as const)('beyond its rate are refused as the version can (level %i: code %i)', async (level, code) => {
    const lab = open({ subscriptionsPerMinute: 2 });
    const client = lab.dial(level);
    await client.connect({ clientId: 'c' });
    const ask = async (...filters: readonly string[]): Promise<readonly number[]> => {
      client.send(
        subscribe(
          level,
          1,
          filters.map((filter) => ({ filter, qos: 0 })),
        ),
      );
      return (await client.expectPacket('suback')).codes;
    };
    expect(await ask('a', 'b', 'c')).toEqual([0, 0, code]);
    expect(lab.core.subscriptions.size).toBe(2);
    lab.pass(30_000);
    expect(await ask('c', 'd')).toEqual([0, code]);
    expect(lab.refusals).toMatchObject([{ overLimit: { topic: 'c' } }, { overLimit: { topic: 'd' } }]);
  });
});

it('is counted for nobody where there are no limits', async () => {
  const lab = open({});
  expect([lab.core.connectLimits, lab.core.hasClientLimits]).toEqual([null, false]);
  const client = lab.dial(5);
  client.send(connect(5, { clientId: 'c' }));
  await client.expectPacket('connack');
});
