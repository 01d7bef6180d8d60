import { afterEach, describe, expect, it } from 'vitest';
import { connectToCore, dialCore } from '../../../../../../test/support/core-client.ts';
import { FakePersistence } from '../../../../../../test/support/fake-persistence.ts';
import type { RawClient } from '../../../../../../test/conformance/mqtt/raw-client.ts';
import { ack, connect, publish, subscribe } from '../../../../../../test/conformance/mqtt/wire.ts';
import { BrokerCore } from '../broker-core.ts';

const cores: { readonly core: BrokerCore; readonly kept: FakePersistence }[] = [];
afterEach(async () => {
  for (const { core, kept } of cores.splice(0)) {
    kept.failure = null;
    kept.release();
    await core.close();
  }
});

interface Setup {
  readonly core: BrokerCore;
  readonly kept: FakePersistence;
  readonly problems: (string | null)[];
}

async function start(): Promise<Setup> {
  const kept = new FakePersistence();
  const problems: (string | null)[] = [];
  const core = new BrokerCore({
    nowUs: () => Date.now() * 1000,
    persistence: kept,
    onPersistenceProblem: (problem) => problems.push(problem),
    onBug: (error) => {
      throw error;
    },
  });
  cores.push({ core, kept });
  await core.restore();
  return { core, kept, problems };
}

const forEver = [['sessionExpiryInterval', 0xffff_ffff]] as const;

async function keeper(core: BrokerCore, clientId: string, qos: number, filter = 't'): Promise<RawClient> {
  const client = await connectToCore(core, { clientId, clean: false, properties: forEver });
  await client.subscribe({ filter, qos });
  return client;
}

/** A session with a subscription and no connection. */
async function away(core: BrokerCore, clientId: string, qos: number, filter = 't'): Promise<void> {
  const client = await keeper(core, clientId, qos, filter);
  await client.disconnect();
}

const settled = (kept: FakePersistence): Promise<void> => expect.poll(() => kept.isWaiting).toBe(true);

describe('what is acknowledged is kept', () => {
  it('PUBACK and PUBREC come after the message is kept for every session, and in the order of the messages', async () => {
    const { core, kept } = await start();
    await away(core, 'one', 1);
    await away(core, 'two', 2);
    const publisher = await connectToCore(core, 'publisher');
    kept.isSlow = true;
    publisher.send(
      publish(5, { topic: 't', payload: 'a', qos: 1, id: 1 }),
      publish(5, { topic: 't', payload: 'b', qos: 2, id: 2 }),
      // Nobody keeps this one, but it may not overtake the others.
      publish(5, { topic: 'nobody', payload: 'c', qos: 1, id: 3 }),
    );
    await settled(kept);
    await publisher.expectNothing();
    expect(kept.deliveries.size).toBe(0);
    kept.release();
    expect(await publisher.expectPacket('puback')).toMatchObject({ id: 1, code: 0 });
    expect(kept.messages.size).toBe(2);
    expect(kept.deliveries.size).toBe(4);
    expect(await publisher.expectPacket('pubrec')).toMatchObject({ id: 2, code: 0 });
    expect(await publisher.expectPacket('puback')).toMatchObject({ id: 3, code: 0x10 });
  });

  it('a retained message is acknowledged when it is kept', async () => {
    const { core, kept } = await start();
    const publisher = await connectToCore(core, 'publisher');
    kept.isSlow = true;
    publisher.send(publish(5, { topic: 'r', payload: 'x', qos: 1, retain: true, id: 1 }));
    await settled(kept);
    await publisher.expectNothing();
    kept.release();
    await publisher.expectPacket('puback');
    expect([...kept.retained.keys()]).toEqual(['r']);
    await publisher.publish({ topic: 'r', payload: '', qos: 1, retain: true });
    expect(kept.retained.size).toBe(0);
  });

  it('nobody else waits: QoS 0, QoS 1 without kept sessions, and QoS 1 to a client that is there', async () => {
    const { core, kept } = await start();
    const durable = await keeper(core, 'durable', 1);
    const passing = await connectToCore(core, 'passing');
    await passing.subscribe([
      { filter: 'zero', qos: 0 },
      { filter: 'mine', qos: 1 },
    ]);
    const publisher = await connectToCore(core, 'publisher');
    kept.isSlow = true;
    publisher.send(publish(5, { topic: 't', payload: 'x', qos: 1, id: 1 }));
    await settled(kept);
    // At least once: it may come again, so that it need not be kept before it is sent.
    expect(await durable.expectPacket('publish')).toMatchObject({ qos: 1 });
    const other = await connectToCore(core, 'other');
    other.send(publish(5, { topic: 'zero', payload: 'a', qos: 0 }), publish(5, { topic: 'mine', payload: 'b', qos: 1, id: 7 }));
    await other.expectPacket('puback');
    await passing.publishes(2);
    expect(kept.isWaiting).toBe(true);
  });

  it('SUBACK and UNSUBACK of a kept session come after its change, and retained messages after SUBACK', async () => {
    const { core, kept } = await start();
    await core.publish({ topic: 'r', payload: Buffer.from('x'), qos: 0, retain: true });
    const client = await connectToCore(core, { clientId: 'c', clean: false, properties: forEver });
    await expect.poll(() => kept.retained.size).toBe(1);
    kept.isSlow = true;
    client.send(subscribe(5, 9, [{ filter: 'r', qos: 1 }]));
    await settled(kept);
    await client.expectNothing();
    kept.release();
    await client.expectPacket('suback');
    await client.expectPacket('publish');
    expect([...kept.subscriptions.values()]).toMatchObject([{ filter: 'r', qos: 1 }]);
    await client.unsubscribe('r');
    expect(kept.subscriptions.size).toBe(0);
  });

  it('CONNACK comes when the session is kept, or its will, or the end of the session before', async () => {
    const { core, kept } = await start();
    const first = dialCore(core, 4);
    kept.isSlow = true;
    first.send(connect(4, { clientId: 'c', clean: false }));
    await settled(kept);
    const passing = await connectToCore(core, 'passing');
    await passing.ping();
    expect(first.unread).toEqual([]);
    kept.release();
    await first.expectPacket('connack');
    expect(kept.sessions.size).toBe(1);
    const willing = await connectToCore(core, { clientId: 'w', will: { topic: 'gone', payload: 'x', qos: 1 } }, 4);
    expect(kept.sessions.size).toBe(2);
    await willing.disconnect();
    await expect.poll(() => kept.sessions.size).toBe(1);
    await connectToCore(core, { clientId: 'c', clean: true }, 4);
    expect(kept.sessions.size).toBe(0);
  });

  it('a session that goes on without an expiry is kept no longer', async () => {
    const { core, kept } = await start();
    await away(core, 'c', 1);
    const publisher = await connectToCore(core, 'publisher');
    await publisher.publish({ topic: 't', payload: 'x', qos: 1 });
    expect(kept.deliveries.size).toBe(1);
    const client = await connectToCore(core, { clientId: 'c', clean: false });
    expect(client.connack?.sessionPresent).toBe(true);
    expect([kept.sessions.size, kept.subscriptions.size, kept.deliveries.size, kept.messages.size]).toEqual([0, 0, 0, 0]);
    expect(await client.receive()).toMatchObject({ topic: 't' });
  });
});

