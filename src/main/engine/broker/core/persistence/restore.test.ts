import { afterEach, describe, expect, it } from 'vitest';
import { connectToCore, dialCore } from '../../../../../../test/support/core-client.ts';
import { FakePersistence } from '../../../../../../test/support/fake-persistence.ts';
import type { RawClient } from '../../../../../../test/conformance/mqtt/raw-client.ts';
import { ack, connect, publish, type ConnectFields, type Property, type PublishFields } from '../../../../../../test/conformance/mqtt/wire.ts';
import { BrokerCore } from '../broker-core.ts';

const cores: BrokerCore[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

/** A broker that can die and come back later, with its clocks in our hands. */
class Life {
  kept = new FakePersistence();
  core!: BrokerCore;
  /** Of this run, and of the world. */
  #runMs = 1000;
  #worldMs = 1_700_000_000_000;

  static async begin(): Promise<Life> {
    const life = new Life();
    await life.#start();
    return life;
  }

  async #start(): Promise<void> {
    const startedMs = this.#worldMs;
    this.core = new BrokerCore({
      nowUs: () => this.#worldMs * 1000,
      monotonicMs: () => this.#runMs + this.#worldMs - startedMs,
      persistence: this.kept,
      onBug: (error) => {
        throw error;
      },
    });
    cores.push(this.core);
    await this.core.restore();
  }

  /** Without a goodbye: what was not kept is gone. */
  async dieFor(ms: number): Promise<void> {
    this.kept = this.kept.copy();
    this.#worldMs += ms;
    // The clock that never jumps starts anew with each boot of the machine.
    this.#runMs += 77;
    await this.#start();
  }

  pass(ms: number): void {
    this.#worldMs += ms;
    this.core.wheel.advance();
  }

  /** All changes so far are kept. */
  async settled(): Promise<void> {
    const { journal } = this.core;
    await new Promise<void>((resolve) => journal?.afterCommit({ run: resolve }));
  }

  connect(clientId: string, { properties = [['sessionExpiryInterval', 3600]], ...fields }: Partial<ConnectFields> = {}): Promise<RawClient> {
    return connectToCore(this.core, { clientId, clean: false, properties, ...fields });
  }

  async away(clientId: string, filter: string, qos: number, properties?: readonly Property[]): Promise<void> {
    const client = await this.connect(clientId, properties === undefined ? {} : { properties });
    await client.subscribe({ filter, qos });
    await client.disconnect();
  }

  async publish(...messages: readonly PublishFields[]): Promise<void> {
    const publisher = await connectToCore(this.core, 'publisher');
    for (const message of messages) await publisher.publish(message);
    await publisher.disconnect();
  }
}

const texts = (packets: readonly { readonly payload: Uint8Array }[]): string[] => packets.map(({ payload }) => Buffer.from(payload).toString());

