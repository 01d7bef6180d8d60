import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../../../../../test/conformance/mqtt/wire.ts';
import { connectToCore, dialCore } from '../../../../../../test/support/core-client.ts';
import { FakePersistence } from '../../../../../../test/support/fake-persistence.ts';
import { BrokerCore, type BrokerCoreOptions } from '../broker-core.ts';
import { Message } from '../message.ts';
import { Session } from '../session.ts';

const cores: BrokerCore[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

function startCore(options: Partial<BrokerCoreOptions> = {}): { readonly core: BrokerCore; readonly clock: { ms: number } } {
  const clock = { ms: 1000 };
  const core = new BrokerCore({ nowUs: () => clock.ms * 1000 + 1_000_000_000, monotonicMs: () => clock.ms, ...options });
  cores.push(core);
  return { core, clock };
}

const wallMs = (clock: { readonly ms: number }): number => clock.ms + 1_000_000;
const page = { offset: 0, limit: 100 };

describe('the list of clients', () => {
  it('tells what a client is, has carried and has waiting', async () => {
    const { core, clock } = startCore();
    const client = await connectToCore(core, {
      clientId: 'c',
      keepAliveSeconds: 60,
      properties: [
        ['sessionExpiryInterval', 30],
        ['receiveMaximum', 1],
      ],
      will: { topic: 'w', payload: 'gone', qos: 1, properties: [['willDelayInterval', 5]] },
    });
    await client.subscribe({ filter: 't', qos: 1 });
    const sender = await connectToCore(core, 'sender');
    for (const payload of ['a', 'b', 'c']) await sender.publish({ topic: 't', payload, qos: 1 });
    await client.expectPacket('publish');
    clock.ms += 2000;
    await client.ping();
    const { rows } = await core.lists.clients(page);
    expect(rows[0]).toMatchObject({ clientId: 'c', version: '5', transport: 'tcp', certificateSubject: null, keepAliveSeconds: 60, connectedAt: 1_001_000 });
    expect(rows[0]?.traffic).toMatchObject({
      messagesReceived: 0,
      messagesSent: 1,
      sessionExpirySeconds: 30,
      inflight: 1,
      queuedMessages: 2,
      lastReceived: { type: 'PINGREQ', at: wallMs(clock) },
      lastSent: { type: 'PINGRESP', at: wallMs(clock) },
    });
    expect(rows[0]?.traffic?.bytesReceived).toBeGreaterThan(40);
    expect(rows[0]?.traffic?.bytesSent).toBeGreaterThan(10);
    expect(rows[1]?.traffic).toMatchObject({ messagesReceived: 3, messagesSent: 0 });
    expect(core.lists.client('c')).toMatchObject({
      client: { clientId: 'c' },
      session: { connected: true, expirySeconds: 30, hasWill: true },
      will: { topic: 'w', qos: 1, delaySeconds: 5, sizeBytes: 4 },
      limits: { receiveMaximum: 1, maximumPacketSize: null, topicAliasMaximum: 0 },
    });
    expect(core.lists.client('nobody')).toBeNull();
  });

  it('is searched and put in order', async () => {
    const { core } = startCore();
    for (const clientId of ['beta', 'alpha', 'gamma', 'Alphabet']) await connectToCore(core, clientId);
    await (await connectToCore(core, 'zero')).subscribe(['home/alpha', 'x']);
    const ids = async (query: object): Promise<readonly string[]> => (await core.lists.clients({ ...page, ...query })).rows.map(({ clientId }) => clientId);
    expect(await ids({ search: 'ALPHA' })).toEqual(['alpha', 'Alphabet', 'zero']);
    expect(await ids({ order: { by: 'clientId', descending: true } })).toEqual(['zero', 'gamma', 'beta', 'alpha', 'Alphabet']);
    expect(await ids({ order: { by: 'subscriptions', descending: true }, limit: 2 })).toEqual(['zero', 'beta']);
    expect(await ids({ order: { by: 'connectedAt', descending: true }, offset: 1, limit: 1 })).toEqual(['Alphabet']);
    expect(await ids({ search: 'nothing like it' })).toEqual([]);
  });
});

describe('a client that is disconnected by hand', () => {
  it('is told the chosen reason, and its will is published or not', async () => {
    const { core } = startCore();
    const watcher = await connectToCore(core, 'watcher');
    await watcher.subscribe('will/#');
    const will = (name: string): { topic: string; payload: string } => ({ topic: `will/${name}`, payload: 'x' });
    const usual = await connectToCore(core, { clientId: 'usual', will: will('usual') });
    const chosen = await connectToCore(core, { clientId: 'chosen', will: will('chosen') });
    const old = await connectToCore(core, { clientId: 'old', will: will('old') }, 4);
    expect(await core.disconnectClient('usual')).toBe(true);
    expect(await usual.expectPacket('disconnect')).toMatchObject({ code: 0x98, properties: [['reasonString', 'Disconnected by the operator of the broker.']] });
    expect((await watcher.receive()).topic).toBe('will/usual');
    await core.disconnectClient('chosen', { reasonCode: 0x9c, reasonString: 'Go there', serverReference: 'other:1883', publishWill: false });
    const told = await chosen.expectPacket('disconnect');
    expect(told.code).toBe(0x9c);
    expect(told.properties).toEqual(
      expect.arrayContaining([
        ['reasonString', 'Go there'],
        ['serverReference', 'other:1883'],
      ]),
    );
    await core.disconnectClient('old', { reasonCode: 0x97, publishWill: false });
    await old.expectClosed();
    await watcher.expectNothing();
    expect(await core.disconnectClient('old')).toBe(false);
  });
});

describe('the list of subscriptions', () => {
  it('has their options, is searched, and says who would get a topic', async () => {
    const { core } = startCore({ hooks: { authorizeDeliver: (clientId) => clientId !== 'denied' } });
    const one = await connectToCore(core, { clientId: 'one', properties: [['sessionExpiryInterval', 100]] });
    await one.subscribe({ filter: 'home/+', qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 });
    await one.subscribe({ filter: 'elsewhere', qos: 0 });
    await one.disconnect();
    const quiet = await connectToCore(core, { clientId: 'quiet', properties: [['sessionExpiryInterval', 100]] });
    await quiet.subscribe({ filter: '#', qos: 0 });
    await quiet.disconnect();
    for (const member of ['m1', 'm2']) await (await connectToCore(core, member)).subscribe('$share/g/home/#');
    await (await connectToCore(core, 'denied')).subscribe('home/lamp');
    expect((await core.lists.subscriptions({ ...page, search: 'HOME/+' })).rows).toEqual([
      {
        clientId: 'one',
        connected: false,
        filter: 'home/+',
        qos: 1,
        noLocal: true,
        retainAsPublished: true,
        retainHandling: 2,
        subscriptionIdentifier: 0,
        reach: null,
      },
    ]);
    const { total, rows } = await core.lists.subscriptions({ ...page, topic: 'home/lamp' });
    expect(total).toBe(5);
    expect(Object.fromEntries(rows.map(({ clientId, reach }) => [clientId, reach]))).toEqual({
      one: 'queued',
      quiet: 'offline',
      m1: 'one-of-group',
      m2: 'one-of-group',
      denied: 'not-authorised',
    });
    expect(await core.lists.subscriptions({ ...page, topic: 'home/lamp', clientId: 'm1' })).toMatchObject({ total: 1, rows: [{ filter: '$share/g/home/#' }] });
    expect((await core.lists.subscriptions({ ...page, topic: 'nowhere' })).rows.map(({ clientId }) => clientId)).toEqual(['quiet']);
  });
});

describe('what waits for a session', () => {
  it('is listed with its age, and taken out one by one or all at once, for good', async () => {
    const persistence = new FakePersistence();
    const { core, clock } = startCore({ persistence });
    await core.restore();
    const keep = { clientId: 'away', clean: false, properties: [['sessionExpiryInterval', 100]] as const };
    const away = await connectToCore(core, keep);
    await away.subscribe({ filter: 't', qos: 2 });
    const sender = await connectToCore(core, 'sender');
    await sender.publish({ topic: 't', payload: 'under way', qos: 1 });
    await away.expectPacket('publish');
    away.drop();
    await expect.poll(() => core.clientCount).toBe(1);
    for (const payload of ['one', 'two', 'three']) await sender.publish({ topic: 't', payload, qos: 2, properties: [['messageExpiryInterval', 50]] });
    clock.ms += 3000;
    const { total, rows } = core.lists.queue({ ...page, clientId: 'away' });
    expect(total).toBe(4);
    expect(rows.map(({ head, state, queuedAt, expiresInSeconds }) => [Buffer.from(head).toString(), state, queuedAt, expiresInSeconds])).toEqual([
      ['under way', 'under-way', null, null],
      ['one', 'waiting', wallMs(clock) - 3000, 47],
      ['two', 'waiting', wallMs(clock) - 3000, 47],
      ['three', 'waiting', wallMs(clock) - 3000, 47],
    ]);
    expect(core.lists.queue({ offset: 1, limit: 2, clientId: 'away' }).rows.map(({ id }) => id)).toEqual([rows[1]?.id, rows[2]?.id]);
    const dropped: unknown[] = [];
    core.inside.onTrace((event) => dropped.push(event.kind === 'dropped' ? event.reason : event.kind));
    expect(core.lists.discardQueued({ clientId: 'away', ids: [rows[0]?.id ?? 0, rows[2]?.id ?? 0, 99] })).toBe(2);
    expect(dropped).toEqual(['discarded', 'discarded']);
    expect(core.metrics().levels.queuedMessages).toBe(2);
    const back = await connectToCore(core, keep);
    expect([String((await back.receive()).payload), String((await back.receive()).payload)]).toEqual(['one', 'three']);
    await back.disconnect();
    await sender.publish({ topic: 't', payload: 'four', qos: 1 });
    expect(core.lists.discardQueued({ clientId: 'away' })).toBe(1);
    await expect.poll(() => persistence.deliveries.size).toBe(0);
    expect(core.lists.queue({ ...page, clientId: 'away' })).toEqual({ total: 0, rows: [] });
    expect(core.metrics().levels).toMatchObject({ queuedMessages: 0, queuedBytes: 0 });
    expect(() => core.lists.queue({ ...page, clientId: 'nobody' })).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it('goes with the session that is ended, which a connected client’s cannot be', async () => {
    const { core } = startCore();
    for (const clientId of ['a', 'b']) {
      const client = await connectToCore(core, { clientId, properties: [['sessionExpiryInterval', 100]] });
      await client.subscribe({ filter: clientId, qos: 1 });
      if (clientId === 'a') await client.disconnect();
    }
    await expect.poll(() => core.clientCount).toBe(1);
    expect((await core.lists.sessions({ ...page, state: 'offline' })).rows.map(({ clientId }) => clientId)).toEqual(['a']);
    expect((await core.lists.sessions({ ...page, state: 'connected', search: 'B' })).total).toBe(1);
    core.lists.endSession('a');
    expect((await core.lists.sessions({ ...page, state: 'offline' })).total).toBe(0);
    expect(core.subscriptions.size).toBe(1);
    expect(() => core.lists.endSession('a')).toThrow(expect.objectContaining({ code: 'not-found' }));
    expect(() => core.lists.endSession('b')).toThrow(expect.objectContaining({ code: 'invalid-state' }));
  });
});

describe('the list of retained messages', () => {
  it('has their age, is filtered and put in order, and gives one with its properties', async () => {
    const { core, clock } = startCore();
    const sender = await connectToCore(core, 'sender');
    await sender.publish({
      topic: 'home/a',
      payload: 'long enough',
      qos: 1,
      retain: true,
      properties: [
        ['contentType', 'text/plain'],
        ['messageExpiryInterval', 60],
      ],
    });
    clock.ms += 5000;
    await sender.publish({ topic: 'home/b', payload: 'x', qos: 1, retain: true });
    await sender.publish({ topic: 'Attic', payload: 'yy', qos: 1, retain: true });
    await core.publish({ topic: '$internal/x', payload: Buffer.from('s'), qos: 0, retain: true });
    const topics = async (query: object): Promise<readonly string[]> => (await core.lists.retained({ ...page, ...query })).rows.map(({ topic }) => topic);
    expect(await topics({})).toEqual(['home/a', 'home/b', 'Attic']);
    expect(await topics({ system: true })).toHaveLength(4);
    expect(await topics({ filter: 'home/+' })).toEqual(['home/a', 'home/b']);
    expect(await topics({ filter: '$internal/#' })).toEqual(['$internal/x']);
    expect(await topics({ search: 'ATT' })).toEqual(['Attic']);
    expect(await topics({ order: { by: 'size', descending: true } })).toEqual(['home/a', 'Attic', 'home/b']);
    expect(await topics({ order: { by: 'storedAt', descending: false }, limit: 1 })).toEqual(['home/a']);
    await expect(core.lists.retained({ ...page, filter: 'a#' })).rejects.toMatchObject({ code: 'invalid-topic' });
    expect(core.lists.retainedMessage('home/a', 4)).toMatchObject({
      sizeBytes: 11,
      payload: new Uint8Array(Buffer.from('long')),
      storedAt: wallMs(clock) - 5000,
      expiresInSeconds: 55,
      publisher: 'sender',
      properties: { contentType: 'text/plain', messageExpirySeconds: 55 },
    });
    expect(core.lists.retainedMessage('home', 4)).toBeNull();
    clock.ms += 60_000;
    expect(core.lists.retainedMessage('home/a', 4)).toBeNull();
    expect([...core.lists.retainedTopics({ filter: 'home/#' })]).toEqual(['home/b', null, null]);
  });
});

it('what is kept knows its age after a restart', async () => {
  const persistence = new FakePersistence();
  const first = startCore({ persistence });
  await first.core.restore();
  const away = await connectToCore(first.core, { clientId: 'away', properties: [['sessionExpiryInterval', 1000]] });
  await away.subscribe({ filter: 'kept', qos: 1 });
  await away.disconnect();
  await (await connectToCore(first.core, 'sender')).publish({ topic: 'kept', payload: 'x', qos: 1, retain: true });
  await first.core.close();
  const second = startCore({ persistence });
  second.clock.ms += 60_000;
  await second.core.restore();
  expect(second.core.lists.retainedMessage('kept', 1)?.storedAt).toBe(wallMs(first.clock));
  expect(second.core.lists.queue({ ...page, clientId: 'away' }).rows).toMatchObject([{ topic: 'kept', queuedAt: wallMs(first.clock), number: 0 }]);
  expect(second.core.metrics().levels.queuedMessages).toBe(1);
});

describe('a hundred thousand', () => {
  it('sessions and retained messages are paged, searched and sorted while others are served', async () => {
    const core = new BrokerCore({ nowUs: () => 0 });
    cores.push(core);
    for (let at = 0; at < 100_000; at += 1) {
      const session = new Session(core, `client-${(at * 7919) % 100_000}`, 4);
      session.expirySeconds = Infinity;
      core.sessions.set(session.clientId, session);
      core.spread(new Message(`r/${at}`, new Uint8Array(1 + (at % 100)), 0, true, null, null, Infinity), null, false);
    }
    let turns = 0;
    let next: NodeJS.Immediate;
    const turn = (): void => {
      turns += 1;
      next = setImmediate(turn);
    };
    next = setImmediate(turn);
    const sessions = await core.lists.sessions({ offset: 99_990, limit: 50, order: { by: 'clientId', descending: false } });
    expect(sessions).toMatchObject({ total: 100_000, rows: { length: 10, 9: { clientId: 'client-99999' } } });
    const found = await core.lists.sessions({ ...page, search: 'client-9999' });
    expect(found.total).toBe(11);
    expect(await core.lists.retained({ offset: 99_999, limit: 5, order: { by: 'size', descending: false } })).toMatchObject({
      total: 100_000,
      rows: { length: 1, 0: { topic: 'r/99999', sizeBytes: 100 } },
    });
    expect(await core.lists.retained({ ...page, filter: 'r/+', search: '4242' })).toMatchObject({ total: 20 });
    clearImmediate(next);
    expect(turns).toBeGreaterThan(100);
  });

  it('clients are one page away', async () => {
    const { core } = startCore();
    for (let at = 0; at < 300; at += 1) dialCore(core, 4).send(connect(4, { clientId: `c${at}` }));
    await expect.poll(() => core.clientCount).toBe(300);
    expect(await core.lists.clients({ offset: 299, limit: 10, order: { by: 'bytesReceived', descending: true } })).toMatchObject({
      total: 300,
      rows: { length: 1 },
    });
  });
});
