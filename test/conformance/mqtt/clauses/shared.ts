import { setTimeout as delay } from 'node:timers/promises';
import type { RawClient } from '../raw-client.ts';
import { ack, packet, text, two } from '../wire.ts';
import { assert, assertEqual, expectSilence, settle, type Clause, type Scene } from './clause.ts';

const versions = (id: string): Clause['versions'] => ({ 5: id });
const sharedFilter = (scene: Scene, group = 'g'): string => `$share/${group}/${scene.topic()}`;

/** All that has come; each is acknowledged. */
async function drain(client: RawClient): Promise<readonly string[]> {
  await settle(client);
  const list: string[] = [];
  while (client.unread.some(({ type }) => type === 'publish')) list.push(String((await client.receive()).payload));
  return list;
}

async function members(scene: Scene, count: number, qos = 1): Promise<readonly RawClient[]> {
  const list: RawClient[] = [];
  for (let index = 0; index < count; index += 1) {
    const client = await scene.connect();
    await client.subscribe({ filter: sharedFilter(scene), qos });
    list.push(client);
  }
  return list;
}

async function publishMany(scene: Scene, count: number, qos = 1, from = 0): Promise<void> {
  const publisher = await scene.connect();
  for (let index = from; index < from + count; index += 1) await publisher.publish({ topic: scene.topic(), qos, payload: String(index).padStart(3, '0') });
  await settle(publisher);
  publisher.drop();
}

const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => String(index).padStart(3, '0'));

