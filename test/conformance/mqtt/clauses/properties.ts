import { setTimeout as delay } from 'node:timers/promises';
import { propertyOf, type RawClient } from '../raw-client.ts';
import type { Received } from '../read-packet.ts';
import { ack, type Property } from '../wire.ts';
import { assert, assertEqual, expectSilence, settle, type Clause, type Scene } from './clause.ts';

const credentials = { username: 'alice', password: 'looking-glass' };

const all: readonly Property[] = [
  ['payloadFormatIndicator', 1],
  ['contentType', 'text/plain; charset=utf-8'],
  ['responseTopic', 'answers/to/me'],
  ['correlationData', Buffer.from([0, 255, 1])],
  // Neither grouped by name nor without its repetition.
  ['userProperty', ['b', '1']],
  ['userProperty', ['a', '2']],
  ['userProperty', ['b', '1']],
  ['userProperty', ['b', '']],
  ['userProperty', ['', 'x']],
];

/** The order among different properties is the broker's choice; user properties keep theirs. */
function expectAll(message: Received): void {
  const sorted = (list: readonly Property[]): readonly Property[] => list.toSorted(([one], [other]) => one.localeCompare(other));
  assertEqual(sorted(message.properties), sorted(all), 'properties');
}

async function pair(scene: Scene): Promise<readonly [publisher: RawClient, subscriber: RawClient]> {
  const subscriber = await scene.connect();
  await subscriber.subscribe(scene.topic());
  return [await scene.connect(), subscriber];
}

/** Neither reason string nor user properties. */
function expectBare(packet: Received): void {
  for (const name of ['reasonString', 'userProperty'] as const) {
    assertEqual(propertyOf(packet, name), undefined, `${name} in ${packet.type}`);
  }
}

