import { setTimeout as delay } from 'node:timers/promises';
import { propertyOf, type RawClient } from '../raw-client.ts';
import { assert, assertEqual, expectSilence, settle, type Clause, type Scene } from './clause.ts';

async function retain(scene: Scene, topic: string, payload: string, qos = 1): Promise<RawClient> {
  const publisher = await scene.connect();
  await publisher.publish({ topic, qos, retain: true, payload });
  await settle(publisher);
  return publisher;
}

export const retainedClauses: readonly Clause[] = [
  {
    title: 'a new subscription receives the last retained message with RETAIN',
    versions: { 3: '§3.3', 4: 'MQTT-3.3.1-6', 5: 'MQTT-3.3.1-5' },
    async run(scene) {
      const publisher = await retain(scene, scene.topic('a'), 'old');
      await publisher.publish({ topic: scene.topic('a'), qos: 1, retain: true, payload: 'new' });
      for (const filter of [scene.topic('a'), scene.topic('+'), scene.topic('#')]) {
        const subscriber = await scene.connect();
        await subscriber.subscribe(filter);
        const message = await subscriber.receive();
        assertEqual([message.topic, String(message.payload), message.retain, message.dup], [scene.topic('a'), 'new', true, false], filter);
        await subscriber.expectNothing();
      }
    },
  },
  {
    title: 'a wildcard receives the retained message of every topic it matches, each once',
    versions: { 3: '§3.3', 4: 'MQTT-3.3.1-6', 5: 'MQTT-3.3.1-9' },
    async run(scene) {
      const publisher = await scene.connect();
      const topics = ['a', 'a/b', 'a/b/c', 'd', 'd/e'].map((rest) => scene.topic(rest));
      for (const topic of topics) await publisher.publish({ topic, qos: 1, retain: true, payload: topic });
      const subscriber = await scene.connect();
      await subscriber.subscribe(scene.topic('#'));
      const got: string[] = [];
      while (got.length < topics.length) got.push((await subscriber.receive()).topic);
      assertEqual(got.toSorted(), topics, 'topics');
      await subscriber.expectNothing();
    },
  },
  {
    title: 'a subscription that was there receives RETAIN 0',
    versions: { 3: '§3.3', 4: 'MQTT-3.3.1-9', 5: 'MQTT-3.3.1-12' },
    async run(scene) {
      const subscriber = await scene.connect();
      await subscriber.subscribe(scene.topic());
      await retain(scene, scene.topic(), 'x');
      assert(!(await subscriber.receive()).retain, 'RETAIN');
    },
  },
  {
    title: 'a retained message has the lower QoS of publication and subscription',
    versions: { 3: '§3.8', 4: 'MQTT-3.8.4-6', 5: 'MQTT-3.8.4-8' },
    async run(scene) {
      const publisher = await scene.connect();
      for (const qos of [0, 1, 2]) await publisher.publish({ topic: scene.topic(`t/${qos}`), qos, retain: true, payload: 'x' });
      await settle(publisher);
      for (const granted of [0, 1, 2]) {
        for (const filter of [scene.topic('t/2'), scene.topic('t/+')]) {
          const subscriber = await scene.connect();
          await subscriber.subscribe({ filter, qos: granted });
          const expected = filter.endsWith('+') ? 3 : 1;
          for (let count = 0; count < expected; count += 1) {
            const message = await subscriber.receive();
            assertEqual(message.qos, Math.min(granted, Number(message.topic.at(-1))), `${message.topic} for a subscription of ${granted}`);
          }
        }
      }
    },
  },
  {
    title: 'a retained message of QoS 0 replaces the one before',
    versions: { 3: '§3.3', 4: 'MQTT-3.3.1-7', 5: 'MQTT-3.3.1-5' },
    async run(scene) {
      const publisher = await retain(scene, scene.topic(), 'old', 2);
      await publisher.publish({ topic: scene.topic(), qos: 0, retain: true, payload: 'new' });
      await settle(publisher);
      const subscriber = await scene.connect();
      await subscriber.subscribe(scene.topic());
      const message = await subscriber.receive();
      assertEqual([String(message.payload), message.qos], ['new', 0], 'payload and QoS');
    },
  },
  {
    title: 'an empty retained message removes the one before, is passed on, and is not stored itself',
    versions: { 3: '§3.3', 4: 'MQTT-3.3.1-10', 5: 'MQTT-3.3.1-6' },
    async run(scene) {
      const publisher = await retain(scene, scene.topic(), 'x');
      const before = await scene.connect();
      await before.subscribe(scene.topic());
      await before.receive();
      await publisher.publish({ topic: scene.topic(), qos: 1, retain: true, payload: '' });
      const message = await before.receive();
      assertEqual([message.payload.length, message.retain], [0, false], 'bytes and RETAIN');
      const after = await scene.connect();
      await after.subscribe(scene.topic());
      await expectSilence(after, publisher);
    },
  },
  {
    title: 'a message without RETAIN is neither stored nor replaces what is',
    versions: { 3: '§3.3', 4: 'MQTT-3.3.1-12', 5: 'MQTT-3.3.1-8' },
    async run(scene) {
      const publisher = await retain(scene, scene.topic('kept'), 'stays');
      await publisher.publish({ topic: scene.topic('kept'), qos: 1, payload: 'passes' });
      await publisher.publish({ topic: scene.topic('kept'), qos: 1, payload: '' });
      await publisher.publish({ topic: scene.topic('other'), qos: 1, payload: 'passes' });
      await settle(publisher);
      const subscriber = await scene.connect();
      await subscriber.subscribe(scene.topic('#'));
      assertEqual(String((await subscriber.receive()).payload), 'stays', 'payload');
      await subscriber.expectNothing();
    },
  },
  {
    title: 'subscribing again brings the retained message again',
    versions: { 3: '§3.8', 4: 'MQTT-3.8.4-3', 5: 'MQTT-3.8.4-4' },
    async run(scene) {
      await retain(scene, scene.topic(), 'x');
      const subscriber = await scene.connect();
      for (let count = 0; count < 2; count += 1) {
        await subscriber.subscribe(scene.topic());
        assert((await subscriber.receive()).retain, 'no RETAIN');
      }
      await subscriber.expectNothing();
    },
  },
  {
    title: 'resuming a session does not bring retained messages again',
    versions: { 3: '§3.3', 4: '§3.3.1.3', 5: '§3.3.1.3' },
    async run(scene) {
      await retain(scene, scene.topic(), 'x');
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic());
      await first.receive();
      await first.disconnect();
      await expectSilence(await scene.connect({ clientId, lasting: true }));
    },
  },
  {
    title: 'retain handling 0 sends at every SUBSCRIBE, 1 only for a new subscription, 2 never',
    versions: { 5: 'MQTT-3.3.1-10' },
    async run(scene) {
      await retain(scene, scene.topic(), 'x');
      const subscriber = await scene.connect();
      const subscribe = (retainHandling: number): Promise<unknown> => subscriber.subscribe({ filter: scene.topic(), qos: 1, retainHandling });
      await subscribe(2);
      await expectSilence(subscriber);
      await subscribe(1);
      await expectSilence(subscriber);
      await subscribe(0);
      assert((await subscriber.receive()).retain, 'no RETAIN');
      await subscriber.unsubscribe(scene.topic());
      await subscribe(1);
      assert((await subscriber.receive()).retain, 'no RETAIN');
      await subscriber.expectNothing();
    },
  },
  {
    title: 'retain as published keeps RETAIN as it came, for established subscriptions too',
    versions: { 5: 'MQTT-3.3.1-13' },
    async run(scene) {
      const subscriber = await scene.connect();
      await subscriber.subscribe({ filter: scene.topic(), qos: 1, retainAsPublished: true });
      const publisher = await retain(scene, scene.topic(), 'retained');
      assert((await subscriber.receive()).retain, 'RETAIN was taken off');
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'plain' });
      assert(!(await subscriber.receive()).retain, 'RETAIN was put on');
      const late = await scene.connect();
      await late.subscribe({ filter: scene.topic(), qos: 1, retainAsPublished: false });
      assert((await late.receive()).retain, 'a retained message for a new subscription without RETAIN');
    },
  },
  {
    title: 'a shared subscription receives no retained messages',
    versions: { 5: '§3.3.1.3' },
    async run(scene) {
      await retain(scene, scene.topic(), 'x');
      const subscriber = await scene.connect();
      await subscriber.subscribe(`$share/${scene.topic()}/${scene.topic()}`);
      await expectSilence(subscriber);
    },
  },
  {
    title: 'a retained message carries the time it has left, and is gone when that has passed',
    versions: { 5: 'MQTT-3.3.2-6' },
    async run(scene) {
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic('long'), qos: 1, retain: true, payload: 'x', properties: [['messageExpiryInterval', 100]] });
      await publisher.publish({ topic: scene.topic('short'), qos: 1, retain: true, payload: 'x', properties: [['messageExpiryInterval', 1]] });
      await delay(2200);
      const subscriber = await scene.connect();
      await subscriber.subscribe(scene.topic('#'));
      const message = await subscriber.receive();
      const left = propertyOf(message, 'messageExpiryInterval') as number;
      assert(message.topic === scene.topic('long') && left <= 98 && left >= 80, `${message.topic} with ${left} s left`);
      await subscriber.expectNothing();
    },
  },
  {
    title: 'a retained message keeps its properties',
    versions: { 5: 'MQTT-3.3.2-17' },
    async run(scene) {
      const publisher = await scene.connect();
      const properties = [
        ['contentType', 'x/y'],
        ['userProperty', ['n', '1']],
        ['userProperty', ['n', '2']],
      ] as const;
      await publisher.publish({ topic: scene.topic(), qos: 1, retain: true, payload: 'x', properties });
      const subscriber = await scene.connect();
      await subscriber.subscribe(scene.topic());
      const { properties: got } = await subscriber.receive();
      assertEqual(
        got.toSorted(([one], [other]) => one.localeCompare(other)),
        properties,
        'properties',
      );
    },
  },
  {
    title: 'a retained message below $ reaches only filters that begin with $',
    versions: { 4: 'MQTT-4.7.2-1', 5: 'MQTT-4.7.2-1' },
    async run(scene) {
      await retain(scene, `$${scene.topic(scene.topic())}`, 'x');
      const wild = await scene.connect();
      await wild.subscribe(`+/${scene.topic()}`);
      await expectSilence(wild);
      const named = await scene.connect();
      await named.subscribe(`$${scene.topic('#')}`);
      assertEqual(String((await named.receive()).payload), 'x', 'payload');
    },
  },
];