describe('exactly once', () => {
  it('a QoS 2 message goes out when its packet id is kept, PUBREL when PUBREC is, and all is gone in the end', async () => {
    const { core, kept } = await start();
    const client = await keeper(core, 'c', 2);
    const publisher = await connectToCore(core, 'publisher');
    kept.isSlow = true;
    publisher.send(publish(5, { topic: 't', payload: 'x', qos: 2, id: 1 }));
    await settled(kept);
    await client.expectNothing();
    kept.release();
    const message = await client.expectPacket('publish');
    expect([...kept.deliveries.values()]).toMatchObject([{ qos: 2, packetId: message.id, released: false }]);
    kept.isSlow = true;
    client.send(ack('pubrec', message.id));
    await settled(kept);
    await client.expectNothing();
    kept.release();
    await client.expectPacket('pubrel');
    expect([...kept.deliveries.values()]).toMatchObject([{ packetId: message.id, released: true }]);
    client.send(ack('pubcomp', message.id));
    await expect.poll(() => kept.deliveries.size + kept.messages.size).toBe(0);
  });

  it('PUBREC comes when the packet id is kept, PUBCOMP when it is forgotten', async () => {
    const { core, kept } = await start();
    const publisher = await connectToCore(core, { clientId: 'p', clean: false, properties: forEver });
    kept.isSlow = true;
    publisher.send(publish(5, { topic: 't', payload: 'x', qos: 2, id: 5 }), publish(5, { topic: 't', payload: 'x', qos: 2, id: 5, dup: true }));
    await settled(kept);
    await publisher.expectNothing();
    kept.release();
    await publisher.expectPacket('pubrec');
    await publisher.expectPacket('pubrec');
    expect([...kept.incoming.values()]).toMatchObject([{ packetId: 5 }]);
    kept.isSlow = true;
    publisher.send(ack('pubrel', 5));
    await settled(kept);
    await publisher.expectNothing();
    kept.release();
    await publisher.expectPacket('pubcomp');
    expect(kept.incoming.size).toBe(0);
  });

  it('a client that reconnects while a message waits to be kept gets it once, first without DUP', async () => {
    const { core, kept } = await start();
    await keeper(core, 'c', 2);
    const publisher = await connectToCore(core, 'publisher');
    kept.isSlow = true;
    publisher.send(publish(5, { topic: 't', payload: 'x', qos: 2, id: 1 }));
    await settled(kept);
    const before = core.sessions.get('c')?.connection;
    const again = dialCore(core, 5);
    again.send(connect(5, { clientId: 'c', clean: false, properties: forEver }));
    await expect.poll(() => core.sessions.get('c')?.connection).not.toBe(before);
    kept.release();
    await again.expectPacket('connack');
    expect(await again.expectPacket('publish')).toMatchObject({ dup: false });
    await again.expectNothing();
  });
});

