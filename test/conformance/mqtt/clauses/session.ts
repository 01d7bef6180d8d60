import { setTimeout as delay } from 'node:timers/promises';
import { disconnect, type Property } from '../wire.ts';
import { assert, assertEqual, expectSilence, settle, type Clause, type Scene } from './clause.ts';

/** Connects with these words and says whether there was a session. */
async function sessionPresent(scene: Scene, clientId: string, clean: boolean, properties: readonly Property[] = []): Promise<boolean> {
  const client = await scene.connect({ clientId, clean, properties });
  await client.disconnect();
  return client.connack?.sessionPresent === true;
}

export const sessionClauses: readonly Clause[] = [
  {
    title: 'without a stored session, session present is 0',
    versions: { 4: 'MQTT-3.2.2-3', 5: 'MQTT-3.2.2-3' },
    async run(scene) {
      const client = await scene.connect({ lasting: true });
      assert(client.connack?.sessionPresent === false, 'session present');
    },
  },
  {
    title: 'with a stored session, session present is 1, also when it holds nothing',
    versions: { 4: 'MQTT-3.2.2-2', 5: 'MQTT-3.2.2-3' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.disconnect();
      const second = await scene.connect({ clientId, lasting: true });
      assert(second.connack?.sessionPresent === true, 'the session was not found');
    },
  },
  {
    title: 'with a clean start, session present is 0 whatever was stored',
    versions: { 4: 'MQTT-3.2.2-1', 5: 'MQTT-3.2.2-2' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      await first.disconnect();
      const second = await scene.connect({ clientId });
      assert(second.connack?.sessionPresent === false, 'session present');
    },
  },
  {
    title: 'CONNACK has no session present: its first byte stays 0',
    versions: { 3: '§3.2' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      await first.disconnect();
      const second = await scene.connect({ clientId, lasting: true });
      assertEqual(second.connack?.bytes.toString('hex'), '20020000', 'CONNACK');
    },
  },
  {
    title: 'a stored session keeps its subscriptions and queues QoS 1 and 2, in order',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.2-5', 5: 'MQTT-4.5.0-1' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic('#'));
      await first.disconnect();
      const publisher = await scene.connect();
      for (const [index, qos] of [1, 2, 1, 2].entries()) await publisher.publish({ topic: scene.topic('a'), qos, payload: String(index) });
      await settle(publisher);
      const second = await scene.connect({ clientId, lasting: true });
      const got: string[] = [];
      for (let count = 0; count < 4; count += 1) {
        const message = await second.receive();
        assert(!message.dup && !message.retain, 'DUP or RETAIN on a first delivery');
        got.push(`${message.qos}:${String(message.payload)}`);
      }
      // Order is promised for each QoS only.
      assertEqual(got.toSorted(), ['1:0', '1:2', '2:1', '2:3'], 'messages');
      for (const qos of ['1', '2']) {
        const of = got.filter((one) => one.startsWith(qos));
        assertEqual(of, of.toSorted(), `order of QoS ${qos}`);
      }
      await second.expectNothing();
    },
  },
  {
    title: 'messages without a matching subscription are not queued',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.2-5', 5: 'MQTT-4.5.0-1' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic('a'));
      await first.disconnect();
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic('b'), qos: 1 });
      await settle(publisher);
      const second = await scene.connect({ clientId, lasting: true });
      await expectSilence(second);
    },
  },
  {
    title: 'a clean start discards subscriptions and queue',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.2-6', 5: 'MQTT-3.1.2-4' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      await first.disconnect();
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'queued' });
      await settle(publisher);
      const second = await scene.connect({ clientId });
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'live' });
      await expectSilence(second, publisher);
    },
  },
  {
    title: 'a session begun with a clean session ends with its connection',
    versions: { 4: 'MQTT-3.1.2-6' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId });
      await first.subscribe(scene.topic());
      await first.disconnect();
      const second = await scene.connect({ clientId, lasting: true });
      assert(second.connack?.sessionPresent === false, 'session present');
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 1 });
      await expectSilence(second, publisher);
    },
  },
  {
    title: 'without a session expiry interval the session ends with the connection',
    versions: { 5: '§3.1.2.11.2' },
    async run(scene) {
      const clientId = scene.clientId();
      assert(!(await sessionPresent(scene, clientId, true)), 'session present');
      assert(!(await sessionPresent(scene, clientId, false)), 'a session of expiry 0 was kept');
    },
  },
  {
    title: 'a session with an expiry interval can be begun without clean start as well',
    versions: { 5: 'MQTT-3.1.2-6' },
    async run(scene) {
      const clientId = scene.clientId();
      assert(!(await sessionPresent(scene, clientId, false, [['sessionExpiryInterval', 60]])), 'session present');
      assert(await sessionPresent(scene, clientId, false, [['sessionExpiryInterval', 60]]), 'the session was not kept');
    },
  },
  {
    title: 'a session ends when its expiry interval has passed, and not before',
    versions: { 5: 'MQTT-4.1.0-2' },
    async run(scene) {
      const [early, late] = [scene.clientId(), scene.clientId()];
      await sessionPresent(scene, early, true, [['sessionExpiryInterval', 60]]);
      await sessionPresent(scene, late, true, [['sessionExpiryInterval', 1]]);
      await delay(2600);
      assert(await sessionPresent(scene, early, false), 'the session ended too early');
      assert(!(await sessionPresent(scene, late, false)), 'the session was kept too long');
    },
  },
  {
    title: 'an expiry interval of 0xFFFFFFFF keeps the session',
    versions: { 5: '§3.1.2.11.2' },
    async run(scene) {
      const clientId = scene.clientId();
      await sessionPresent(scene, clientId, true, [['sessionExpiryInterval', 0xffff_ffff]]);
      assert(await sessionPresent(scene, clientId, false, [['sessionExpiryInterval', 0xffff_ffff]]), 'the session was not kept');
    },
  },
  {
    title: 'DISCONNECT can shorten the expiry interval to 0',
    versions: { 5: '§3.14.2.2.2' },
    async run(scene) {
      const clientId = scene.clientId();
      const client = await scene.connect({ clientId, lasting: true });
      await client.disconnect(0, [['sessionExpiryInterval', 0]]);
      assert(!(await sessionPresent(scene, clientId, false)), 'the session was kept');
    },
  },
  {
    title: 'DISCONNECT can lengthen an expiry interval',
    versions: { 5: '§3.14.2.2.2' },
    async run(scene) {
      const clientId = scene.clientId();
      const client = await scene.connect({ clientId, properties: [['sessionExpiryInterval', 1]] });
      await client.disconnect(0, [['sessionExpiryInterval', 60]]);
      await delay(2600);
      assert(await sessionPresent(scene, clientId, false), 'the session was not kept');
    },
  },
  {
    title: 'DISCONNECT cannot give an expiry interval to a session that had none',
    versions: { 5: '§3.14.2.2.2' },
    async run(scene) {
      const clientId = scene.clientId();
      const client = await scene.connect({ clientId });
      client.send(disconnect(0, [['sessionExpiryInterval', 60]]));
      await client.expectRefused(0x82);
      assert(!(await sessionPresent(scene, clientId, false)), 'the session was kept');
    },
  },
  {
    title: 'what was queued is delivered to who resumes with expiry 0',
    versions: { 5: 'MQTT-3.1.2-5' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      await first.disconnect();
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'queued' });
      const second = await scene.connect({ clientId, clean: false });
      assertEqual(String((await second.receive()).payload), 'queued', 'payload');
    },
  },
  {
    title: 'the end of a session leaves retained messages alone',
    versions: { 3: '§3.3', 4: 'MQTT-3.1.2-7', 5: '§4.1' },
    async run(scene) {
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 1, retain: true, payload: 'stays' });
      await publisher.disconnect();
      const subscriber = await scene.connect();
      await subscriber.subscribe(scene.topic());
      assertEqual(String((await subscriber.receive()).payload), 'stays', 'payload');
    },
  },
  {
    title: 'a second connection with the same client id ends the first',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.4-2', 5: 'MQTT-3.1.4-3' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId });
      const second = await scene.connect({ clientId });
      await first.expectRefused(0x8e);
      await second.ping();
    },
  },
  {
    title: 'who takes over a session has its subscriptions and unacknowledged messages',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.2-4', 5: 'MQTT-3.1.2-5' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'one' });
      await first.expectPacket('publish');
      const second = await scene.connect({ clientId, lasting: true });
      if (scene.level > 3) assert(second.connack?.sessionPresent === true, 'the session was not taken over');
      assertEqual(String((await second.receive()).payload), 'one', 'payload');
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'two' });
      assertEqual(String((await second.receive()).payload), 'two', 'payload');
    },
  },
  {
    title: 'a storm of takeovers leaves one connection, the last',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.4-2', 5: 'MQTT-3.1.4-3' },
    async run(scene) {
      const clientId = scene.clientId();
      const clients = [];
      for (let count = 0; count < 20; count += 1) clients.push(await scene.connect({ clientId, lasting: true }));
      const last = clients.pop();
      for (const client of clients) await client.expectRefused(0x8e);
      await last?.ping();
    },
  },
];
