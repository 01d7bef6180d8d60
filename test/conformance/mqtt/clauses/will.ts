import { setTimeout as delay } from 'node:timers/promises';
import type { RawClient } from '../raw-client.ts';
import { disconnect, publish, type Property } from '../wire.ts';
import { assert, assertEqual, expectSilence, type Clause, type Options, type Scene } from './clause.ts';

/** A client with a will on the scene's topic, and one that listens there with QoS 2. */
async function pair(scene: Scene, options: Options = {}): Promise<readonly [mortal: RawClient, observer: RawClient]> {
  const observer = await scene.connect();
  await observer.subscribe(scene.topic());
  const mortal = await scene.connect({ will: { topic: scene.topic(), payload: 'will', qos: 1 }, ...options });
  return [mortal, observer];
}

async function expectWill(observer: RawClient, withinMs?: number): Promise<void> {
  const message = await observer.receive(withinMs);
  assertEqual(String(message.payload), 'will', 'payload');
  await observer.expectNothing();
}

const published = { 3: '§3.1', 4: 'MQTT-3.1.2-8', 5: 'MQTT-3.1.2-8' };

function delayed(seconds: number, expirySeconds: number, more: Options = {}): Options {
  const properties: readonly Property[] = [['sessionExpiryInterval', expirySeconds]];
  return { properties, will: { topic: '', payload: 'will', qos: 1, properties: [['willDelayInterval', seconds]] }, ...more };
}

/** The will's topic is only known to the scene. */
function delayedPair(scene: Scene, seconds: number, expirySeconds: number, more: Options = {}): Promise<readonly [RawClient, RawClient]> {
  const options = delayed(seconds, expirySeconds, more);
  return pair(scene, { ...options, will: { payload: 'will', ...options.will, topic: scene.topic() } });
}