export const sharedClauses: readonly Clause[] = [
  {
    title: 'each message goes to one member of a group, and every member has its share',
    versions: versions('§4.8.2'),
    async run(scene) {
      for (const qos of [0, 1, 2]) {
        const group = await members(scene, 3, qos);
        await publishMany(scene, 30, qos);
        const got = await Promise.all(group.map(drain));
        assertEqual(got.flat().toSorted(), numbers(30), 'messages');
        assert(
          got.every(({ length }) => length >= 5),
          `shares of ${got.map(({ length }) => length).join(', ')}`,
        );
        await Promise.all(group.map((client) => client.disconnect()));
      }
    },
  },
  {
    title: 'groups are independent of each other and of ordinary subscriptions',
    versions: versions('§4.8.2'),
    async run(scene) {
      const [one, other, plain, both] = [await scene.connect(), await scene.connect(), await scene.connect(), await scene.connect()];
      await one.subscribe(sharedFilter(scene, 'one'));
      await other.subscribe(sharedFilter(scene, 'other'));
      await plain.subscribe(scene.topic());
      await both.subscribe([scene.topic(), sharedFilter(scene, 'both')]);
      await publishMany(scene, 3);
      for (const client of [one, other, plain]) assertEqual(await drain(client), numbers(3), 'messages');
      assertEqual((await drain(both)).toSorted(), [...numbers(3), ...numbers(3)].toSorted(), 'messages of who subscribed both ways');
    },
  },
  {
    title: 'a member that unsubscribes or leaves is not counted on any more',
    versions: versions('§4.8.2'),
    async run(scene) {
      const [stays, unsubscribes, leaves] = await members(scene, 3);
      assert(stays !== undefined && unsubscribes !== undefined && leaves !== undefined, 'no members');
      assertEqual((await unsubscribes.unsubscribe(sharedFilter(scene))).codes, [0], 'codes');
      await leaves.disconnect();
      await publishMany(scene, 10);
      assertEqual(await drain(stays), numbers(10), 'messages');
      await unsubscribes.expectNothing();
    },
  },
  {
    title: 'a member that is away with its session does not starve those that are here',
    versions: versions('§4.8.2'),
    async run(scene) {
      const here = await scene.connect();
      await here.subscribe(sharedFilter(scene));
      const away = await scene.connect({ lasting: true });
      await away.subscribe(sharedFilter(scene));
      await away.disconnect();
      await publishMany(scene, 10);
      assertEqual(await drain(here), numbers(10), 'messages');
    },
  },
  {
    title: 'a message has the lower QoS of publication and the member’s subscription',
    versions: versions('MQTT-4.8.2-3'),
    async run(scene) {
      const [member] = await members(scene, 1, 1);
      const publisher = await scene.connect();
      for (const qos of [0, 1, 2]) {
        await publisher.publish({ topic: scene.topic(), qos });
        assertEqual((await member?.receive())?.qos, Math.min(1, qos), 'QoS');
      }
    },
  },
  {
    title: 'a wildcard in a shared filter matches as elsewhere',
    versions: versions('MQTT-4.8.2-1'),
    async run(scene) {
      const client = await scene.connect();
      await client.subscribe(`$share/g/${scene.topic('+/x/#')}`);
      const publisher = await scene.connect();
      for (const rest of ['a/x', 'a/y', 'b/x/c', 'a']) await publisher.publish({ topic: scene.topic(rest), qos: 1, payload: rest });
      assertEqual(await drain(client), ['a/x', 'b/x/c'], 'messages');
    },
  },
  {
    title: 'no local on a shared subscription breaks the protocol',
    versions: versions('MQTT-3.8.3-4'),
    async run(scene) {
      const client = await scene.connect();
      client.send(packet(0x82, two(1), Buffer.from([0]), text(sharedFilter(scene)), Buffer.from([0x04])));
      await client.expectRefused([0x82, 0x81]);
    },
  },
  {
    title: 'a share name is not empty and holds no wildcard, and a filter follows it',
    versions: versions('MQTT-4.8.2-2'),
    async run(scene) {
      for (const filter of ['$share/a+/x', '$share/#/x', '$share//x', '$share/a', '$share/a/', '$share/', '$share/a/x#']) {
        const client = await scene.connect();
        client.send(packet(0x82, two(1), Buffer.from([0]), text(filter), Buffer.from([0])));
        const answer = await client.next().catch(() => null);
        const refused =
          answer === null || (answer.type === 'disconnect' ? [0x81, 0x82, 0x8f].includes(answer.code) : answer.type === 'suback' && answer.codes[0] === 0x8f);
        assert(refused, `${filter} was answered with ${answer?.bytes.toString('hex') ?? 'nothing'}`);
      }
    },
  },
  {
    title: 'a message refused by a member is not given to another',
    versions: versions('MQTT-4.8.2-6'),
    async run(scene) {
      const [one, other] = await members(scene, 2);
      assert(one !== undefined && other !== undefined, 'no members');
      await publishMany(scene, 2);
      const [first, second] = [await one.expectPacket('publish'), await other.expectPacket('publish')];
      one.send(ack('puback', first.id, 0x80));
      other.send(ack('puback', second.id, 0x80));
      await expectSilence(one, other);
      await other.expectNothing();
    },
  },
  {
    title: 'a QoS 2 delivery that has begun is completed with the same member when it comes back',
    versions: versions('MQTT-4.8.2-4'),
    async run(scene) {
      const clientId = scene.clientId();
      const one = await scene.connect({ clientId, lasting: true });
      await one.subscribe(sharedFilter(scene));
      await publishMany(scene, 1, 2);
      const { id } = await one.expectPacket('publish');
      const other = await scene.connect();
      await other.subscribe(sharedFilter(scene));
      one.drop();
      await expectSilence(other);
      const back = await scene.connect({ clientId, lasting: true });
      assertEqual((await back.receive()).id, id, 'packet id');
      await expectSilence(other, back);
    },
  },
  {
    title: 'a QoS 2 delivery that has begun goes to nobody else when its member’s session ends',
    versions: versions('MQTT-4.8.2-5'),
    async run(scene) {
      const one = await scene.connect();
      await one.subscribe(sharedFilter(scene));
      await publishMany(scene, 1, 2);
      await one.expectPacket('publish');
      const other = await scene.connect();
      await other.subscribe(sharedFilter(scene));
      one.drop();
      await delay(50);
      await expectSilence(other);
    },
  },
  {
    title: 'unacknowledged QoS 1 messages of a member whose session ended go to those who stay',
    versions: versions('§4.8.2'),
    async run(scene) {
      const [stays, leaves] = await members(scene, 2);
      assert(stays !== undefined && leaves !== undefined, 'no members');
      await publishMany(scene, 10);
      const before = await drain(stays);
      assert(before.length < 10, 'one member had all');
      leaves.drop();
      const after: string[] = [];
      while (after.length + before.length < 10) after.push(String((await stays.receive()).payload));
      assertEqual([...before, ...after].toSorted(), numbers(10), 'messages');
    },
  },
];
