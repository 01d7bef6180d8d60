import { propertiesOf, type RawClient } from '../raw-client.ts';
import { ack, packet, text, two, type Level } from '../wire.ts';
import { assert, assertEqual, expectSilence, settle, type Clause, type Scene } from './clause.ts';

const matching: readonly (readonly [filter: string, matches: readonly string[], not: readonly string[]])[] = [
  [
    'sport/tennis/player1/#',
    ['sport/tennis/player1', 'sport/tennis/player1/ranking', 'sport/tennis/player1/score/wimbledon'],
    ['sport/tennis/player10', 'sport/tennis'],
  ],
  ['sport/#', ['sport', 'sport/', 'sport/a/b'], ['sports', 'Sport']],
  ['sport/tennis/+', ['sport/tennis/player1', 'sport/tennis/'], ['sport/tennis', 'sport/tennis/player1/ranking']],
  ['sport/+', ['sport/', 'sport/a'], ['sport', 'sport/a/b']],
  ['+/a/+', ['x/a/y', '/a/'], ['x/a', 'x/b/y', 'x/a/y/z']],
  ['+/+', ['/a', 'a/', '/'], ['a', '/a/']],
  ['/+', ['/a', '/'], ['a', '/a/b']],
  ['a//b', ['a//b'], ['a/b', 'a/x/b']],
  ['a b/ü/+', ['a b/ü/c'], ['ab/ü/c', 'a b/u/c']],
  ['#', ['a', '/', 'a/b/c'], []],
];

/** Sends a request with a filter that is no filter; it must not be granted. */
async function expectNotGranted(scene: Scene, filter: string): Promise<void> {
  const client = await scene.connect();
  const none = Buffer.from(scene.level === 5 ? [0] : []);
  client.send(packet(0x82, two(1), none, text(filter), Buffer.from([0])));
  const answer = await client.next().catch((error: unknown) => {
    if (client.closed) return null;
    throw error;
  });
  if (answer?.type === 'disconnect') assert([0x81, 0x82, 0x8f].includes(answer.code), `DISCONNECT ${answer.code}`);
  else if (answer) {
    const refusal: Readonly<Record<Level, number>> = { 3: -1, 4: 0x80, 5: 0x8f };
    assert(answer.type === 'suback' && answer.codes[0] === refusal[scene.level], `"${filter}" was answered with ${answer.bytes.toString('hex')}`);
  }
}

const ascending = (one: number, other: number): number => one - other;

async function payloads(client: RawClient, count: number): Promise<readonly string[]> {
  const list: string[] = [];
  while (list.length < count) list.push(String((await client.receive()).payload));
  return list;
}

