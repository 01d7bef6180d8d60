import { versionNames, type Property } from '../wire.ts';
import { assert, assertEqual, expectSilence, type Clause } from './clause.ts';

const properties: readonly Property[] = [
  ['contentType', 'text/plain'],
  ['userProperty', ['a', '1']],
  ['messageExpiryInterval', 100],
];

/** Among clients of different versions. What a client of MQTT 3.x must not receive its reader finds, being strict. */
export const versionClauses: readonly Clause[] = [
  {
    title: 'a message reaches clients of every version with its payload and QoS, and properties only those of MQTT 5',
    versions: { 3: '§3.3', 4: '§3.3', 5: '§3.3.2.3' },
    async run(scene) {
      const subscribers = await Promise.all(scene.levels.map((level) => scene.connect({ level })));
      for (const subscriber of subscribers) await subscriber.subscribe(scene.topic());
      const publisher = await scene.connect();
      for (const qos of [0, 1, 2]) {
        await publisher.publish({ topic: scene.topic(), qos, payload: `${qos}`, properties: scene.level === 5 ? properties : [] });
        for (const subscriber of subscribers) {
          const message = await subscriber.receive();
          assertEqual(
            [message.topic, String(message.payload), message.qos],
            [scene.topic(), `${qos}`, qos],
            `message for MQTT ${versionNames[subscriber.level]}`,
          );
          const expected = scene.level === 5 && subscriber.level === 5 ? properties.length : 0;
          assertEqual(message.properties.length, expected, 'properties');
        }
      }
    },
  },
  {
    title: 'a retained message reaches clients of every version',
    versions: { 3: '§3.3', 4: '§3.3', 5: '§3.3.2.3' },
    async run(scene) {
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 1, retain: true, payload: 'x', properties: scene.level === 5 ? properties : [] });
      for (const level of scene.levels) {
        const subscriber = await scene.connect({ level });
        await subscriber.subscribe(scene.topic());
        const message = await subscriber.receive();
        assertEqual([String(message.payload), message.retain, message.qos], ['x', true, 1], `message for MQTT ${versionNames[level]}`);
      }
    },
  },
  {
    title: 'a will reaches clients of every version',
    versions: { 3: '§3.1', 4: '§3.1', 5: '§3.1' },
    async run(scene) {
      const subscribers = await Promise.all(scene.levels.map((level) => scene.connect({ level })));
      for (const subscriber of subscribers) await subscriber.subscribe(scene.topic());
      const mortal = await scene.connect({ will: { topic: scene.topic(), payload: 'will', qos: 1 } });
      mortal.drop();
      for (const subscriber of subscribers) assertEqual(String((await subscriber.receive()).payload), 'will', 'payload');
    },
  },
  {
    title: 'a client id is the same for every version: the newer connection takes it over',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.4-2', 5: 'MQTT-3.1.4-3' },
    async run(scene) {
      for (const level of scene.levels) {
        const clientId = scene.clientId();
        const first = await scene.connect({ clientId });
        const second = await scene.connect({ clientId, level });
        await first.expectRefused(0x8e);
        await second.ping();
      }
    },
  },
  {
    title: 'a session and its queue can be resumed with another version',
    versions: { 3: '§3.1', 4: '§3.1.2.4', 5: '§3.1.2.4' },
    async run(scene) {
      for (const level of scene.levels) {
        const clientId = scene.clientId();
        const topic = scene.topic(String(level));
        const first = await scene.connect({ clientId, lasting: true });
        await first.subscribe(topic);
        await first.disconnect();
        const publisher = await scene.connect({ level: scene.levels.at(-1) });
        const publication = { topic, properties: publisher.level === 5 ? properties : [] };
        await publisher.publish({ ...publication, qos: 2, payload: 'queued' });
        const second = await scene.connect({ clientId, level, lasting: true });
        assert(level === 3 || second.connack?.sessionPresent === true, 'the session was not found');
        assertEqual(String((await second.receive()).payload), 'queued', 'payload');
        await publisher.publish({ ...publication, qos: 1, payload: 'live' });
        assertEqual(String((await second.receive()).payload), 'live', 'payload');
        await expectSilence(second, publisher);
      }
    },
  },
];