describe('sessions', () => {
  it('come back with their subscriptions and every option of these', async () => {
    const life = await Life.begin();
    const client = await life.connect('c');
    await client.subscribe({ filter: 'own', qos: 1, noLocal: true });
    await client.subscribe({ filter: 'kept/#', qos: 1, retainAsPublished: true }, [['subscriptionIdentifier', 7]]);
    await client.subscribe('gone');
    await client.unsubscribe('gone');
    await life.dieFor(1000);
    const again = await life.connect('c');
    expect(again.connack?.sessionPresent).toBe(true);
    await again.publish({ topic: 'own', payload: 'x', qos: 1 });
    await life.publish({ topic: 'gone', payload: 'x', qos: 1 }, { topic: 'kept/a', payload: 'y', qos: 1, retain: true });
    const message = await again.receive();
    expect(message).toMatchObject({ topic: 'kept/a', qos: 1, retain: true });
    expect(message.properties).toContainEqual(['subscriptionIdentifier', 7]);
    await again.expectNothing();
  });

  it('end when their time is over, counted from the disconnect across the time the broker was away', async () => {
    const life = await Life.begin();
    await life.away('short', 't', 1, [['sessionExpiryInterval', 10]]);
    await life.away('long', 't', 1, [['sessionExpiryInterval', 100]]);
    await life.away('ever', 't', 1, [['sessionExpiryInterval', 0xffff_ffff]]);
    life.pass(4000);
    await life.dieFor(7000);
    expect([...life.core.sessions.keys()]).toEqual(['long', 'ever']);
    life.pass(88_000);
    expect(life.core.sessions.size).toBe(2);
    life.pass(2000);
    expect([...life.core.sessions.keys()]).toEqual(['ever']);
    await life.settled();
    expect([...life.kept.sessions.values()].map(({ clientId }) => clientId)).toEqual(['ever']);
    expect(life.kept.subscriptions.size).toBe(1);
    await life.dieFor(10 ** 10);
    expect([...life.core.sessions.keys()]).toEqual(['ever']);
  });

  it('that were opened again without an expiry do not come back once the client was told so, nor does what waited for them [MQTT-3.2.2-2]', async () => {
    const life = await Life.begin();
    await life.away('c', 't', 1);
    await life.publish({ topic: 't', payload: 'x', qos: 1 });
    life.kept.isSlow = true;
    const opening = dialCore(life.core, 5);
    opening.send(connect(5, { clientId: 'c', clean: false }));
    await expect.poll(() => life.kept.isWaiting).toBe(true);
    const passing = await connectToCore(life.core, 'passing');
    await passing.ping();
    expect(opening.unread, 'its end is not kept yet').toEqual([]);
    // To the client this connection never was: the session is as before.
    const dead = life.kept;
    await life.dieFor(1000);
    dead.release();
    const again = await life.connect('c', { properties: [] });
    expect(again.connack?.sessionPresent).toBe(true);
    expect(await again.receive()).toMatchObject({ topic: 't' });
    // Now it was told, and the session is of this connection alone.
    await life.dieFor(1000);
    const fresh = await life.connect('c');
    expect(fresh.connack?.sessionPresent).toBe(false);
    await life.publish({ topic: 't', payload: 'y', qos: 1 });
    await fresh.expectNothing();
  });

  it('of clients that were connected are given the time from the last sign of life, never less', async () => {
    const life = await Life.begin();
    await life.connect('c', { properties: [['sessionExpiryInterval', 60]] });
    await life.dieFor(89_000);
    expect(life.core.sessions.has('c')).toBe(true);
    await life.settled();
    // The disconnect is known now: another crash does not start it again.
    await life.dieFor(2000);
    expect(life.core.sessions.has('c')).toBe(false);
  });

  it('the time is written while clients are connected, also when nothing happens', async () => {
    const life = await Life.begin();
    await connectToCore(life.core, 'c');
    for (let second = 0; second < 60; second += 1) {
      life.pass(1200);
      await life.settled();
    }
    expect(life.kept.batches.map(({ nowMs }) => nowMs - 1_700_000_000_000)).toEqual([1200, 31_200, 61_200]);
  });

  it('a client that connected with the goodbye of the broker is away since then', async () => {
    const life = await Life.begin();
    await life.connect('c', { properties: [['sessionExpiryInterval', 60]], will: { topic: 'will', payload: 'x' } });
    await life.core.close();
    expect([...life.kept.sessions.values()]).toMatchObject([{ clientId: 'c', disconnectedMs: 1_700_000_000_000, will: null }]);
  });
});