export const propertyClauses: readonly Clause[] = [
  {
    title: 'properties are passed on unaltered, user properties in their order and with repetitions',
    versions: { 5: 'MQTT-3.3.2-18' },
    async run(scene) {
      const [publisher, subscriber] = await pair(scene);
      for (const qos of [0, 1, 2]) {
        await publisher.publish({ topic: scene.topic(), qos, payload: 'x', properties: all });
        expectAll(await subscriber.receive());
      }
    },
  },
  {
    title: 'properties are kept while a message is queued',
    versions: { 5: 'MQTT-3.3.2-17' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      await first.disconnect();
      const publisher = await scene.connect();
      for (const qos of [1, 2]) await publisher.publish({ topic: scene.topic(), qos, payload: 'x', properties: all });
      const second = await scene.connect({ clientId, lasting: true });
      expectAll(await second.receive());
      expectAll(await second.receive());
    },
  },
  {
    title: 'a message without properties arrives without properties',
    versions: { 5: 'MQTT-2.2.2-1' },
    async run(scene) {
      const [publisher, subscriber] = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'x' });
      assertEqual((await subscriber.receive()).properties, [], 'properties');
    },
  },
  {
    title: 'a payload is not touched, whatever is in it and however long it is',
    versions: { 3: '§3.3', 4: '§3.3.3', 5: '§3.3.3' },
    async run(scene) {
      const [publisher, subscriber] = await pair(scene);
      const big = Buffer.alloc(1_200_000);
      for (let at = 0; at < big.length; at += 1) big[at] = at * 31 + (at >> 8);
      for (const payload of [Buffer.alloc(0), Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), big]) {
        await publisher.publish({ topic: scene.topic(), qos: 1, payload });
        assert((await subscriber.receive()).payload.equals(payload), `a payload of ${payload.length} bytes came changed`);
      }
    },
  },
  {
    title: 'a queued message carries the time it has left',
    versions: { 5: 'MQTT-3.3.2-6' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      await first.disconnect();
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 1, properties: [['messageExpiryInterval', 100]] });
      await delay(2200);
      const second = await scene.connect({ clientId, lasting: true });
      const left = propertyOf(await second.receive(), 'messageExpiryInterval') as number;
      assert(left <= 98 && left >= 80, `${left} s left`);
    },
  },
  {
    title: 'a message that expired while it was queued is not delivered',
    versions: { 5: 'MQTT-3.3.2-5' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      await first.disconnect();
      const publisher = await scene.connect();
      for (const qos of [1, 2]) await publisher.publish({ topic: scene.topic(), qos, payload: 'short', properties: [['messageExpiryInterval', 1]] });
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'endless' });
      await delay(2200);
      const second = await scene.connect({ clientId, lasting: true });
      assertEqual(String((await second.receive()).payload), 'endless', 'payload');
      await expectSilence(second);
    },
  },
  {
    title: 'a message that was sent once is sent again although it has expired meanwhile',
    versions: { 5: 'MQTT-4.3.3-7' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 2, payload: 'x', properties: [['messageExpiryInterval', 1]] });
      const { id } = await first.expectPacket('publish');
      first.drop();
      await delay(2200);
      const second = await scene.connect({ clientId, lasting: true });
      assertEqual((await second.receive()).id, id, 'packet id');
    },
  },
  {
    title: 'a message delivered at once carries its whole expiry interval',
    versions: { 5: 'MQTT-3.3.2-6' },
    async run(scene) {
      const [publisher, subscriber] = await pair(scene);
      await publisher.publish({ topic: scene.topic(), qos: 1, properties: [['messageExpiryInterval', 100]] });
      const left = propertyOf(await subscriber.receive(), 'messageExpiryInterval') as number;
      assert(left >= 99 && left <= 100, `${left} s left`);
    },
  },
  {
    title: 'who wants no problem information gets no reason string and no user property on acknowledgements',
    versions: { 5: 'MQTT-3.1.2-29' },
    broker: 'guarded',
    async run(scene) {
      const client = await scene.connect({ ...credentials, properties: [['requestProblemInformation', 0]] });
      expectBare(await client.subscribe(['denied/#', scene.topic()]));
      expectBare(await client.unsubscribe(scene.topic('unknown')));
      await client.publish({ topic: scene.topic('nobody'), qos: 1 });
      for (const [qos, type] of [
        [1, 'puback'],
        [2, 'pubrec'],
      ] as const) {
        const waiting = client.waitFor(type);
        void client.publish({ topic: 'denied/x', qos }).catch(() => undefined);
        expectBare(await waiting);
      }
      client.send(ack('pubrel', 4711));
      expectBare(await client.expectPacket('pubcomp'));
    },
  },
  {
    title: 'a publication that is not allowed is refused with 0x87 and goes nowhere',
    versions: { 5: '§3.4.2.1' },
    broker: 'guarded',
    async run(scene) {
      const subscriber = await scene.connect(credentials);
      await subscriber.subscribe('+/x');
      const publisher = await scene.connect(credentials);
      assertEqual((await publisher.publish({ topic: 'denied/x', qos: 1 })).code, 0x87, 'PUBACK');
      assertEqual((await publisher.publish({ topic: 'denied/x', qos: 2, id: 50 })).code, 0x87, 'PUBREC');
      // The packet id is free again [MQTT-4.3.3-9].
      assertEqual((await publisher.publish({ topic: scene.topic(), qos: 2, id: 50 })).code, 0x10, 'PUBREC of the next message');
      await publisher.publish({ topic: 'denied/x' });
      await expectSilence(subscriber, publisher);
    },
  },
  {
    title: 'a publication that is not allowed goes nowhere; it is acknowledged or ends the connection',
    versions: { 3: '§3.3', 4: 'MQTT-3.3.5-2' },
    broker: 'guarded',
    async run(scene) {
      const subscriber = await scene.connect(credentials);
      await subscriber.subscribe('+/x');
      for (const qos of [1, 2]) {
        const publisher = await scene.connect(credentials);
        await publisher.publish({ topic: 'denied/x', qos }).catch((error: unknown) => {
          if (!publisher.closed) throw error;
        });
      }
      await expectSilence(subscriber);
    },
  },
  {
    title: 'response information is not given to who did not ask',
    versions: { 5: 'MQTT-3.1.2-28' },
    broker: 'limited',
    async run(scene) {
      for (const properties of [[], [['requestResponseInformation', 0]]] as const) {
        const { connack } = await scene.connect({ properties });
        assertEqual(connack && propertyOf(connack, 'responseInformation'), undefined, 'response information');
      }
    },
  },
  {
    title: 'response information is given to who asks',
    versions: { 5: '§3.2.2.3.15' },
    broker: 'limited',
    async run(scene) {
      const { connack } = await scene.connect({ properties: [['requestResponseInformation', 1]] });
      const given = connack && propertyOf(connack, 'responseInformation');
      assert(typeof given === 'string' && given.startsWith('answers/'), `response information ${String(given)}`);
    },
  },
  {
    title: 'a payload that is no UTF-8 is passed on or refused with 0x99, but the connection goes on',
    versions: { 5: '§3.3.2.3.2' },
    async run(scene) {
      const [publisher, subscriber] = await pair(scene);
      const { code } = await publisher.publish({ topic: scene.topic(), qos: 1, payload: Buffer.from([0xff]), properties: [['payloadFormatIndicator', 1]] });
      assert(code === 0 || code === 0x99, `PUBACK ${code}`);
      if (code === 0) await subscriber.receive();
      await settle(publisher, subscriber);
    },
  },
];
