import { auth, bytes, connect, packet, pingreq, publish, text, two, type Property, type WillFields } from '../wire.ts';
import { settle, type Clause, type Scene } from './clause.ts';

const malformed = [0x81, 0x82];

/** A connected client sends this and is out. */
async function ends(scene: Scene, data: Uint8Array, codes: readonly number[] = malformed): Promise<void> {
  const client = await scene.connect();
  client.send(data);
  await client.expectRefused(codes);
}

async function allEnd(scene: Scene, list: readonly Uint8Array[], codes: readonly number[] = malformed): Promise<void> {
  await Promise.all(list.map((data) => ends(scene, data, codes)));
}

async function connectEnds(
  scene: Scene,
  fields: { readonly will?: WillFields; readonly username?: Buffer; readonly clientId?: Buffer; readonly properties?: readonly Property[] },
  codes = malformed,
): Promise<void> {
  const client = await scene.dial();
  client.send(connect(scene.level, { clientId: scene.clientId(), ...fields }));
  if (scene.level === 5) {
    try {
      const connack = await client.expectPacket('connack');
      if (!codes.includes(connack.code)) throw new Error(`CONNACK ${connack.code} instead of ${codes.join(' or ')}`);
    } catch (error) {
      if (!client.closed) throw error;
    }
  }
  await client.expectClosed();
}

/** No UTF-8: a lone continuation byte, a cut sequence, an over-long slash, a surrogate, a code point above U+10FFFF. */
const notUtf8 = ['80', 'e282', 'c0af', 'eda080', 'f4908080'].map((hex) => Buffer.from(`61${hex}`, 'hex'));
const withNull = Buffer.from('a\0b');

function utf8Clause(what: string, versions: Clause['versions'], send: (scene: Scene, value: Buffer) => Promise<void>, more: Partial<Clause> = {}): Clause {
  return {
    title: `a ${what} that is no UTF-8 ends the connection`,
    versions,
    run: async (scene) => void (await Promise.all(notUtf8.map((value) => send(scene, value)))),
    ...more,
  };
}

function nullClause(what: string, versions: Clause['versions'], send: (scene: Scene, value: Buffer) => Promise<void>, more: Partial<Clause> = {}): Clause {
  return { title: `a ${what} with U+0000 ends the connection`, versions, run: (scene) => send(scene, withNull), ...more };
}

const utf8 = { 3: '§2.5', 4: 'MQTT-1.5.3-1', 5: 'MQTT-1.5.4-1' };
const noNull = { 4: 'MQTT-1.5.3-2', 5: 'MQTT-1.5.4-2' };
const none = (scene: Scene): Buffer => Buffer.from(scene.level === 5 ? [0] : []);
const filterOf = (scene: Scene, first: number, value: Buffer, ...rest: readonly number[]): Buffer =>
  packet(first, two(9), none(scene), text(value), bytes(...rest));