describe('messages', () => {
  it('come in their order: those under way with their packet ids and DUP, then the queue', async () => {
    const life = await Life.begin();
    const client = await life.connect('c', {
      properties: [
        ['sessionExpiryInterval', 3600],
        ['receiveMaximum', 2],
      ],
    });
    await client.subscribe({ filter: 't', qos: 1 });
    await life.publish(...['a', 'b', 'c', 'd'].map((payload) => ({ topic: 't', payload, qos: 1 })));
    const before = await client.publishes(2);
    await life.dieFor(1000);
    await life.publish({ topic: 't', payload: 'e', qos: 1 });
    const again = await life.connect('c');
    const after = await again.publishes(5);
    expect(texts(after)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(after.map(({ dup }) => dup)).toEqual([true, true, false, false, false]);
    expect(after.slice(0, 2).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    for (const { id } of after) again.send(ack('puback', id));
    await again.ping();
    await life.settled();
    expect([life.kept.deliveries.size, life.kept.messages.size]).toEqual([0, 0]);
  });

  it('of QoS 2 go on where they were, in both directions', async () => {
    const life = await Life.begin();
    const client = await life.connect('c');
    await client.subscribe({ filter: 't', qos: 2 });
    const publisher = await life.connect('p');
    publisher.send(publish(5, { topic: 't', payload: 'one', qos: 2, id: 1 }));
    await publisher.expectPacket('pubrec');
    publisher.send(publish(5, { topic: 't', payload: 'two', qos: 2, id: 2 }));
    await publisher.expectPacket('pubrec');
    const [one, two] = await client.publishes(2);
    client.send(ack('pubrec', one?.id ?? 0));
    await client.expectPacket('pubrel');
    await life.dieFor(1000);
    const again = await life.connect('c');
    expect(await again.expectPacket('pubrel')).toMatchObject({ id: one?.id });
    expect(await again.expectPacket('publish')).toMatchObject({ id: two?.id, dup: true });
    const sender = await life.connect('p');
    sender.send(publish(5, { topic: 't', payload: 'one', qos: 2, id: 1, dup: true }));
    await sender.expectPacket('pubrec');
    sender.send(ack('pubrel', 1), ack('pubrel', 2));
    expect(await sender.expectPacket('pubcomp')).toMatchObject({ id: 1, code: 0 });
    expect(await sender.expectPacket('pubcomp')).toMatchObject({ id: 2, code: 0 });
    await again.expectNothing();
    await life.dieFor(1000);
    const third = await life.connect('p');
    third.send(publish(5, { topic: 't', payload: 'three', qos: 2, id: 1 }));
    await third.expectPacket('pubrec');
    await life.settled();
    expect(life.kept.messages.size).toBe(3);
  });

  it('expire while the broker is away, and say how long they have left', async () => {
    const life = await Life.begin();
    await life.away('c', 't', 1);
    await life.publish(
      { topic: 't', payload: 'short', qos: 1, properties: [['messageExpiryInterval', 5]] },
      {
        topic: 't',
        payload: 'long',
        qos: 1,
        properties: [
          ['messageExpiryInterval', 50],
          ['contentType', 'text/plain'],
          ['userProperty', ['b', '1']],
          ['userProperty', ['a', '2']],
          ['userProperty', ['b', '3']],
        ],
      },
    );
    life.pass(3000);
    await life.dieFor(7000);
    const again = await life.connect('c');
    const message = await again.receive();
    expect(texts([message])).toEqual(['long']);
    expect(message.properties).toEqual([
      ['messageExpiryInterval', 40],
      ['contentType', 'text/plain'],
      ['userProperty', ['b', '1']],
      ['userProperty', ['a', '2']],
      ['userProperty', ['b', '3']],
    ]);
    await again.expectNothing();
  });

  it('of a shared subscription go to another member when the session of the first has ended meanwhile', async () => {
    const life = await Life.begin();
    await life.away('short', '$share/g/t', 1, [['sessionExpiryInterval', 5]]);
    await life.publish({ topic: 't', payload: 'x', qos: 1 });
    await life.away('long', '$share/g/t', 1);
    await life.dieFor(10_000);
    expect(texts([await (await life.connect('long')).receive()])).toEqual(['x']);
  });
});

describe('retained messages', () => {
  it('come back as they were, without those of the broker itself and those that expired', async () => {
    const life = await Life.begin();
    await life.publish(
      { topic: 'r/a', payload: 'a', qos: 0, retain: true, properties: [['responseTopic', 'back']] },
      { topic: 'r/b', payload: 'b', qos: 2, retain: true },
      { topic: 'r/c', payload: 'c', qos: 1, retain: true, properties: [['messageExpiryInterval', 5]] },
      { topic: 'r/d', payload: 'd', qos: 1, retain: true, properties: [['messageExpiryInterval', 50]] },
      { topic: 'r/e', payload: 'e', qos: 1, retain: true },
      { topic: 'r/e', payload: '', qos: 1, retain: true },
    );
    await life.dieFor(10_000);
    const client = await connectToCore(life.core, 'c');
    await client.subscribe({ filter: 'r/#', qos: 2 });
    const found = (await client.publishes(3)).toSorted((a, b) => a.topic.localeCompare(b.topic));
    expect(found).toMatchObject([
      { topic: 'r/a', qos: 0, retain: true, properties: [['responseTopic', 'back']] },
      { topic: 'r/b', qos: 2, retain: true },
      { topic: 'r/d', qos: 1, retain: true, properties: [['messageExpiryInterval', 40]] },
    ]);
    await life.settled();
    expect([...life.kept.retained.keys()].toSorted()).toEqual(['r/a', 'r/b', 'r/d']);
    life.pass(41_000);
    life.pass(2000);
    await life.settled();
    expect([...life.kept.retained.keys()].toSorted()).toEqual(['r/a', 'r/b']);
  });
});

describe('wills', () => {
  it('of clients that were connected are published after the crash, once, also without a session', async () => {
    const life = await Life.begin();
    await life.away('watcher', 'will/#', 1);
    await life.connect('kept', { will: { topic: 'will/kept', payload: 'x', qos: 1 } });
    await life.connect('passing', { clean: true, properties: [], will: { topic: 'will/passing', payload: 'y', qos: 1, retain: true } });
    const polite = await life.connect('polite', { clean: true, properties: [], will: { topic: 'will/polite', qos: 1 } });
    await polite.disconnect();
    await life.settled();
    await life.dieFor(1000);
    expect([...life.core.sessions.keys()]).toEqual(['watcher', 'kept']);
    await life.settled();
    await life.dieFor(1000);
    const watcher = await life.connect('watcher');
    expect([(await watcher.receive()).topic, (await watcher.receive()).topic].toSorted()).toEqual(['will/kept', 'will/passing']);
    await watcher.expectNothing();
    expect(life.core.retained('')).toEqual(['will/passing']);
  });

  it('with a delay come when it is over, counted from the disconnect, unless the client is back', async () => {
    const life = await Life.begin();
    await life.away('watcher', 'will/#', 1);
    for (const id of ['early', 'late', 'back']) {
      const client = await life.connect(id, {
        will: { topic: `will/${id}`, qos: 1, properties: [['willDelayInterval', id === 'early' ? 5 : 20]] },
      });
      client.drop();
    }
    await expect.poll(() => life.core.clientCount).toBe(0);
    await life.settled();
    life.pass(3000);
    await life.dieFor(10_000);
    const watcher = await life.connect('watcher');
    expect((await watcher.receive()).topic).toBe('will/early');
    await life.connect('back');
    await watcher.expectNothing();
    life.pass(6000);
    await watcher.expectNothing();
    life.pass(2000);
    expect((await watcher.receive()).topic).toBe('will/late');
    await watcher.expectNothing();
  });
});
