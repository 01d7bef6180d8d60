import { afterEach, describe, expect, it } from 'vitest';
import { propertyOf, type RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import type { Received } from '../../../../../test/conformance/mqtt/read-packet.ts';
import { auth, connect, disconnect, pingreq, publish, type Property } from '../../../../../test/conformance/mqtt/wire.ts';
import { connectToCore, dialCore } from '../../../../../test/support/core-client.ts';
import { ScramClient } from '../../../../../test/support/scram-client.ts';
import { parseUsers, userLine } from '../users/users-file.ts';
import { userHooks } from '../users/user-hooks.ts';
import { BrokerCore, type BrokerCoreOptions } from './broker-core.ts';
import type { AuthExchange, AuthStep, CoreHooks } from './hooks.ts';

const method = 'SCRAM-SHA-256';
const proceed = 0x18;
const again = 0x19;

const users = userHooks(parseUsers(`${await userLine('alice', 'looking-glass')}\n${await userLine('bob', 'builder')}`, 'users'));
const cores: BrokerCore[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

function startCore(hooks: CoreHooks = users, options: Partial<BrokerCoreOptions> = {}): BrokerCore {
  const core = new BrokerCore({ nowUs: () => Date.now() * 1000, hooks, ...options });
  cores.push(core);
  return core;
}

const words = (data: string | null, name = method): readonly Property[] => [
  ['authenticationMethod', name],
  ...(data === null ? [] : [['authenticationData', Buffer.from(data)] as const]),
];
const dataOf = (packet: Received): string => String(propertyOf(packet, 'authenticationData') ?? '');

async function challenged(core: BrokerCore, scram: ScramClient): Promise<readonly [client: RawClient, challenge: string]> {
  const client = dialCore(core);
  client.send(connect(5, { clientId: 'c', properties: words(scram.first) }));
  const challenge = await client.expectPacket('auth');
  expect(challenge.code).toBe(proceed);
  expect(propertyOf(challenge, 'authenticationMethod')).toBe(method);
  return [client, dataOf(challenge)];
}

async function letIn(core: BrokerCore, user = 'alice', password = 'looking-glass'): Promise<RawClient> {
  const scram = new ScramClient(user, password);
  const [client, challenge] = await challenged(core, scram);
  client.send(auth(proceed, words(scram.final(challenge))));
  const connack = await client.expectPacket('connack');
  expect(connack.code).toBe(0);
  expect(propertyOf(connack, 'authenticationMethod')).toBe(method);
  expect(dataOf(connack)).toBe(scram.serverFinal);
  return client;
}

describe('enhanced authentication (§4.12)', () => {
  it('lets in by SCRAM-SHA-256, under the name that was proved', async () => {
    const core = startCore();
    const client = await letIn(core);
    await client.ping();
    expect(core.clients()).toMatchObject([{ clientId: 'c', username: 'alice' }]);
  });

  it('refuses a wrong password and an unknown user with the same code, 0x86', async () => {
    const core = startCore();
    for (const user of ['alice', 'nobody']) {
      const scram = new ScramClient(user, 'wrong');
      const [client, challenge] = await challenged(core, scram);
      client.send(auth(proceed, words(scram.final(challenge))));
      const connack = await client.expectPacket('connack');
      expect([connack.code, propertyOf(connack, 'reasonString')]).toEqual([0x86, 'The user name or password is wrong.']);
      await client.expectClosed();
    }
    expect(core.clients()).toEqual([]);
  });

  it.each([
    ['of which the hooks know nothing', users, 'SCRAM-SHA-1'],
    ['without any hook', {}, method],
  ])('refuses a method %s with 0x8C', async (_what, hooks, name) => {
    const client = dialCore(startCore(hooks));
    client.send(connect(5, { clientId: 'c', properties: words('n,,n=alice,r=abc', name) }));
    expect((await client.expectPacket('connack')).code).toBe(0x8c);
    await client.expectClosed();
  });

  it.each([
    ['without data', words(null)],
    ['with data of another kind', words('hello')],
  ])('refuses a CONNECT %s with 0x82', async (_what, properties) => {
    const client = dialCore(startCore());
    client.send(connect(5, { clientId: 'c', properties }));
    expect((await client.expectPacket('connack')).code).toBe(0x82);
    await client.expectClosed();
  });

  it.each([
    ['AUTH with another method [MQTT-4.12.0-5]', auth(proceed, words('x', 'SCRAM-SHA-1'))],
    ['AUTH that begins again', auth(again, words('n,,n=alice,r=abc'))],
    ['AUTH that says success', auth(0, words('x'))],
    ['AUTH of two bytes', Buffer.of(0xf0, 0)],
    ['PINGREQ [MQTT-3.1.2-30]', pingreq],
    ['PUBLISH [MQTT-3.1.2-30]', publish(5, { topic: 't' })],
    ['a second CONNECT', connect(5, { clientId: 'c' })],
  ])('refuses %s during the exchange with 0x82', async (_what, packet) => {
    const [client] = await challenged(startCore(), new ScramClient('alice', 'looking-glass'));
    client.send(packet);
    expect((await client.expectPacket('connack')).code).toBe(0x82);
    await client.expectClosed();
  });

  it('lets the client go away in the middle', async () => {
    const [client] = await challenged(startCore(), new ScramClient('alice', 'looking-glass'));
    client.send(disconnect());
    await client.expectClosed();
  });

  it('ends an exchange that takes too long', async () => {
    const [client] = await challenged(startCore(users, { connectTimeoutMs: 300 }), new ScramClient('alice', 'looking-glass'));
    expect((await client.expectPacket('connack', 10_000)).code).toBe(0x82);
    await client.expectClosed();
  });

  it('authenticates again while the connection goes on (§4.12.1)', async () => {
    const client = await letIn(startCore());
    for (let round = 0; round < 2; round += 1) {
      const scram = new ScramClient('alice', 'looking-glass');
      client.send(auth(again, words(scram.first)));
      const challenge = await client.expectPacket('auth');
      expect(challenge.code).toBe(proceed);
      await client.ping();
      client.send(auth(proceed, words(scram.final(dataOf(challenge)))));
      const done = await client.expectPacket('auth');
      expect([done.code, dataOf(done)]).toEqual([0, scram.serverFinal]);
    }
  });

  it.each([
    ['with a wrong password', 'alice', 'wrong'],
    ['as somebody else', 'bob', 'builder'],
  ])('ends the connection when it is repeated %s [MQTT-4.12.1-2]', async (_what, user, password) => {
    const client = await letIn(startCore());
    const scram = new ScramClient(user, password);
    client.send(auth(again, words(scram.first)));
    client.send(auth(proceed, words(scram.final(dataOf(await client.expectPacket('auth'))))));
    await client.expectRefused(0x87);
  });

  it.each([
    ['goes on with nothing', auth(proceed, words('x'))],
    ['names another method', auth(again, words('x', 'SCRAM-SHA-1'))],
    ['says success', auth(0, words('x'))],
    ['makes no sense', auth(again, words('x'))],
  ])('ends the connection with 0x82 for an AUTH that %s', async (_what, packet) => {
    const client = await letIn(startCore());
    client.send(packet);
    await client.expectRefused(0x82);
  });

  it('ends the connection with 0x82 for AUTH without a method in CONNECT', async () => {
    const client = await connectToCore(startCore({}), 'c');
    client.send(auth(again, words('x')));
    await client.expectRefused(0x82);
  });

  it('closes when a hook fails, says that it cannot decide, and reports the bug', async () => {
    const bugs: unknown[] = [];
    const broken: AuthExchange = { step: () => Promise.reject(new Error('no database')) };
    const client = dialCore(startCore({ beginAuthentication: () => broken }, { onBug: (error) => bugs.push(error) }));
    client.send(connect(5, { clientId: 'c', properties: words('x') }));
    expect((await client.expectPacket('connack')).code).toBe(0x88);
    await client.expectClosed();
    expect(bugs).toMatchObject([{ message: 'no database' }]);
  });

  it('handles nothing of a client while its hook thinks, and forgets one that leaves', async () => {
    const answers: ((step: AuthStep) => void)[] = [];
    const core = startCore({ beginAuthentication: () => ({ step: () => new Promise((resolve) => answers.push(resolve)) }) });
    const client = dialCore(core);
    const gone = dialCore(core);
    for (const one of [client, gone]) one.send(connect(5, { clientId: one === gone ? 'gone' : 'c', properties: words('x') }), auth(proceed, words('more')));
    await expect.poll(() => answers.length).toBe(2);
    gone.drop();
    answers[0]?.({ kind: 'challenge', data: Buffer.from('go on') });
    expect(dataOf(await client.expectPacket('auth'))).toBe('go on');
    await expect.poll(() => answers.length).toBe(3);
    answers[1]?.({ kind: 'success', username: 'x', data: null });
    answers[2]?.({ kind: 'success', username: 'x', data: null });
    expect((await client.expectPacket('connack')).code).toBe(0);
    await expect.poll(() => core.clients()).toMatchObject([{ clientId: 'c' }]);
    await client.ping();
  });
});

describe('user name and password in CONNECT', () => {
  it.each([
    [3, 4],
    [4, 4],
    [5, 0x86],
  ] as const)('decide in level %i', async (level, code) => {
    const core = startCore();
    await connectToCore(core, { clientId: 'in', username: 'alice', password: 'looking-glass' }, level);
    for (const fields of [{ username: 'alice', password: 'wrong' }, { username: 'nobody', password: 'looking-glass' }, { username: 'alice' }, {}]) {
      const client = dialCore(core, level);
      client.send(connect(level, { clientId: 'out', ...fields }));
      expect((await client.expectPacket('connack')).code).toBe(code);
      await client.expectClosed();
    }
    expect(core.clients()).toMatchObject([{ clientId: 'in', username: 'alice' }]);
  });
});