export const malformedClauses: readonly Clause[] = [
  utf8Clause('topic', utf8, (scene, topic) => ends(scene, publish(scene.level, { topic }), [...malformed, 0x90])),
  utf8Clause('filter', utf8, (scene, filter) => ends(scene, filterOf(scene, 0x82, filter, 0), [...malformed, 0x8f])),
  utf8Clause('filter to unsubscribe', utf8, (scene, filter) => ends(scene, filterOf(scene, 0xa2, filter), [...malformed, 0x8f])),
  utf8Clause('client id', utf8, (scene, clientId) => connectEnds(scene, { clientId }, [...malformed, 0x85])),
  utf8Clause('will topic', utf8, (scene, topic) => connectEnds(scene, { will: { topic } }, [...malformed, 0x90])),
  utf8Clause('user name', utf8, (scene, username) => connectEnds(scene, { username })),
  nullClause('topic', noNull, (scene, topic) => ends(scene, publish(scene.level, { topic }), [...malformed, 0x90])),
  nullClause('filter', noNull, (scene, filter) => ends(scene, filterOf(scene, 0x82, filter, 0), [...malformed, 0x8f])),
  nullClause('client id', noNull, (scene, clientId) => connectEnds(scene, { clientId }, [...malformed, 0x85])),
  nullClause('will topic', noNull, (scene, topic) => connectEnds(scene, { will: { topic } }, [...malformed, 0x90])),
  nullClause('user name', noNull, (scene, username) => connectEnds(scene, { username })),
  {
    title: 'a user property that is no UTF-8 ends the connection',
    versions: { 5: 'MQTT-1.5.7-1' },
    async run(scene) {
      for (const value of notUtf8) {
        const pairs = [
          [value, Buffer.from('v')],
          [Buffer.from('n'), value],
        ].map((pair) => Buffer.concat([bytes(0x26), ...pair.map(text)]));
        await allEnd(
          scene,
          pairs.map((pair) => packet(0x30, text(scene.topic()), bytes(pair.length), pair)),
        );
      }
    },
  },
  {
    title: 'packets that only a server sends end the connection',
    versions: { 3: '§2.1', 4: 'MQTT-4.8.0-1', 5: 'MQTT-4.13.1-1' },
    run: (scene) =>
      allEnd(scene, [
        bytes(0x20, 2, 0, 0),
        packet(0x90, two(1), none(scene), bytes(0)),
        packet(0xb0, two(1), ...(scene.level === 5 ? [bytes(0, 0)] : [])),
        bytes(0xd0, 0),
      ]),
  },
  {
    title: 'reserved packet types end the connection',
    versions: { 3: '§2.1', 4: 'MQTT-4.8.0-1', 5: 'MQTT-4.13.1-1' },
    run: (scene) => allEnd(scene, scene.level === 5 ? [bytes(0x00, 0)] : [bytes(0x00, 0), bytes(0xf0, 0)]),
  },
  {
    title: 'wrong flags in the fixed header end the connection',
    versions: { 4: 'MQTT-2.2.2-2', 5: 'MQTT-2.1.3-1' },
    async run(scene) {
      const subscribe = filterOf(scene, 0x80, Buffer.from(scene.topic()), 0);
      const unsubscribe = filterOf(scene, 0xa0, Buffer.from(scene.topic()));
      await allEnd(scene, [
        subscribe,
        unsubscribe,
        bytes(0x60, 2, 0, 1),
        bytes(0x63, 2, 0, 1),
        bytes(0xc1, 0),
        bytes(0x41, 2, 0, 1),
        bytes(0x52, 2, 0, 1),
        bytes(0x72, 2, 0, 1),
        bytes(0xe1, 0),
      ]);
    },
  },
  {
    title: 'a remaining length of more than four bytes ends the connection',
    versions: { 3: '§2.1', 4: '§2.2.3', 5: '§1.5.5' },
    run: (scene) => allEnd(scene, [bytes(0x30, 0x80, 0x80, 0x80, 0x80, 0x01), bytes(0xc0, 0xff, 0xff, 0xff, 0xff)], [...malformed, 0x95]),
  },
  {
    title: 'QoS 3 ends the connection',
    versions: { 3: '§2.1', 4: 'MQTT-3.3.1-4', 5: 'MQTT-3.3.1-4' },
    run: (scene) => ends(scene, publish(scene.level, { topic: scene.topic(), qos: 3 })),
  },
  {
    title: 'DUP with QoS 0 ends the connection',
    versions: { 4: 'MQTT-3.3.1-2', 5: 'MQTT-3.3.1-2' },
    run: (scene) => ends(scene, publish(scene.level, { topic: scene.topic(), dup: true })),
  },
  {
    title: 'packet id 0 ends the connection',
    versions: { 4: 'MQTT-2.3.1-1', 5: '§2.2.1' },
    async run(scene) {
      const subscribe = packet(0x82, two(0), none(scene), text(scene.topic()), bytes(0));
      const unsubscribe = packet(0xa2, two(0), none(scene), text(scene.topic()));
      const publishes = [1, 2].map((qos) => publish(scene.level, { topic: scene.topic(), qos, id: 0 }));
      await allEnd(scene, [subscribe, unsubscribe, ...publishes]);
    },
  },
  {
    title: 'packets that end too early or too late end the connection',
    versions: { 3: '§2.1', 4: 'MQTT-4.8.0-1', 5: 'MQTT-4.13.1-1' },
    async run(scene) {
      const list = [
        bytes(0x30, 1, 0),
        packet(0x30, bytes(0, 9), Buffer.from('short')),
        packet(0x32, text(scene.topic()), bytes(1)),
        packet(0x82, two(1), none(scene), bytes(0, 9), Buffer.from('short')),
        packet(0x82, two(1), none(scene), text(scene.topic())),
        packet(0xa2, two(1), none(scene), bytes(0, 9), Buffer.from('short')),
        bytes(0x40, 1, 0),
        bytes(0x62, 0),
      ];
      await allEnd(scene, list);
    },
  },
  {
    title: 'PINGREQ and acknowledgements with surplus bytes end the connection',
    versions: { 4: 'MQTT-4.8.0-1' },
    run: (scene) => allEnd(scene, [bytes(0xc0, 1, 0), bytes(0x40, 3, 0, 1, 0), bytes(0x62, 3, 0, 1, 0), bytes(0xe0, 1, 0)]),
  },
  {
    title: 'SUBSCRIBE and UNSUBSCRIBE need a filter',
    versions: { 3: '§3.8', 4: 'MQTT-3.8.3-3', 5: 'MQTT-3.8.3-2' },
    run: (scene) => allEnd(scene, [packet(0x82, two(1), none(scene)), packet(0xa2, two(1), none(scene))]),
  },
  {
    title: 'reserved bits and QoS 3 in SUBSCRIBE end the connection',
    versions: { 4: 'MQTT-3-8.3-4', 5: 'MQTT-3.8.3-5' },
    async run(scene) {
      const options = scene.level === 5 ? [0x03, 0x40, 0x80, 0x30] : [0x03, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80];
      await allEnd(
        scene,
        options.map((option) => filterOf(scene, 0x82, Buffer.from(scene.topic()), option)),
      );
    },
  },
  {
    title: 'wildcards in a topic end the connection',
    versions: { 3: '§2.1', 4: 'MQTT-3.3.2-2', 5: 'MQTT-3.3.2-2' },
    run: (scene) =>
      allEnd(
        scene,
        ['#', '+', 'a/#', 'a/+/b', 'a+', 'a#b'].map((topic) => publish(scene.level, { topic })),
        [...malformed, 0x90],
      ),
  },
  {
    title: 'an empty topic ends the connection',
    versions: { 3: '§2.1', 4: 'MQTT-4.7.3-1', 5: 'MQTT-4.7.3-1' },
    run: (scene) => ends(scene, publish(scene.level, { topic: '' }), [...malformed, 0x90]),
  },
  {
    title: 'a property given twice ends the connection',
    versions: { 5: '§2.2.2' },
    async run(scene) {
      const twice = (property: Property): Buffer => publish(5, { topic: scene.topic(), properties: [property, property] });
      await allEnd(scene, [
        twice(['payloadFormatIndicator', 0]),
        twice(['messageExpiryInterval', 5]),
        twice(['contentType', '']),
        twice(['responseTopic', 'r']),
        twice(['correlationData', 'c']),
      ]);
      for (const property of [
        ['sessionExpiryInterval', 5],
        ['receiveMaximum', 5],
        ['maximumPacketSize', 500],
        ['topicAliasMaximum', 5],
        ['requestProblemInformation', 1],
        ['requestResponseInformation', 1],
        ['authenticationMethod', 'x'],
      ] as const) {
        await connectEnds(scene, { properties: [property, property] });
      }
    },
  },
  {
    title: 'a property of another packet ends the connection',
    versions: { 5: '§2.2.2.2' },
    async run(scene) {
      const wrong = (
        [
          ['sessionExpiryInterval', 1],
          ['receiveMaximum', 1],
          ['willDelayInterval', 1],
          ['reasonString', 'x'],
          ['serverKeepAlive', 1],
          ['assignedClientIdentifier', 'x'],
        ] as const
      ).map((property) => publish(5, { topic: scene.topic(), properties: [property] }));
      await allEnd(scene, wrong);
      await connectEnds(scene, { properties: [['topicAlias', 1]] });
      await connectEnds(scene, { properties: [['willDelayInterval', 1]] });
      await connectEnds(scene, { will: { topic: scene.topic(), properties: [['receiveMaximum', 1]] } });
    },
  },
  {
    title: 'an unknown property ends the connection',
    versions: { 5: '§2.2.2' },
    run: (scene) =>
      allEnd(
        scene,
        [0x00, 0x04, 0x2b, 0x7f].map((id) => packet(0x30, text(scene.topic()), bytes(2, id, 1))),
      ),
  },
  {
    title: 'properties cut short or with a wrong length end the connection',
    versions: { 5: '§2.2.2' },
    async run(scene) {
      const topic = text(scene.topic());
      const list = [
        // A response topic that announces more than there is.
        packet(0x30, topic, bytes(3, 0x08, 0, 9)),
        packet(0x30, topic, bytes(5, 0x08, 0, 9, 0x61, 0x61)),
        // Properties longer than the packet.
        packet(0x30, topic, bytes(20, 0x01, 1)),
        // A property over the end of the properties.
        packet(0x30, topic, bytes(3, 0x02, 0, 0), Buffer.from('payload')),
        packet(0x30, topic, bytes(0x80, 0x80, 0x80, 0x80, 0x01)),
        packet(0x30, topic),
      ];
      await allEnd(scene, list);
    },
  },
  {
    title: 'a variable byte integer longer than needed ends the connection',
    versions: { 5: 'MQTT-1.5.5-1' },
    run: (scene) =>
      allEnd(scene, [packet(0x30, text(scene.topic()), bytes(0x80, 0x00)), packet(0x82, two(1), bytes(3, 0x0b, 0x81, 0x00), text(scene.topic()), bytes(0))]),
  },
  {
    title: 'values out of their range end the connection',
    versions: { 5: '§3.3.2.3' },
    async run(scene) {
      const wrong = (
        [
          ['payloadFormatIndicator', 2],
          ['responseTopic', 'a/#'],
          ['responseTopic', '+'],
          ['subscriptionIdentifier', 1],
        ] as const
      ).map((property) => publish(5, { topic: scene.topic(), properties: [property] }));
      await allEnd(scene, wrong, [...malformed, 0x90]);
      for (const property of [
        ['receiveMaximum', 0],
        ['maximumPacketSize', 0],
        ['requestProblemInformation', 2],
        ['requestResponseInformation', 2],
      ] as const) {
        await connectEnds(scene, { properties: [property] });
      }
      await connectEnds(scene, { will: { topic: scene.topic(), properties: [['payloadFormatIndicator', 2]] } });
    },
  },
  {
    title: 'authentication data needs a method',
    versions: { 5: '§3.1.2.11.10' },
    run: (scene) => connectEnds(scene, { properties: [['authenticationData', 'x']] }),
  },
  {
    title: 'AUTH without having asked for it ends the connection',
    versions: { 5: 'MQTT-4.12.0-7' },
    run: (scene) => ends(scene, auth(0x18, [['authenticationMethod', 'x']])),
  },
  {
    title: 'unknown reason codes end the connection',
    versions: { 5: '§3.4.2.1' },
    run: (scene) => allEnd(scene, [bytes(0x40, 3, 0, 1, 0x01), bytes(0x50, 3, 0, 1, 0x7f), bytes(0x62, 3, 0, 1, 0x10), bytes(0x70, 3, 0, 1, 0x10)]),
  },
  {
    title: 'a malformed packet of one client does not touch the others',
    versions: { 3: '§2.1', 4: 'MQTT-4.8.0-1', 5: 'MQTT-4.13.2-1' },
    async run(scene) {
      const other = await scene.connect();
      await ends(scene, bytes(0x00, 0));
      await settle(other);
      other.send(pingreq);
      await other.expectPacket('pingresp');
    },
  },
];
