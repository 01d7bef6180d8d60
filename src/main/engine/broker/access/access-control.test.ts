import { afterEach, describe, expect, it } from 'vitest';
import { propertyOf } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { auth, connect, type Property } from '../../../../../test/conformance/mqtt/wire.ts';
import { connectToCore, dialCore } from '../../../../../test/support/core-client.ts';
import { ScramClient } from '../../../../../test/support/scram-client.ts';
import type { AccessRule } from '../../../../shared/broker/access/access-rules.ts';
import { openAccess, type AccessSettings, type BrokerUser } from '../../../../shared/contract/broker-access.ts';
import type { TraceEvent } from '../../../../shared/contract/broker-inside.ts';
import type { Refusal } from '../broker-engine.ts';
import { BrokerCore } from '../core/broker-core.ts';
import { AccessControl } from './access-control.ts';
import { previewAccess } from './access-preview.ts';
import { makeUser } from './make-user.ts';

const cores: BrokerCore[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

interface Setup {
  readonly core: BrokerCore;
  readonly control: AccessControl;
  readonly denials: Refusal[];
  change(settings: Partial<AccessSettings>, users?: readonly BrokerUser[]): void;
}

const own = { username: 'workbench', password: 'own secret' };

function setUp(settings: Partial<AccessSettings>, users: readonly BrokerUser[] = []): Setup {
  const config = (changed: Partial<AccessSettings>, who: readonly BrokerUser[]) => ({ settings: { ...openAccess, ...changed }, users: [...who], own });
  const control = new AccessControl(config(settings, users));
  const bugs: unknown[] = [];
  const core = new BrokerCore({ nowUs: () => Date.now() * 1000, hooks: control, onBug: (error) => bugs.push(error) });
  const denials: Refusal[] = [];
  cores.push(core);
  control.attach({
    *subscriptions() {
      for (const { clientId, subscriptions } of core.sessions.values()) for (const filter of subscriptions.keys()) yield { clientId, filter };
    },
    end: (clientId, reason) => core.expel(clientId, reason),
    denied: (refusal) => core.reportDenial(refusal),
  });
  core.onRefused((refusal) => denials.push(refusal));
  return { core, control, denials, change: (changed, who = users) => control.change(config(changed, who)) };
}

const rule = (effect: 'allow' | 'deny', filter: string, action: AccessRule['action'] = 'both', more: Partial<AccessRule> = {}): AccessRule => ({
  effect,
  filter,
  action,
  ...more,
});
const alice = await makeUser('alice', 'looking-glass', true);
const bob = await makeUser('bob', 'builder', false);
const login = { login: 'users', anonymous: false } as const;

describe('login', () => {
  it.each([
    [5, 0x86, 0x87],
    [4, 4, 5],
    [3, 4, 5],
  ] as const)('lets in users with their password and tells the others why not, in level %i', async (level, wrong, nameless) => {
    const { core } = setUp(login, [alice, bob]);
    await dialCore(core, level).connect({ clientId: 'a', username: 'alice', password: 'looking-glass' });
    await dialCore(core, level).connect({ clientId: 'a2', username: 'alice', password: 'looking-glass' });
    await dialCore(core, level).connect({ clientId: 'b', username: 'alice', password: 'builder' }, wrong);
    await dialCore(core, level).connect({ clientId: 'c', username: 'mallory', password: 'x' }, wrong);
    await dialCore(core, level).connect({ clientId: 'd', username: 'bob' }, wrong);
    await dialCore(core, level).connect({ clientId: 'e' }, nameless);
    expect(core.clients().map(({ clientId }) => clientId)).toEqual(['a', 'a2']);
  });

  it('lets in clients without a name where that is allowed, and the workbench itself always', async () => {
    const { core } = setUp({ ...login, anonymous: true, otherwise: 'deny' }, [alice]);
    const nameless = await connectToCore(core, 'x');
    expect((await nameless.publish({ topic: 't', qos: 1 })).code).toBe(0x87);
    const ours = await connectToCore(core, { clientId: 'w', ...own });
    expect((await ours.subscribe('#')).codes).toEqual([2]);
    await dialCore(core).connect({ clientId: 'v', username: own.username, password: 'guess' }, 0x86);
  });

  it('takes SCRAM-SHA-256 of users that have the keys for it', async () => {
    const { core } = setUp(login, [alice, bob]);
    for (const [name, password, code] of [
      ['alice', 'looking-glass', 0],
      ['bob', 'builder', 0x86],
    ] as const) {
      const scram = new ScramClient(name, password);
      const client = dialCore(core);
      const withData = (data: string): Property[] => [
        ['authenticationMethod', 'SCRAM-SHA-256'],
        ['authenticationData', Buffer.from(data)],
      ];
      client.send(connect(5, { clientId: name, properties: withData(scram.first) }));
      const challenge = await client.expectPacket('auth');
      client.send(auth(0x18, withData(scram.final(String(propertyOf(challenge, 'authenticationData'))))));
      expect((await client.expectPacket('connack')).code).toBe(code);
    }
  });

  it('ends who would not get in any more, and nobody else', async () => {
    const { core, change } = setUp({ ...login, anonymous: true }, [alice, bob]);
    const a = await connectToCore(core, { clientId: 'a', username: 'alice', password: 'looking-glass' });
    await connectToCore(core, { clientId: 'b', username: 'bob', password: 'builder' });
    const nameless = await connectToCore(core, 'n', 4);
    await connectToCore(core, { clientId: 'w', ...own });
    change(login, [{ ...bob }]);
    expect((await a.expectPacket('disconnect')).code).toBe(0x87);
    await nameless.expectClosed();
    expect(core.clients().map(({ clientId }) => clientId)).toEqual(['b', 'w']);
  });
});

describe('rules', () => {
  const rules = [rule('deny', 'secret/#'), rule('allow', 'own/%c/#'), rule('allow', 'news/#', 'subscribe')];

  it('are answered with the codes of each version', async () => {
    const { core, denials } = setUp({ rules, otherwise: 'deny' });
    const v5 = await connectToCore(core, 'a');
    expect((await v5.publish({ topic: 'own/a/x', qos: 1 })).code).toBe(0x10);
    expect((await v5.publish({ topic: 'own/b/x', qos: 1 })).code).toBe(0x87);
    expect((await v5.publish({ topic: 'news/x', qos: 2 })).code).toBe(0x87);
    expect((await v5.subscribe(['own/a/#', 'own/#', 'news/+', '$share/g/news/x', '#'])).codes).toEqual([2, 0x87, 2, 2, 0x87]);
    const v4 = await connectToCore(core, 'b', 4);
    // No way to say no (§3.3.5 of 3.1.1): acknowledged, and it goes nowhere.
    expect((await v4.publish({ topic: 'own/a/x', qos: 1 })).code).toBe(0);
    expect((await v4.publish({ topic: 'own/a/x', qos: 2 })).code).toBe(0);
    expect((await v4.subscribe(['own/b/#', '#'])).codes).toEqual([2, 0x80]);
    await v5.expectNothing();
    expect(denials.map(({ clientId, denied, reason }) => [clientId, denied?.action, denied?.topic, reason])).toEqual([
      ['a', 'publish', 'own/b/x', 'May not publish to “own/b/x”: no rule allows it.'],
      ['a', 'publish', 'news/x', 'May not publish to “news/x”: no rule allows it.'],
      ['a', 'subscribe', 'own/#', 'May not subscribe to “own/#”: no rule allows it.'],
      ['a', 'subscribe', '#', 'May not subscribe to “#”: rule 1.'],
      ['b', 'publish', 'own/a/x', 'May not publish to “own/a/x”: no rule allows it.'],
      ['b', 'publish', 'own/a/x', 'May not publish to “own/a/x”: no rule allows it.'],
      ['b', 'subscribe', '#', 'May not subscribe to “#”: rule 1.'],
    ]);
  });

  it.each([
    [5, 0x87],
    [4, 5],
  ] as const)('are asked about a will before its client is let in, in level %i', async (level, code) => {
    const { core } = setUp({ rules, otherwise: 'deny' });
    await dialCore(core, level).connect({ clientId: 'a', will: { topic: 'own/b/gone' } }, code);
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe('own/reader/#');
    const owner = await connectToCore(core, { clientId: 'b', will: { topic: 'own/b/gone' } }, level);
    expect(core.clientCount).toBe(2);
    owner.drop();
  });

  it('that become stricter hold for what was subscribed before, as “Who got it?” tells', async () => {
    const { core, change } = setUp({});
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe('#');
    const writer = await connectToCore(core, 'writer');
    change({ rules: [rule('deny', 'secret/#', 'subscribe')] });
    const traced: TraceEvent[] = [];
    core.inside.onTrace((event) => traced.push(event));
    await writer.publish({ topic: 'secret/x', qos: 1 });
    await writer.publish({ topic: 'open', qos: 1 });
    expect((await reader.receive()).topic).toBe('open');
    expect(traced.map((event) => (event.kind === 'routed' ? event.receivers.map(({ clientId, state }) => [clientId, state]) : event.kind))).toEqual([
      [['reader', 'not-authorised']],
      [['reader', 'written']],
    ]);
    change({});
    await writer.publish({ topic: 'secret/x', qos: 1 });
    expect((await reader.receive()).topic).toBe('secret/x');
  });

  it('that refused a subscription are the reason why its client did not get a message, as “Who got it?” tells', async () => {
    const { core } = setUp({ rules: [rule('deny', 'secret/#', 'subscribe')] });
    const reader = await connectToCore(core, 'reader');
    await reader.subscribe(['secret/#', 'open']);
    const writer = await connectToCore(core, 'writer');
    const traced: TraceEvent[] = [];
    core.inside.onTrace((event) => traced.push(event));
    const told = (): unknown[] =>
      traced.map((event) => (event.kind === 'routed' ? event.receivers.map(({ clientId, filters, state }) => [clientId, ...filters, state]) : event.kind));
    await writer.publish({ topic: 'secret/x', qos: 1 });
    await writer.publish({ topic: 'open', qos: 1 });
    await writer.publish({ topic: 'other', qos: 1 });
    expect(told()).toEqual([[['reader', 'secret/#', 'not-authorised']], [['reader', 'open', 'written']], []]);
    reader.drop();
    await expect.poll(() => core.clientCount).toBe(1);
    traced.length = 0;
    await writer.publish({ topic: 'secret/x', qos: 1 });
    expect(told()).toEqual([[]]);
  });

  it('are for the user that was proved', async () => {
    const { core } = setUp({ ...login, rules: [rule('allow', 'home/%u/#')], otherwise: 'deny' }, [alice]);
    const client = await connectToCore(core, { clientId: 'c', username: 'ali\u00adce', password: 'looking-glass' });
    expect((await client.publish({ topic: 'home/alice/x', qos: 1 })).code).toBe(0x10);
    expect((await client.publish({ topic: 'home/bob/x', qos: 1 })).code).toBe(0x87);
  });
});

describe('a user from a certificate', () => {
  const ruled: Partial<AccessSettings> = { otherwise: 'deny', rules: [rule('allow', 'of/%u/#', 'both', { user: 'device-1' })] };

  it('stands in place of the name in CONNECT, and needs no password', async () => {
    const { core } = setUp({ ...login, ...ruled }, [alice]);
    const client = dialCore(core, 5, { certificateUser: 'device-1' });
    await client.connect({ clientId: 'd', username: 'alice', password: 'wrong' });
    expect((await client.publish({ topic: 'of/device-1/x', qos: 1 })).code).toBe(0x10);
    expect((await client.publish({ topic: 'of/alice/x', qos: 1 })).code).toBe(0x87);
    expect(core.clients()).toMatchObject([{ clientId: 'd', username: 'device-1' }]);
  });

  it.each([
    [5, 0x87],
    [4, 5],
  ] as const)('that is not in it lets nobody in, even where anybody may (level %i: code %i)', async (level, code) => {
    const { core, denials } = setUp({});
    await dialCore(core, level, { certificateUser: null }).connect({ clientId: 'd', username: 'alice' }, code);
    expect(denials).toMatchObject([{ reason: 'Its certificate holds no name of the kind that this listener takes users from.' }]);
  });

  it('is not proved again in another way', async () => {
    const { core } = setUp(login, [alice]);
    const client = dialCore(core, 5, { certificateUser: 'device-1' });
    client.send(connect(5, { clientId: 'd', properties: [['authenticationMethod', 'SCRAM-SHA-256']] }));
    expect((await client.expectPacket('connack')).code).toBe(0x8c);
  });

  it('stays connected when users and login change', async () => {
    const { core, change } = setUp({});
    const client = dialCore(core, 5, { certificateUser: 'device-1' });
    await client.connect({ clientId: 'd' });
    change(login, []);
    await client.ping();
  });
});

describe('a preview', () => {
  it('says which subscriptions and publishes edited rules would change, and changes nothing', async () => {
    const { core, control } = setUp({ rules: [rule('deny', 'locked', 'subscribe')] });
    const reader = await connectToCore(core, { clientId: 'reader', username: 'alice' });
    await reader.subscribe(['news/#', 'a/b', 'locked']);
    for (const topic of ['a/b', 'a/b', 'c']) await reader.publish({ topic, qos: 1 });
    const ours = await connectToCore(core, { clientId: 'w', ...own });
    await ours.subscribe('#');
    const preview = await previewAccess(control, {
      ...openAccess,
      rules: [rule('allow', 'a/#', 'both', { user: 'alice' }), rule('allow', 'locked')],
      otherwise: 'deny',
    });
    expect(preview).toEqual({
      changes: [
        {
          clientId: 'reader',
          username: 'alice',
          action: 'subscribe',
          target: 'news/#',
          count: 1,
          before: { allowed: true, rule: null },
          after: { allowed: false, rule: null },
        },
        {
          clientId: 'reader',
          username: 'alice',
          action: 'subscribe',
          target: 'locked',
          count: 1,
          before: { allowed: false, rule: 0 },
          after: { allowed: true, rule: 1 },
        },
        {
          clientId: 'reader',
          username: 'alice',
          action: 'publish',
          target: 'c',
          count: 1,
          before: { allowed: true, rule: null },
          after: { allowed: false, rule: null },
        },
      ],
      omitted: 0,
      subscriptions: 4,
      publishes: 3,
      leaving: [],
      leavingTotal: 0,
      unknown: 0,
    });
    expect((await reader.publish({ topic: 'c', qos: 1 })).code).toBe(0);
  });

  it('says who would have to go', async () => {
    const { core, control } = setUp({}, [alice]);
    await connectToCore(core, { clientId: 'nameless' });
    await connectToCore(core, { clientId: 'unasked', username: 'alice' });
    await connectToCore(core, { clientId: 'w', ...own });
    await dialCore(core, 5, { certificateUser: 'device-1' }).connect({ clientId: 'certified' });
    const leaving = async (anonymous: boolean): Promise<unknown> => (await previewAccess(control, { ...openAccess, login: 'users', anonymous })).leaving;
    const unasked = { clientId: 'unasked', username: 'alice' };
    expect(await leaving(true)).toEqual([unasked]);
    expect(await leaving(false)).toEqual([{ clientId: 'nameless', username: null }, unasked]);
    expect(core.clientCount).toBe(4);
  });

  it('looks at the last thousand publishes and tells of two hundred changes', async () => {
    const { core, control } = setUp({});
    const client = await connectToCore(core, 'c');
    for (let at = 0; at < 1200; at += 1) await client.publish({ topic: `t/${at}` });
    await client.ping();
    const preview = await previewAccess(control, { ...openAccess, otherwise: 'deny' });
    expect([preview.publishes, preview.changes.length, preview.omitted]).toEqual([1000, 200, 800]);
  });
});
