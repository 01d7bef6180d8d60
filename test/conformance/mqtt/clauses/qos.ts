import type { RawClient } from '../raw-client.ts';
import { ack, publish } from '../wire.ts';
import { assert, assertEqual, expectSilence, settle, type Clause, type Scene } from './clause.ts';

/** Somebody who publishes, and a session that lasts and subscribes to the scene's topic with QoS 2. */
async function pair(scene: Scene): Promise<{ readonly publisher: RawClient; readonly subscriber: RawClient; readonly again: () => Promise<RawClient> }> {
  const clientId = scene.clientId();
  const subscriber = await scene.connect({ clientId, lasting: true });
  await subscriber.subscribe(scene.topic());
  const publisher = await scene.connect();
  return { publisher, subscriber, again: () => scene.connect({ clientId, lasting: true }) };
}

export const qosClauses: readonly Clause[] = [
  {
    title: 'a message has the lower QoS of publication and subscription',
    versions: { 3: '§3.8', 4: 'MQTT-3.8.4-6', 5: 'MQTT-3.8.4-8' },
    async run(scene) {
      const publisher = await scene.connect();
      for (const granted of [0, 1, 2]) {
        const subscriber = await scene.connect();
        // Two filters: one with a wildcard, which some brokers look up in another way.
        await subscriber.subscribe([
          { filter: scene.topic(`${granted}/exact`), qos: granted },
          { filter: scene.topic(`${granted}/+/wild`), qos: granted },
        ]);
        for (const topic of [scene.topic(`${granted}/exact`), scene.topic(`${granted}/x/wild`)]) {
          for (const qos of [0, 1, 2]) {
            await publisher.publish({ topic, qos, payload: String(qos) });
            const message = await subscriber.receive();
            assertEqual([String(message.payload), message.qos], [String(qos), Math.min(qos, granted)], `QoS ${qos} for a subscription of ${granted}`);
          }
        }
      }
    },
  },
  {
    title: 'QoS 0 is delivered without DUP and without packet id',
    versions: { 3: '§4.1', 4: 'MQTT-4.3.1-1', 5: 'MQTT-4.3.1-1' },
    async run(scene) {
      const { publisher, subscriber } = await pair(scene);
      await publisher.publish({ topic: scene.topic(), payload: 'x' });
      const message = await subscriber.receive();
      assertEqual([message.qos, message.dup, message.id], [0, false, 0], 'QoS, DUP, packet id');
    },
  },
  {
    title: 'PUBACK has the packet id of its PUBLISH',
    versions: { 3: '§3.4', 4: 'MQTT-4.3.2-2', 5: 'MQTT-4.3.2-4' },
    async run(scene) {
      const publisher = await scene.connect();
      for (const id of [1, 256, 65_535]) await publisher.publish({ topic: scene.topic(), qos: 1, id });
    },
  },
  {
    title: 'QoS 2 goes through PUBREC, PUBREL and PUBCOMP with one packet id',
    versions: { 3: '§4.1', 4: 'MQTT-4.3.3-2', 5: 'MQTT-4.3.3-8' },
    async run(scene) {
      const publisher = await scene.connect();
      for (const id of [1, 256, 65_535]) await publisher.publish({ topic: scene.topic(), qos: 2, id });
    },
  },
  {
    title: 'a QoS 2 PUBLISH that is repeated before PUBREL is delivered once',
    versions: { 3: '§4.1', 4: 'MQTT-4.3.3-2', 5: 'MQTT-4.3.3-10' },
    async run(scene) {
      const { publisher, subscriber } = await pair(scene);
      const message = { topic: scene.topic(), qos: 2, id: 77, payload: 'once' };
      publisher.send(publish(scene.level, message));
      await publisher.expectPacket('pubrec');
      publisher.send(publish(scene.level, { ...message, dup: true }));
      assertEqual((await publisher.expectPacket('pubrec')).id, 77, 'packet id');
      publisher.send(ack('pubrel', 77));
      await publisher.expectPacket('pubcomp');
      assertEqual(String((await subscriber.receive()).payload), 'once', 'payload');
      await expectSilence(subscriber, publisher);
    },
  },
  {
    title: 'after PUBCOMP the packet id stands for a new message, also with DUP',
    versions: { 3: '§4.1', 4: 'MQTT-4.3.3-2', 5: 'MQTT-4.3.3-12' },
    async run(scene) {
      const { publisher, subscriber } = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 2, id: 5, payload: 'one' });
      await publisher.publish({ topic: scene.topic(), qos: 2, id: 5, payload: 'two', dup: true });
      assertEqual([String((await subscriber.receive()).payload), String((await subscriber.receive()).payload)], ['one', 'two'], 'messages');
    },
  },
  {
    title: 'after PUBACK the packet id stands for a new message, also with DUP',
    versions: { 3: '§4.1', 4: 'MQTT-4.3.2-2', 5: 'MQTT-4.3.2-5' },
    async run(scene) {
      const { publisher, subscriber } = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 1, id: 5, payload: 'one' });
      await publisher.publish({ topic: scene.topic(), qos: 1, id: 5, payload: 'two', dup: true });
      assertEqual([String((await subscriber.receive()).payload), String((await subscriber.receive()).payload)], ['one', 'two'], 'messages');
    },
  },
  {
    title: 'DUP of the publisher is not passed on',
    versions: { 3: '§2.1', 4: 'MQTT-3.3.1-3', 5: 'MQTT-3.3.1-3' },
    async run(scene) {
      const { publisher, subscriber } = await pair(scene);
      for (const qos of [1, 2]) {
        await publisher.publish({ topic: scene.topic(), qos, dup: true });
        assert(!(await subscriber.receive()).dup, 'DUP on a first delivery');
      }
    },
  },
  {
    title: 'PUBREL is answered with PUBCOMP also when it is repeated or unknown',
    versions: { 3: '§4.1', 4: 'MQTT-4.3.3-2', 5: 'MQTT-4.3.3-11' },
    async run(scene) {
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 2, id: 9 });
      for (const id of [9, 4711]) {
        publisher.send(ack('pubrel', id));
        const answer = await publisher.expectPacket('pubcomp');
        assertEqual([answer.id, answer.code], [id, scene.level === 5 ? 0x92 : 0], 'PUBCOMP (0x92: packet identifier not found)');
      }
    },
  },
  {
    title: 'messages under way to one client have different packet ids',
    versions: { 3: '§2.4', 4: 'MQTT-2.3.1-4', 5: 'MQTT-2.2.1-4' },
    async run(scene) {
      const { publisher, subscriber } = await pair(scene);
      for (const qos of [1, 2, 1, 2]) await publisher.publish({ topic: scene.topic(), qos });
      const ids = (await subscriber.publishes(4)).map(({ id }) => id);
      assertEqual(new Set(ids).size, 4, 'different packet ids');
    },
  },
  {
    title: 'a packet id that is still in use is passed over when the ids begin anew',
    versions: { 4: 'MQTT-2.3.1-4', 5: 'MQTT-2.2.1-4' },
    memoryOnly: true,
    async run(scene) {
      const { publisher, subscriber } = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'held' });
      const held = (await subscriber.expectPacket('publish')).id;
      const batch = 100;
      for (let sent = 0; sent < 65_600; sent += batch) {
        publisher.send(...Array.from({ length: batch }, (_, index) => publish(scene.level, { topic: scene.topic(), qos: 1, id: index + 1 })));
        const ids = (await subscriber.publishes(batch)).map(({ id }) => id);
        assert(!ids.includes(held), 'the packet id of an unacknowledged message was used again');
        subscriber.send(...ids.map((id) => ack('puback', id)));
        for (let count = 0; count < batch; count += 1) await publisher.expectPacket('puback');
      }
    },
  },
  {
    title: 'an unacknowledged QoS 1 message is sent again with DUP and its packet id when the session is resumed',
    versions: { 3: '§4.1', 4: 'MQTT-4.4.0-1', 5: 'MQTT-4.4.0-1' },
    async run(scene) {
      const { publisher, subscriber, again } = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'x' });
      const first = await subscriber.expectPacket('publish');
      subscriber.drop();
      const resumed = await again();
      const second = await resumed.receive();
      assertEqual([String(second.payload), second.id, second.dup], ['x', first.id, true], 'payload, packet id, DUP');
      resumed.drop();
      await expectSilence(await again());
    },
  },
  {
    title: 'an unreceived QoS 2 message is sent again with DUP and its packet id when the session is resumed',
    versions: { 3: '§4.1', 4: 'MQTT-4.4.0-1', 5: 'MQTT-4.4.0-1' },
    async run(scene) {
      const { publisher, subscriber, again } = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 2, payload: 'x' });
      const first = await subscriber.expectPacket('publish');
      subscriber.drop();
      const resumed = await again();
      const second = await resumed.receive();
      assertEqual([String(second.payload), second.id, second.dup], ['x', first.id, true], 'payload, packet id, DUP');
      resumed.drop();
      await expectSilence(await again());
    },
  },
  {
    title: 'after PUBREC it is PUBREL that is sent again, not PUBLISH',
    versions: { 3: '§4.1', 4: 'MQTT-4.3.3-1', 5: 'MQTT-4.3.3-6' },
    async run(scene) {
      const { publisher, subscriber, again } = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 2 });
      const { id } = await subscriber.expectPacket('publish');
      subscriber.send(ack('pubrec', id));
      assertEqual((await subscriber.expectPacket('pubrel')).id, id, 'packet id of PUBREL');
      subscriber.drop();
      const resumed = await again();
      assertEqual((await resumed.expectPacket('pubrel')).id, id, 'packet id of the repeated PUBREL');
      resumed.send(ack('pubcomp', id));
      await resumed.expectNothing();
      resumed.drop();
      await expectSilence(await again());
    },
  },
  {
    title: 'a received QoS 2 message stays known when its publisher reconnects before PUBREL',
    versions: { 3: '§4.1', 4: 'MQTT-4.3.3-2', 5: 'MQTT-4.3.3-10' },
    async run(scene) {
      const { subscriber } = await pair(scene);
      const clientId = scene.clientId();
      const message = { topic: scene.topic(), qos: 2, id: 31, payload: 'once' };
      const first = await scene.connect({ clientId, lasting: true });
      first.send(publish(scene.level, message));
      await first.expectPacket('pubrec');
      first.drop();
      const second = await scene.connect({ clientId, lasting: true });
      second.send(publish(scene.level, { ...message, dup: true }));
      await second.expectPacket('pubrec');
      second.send(ack('pubrel', 31));
      await second.expectPacket('pubcomp');
      await subscriber.receive();
      await expectSilence(subscriber, second);
    },
  },
  {
    title: 'messages are sent again in the order in which they were sent first',
    versions: { 3: '§4.2', 4: 'MQTT-4.6.0-1', 5: '§4.6' },
    async run(scene) {
      const { publisher, subscriber, again } = await pair(scene);
      const order = (message: { readonly payload: Buffer }): string => String(message.payload);
      for (let index = 0; index < 12; index += 1) await publisher.publish({ topic: scene.topic(), qos: 1 + (index % 2), payload: String(index) });
      const first = await subscriber.publishes(12);
      // Acknowledging one in the middle changes nothing for the others.
      const third = first.filter(({ qos }) => qos === 1)[2];
      assert(third !== undefined, 'no third QoS 1 message');
      subscriber.send(ack('puback', third.id));
      await settle(subscriber);
      subscriber.drop();
      const second = await (await again()).publishes(11);
      assertEqual(second.map(order), first.filter((one) => one !== third).map(order), 'order');
    },
  },
  {
    title: 'nothing is sent again while the connection lasts',
    versions: { 4: '§4.4', 5: 'MQTT-4.4.0-1' },
    async run(scene) {
      const { publisher, subscriber } = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 1 });
      await subscriber.expectPacket('publish');
      await subscriber.expectNothing(1500);
    },
  },
  {
    title: 'messages of one publisher, topic and QoS arrive in order',
    versions: { 3: '§4.2', 4: 'MQTT-4.6.0-6', 5: 'MQTT-4.6.0-5' },
    async run(scene) {
      const { publisher, subscriber } = await pair(scene);
      const count = 150;
      const packets = Array.from({ length: count }, (_, index) =>
        publish(scene.level, { topic: scene.topic(), qos: index % 3, id: index + 1, payload: String(index) }),
      );
      publisher.send(...packets);
      const seen: number[][] = [[], [], []];
      for (let received = 0; received < count; received += 1) {
        const message = await subscriber.waitFor('publish');
        seen[message.qos]?.push(Number(message.payload));
        if (message.qos === 1) subscriber.send(ack('puback', message.id));
        if (message.qos === 2) subscriber.send(ack('pubrec', message.id));
      }
      for (const [qos, list] of seen.entries()) {
        assertEqual(
          list,
          list.toSorted((one, other) => one - other),
          `order of QoS ${qos}`,
        );
        assertEqual(list.length, count / 3, `messages of QoS ${qos}`);
      }
    },
  },
  {
    title: 'PUBACK with an error counts as acknowledgement',
    versions: { 5: 'MQTT-4.4.0-2' },
    async run(scene) {
      const { publisher, subscriber, again } = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 1 });
      subscriber.send(ack('puback', (await subscriber.expectPacket('publish')).id, 0x80));
      await settle(subscriber);
      subscriber.drop();
      await expectSilence(await again());
    },
  },
  {
    title: 'PUBREC with an error ends the exchange: no PUBREL, nothing sent again',
    versions: { 5: 'MQTT-4.4.0-2' },
    async run(scene) {
      const { publisher, subscriber, again } = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 2 });
      subscriber.send(ack('pubrec', (await subscriber.expectPacket('publish')).id, 0x80));
      await subscriber.expectNothing();
      subscriber.drop();
      await expectSilence(await again());
    },
  },
  {
    title: 'PUBREC for a packet id nobody knows is answered with PUBREL 0x92',
    versions: { 5: '§3.6.2.1' },
    async run(scene) {
      const client = await scene.connect();
      client.send(ack('pubrec', 4711));
      const answer = await client.expectPacket('pubrel');
      assertEqual([answer.id, answer.code], [4711, 0x92], 'packet id and reason');
    },
  },
  {
    title: 'an acknowledgement says 0x10 when nobody was there to receive',
    versions: { 5: '§3.4.2.1' },
    async run(scene) {
      const { publisher, subscriber } = await pair(scene);
      for (const qos of [1, 2]) {
        assertEqual((await publisher.publish({ topic: scene.topic('nobody'), qos })).code, 0x10, `without subscriber, QoS ${qos}`);
        assertEqual((await publisher.publish({ topic: scene.topic(), qos })).code, 0, `with subscriber, QoS ${qos}`);
        await subscriber.receive();
      }
    },
  },
];