export const willClauses: readonly Clause[] = [
  {
    title: 'the will is published when the connection breaks, with its QoS and not retained',
    versions: published,
    async run(scene) {
      for (const qos of [0, 1, 2]) {
        const [mortal, observer] = await pair(scene, { will: { topic: scene.topic(), payload: 'will', qos } });
        mortal.drop();
        const message = await observer.receive();
        assertEqual([String(message.payload), message.qos, message.retain, message.dup], ['will', qos, false, false], 'will');
        observer.drop();
      }
      const late = await scene.connect();
      await late.subscribe(scene.topic());
      await expectSilence(late);
    },
  },
  {
    title: 'a will with retain is kept as a retained message',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.2-17', 5: 'MQTT-3.1.2-15' },
    async run(scene) {
      const [mortal, observer] = await pair(scene, { will: { topic: scene.topic(), payload: 'will', retain: true } });
      mortal.drop();
      assert(!(await observer.receive()).retain, 'RETAIN for a subscription that was there before');
      const late = await scene.connect();
      await late.subscribe(scene.topic());
      const message = await late.receive();
      assertEqual([String(message.payload), message.retain], ['will', true], 'retained will');
    },
  },
  {
    title: 'the will is not published after DISCONNECT',
    versions: { 3: '§3.14', 4: 'MQTT-3.14.4-3', 5: 'MQTT-3.14.4-3' },
    async run(scene) {
      const [mortal, observer] = await pair(scene);
      await mortal.disconnect();
      await expectSilence(observer);
    },
  },
  {
    title: 'DISCONNECT 0x04 asks for the will',
    versions: { 5: '§3.14.2.1' },
    async run(scene) {
      const [mortal, observer] = await pair(scene);
      await mortal.disconnect(0x04);
      await expectWill(observer);
    },
  },
  {
    title: 'other reasons than 0x00 in DISCONNECT let the will be published as well',
    versions: { 5: 'MQTT-3.14.4-3' },
    async run(scene) {
      const [mortal, observer] = await pair(scene);
      await mortal.disconnect(0x80);
      await expectWill(observer);
    },
  },
  {
    title: 'the will is published when the client breaks the protocol',
    versions: published,
    async run(scene) {
      const [mortal, observer] = await pair(scene);
      mortal.send(publish(scene.level, { topic: 'a/#' }));
      await expectWill(observer);
    },
  },
  {
    title: 'the will is published when DISCONNECT is malformed',
    versions: { 4: 'MQTT-3.14.1-1', 5: 'MQTT-3.14.1-1' },
    async run(scene) {
      const [mortal, observer] = await pair(scene);
      const bytes = disconnect();
      bytes[0] = 0xe1;
      mortal.send(bytes);
      await expectWill(observer);
    },
  },
  {
    title: 'the will is published when the client falls silent',
    versions: published,
    async run(scene) {
      const [, observer] = await pair(scene, { keepAliveSeconds: 1 });
      await expectWill(observer, 6000);
    },
  },
  {
    title: 'the will is published when another connection takes the client id',
    versions: { 4: 'MQTT-3.1.2-8', 5: '§3.1.4' },
    async run(scene) {
      const clientId = scene.clientId();
      const [, observer] = await pair(scene, { clientId });
      await scene.connect({ clientId });
      await expectWill(observer);
    },
  },
  {
    title: 'without a will nothing is published',
    versions: { 4: 'MQTT-3.1.2-12', 5: 'MQTT-3.1.2-10' },
    async run(scene) {
      const clientId = scene.clientId();
      const [mortal, observer] = await pair(scene, { clientId });
      await mortal.disconnect();
      // The will belonged to the connection before.
      const [again, other] = await pair(scene, { clientId, will: { topic: scene.topic('other') } });
      again.drop();
      const third = await scene.connect({ clientId });
      third.drop();
      await expectSilence(observer, other);
    },
  },
  {
    title: 'an empty will message is published as such',
    versions: { 4: '§3.1.3.3', 5: '§3.1.3.4' },
    async run(scene) {
      const [mortal, observer] = await pair(scene, { will: { topic: scene.topic(), payload: '' } });
      mortal.drop();
      assertEqual((await observer.receive()).payload.length, 0, 'bytes of the payload');
    },
  },
  {
    title: 'the properties of the will are passed on in their order, but not its delay',
    versions: { 5: 'MQTT-3.1.3-10' },
    async run(scene) {
      const sent: readonly Property[] = [
        ['payloadFormatIndicator', 1],
        ['contentType', 'text/plain'],
        ['responseTopic', 'answer'],
        ['correlationData', Buffer.from([1, 2, 3])],
        ['userProperty', ['b', '1']],
        ['userProperty', ['a', '2']],
        ['userProperty', ['b', '3']],
      ];
      const properties: readonly Property[] = [['willDelayInterval', 0], ...sent];
      const [mortal, observer] = await pair(scene, { will: { topic: scene.topic(), payload: 'will', properties } });
      mortal.drop();
      const { properties: got } = await observer.receive();
      const byName = (list: readonly Property[]): readonly Property[] => list.toSorted(([one], [other]) => one.localeCompare(other));
      assertEqual(byName(got), byName(sent), 'properties');
    },
  },
  {
    title: 'a delayed will is published when the delay has passed, and not before',
    versions: { 5: 'MQTT-3.1.2-8' },
    async run(scene) {
      const [mortal, observer] = await delayedPair(scene, 1, 60);
      mortal.drop();
      await observer.expectNothing(700);
      await expectWill(observer, 6000);
    },
  },
  {
    title: 'a delayed will is not published when its session is resumed in time',
    versions: { 5: 'MQTT-3.1.3-9' },
    async run(scene) {
      const clientId = scene.clientId();
      const [mortal, observer] = await delayedPair(scene, 1, 60, { clientId });
      mortal.drop();
      await scene.connect({ clientId, clean: false, properties: [['sessionExpiryInterval', 60]] });
      await observer.expectNothing(2500);
    },
  },
  {
    title: 'a delayed will is not published when a second connection resumes the session',
    versions: { 5: 'MQTT-3.1.3-9' },
    async run(scene) {
      const clientId = scene.clientId();
      const [, observer] = await delayedPair(scene, 1, 60, { clientId });
      await scene.connect({ clientId, clean: false, properties: [['sessionExpiryInterval', 60]] });
      await observer.expectNothing(2500);
    },
  },
  {
    title: 'the end of the session publishes a delayed will at once',
    versions: { 5: 'MQTT-3.1.2-8' },
    async run(scene) {
      const [mortal, observer] = await delayedPair(scene, 60, 0);
      mortal.drop();
      await expectWill(observer);
    },
  },
  {
    title: 'a session that expires before the delay has passed publishes its will then',
    versions: { 5: 'MQTT-3.1.2-8' },
    async run(scene) {
      const [mortal, observer] = await delayedPair(scene, 60, 1);
      mortal.drop();
      await observer.expectNothing(700);
      await expectWill(observer, 6000);
    },
  },
  {
    title: 'a clean start ends the session, so that its delayed will is published',
    versions: { 5: 'MQTT-3.1.2-8' },
    async run(scene) {
      const clientId = scene.clientId();
      const [mortal, observer] = await delayedPair(scene, 60, 60, { clientId });
      mortal.drop();
      await scene.connect({ clientId });
      await expectWill(observer);
    },
  },
  {
    title: 'DISCONNECT 0x00 drops a delayed will for good',
    versions: { 5: 'MQTT-3.14.4-3' },
    async run(scene) {
      const [mortal, observer] = await delayedPair(scene, 1, 1);
      await mortal.disconnect();
      await observer.expectNothing(2500);
    },
  },
  {
    title: 'a delayed will waits for its delay also after DISCONNECT 0x04',
    versions: { 5: '§3.1.3.2.2' },
    async run(scene) {
      const [mortal, observer] = await delayedPair(scene, 1, 60);
      await mortal.disconnect(0x04);
      await observer.expectNothing(700);
      await expectWill(observer, 6000);
    },
  },
  {
    title: 'a will is matched, stored and queued like every message',
    versions: { 3: '§3.1', 4: 'MQTT-4.5.0-1', 5: 'MQTT-4.5.0-1' },
    async run(scene) {
      const clientId = scene.clientId();
      const away = await scene.connect({ clientId, lasting: true });
      await away.subscribe(scene.topic());
      await away.disconnect();
      const [mortal, observer] = await pair(scene);
      mortal.drop();
      await expectWill(observer);
      // One subscriber having it does not mean that it was queued for the other already.
      await delay(1);
      const back = await scene.connect({ clientId, lasting: true });
      assertEqual(String((await back.receive()).payload), 'will', 'payload');
    },
  },
];