describe('batches', () => {
  it('what came and went before its batch costs no record', async () => {
    const { core, kept } = await start();
    const client = await keeper(core, 'c', 1);
    const publisher = await connectToCore(core, 'publisher');
    kept.isSlow = true;
    publisher.send(publish(5, { topic: 't', payload: 'first', qos: 1, id: 1 }));
    await settled(kept);
    const before = kept.batches.length;
    publisher.send(publish(5, { topic: 't', payload: 'second', qos: 1, id: 2 }));
    const [first, second] = await client.publishes(2);
    client.send(ack('puback', first?.id ?? 0), ack('puback', second?.id ?? 0));
    await client.ping();
    kept.release();
    await publisher.expectPacket('puback');
    await publisher.expectPacket('puback');
    await expect.poll(() => kept.deliveries.size + kept.messages.size).toBe(0);
    const records = kept.batches
      .slice(before)
      .map(({ messages, deliveries, endedMessages, endedDeliveries }) => [messages, deliveries, endedMessages, endedDeliveries].map(({ length }) => length));
    expect(records).toEqual([
      [1, 1, 0, 0],
      [0, 0, 1, 1],
    ]);
  });

  it('a message for many sessions is kept once', async () => {
    const { core, kept } = await start();
    for (const id of ['a', 'b', 'c']) await away(core, id, 1);
    const publisher = await connectToCore(core, 'publisher');
    await publisher.publish({ topic: 't', payload: 'x', qos: 1 });
    expect([kept.messages.size, kept.deliveries.size]).toEqual([1, 3]);
    await connectToCore(core, { clientId: 'a' });
    expect([kept.messages.size, kept.deliveries.size]).toEqual([1, 2]);
  });
});

describe('when nothing can be written', () => {
  it('acknowledges nothing, says why once, goes on for the rest, and makes up for it', async () => {
    const { core, kept, problems } = await start();
    await away(core, 'c', 1);
    const publisher = await connectToCore(core, 'publisher');
    const subscriber = await keeper(core, 'd', 1, 'other');
    kept.failure = 'the disk is full';
    publisher.send(publish(5, { topic: 't', payload: 'x', qos: 1, id: 1 }));
    await expect.poll(() => problems).toEqual(['the disk is full']);
    expect((await subscriber.subscribe('more')).codes).toEqual([0x97]);
    expect((await (await connectToCore(core, { clientId: 'e', clean: false }, 4)).subscribe('more')).codes).toEqual([0x80]);
    const passing = await connectToCore(core, 'passing');
    await passing.subscribe('zero');
    publisher.send(publish(5, { topic: 'zero', payload: 'y', qos: 0 }));
    await passing.expectPacket('publish');
    await publisher.expectNothing();
    const { attempts } = kept;
    await expect.poll(() => kept.attempts).toBeGreaterThan(attempts);
    expect(problems).toEqual(['the disk is full']);
    kept.failure = null;
    await publisher.expectPacket('puback');
    expect(problems).toEqual(['the disk is full', null]);
    expect(kept.deliveries.size).toBe(1);
    expect((await subscriber.subscribe('more')).codes).toEqual([2]);
  });

  it('writes the newest state of what it could not write, and nothing that has ended since', async () => {
    const { core, kept } = await start();
    const client = await keeper(core, 'c', 1);
    const publisher = await connectToCore(core, 'publisher');
    kept.failure = 'the disk is full';
    publisher.send(publish(5, { topic: 't', payload: 'x', qos: 1, id: 1 }), publish(5, { topic: 'r', payload: 'old', qos: 1, retain: true, id: 2 }));
    const message = await client.expectPacket('publish');
    await expect.poll(() => kept.attempts).toBeGreaterThan(3);
    client.send(ack('puback', message.id));
    publisher.send(publish(5, { topic: 'r', payload: 'new', qos: 1, retain: true, id: 3 }));
    await client.ping();
    await publisher.ping();
    kept.failure = null;
    for (const id of [1, 2, 3]) expect(await publisher.expectPacket('puback')).toMatchObject({ id });
    expect([kept.deliveries.size, kept.messages.size]).toEqual([0, 0]);
    expect(Buffer.from(kept.retained.get('r')?.packet ?? []).toString()).toMatch(/new$/);
  });

  it('reads no more from a client that has a thousand acknowledgements to come, and goes on with it later', async () => {
    const { core, kept } = await start();
    await away(core, 'c', 1);
    const publisher = await connectToCore(core, { clientId: 'publisher' }, 4);
    kept.isSlow = true;
    for (let id = 1; id <= 3000; id += 1) publisher.send(publish(4, { topic: 't', payload: `${id}`, qos: 1, id }));
    await expect.poll(() => core.sessions.get('c')?.queue?.length).toBe(1000);
    const other = await connectToCore(core, 'other');
    await other.ping();
    expect(core.sessions.get('c')?.queue?.length).toBe(1000);
    kept.release();
    for (let id = 1; id <= 3000; id += 1) expect(await publisher.expectPacket('puback')).toMatchObject({ id });
    expect(kept.deliveries.size).toBe(3000);
  });
});