export const subscribeClauses: readonly Clause[] = [
  {
    title: 'SUBACK has a code for each filter, in their order',
    versions: { 3: '§3.9', 4: 'MQTT-3.9.3-1', 5: 'MQTT-3.9.3-1' },
    async run(scene) {
      const client = await scene.connect();
      const wanted = [2, 0, 1, 0, 2].map((qos, index) => ({ filter: scene.topic(String(index)), qos }));
      assertEqual((await client.subscribe(wanted)).codes, [2, 0, 1, 0, 2], 'codes');
    },
  },
  {
    title: 'a SUBSCRIBE with a hundred filters is as good as a hundred SUBSCRIBEs',
    versions: { 3: '§3.8', 4: 'MQTT-3.8.4-4', 5: 'MQTT-3.8.4-5' },
    async run(scene) {
      const client = await scene.connect();
      const filters = Array.from({ length: 100 }, (_, index) => ({ filter: scene.topic(String(index)), qos: 1 }));
      assertEqual((await client.subscribe(filters)).codes.length, 100, 'codes');
      for (const index of [0, 57, 99]) {
        client.send(Buffer.alloc(0));
        const publisher = await scene.connect();
        await publisher.publish({ topic: scene.topic(String(index)), qos: 1, payload: String(index) });
        assertEqual(await payloads(client, 1), [String(index)], 'message');
      }
    },
  },
  {
    title: 'the same filter again replaces the subscription, with its QoS, and delivers once',
    versions: { 3: '§3.8', 4: 'MQTT-3.8.4-3', 5: 'MQTT-3.8.4-3' },
    async run(scene) {
      const client = await scene.connect();
      for (const qos of [2, 1, 0]) await client.subscribe({ filter: scene.topic('+'), qos });
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic('a'), qos: 2 });
      assertEqual((await client.receive()).qos, 0, 'QoS');
      await expectSilence(client, publisher);
    },
  },
  {
    title: 'filters match as the specification shows',
    versions: { 3: '§A', 4: 'MQTT-4.7.1-2', 5: 'MQTT-4.7.1-1' },
    async run(scene) {
      const publisher = await scene.connect();
      const check = async ([filter, matches, not]: (typeof matching)[number], index: number): Promise<void> => {
        const client = await scene.connect();
        await client.subscribe({ filter: scene.topic(`${index}/${filter}`), qos: 1 });
        for (const topic of [...not, ...matches]) await publisher.publish({ topic: scene.topic(`${index}/${topic}`), qos: 1 });
        const got: string[] = [];
        while (got.length < matches.length) got.push((await client.receive()).topic);
        assertEqual(got.toSorted(), matches.map((topic) => scene.topic(`${index}/${topic}`)).toSorted(), `topics for ${filter}`);
        await expectSilence(client);
      };
      for (const [index, row] of matching.entries()) await check(row, index);
    },
  },
  {
    title: 'wildcards at the beginning do not match topics that begin with $',
    versions: { 3: '§A', 4: 'MQTT-4.7.2-1', 5: 'MQTT-4.7.2-1' },
    async run(scene) {
      const client = await scene.connect();
      const publisher = await scene.connect();
      await client.subscribe({ filter: `+/${scene.topic()}`, qos: 1 });
      await publisher.publish({ topic: `$x/${scene.topic()}`, qos: 1, payload: 'no' });
      await publisher.publish({ topic: `x/${scene.topic()}`, qos: 1, payload: 'yes' });
      assertEqual(await payloads(client, 1), ['yes'], 'message');
      // `#` sees the other tests as well: only what begins with $ would be wrong.
      const all = await scene.connect();
      await all.subscribe({ filter: '#', qos: 0 });
      await publisher.publish({ topic: `$x/${scene.topic()}`, qos: 1 });
      await publisher.publish({ topic: scene.topic('end'), qos: 1 });
      for (;;) {
        const { topic } = await all.waitFor('publish');
        assert(!topic.startsWith('$'), `${topic} for #`);
        if (topic === scene.topic('end')) break;
      }
    },
  },
  {
    title: '$SYS belongs to the broker: a client cannot speak there',
    versions: { 3: '§A', 4: '§4.7.2', 5: '§4.7.2' },
    async run(scene) {
      const listener = await scene.connect();
      await listener.subscribe({ filter: `$SYS/${scene.topic()}`, qos: 1 });
      const publisher = await scene.connect();
      // It may be refused in any of the ways a version has.
      await publisher.publish({ topic: `$SYS/${scene.topic()}`, qos: 1 }).catch((error: unknown) => {
        if (!publisher.closed && scene.level < 5) throw error;
      });
      await expectSilence(listener);
    },
  },
  {
    title: '$SYS tells about the broker',
    versions: { 3: '§A', 4: '§4.7.2', 5: '§4.7.2' },
    async run(scene) {
      const listener = await scene.connect();
      await listener.subscribe({ filter: '$SYS/broker/#', qos: 0 });
      const message = await listener.receive();
      assert(message.topic.startsWith('$SYS/broker/'), message.topic);
    },
  },
  {
    title: 'filters with misplaced wildcards and empty filters are not granted',
    versions: { 3: '§A', 4: 'MQTT-4.7.1-3', 5: 'MQTT-4.7.1-2' },
    async run(scene) {
      const filters = ['a#', 'a/#/b', '#/a', '##', 'a/b#', '+a', 'a+', 'a+/b', 'a/+b', '++', ''];
      await Promise.all(filters.map((filter) => expectNotGranted(scene, filter)));
    },
  },
  {
    title: 'topics are compared byte by byte: no normalisation, no trimming',
    versions: { 4: 'MQTT-4.7.3-4', 5: 'MQTT-4.7.3-4' },
    async run(scene) {
      const client = await scene.connect();
      const publisher = await scene.connect();
      // The same letter composed and decomposed, a byte order mark, blanks, cases.
      const topics = ['\u00e9', 'e\u0301', '\ufeffx', 'x', ' x', 'x ', 'X'].map((rest) => scene.topic(rest));
      for (const topic of topics) {
        await client.subscribe({ filter: topic, qos: 1 });
        for (const other of topics) await publisher.publish({ topic: other, qos: 1 });
        assertEqual((await client.receive()).topic, topic, 'topic');
        await client.unsubscribe(topic);
      }
      await client.expectNothing();
    },
  },
  {
    title: 'a topic may have 65,535 bytes',
    versions: { 3: '§2.5', 4: 'MQTT-4.7.3-3', 5: 'MQTT-4.7.3-3' },
    async run(scene) {
      const client = await scene.connect();
      await client.subscribe({ filter: scene.topic('+'), qos: 1 });
      const topic = scene.topic('x'.repeat(65_535 - scene.topic('').length - 1));
      const publisher = await scene.connect();
      await publisher.publish({ topic, qos: 1 });
      assert((await client.receive()).topic === topic, 'another topic');
    },
  },
  {
    title: 'UNSUBSCRIBE ends the subscription, and UNSUBACK has its packet id',
    versions: { 3: '§3.10', 4: 'MQTT-3.10.4-4', 5: 'MQTT-3.10.4-5' },
    async run(scene) {
      const client = await scene.connect();
      await client.subscribe(scene.topic('+'));
      await client.unsubscribe(scene.topic('+'));
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic('a'), qos: 1 });
      await expectSilence(client, publisher);
    },
  },
  {
    title: 'UNSUBACK comes also when there was no such subscription',
    versions: { 3: '§3.10', 4: 'MQTT-3.10.4-5', 5: 'MQTT-3.10.4-5' },
    async run(scene) {
      const client = await scene.connect();
      await client.unsubscribe(scene.topic());
    },
  },
  {
    title: 'UNSUBACK says for each filter whether there was a subscription',
    versions: { 5: 'MQTT-3.11.3-1' },
    async run(scene) {
      const client = await scene.connect();
      await client.subscribe([scene.topic('a'), scene.topic('c')]);
      assertEqual((await client.unsubscribe(scene.topic('a'), scene.topic('b'), scene.topic('c'))).codes, [0x00, 0x11, 0x00], 'codes');
    },
  },
  {
    title: 'several filters of one UNSUBSCRIBE are answered with one UNSUBACK',
    versions: { 3: '§3.10', 4: 'MQTT-3.10.4-6', 5: 'MQTT-3.10.4-6' },
    async run(scene) {
      const client = await scene.connect();
      const filters = ['a', 'b', 'c'].map((rest) => scene.topic(rest));
      await client.subscribe(filters);
      await client.unsubscribe(...filters);
      await client.expectNothing();
      const publisher = await scene.connect();
      for (const topic of filters) await publisher.publish({ topic, qos: 1 });
      await expectSilence(client, publisher);
    },
  },
  {
    title: 'UNSUBSCRIBE compares filters byte by byte, it does not match them',
    versions: { 3: '§3.10', 4: 'MQTT-3.10.4-1', 5: 'MQTT-3.10.4-1' },
    async run(scene) {
      const client = await scene.connect();
      await client.subscribe(scene.topic('a/b'));
      await client.unsubscribe(scene.topic('a/+'), scene.topic('#'));
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic('a/b'), qos: 1, payload: 'still' });
      assertEqual(await payloads(client, 1), ['still'], 'message');
    },
  },
  {
    title: 'UNSUBSCRIBE lets deliveries that have begun be completed',
    versions: { 3: '§3.10', 4: 'MQTT-3.10.4-3', 5: 'MQTT-3.10.4-3' },
    async run(scene) {
      const clientId = scene.clientId();
      const client = await scene.connect({ clientId, lasting: true });
      await client.subscribe(scene.topic());
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 2, payload: 'x' });
      const { id } = await client.expectPacket('publish');
      await client.unsubscribe(scene.topic());
      client.send(ack('pubrec', id));
      await client.expectPacket('pubrel');
      client.drop();
      const resumed = await scene.connect({ clientId, lasting: true });
      assertEqual((await resumed.expectPacket('pubrel')).id, id, 'packet id');
      resumed.send(ack('pubcomp', id));
      await resumed.expectNothing();
    },
  },
  {
    title: 'subscriptions that overlap deliver with the highest QoS among them',
    versions: { 4: 'MQTT-3.3.5-1', 5: 'MQTT-3.3.4-2' },
    async run(scene) {
      const orders = [
        [0, 2],
        [2, 0],
        [1, 2],
      ] as const;
      for (const [wild, exact] of orders) {
        const client = await scene.connect();
        await client.subscribe([
          { filter: scene.topic('#'), qos: wild },
          { filter: scene.topic('a'), qos: exact },
        ]);
        const publisher = await scene.connect();
        await publisher.publish({ topic: scene.topic('a'), qos: 2 });
        await settle(publisher);
        const first = await client.receive();
        // One copy for all, or one for each.
        await settle(client);
        const copies = [first.qos, ...client.unread.map((packet) => (packet.type === 'publish' ? packet.qos : -1))].toSorted(ascending);
        const allowed = [[Math.max(wild, exact)], [wild, exact].toSorted(ascending)];
        assert(
          allowed.some((list) => String(list) === String(copies)),
          `QoS ${String(copies)} for subscriptions of ${wild} and ${exact}`,
        );
        client.drop();
      }
    },
  },
  {
    title: 'a filter that is not allowed is refused, the others of the packet are granted',
    versions: { 4: 'MQTT-3.8.4-5', 5: 'MQTT-3.8.4-7' },
    broker: 'guarded',
    async run(scene) {
      const client = await scene.connect({ username: 'alice', password: 'looking-glass' });
      const { codes } = await client.subscribe([{ filter: scene.topic(), qos: 1 }, { filter: 'denied/#', qos: 1 }, scene.topic('b')]);
      assertEqual(codes, [1, scene.level === 5 ? 0x87 : 0x80, 2], 'codes');
    },
  },
  {
    title: 'SUBACK knows no failure: a filter that is not allowed is answered with a QoS, and nothing comes',
    versions: { 3: '§3.9' },
    broker: 'guarded',
    async run(scene) {
      const client = await scene.connect({ username: 'alice', password: 'looking-glass' });
      const { codes } = await client.subscribe({ filter: 'denied/#', qos: 1 });
      assert(codes.length === 1 && (codes[0] as number) <= 2, `codes ${codes.join(', ')}`);
    },
  },
  {
    title: 'no local keeps back what the client itself published, and only that',
    versions: { 5: '§3.8.3.1' },
    async run(scene) {
      const [one, other] = [await scene.connect(), await scene.connect()];
      await one.subscribe({ filter: scene.topic(), qos: 1, noLocal: true });
      await other.subscribe({ filter: scene.topic(), qos: 1, noLocal: true });
      await one.publish({ topic: scene.topic(), qos: 1, payload: 'one' });
      await other.publish({ topic: scene.topic(), qos: 1, payload: 'other' });
      assertEqual([await payloads(one, 1), await payloads(other, 1)], [['other'], ['one']], 'messages');
      await expectSilence(one, other);
      await other.expectNothing();
    },
  },
  {
    title: 'no local means the client id, not the connection',
    versions: { 5: '§3.8.3.1' },
    async run(scene) {
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe({ filter: scene.topic(), qos: 1, noLocal: true });
      await first.disconnect();
      const second = await scene.connect({ clientId, lasting: true });
      await second.publish({ topic: scene.topic(), qos: 1 });
      await expectSilence(second);
    },
  },
  {
    title: 'a message carries the identifier of the subscription it matched',
    versions: { 5: 'MQTT-3.3.4-3' },
    async run(scene) {
      const client = await scene.connect();
      await client.subscribe(scene.topic('a'), [['subscriptionIdentifier', 1]]);
      await client.subscribe(scene.topic('b'), [['subscriptionIdentifier', 268_435_455]]);
      await client.subscribe(scene.topic('c'));
      const publisher = await scene.connect();
      for (const [rest, expected] of [
        ['a', [1]],
        ['b', [268_435_455]],
        ['c', []],
      ] as const) {
        await publisher.publish({ topic: scene.topic(rest), qos: 1 });
        assertEqual(propertiesOf(await client.receive(), 'subscriptionIdentifier'), expected, `identifiers for ${rest}`);
      }
    },
  },
  {
    title: 'a message carries the identifiers of all subscriptions it matched',
    versions: { 5: 'MQTT-3.3.4-4' },
    async run(scene) {
      const client = await scene.connect();
      for (const [filter, id] of [
        ['#', 2],
        ['+', 3],
        ['a', 4],
      ] as const)
        await client.subscribe(scene.topic(filter), [['subscriptionIdentifier', id]]);
      await client.subscribe(scene.topic('a/#'));
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic('a'), qos: 1 });
      const first = await client.receive();
      await settle(client);
      // One copy with all of them, or a copy for each subscription.
      const all = [first, ...client.unread].map((message) => propertiesOf(message, 'subscriptionIdentifier'));
      assert(all.length === 1 || all.every((ids) => ids.length <= 1), `copies with identifiers ${JSON.stringify(all)}`);
      assertEqual(all.flat().map(Number).toSorted(ascending), [2, 3, 4], 'identifiers');
    },
  },
  {
    title: 'subscribing again replaces the identifier',
    versions: { 5: 'MQTT-3.8.4-3' },
    async run(scene) {
      const client = await scene.connect();
      const publisher = await scene.connect();
      for (const id of [7, 8]) await client.subscribe(scene.topic(), [['subscriptionIdentifier', id]]);
      await publisher.publish({ topic: scene.topic(), qos: 1 });
      assertEqual(propertiesOf(await client.receive(), 'subscriptionIdentifier'), [8], 'identifiers');
      await client.subscribe(scene.topic());
      await publisher.publish({ topic: scene.topic(), qos: 1 });
      assertEqual(propertiesOf(await client.receive(), 'subscriptionIdentifier'), [], 'identifiers');
    },
  },
  {
    title: 'retained and queued messages carry the identifier too',
    versions: { 5: 'MQTT-3.3.4-3' },
    async run(scene) {
      const publisher = await scene.connect();
      await publisher.publish({ topic: scene.topic(), qos: 1, retain: true, payload: 'retained' });
      const clientId = scene.clientId();
      const first = await scene.connect({ clientId, lasting: true });
      await first.subscribe(scene.topic(), [['subscriptionIdentifier', 9]]);
      assertEqual(propertiesOf(await first.receive(), 'subscriptionIdentifier'), [9], 'identifiers of the retained message');
      await first.disconnect();
      await publisher.publish({ topic: scene.topic(), qos: 1, payload: 'queued' });
      const second = await scene.connect({ clientId, lasting: true });
      assertEqual(propertiesOf(await second.receive(), 'subscriptionIdentifier'), [9], 'identifiers of the queued message');
    },
  },
  {
    title: 'a subscription identifier of 0, and a second one, break the protocol',
    versions: { 5: '§3.8.2.1.2' },
    async run(scene) {
      for (const properties of [
        [0x0b, 0],
        [0x0b, 1, 0x0b, 2],
      ]) {
        const client = await scene.connect();
        client.send(packet(0x82, two(1), Buffer.from([properties.length, ...properties]), text(scene.topic()), Buffer.from([0])));
        await client.expectRefused([0x82, 0x81]);
      }
    },
  },
];
