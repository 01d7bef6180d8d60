import { propertyOf, type RawClient } from '../raw-client.ts';
import type { ReceivedPublish } from '../read-packet.ts';
import { ack, connect, publish, subscribe, type Property } from '../wire.ts';
import { assert, assertEqual, expectSilence, limits, settle, type Clause, type Scene } from './clause.ts';

async function pair(scene: Scene, properties: readonly Property[]): Promise<readonly [publisher: RawClient, subscriber: RawClient]> {
  const subscriber = await scene.connect({ properties });
  await subscriber.subscribe(scene.topic('#'));
  return [await scene.connect(), subscriber];
}

/** The aliases a broker gave on one connection, resolved. */
class Aliases {
  readonly #topics = new Map<number, string>();
  readonly #maximum: number;
  used = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  topicOf(message: ReceivedPublish): string {
    const alias = propertyOf(message, 'topicAlias') as number | undefined;
    if (alias === undefined) {
      assert(message.topic !== '', 'neither topic nor alias');
      return message.topic;
    }
    assert(alias > 0 && alias <= this.#maximum, `topic alias ${alias} at a maximum of ${this.#maximum}`);
    this.used += 1;
    if (message.topic !== '') this.#topics.set(alias, message.topic);
    const topic = this.#topics.get(alias);
    assert(topic !== undefined, `topic alias ${alias} was never given a topic`);
    return topic;
  }
}

const send = (client: RawClient, topic: string, alias: number | null, payload = ''): void =>
  client.send(publish(5, { topic, payload, properties: alias === null ? [] : [['topicAlias', alias]] }));

const versions = (id: string): Clause['versions'] => ({ 5: id });

export const limitClauses: readonly Clause[] = [
  {
    title: 'no more than receive maximum messages are under way to a client',
    versions: versions('MQTT-3.3.4-9'),
    async run(scene) {
      const [publisher, subscriber] = await pair(scene, [['receiveMaximum', 2]]);
      for (let index = 0; index < 6; index += 1) await publisher.publish({ topic: scene.topic('a'), qos: 1, payload: String(index) });
      const first = await subscriber.publishes(2);
      await expectSilence(subscriber, publisher);
      const order = first.map(({ payload }) => String(payload));
      const waiting = first.map(({ id }) => id);
      while (order.length < 6) {
        subscriber.send(ack('puback', waiting.shift() as number));
        const next = await subscriber.expectPacket('publish');
        order.push(String(next.payload));
        waiting.push(next.id);
        await subscriber.expectNothing();
      }
      assertEqual(order, ['0', '1', '2', '3', '4', '5'], 'order');
    },
  },
  {
    title: 'a QoS 2 message is under way until PUBCOMP',
    versions: versions('§4.9'),
    async run(scene) {
      const [publisher, subscriber] = await pair(scene, [['receiveMaximum', 1]]);
      for (const qos of [2, 1]) await publisher.publish({ topic: scene.topic('a'), qos });
      const { id } = await subscriber.expectPacket('publish');
      subscriber.send(ack('pubrec', id));
      await subscriber.expectPacket('pubrel');
      await expectSilence(subscriber, publisher);
      subscriber.send(ack('pubcomp', id));
      assertEqual((await subscriber.expectPacket('publish')).qos, 1, 'QoS');
    },
  },
  {
    title: 'a PUBREC with an error frees a place',
    versions: versions('§4.9'),
    async run(scene) {
      const [publisher, subscriber] = await pair(scene, [['receiveMaximum', 1]]);
      for (const qos of [2, 1]) await publisher.publish({ topic: scene.topic('a'), qos });
      const { id } = await subscriber.expectPacket('publish');
      subscriber.send(ack('pubrec', id, 0x80));
      assertEqual((await subscriber.expectPacket('publish')).qos, 1, 'QoS');
    },
  },
  {
    title: 'everything else goes on while no more messages may be sent',
    versions: versions('MQTT-4.9.0-3'),
    async run(scene) {
      const [publisher, subscriber] = await pair(scene, [['receiveMaximum', 1]]);
      for (let index = 0; index < 3; index += 1) await publisher.publish({ topic: scene.topic('a'), qos: 1 });
      await subscriber.expectPacket('publish');
      await subscriber.ping();
      await subscriber.subscribe(scene.topic('b'));
      await subscriber.unsubscribe(scene.topic('b'));
      await subscriber.publish({ topic: scene.topic('c'), qos: 2 });
    },
  },
  {
    title: 'the receive maximum holds for what is sent again after a reconnect too',
    versions: versions('MQTT-3.3.4-9'),
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      const publisher = await scene.connect();
      for (let index = 0; index < 4; index += 1) await publisher.publish({ topic: scene.topic(), qos: 1, payload: String(index) });
      await first.publishes(4);
      first.drop();
      const second = await scene.connect({ clientId, lasting: true, properties: [['receiveMaximum', 2]] });
      const got: string[] = [];
      const [one, two] = await second.publishes(2);
      assert(one !== undefined && two !== undefined, 'no messages');
      await second.expectNothing();
      got.push(String(one.payload), String(two.payload));
      second.send(ack('puback', one.id), ack('puback', two.id));
      for (const message of await second.publishes(2)) got.push(String(message.payload));
      assertEqual(got, ['0', '1', '2', '3'], 'order');
    },
  },
  {
    title: 'who sends more than the broker’s receive maximum is disconnected with 0x93',
    versions: versions('MQTT-3.3.4-7'),
    broker: 'limited',
    async run(scene) {
      const client = await scene.connect();
      const maximum = client.connack && propertyOf(client.connack, 'receiveMaximum');
      assertEqual(maximum, limits.receiveMaximum, 'receive maximum');
      for (let id = 1; id <= limits.receiveMaximum; id += 1) {
        client.send(publish(5, { topic: scene.topic(), qos: 2, id }));
        await client.expectPacket('pubrec');
      }
      client.send(publish(5, { topic: scene.topic(), qos: 2, id: 100 }));
      await client.expectRefused(0x93);
    },
  },
  {
    title: 'PUBCOMP frees a place towards the broker, and so does PUBACK; repetitions take none',
    versions: versions('§4.9'),
    broker: 'limited',
    async run(scene) {
      const client = await scene.connect();
      for (let id = 1; id <= limits.receiveMaximum; id += 1) {
        client.send(publish(5, { topic: scene.topic(), qos: 2, id }));
        await client.expectPacket('pubrec');
      }
      client.send(publish(5, { topic: scene.topic(), qos: 2, id: 1, dup: true }));
      await client.expectPacket('pubrec');
      client.send(ack('pubrel', 2));
      await client.expectPacket('pubcomp');
      for (let count = 0; count < 3 * limits.receiveMaximum; count += 1) await client.publish({ topic: scene.topic(), qos: 1, id: 200 });
      for (let count = 0; count < 3 * limits.receiveMaximum; count += 1) client.send(publish(5, { topic: scene.topic() }));
      await client.ping();
    },
  },
  {
    title: 'a message too large for a client is dropped for it alone, and counts as delivered',
    versions: versions('MQTT-3.1.2-25'),
    async run(scene) {
      const [publisher, small] = await pair(scene, [
        ['maximumPacketSize', 200],
        ['receiveMaximum', 2],
      ]);
      const large = await scene.connect();
      await large.subscribe(scene.topic('#'));
      for (const qos of [0, 1, 2]) {
        for (let count = 0; count < 3; count += 1) await publisher.publish({ topic: scene.topic('a'), qos, payload: 'x'.repeat(300) });
      }
      await publisher.publish({ topic: scene.topic('a'), qos: 1, payload: 'fits' });
      for (let count = 0; count < 10; count += 1) await large.receive();
      // The window of two is not used up by what was dropped.
      assertEqual(String((await small.receive()).payload), 'fits', 'payload');
      await expectSilence(small, publisher);
    },
  },
  {
    title: 'a packet may be exactly as large as a client allows',
    versions: versions('MQTT-3.1.2-24'),
    async run(scene) {
      const [publisher, subscriber] = await pair(scene, [['maximumPacketSize', 100]]);
      const overhead = publish(5, { topic: scene.topic('a'), payload: '' }).length;
      for (const size of [101, 100]) await publisher.publish({ topic: scene.topic('a'), payload: 'x'.repeat(size - overhead) });
      assertEqual((await subscriber.receive()).bytes.length, 100, 'bytes');
      await expectSilence(subscriber, publisher);
    },
  },
  {
    title: 'a queued and a retained message too large for a client are dropped as well',
    versions: versions('MQTT-3.1.2-25'),
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic('queued'));
      await first.disconnect();
      const publisher = await scene.connect();
      for (const payload of ['x'.repeat(300), 'fits']) await publisher.publish({ topic: scene.topic('queued'), qos: 1, payload });
      await publisher.publish({ topic: scene.topic('retained'), qos: 1, retain: true, payload: 'x'.repeat(300) });
      const second = await scene.connect({ clientId, lasting: true, properties: [['maximumPacketSize', 200]] });
      assertEqual(String((await second.receive()).payload), 'fits', 'payload');
      await second.subscribe(scene.topic('retained'));
      await expectSilence(second);
    },
  },
  {
    title: 'a message under way that is too large for the client’s next connection is dropped, and holds up nothing',
    versions: versions('MQTT-3.1.2-25'),
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      const publisher = await scene.connect();
      for (const qos of [1, 2]) await publisher.publish({ topic: scene.topic(), qos, payload: 'x'.repeat(300) });
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'fits' });
      await first.publishes(3);
      first.drop();
      const properties: readonly Property[] = [
        ['maximumPacketSize', 200],
        ['receiveMaximum', 1],
      ];
      const second = await scene.connect({ clientId, lasting: true, properties });
      assertEqual(String((await second.receive()).payload), 'fits', 'payload');
      for (const qos of [1, 2]) {
        await publisher.publish({ topic: scene.topic(), qos, payload: 'next' });
        assertEqual(String((await second.receive()).payload), 'next', 'payload');
      }
    },
  },
  {
    title: 'an answer too large for a client ends the connection, and nothing too large is said',
    versions: versions('MQTT-3.1.2-24'),
    async run(scene) {
      const client = await scene.connect({ properties: [['maximumPacketSize', 50]] });
      client.send(
        subscribe(
          5,
          1,
          Array.from({ length: 60 }, (_, index) => ({ filter: scene.topic(String(index)) })),
        ),
      );
      const last = await client.expectPacket('disconnect');
      assertEqual([last.code, last.bytes.length <= 50], [0x95, true], 'reason and size');
      await client.expectClosed();
    },
  },
  {
    title: 'a client that takes nothing as large as CONNACK is told nothing',
    versions: versions('MQTT-3.1.2-24'),
    async run(scene) {
      const client = await scene.dial();
      client.send(connect(5, scene.fields({ properties: [['maximumPacketSize', 4]] })));
      await client.expectClosed();
    },
  },
  {
    title: 'a packet larger than the broker allows ends the connection with 0x95',
    versions: versions('§3.2.2.3.6'),
    broker: 'limited',
    async run(scene) {
      const client = await scene.connect();
      assertEqual(client.connack && propertyOf(client.connack, 'maximumPacketSize'), limits.maximumPacketSize, 'maximum packet size');
      const overhead = publish(5, { topic: scene.topic(), payload: 'x'.repeat(1000) }).length - 1000;
      await client.publish({ topic: scene.topic(), payload: 'x'.repeat(limits.maximumPacketSize - overhead) });
      await client.ping();
      client.send(publish(5, { topic: scene.topic(), payload: 'x'.repeat(limits.maximumPacketSize - overhead + 1) }));
      await client.expectRefused(0x95);
    },
  },
  {
    title: 'the size of a packet is judged by its fixed header, not when all of it has come',
    versions: versions('§3.2.2.3.6'),
    broker: 'limited',
    async run(scene) {
      const client = await scene.connect();
      client.send(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
      await client.expectRefused(0x95);
    },
  },
  {
    title: 'a topic alias stands for the topic it was given with, until it is given another',
    versions: versions('MQTT-3.3.2-12'),
    broker: 'limited',
    async run(scene) {
      const subscriber = await scene.connect();
      await subscriber.subscribe(scene.topic('#'));
      const client = await scene.connect();
      assertEqual(client.connack && propertyOf(client.connack, 'topicAliasMaximum'), limits.topicAliasMaximum, 'topic alias maximum');
      send(client, scene.topic('a'), 1, '0');
      send(client, scene.topic('b'), limits.topicAliasMaximum, '1');
      send(client, '', 1, '2');
      send(client, '', limits.topicAliasMaximum, '3');
      send(client, scene.topic('c'), 1, '4');
      send(client, '', 1, '5');
      const got = (await subscriber.publishes(6)).map((message) => `${message.topic.slice(-1)}${String(message.payload)}`);
      assertEqual(got, ['a0', 'b1', 'a2', 'b3', 'c4', 'c5'], 'topics and payloads');
    },
  },
  {
    title: 'a topic alias of 0 or above the maximum is refused',
    versions: versions('MQTT-3.3.2-8'),
    broker: 'limited',
    async run(scene) {
      // 0x94 is for aliases above the maximum (§3.14.2.1); 0 is an error of the protocol as well.
      for (const [alias, codes] of [
        [0, [0x82, 0x94]],
        [limits.topicAliasMaximum + 1, [0x94]],
        [65_535, [0x94]],
      ] as const) {
        const client = await scene.connect();
        send(client, scene.topic(), alias);
        await client.expectRefused(codes);
      }
    },
  },
  {
    title: 'a topic alias that was never given a topic ends the connection, and so does no topic at all',
    versions: versions('§3.3.2.3.4'),
    broker: 'limited',
    async run(scene) {
      for (const alias of [2, null]) {
        const client = await scene.connect();
        send(client, '', alias);
        await client.expectRefused(alias === null ? [0x82, 0x81, 0x90] : [0x82, 0x94]);
      }
    },
  },
  {
    title: 'topic aliases end with their connection',
    versions: versions('MQTT-3.3.2-10'),
    broker: 'limited',
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      send(first, scene.topic(), 1);
      await first.disconnect();
      const second = await scene.connect({ clientId, lasting: true });
      send(second, '', 1);
      await second.expectRefused([0x82, 0x94]);
    },
  },
  {
    title: 'a client that allows no topic alias gets none',
    versions: versions('MQTT-3.1.2-27'),
    async run(scene) {
      for (const properties of [[], [['topicAliasMaximum', 0]]] as const) {
        const [publisher, subscriber] = await pair(scene, properties);
        for (let count = 0; count < 3; count += 1) {
          await publisher.publish({ topic: scene.topic('a'), qos: 1 });
          const message = await subscriber.receive();
          assertEqual([message.topic, propertyOf(message, 'topicAlias')], [scene.topic('a'), undefined], 'topic and alias');
        }
        subscriber.drop();
      }
    },
  },
  {
    title: 'topic aliases to a client stay within its maximum and always stand for the right topic',
    versions: versions('MQTT-3.1.2-26'),
    async run(scene) {
      const [publisher, subscriber] = await pair(scene, [['topicAliasMaximum', 2]]);
      const aliases = new Aliases(2);
      for (const [index, rest] of ['a', 'a', 'b', 'c', 'd', 'a', 'c', 'd', 'd', 'b', 'a'].entries()) {
        await publisher.publish({ topic: scene.topic(rest), qos: index % 3 });
        assertEqual(aliases.topicOf(await subscriber.receive()), scene.topic(rest), 'topic');
      }
    },
  },
  {
    title: 'topic aliases are used towards a client that allows them',
    versions: versions('§3.1.2.11.5'),
    async run(scene) {
      const [publisher, subscriber] = await pair(scene, [['topicAliasMaximum', 5]]);
      const aliases = new Aliases(5);
      for (let count = 0; count < 3; count += 1) {
        await publisher.publish({ topic: scene.topic('a'), qos: count });
        const message = await subscriber.receive();
        assertEqual(aliases.topicOf(message), scene.topic('a'), 'topic');
        assertEqual(message.topic === '', count > 0, 'only the alias from the second message on');
      }
    },
  },
  {
    title: 'a message sent again on a new connection does not build on aliases of the old one',
    versions: versions('MQTT-3.3.2-10'),
    async run(scene) {
      const clientId = scene.clientId();
      const properties: readonly Property[] = [['topicAliasMaximum', 5]];
      const first = await scene.connect({ clientId, lasting: true, properties });
      await first.subscribe(scene.topic('#'));
      const publisher = await scene.connect();
      for (let count = 0; count < 3; count += 1) await publisher.publish({ topic: scene.topic('a'), qos: 1 });
      await first.publishes(3);
      first.drop();
      const second = await scene.connect({ clientId, lasting: true, properties });
      const aliases = new Aliases(5);
      for (const message of await second.publishes(3)) assertEqual(aliases.topicOf(message), scene.topic('a'), 'topic');
    },
  },
  {
    title: 'a keep alive longer than the broker allows is answered with its own, a shorter one is not',
    versions: versions('MQTT-3.2.2-21'),
    broker: 'limited',
    async run(scene) {
      const long = await scene.connect({ keepAliveSeconds: 120 });
      assertEqual(long.connack && propertyOf(long.connack, 'serverKeepAlive'), limits.maximumKeepAlive, 'server keep alive');
      const short = await scene.connect({ keepAliveSeconds: 5 });
      const told = short.connack && propertyOf(short.connack, 'serverKeepAlive');
      assert(told === undefined || told === 5, `server keep alive ${String(told)} for 5`);
    },
  },
  {
    title: 'a publisher is not held up by a subscriber that acknowledges nothing',
    versions: { 3: '§4.1', 4: '§4.5', 5: 'MQTT-3.3.4-10' },
    async run(scene) {
      const stuck = await scene.connect({ properties: scene.level === 5 ? [['receiveMaximum', 1]] : [] });
      await stuck.subscribe(scene.topic());
      const publisher = await scene.connect();
      const packets = Array.from({ length: 300 }, (_, index) => publish(scene.level, { topic: scene.topic(), qos: 1, id: index + 1 }));
      publisher.send(...packets.slice(0, 15));
      for (let count = 0; count < 15; count += 1) await publisher.expectPacket('puback');
      for (const packet of packets.slice(15)) {
        publisher.send(packet);
        await publisher.expectPacket('puback');
      }
      await settle(publisher);
    },
  },
];
