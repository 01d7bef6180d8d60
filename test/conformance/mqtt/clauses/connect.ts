import { RawClient, propertyOf } from '../raw-client.ts';
import { connect, packet, pingreq, publish, subscribe, text, type Level } from '../wire.ts';
import { assert, assertEqual, expectSilence, type Clause, type Scene } from './clause.ts';

/** Closed, with or without CONNACK of one of these codes before. */
async function refused(client: RawClient, codes: Readonly<Partial<Record<Level, readonly number[]>>>): Promise<void> {
  const allowed = codes[client.level] ?? [];
  if (allowed.length > 0) {
    try {
      const connack = await client.expectPacket('connack');
      assert(allowed.includes(connack.code), `CONNACK ${connack.code} instead of ${allowed.join(' or ')}`);
      assert(!connack.sessionPresent, 'session present with an error');
    } catch (error) {
      if (!client.closed) throw error;
    }
  }
  await client.expectClosed();
}

async function sendRefused(scene: Scene, bytes: Buffer, codes: Readonly<Partial<Record<Level, readonly number[]>>> = { 5: [0x81, 0x82] }): Promise<void> {
  const client = await scene.dial();
  client.send(bytes);
  await refused(client, codes);
}

/** A CONNECT written by hand from its variable header on. */
function handmade(level: Level, flags: number, ...payload: readonly Buffer[]): Buffer {
  const name = level === 3 ? 'MQIsdp' : 'MQTT';
  return packet(0x10, text(name), Buffer.from([level, flags, 0, 0]), Buffer.from(level === 5 ? [0] : []), ...payload);
}

export const connectClauses: readonly Clause[] = [
  {
    title: 'the first packet has to be CONNECT',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.0-1', 5: 'MQTT-3.1.0-1' },
    async run(scene) {
      for (const bytes of [publish(scene.level, { topic: 'a' }), subscribe(scene.level, 1, [{ filter: '#' }]), pingreq]) {
        const client = await scene.dial();
        client.send(bytes);
        // Nothing may be said before CONNACK [MQTT-3.2.0-1, MQTT-3.14.0-1].
        await client.expectClosed();
      }
    },
  },
  {
    title: 'a second CONNECT ends the connection',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.0-2', 5: 'MQTT-3.1.0-2' },
    async run(scene) {
      const fields = scene.fields();
      const client = await scene.connect(fields);
      client.send(connect(scene.level, fields));
      await client.expectRefused(0x82);
    },
  },
  {
    title: 'a wrong protocol name is not served',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.2-1', 5: 'MQTT-3.1.2-1' },
    run: (scene) => sendRefused(scene, connect(scene.level, { clientId: scene.clientId(), protocolName: 'MQTX' }), { 3: [1], 4: [1], 5: [0x84] }),
  },
  {
    title: 'an unknown protocol level is answered with CONNACK 0x01 and closed',
    versions: { 4: 'MQTT-3.1.2-2', 5: 'MQTT-3.1.2-2' },
    async run(scene) {
      const client = new RawClient((await scene.dial()).stream, 4);
      // Who speaks a level the broker does not know can read the oldest answer at best.
      client.send(connect(scene.level, { clientId: scene.clientId(), protocolLevel: 6 }));
      const connack = await client.expectPacket('connack');
      assertEqual(connack.bytes.toString('hex'), '20020001', 'CONNACK');
      await client.expectClosed();
    },
  },
  {
    title: 'the reserved connect flag has to be 0',
    versions: { 4: 'MQTT-3.1.2-3', 5: 'MQTT-3.1.2-3' },
    run: (scene) => sendRefused(scene, connect(scene.level, { clientId: scene.clientId(), flipFlags: 1 })),
  },
  {
    title: 'the flags in the fixed header of CONNECT have to be 0',
    versions: { 4: 'MQTT-2.2.2-2', 5: 'MQTT-2.1.3-1' },
    async run(scene) {
      const bytes = connect(scene.level, { clientId: scene.clientId() });
      bytes[0] = 0x11;
      await sendRefused(scene, bytes);
    },
  },
  {
    title: 'without will there is no will QoS and no will retain',
    versions: { 4: 'MQTT-3.1.2-11', 5: 'MQTT-3.1.2-11' },
    async run(scene) {
      for (const flipFlags of [0x08, 0x10, 0x20]) await sendRefused(scene, connect(scene.level, { clientId: scene.clientId(), flipFlags }));
    },
  },
  {
    title: 'a will QoS of 3 is refused',
    versions: { 4: 'MQTT-3.1.2-14', 5: 'MQTT-3.1.2-12' },
    run: (scene) => sendRefused(scene, connect(scene.level, { clientId: scene.clientId(), will: { topic: scene.topic(), qos: 3 } })),
  },
  {
    title: 'a password without user name is refused',
    versions: { 4: 'MQTT-3.1.2-22' },
    run: (scene) => sendRefused(scene, connect(4, { clientId: scene.clientId(), password: 'p' })),
  },
  {
    title: 'a password without user name is allowed',
    versions: { 5: '§3.1.2.9' },
    run: async (scene) => void (await scene.connect({ password: 'p' })),
  },
  {
    title: 'CONNECT has to hold all its flags announce, and nothing more',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.4-1', 5: 'MQTT-3.1.4-1' },
    async run(scene) {
      const id = text(scene.clientId());
      const surplus = handmade(scene.level, 2, id, text('surplus'));
      const noUser = handmade(scene.level, 0x82, id);
      const noWill = handmade(scene.level, 0x06, id);
      const cutId = handmade(scene.level, 2, id.subarray(0, -1));
      const noId = handmade(scene.level, 2);
      // In MQTT 3.1 the remaining length takes precedence over the flag of the user name.
      for (const bytes of [surplus, ...(scene.level === 3 ? [] : [noUser]), noWill, cutId, noId]) await sendRefused(scene, bytes);
    },
  },
  {
    title: 'a CONNECT that announces a user name and holds none is valid',
    versions: { 3: '§3.1' },
    async run(scene) {
      const client = await scene.dial();
      client.send(handmade(3, 0x82, text(scene.clientId())));
      assertEqual((await client.expectPacket('connack')).code, 0, 'CONNACK');
    },
  },
  {
    title: 'a client id of 23 letters and digits is accepted, and one of a single letter',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.3-5', 5: 'MQTT-3.1.3-5' },
    async run(scene) {
      await scene.connect({ clientId: `${scene.topic()}ABCDEFGHIJKLMNOPQRSTUVWXYZ`.slice(0, 23) });
      await scene.connect({ clientId: 'z' });
    },
  },
  {
    title: 'an empty client id is refused with 0x02',
    versions: { 3: '§3.1' },
    async run(scene) {
      const client = await scene.dial();
      await client.connect({ clientId: '' }, 2);
      await client.expectClosed();
    },
  },
  {
    title: 'an empty client id with a clean session gets an id of its own',
    versions: { 4: 'MQTT-3.1.3-6' },
    async run(scene) {
      const [one, other] = [await scene.connect({ clientId: '' }), await scene.connect({ clientId: '' })];
      await one.ping();
      await other.ping();
    },
  },
  {
    title: 'an empty client id without a clean session is refused with 0x02',
    versions: { 4: 'MQTT-3.1.3-8' },
    async run(scene) {
      const client = await scene.dial();
      const connack = await client.connect({ clientId: '', clean: false }, 2);
      assert(!connack.sessionPresent, 'session present with an error [MQTT-3.2.2-4]');
      await client.expectClosed();
    },
  },
  {
    title: 'an empty client id is given a new one, which is told and can be used again',
    versions: { 5: 'MQTT-3.2.2-16' },
    async run(scene) {
      const ids = new Set<string>();
      for (const clean of [true, false]) {
        const client = await scene.connect({ clientId: '', clean, properties: [['sessionExpiryInterval', 60]] });
        assert(client.connack?.sessionPresent === false, 'session present for a new id');
        ids.add(propertyOf(client.connack, 'assignedClientIdentifier') as string);
        client.drop();
      }
      assert(ids.size === 2 && [...ids].every((id) => typeof id === 'string' && id.length > 0), `assigned ids ${[...ids].join(', ')}`);
      const again = await scene.connect({ clientId: [...ids][0] as string, clean: false });
      assert(again.connack?.sessionPresent === true, 'the session of the assigned id is not found');
    },
  },
  {
    title: 'no client id is assigned to who brought one',
    versions: { 5: '§3.2.2.3.7' },
    async run(scene) {
      const client = await scene.connect();
      assert(client.connack !== undefined && propertyOf(client.connack, 'assignedClientIdentifier') === undefined, 'an id was assigned');
    },
  },
  {
    title: 'what the CONNACK promises is within its bounds',
    versions: { 5: '§3.2.2.3' },
    async run(scene) {
      const { connack } = await scene.connect();
      for (const name of ['receiveMaximum', 'maximumPacketSize'] as const) assert(connack !== undefined && propertyOf(connack, name) !== 0, `${name} is 0`);
      for (const name of [
        'maximumQos',
        'retainAvailable',
        'wildcardSubscriptionAvailable',
        'subscriptionIdentifierAvailable',
        'sharedSubscriptionAvailable',
      ] as const) {
        const value = connack && propertyOf(connack, name);
        assert(value === undefined || value === 0 || value === 1, `${name} is ${String(value)}`);
      }
      assertEqual(connack && propertyOf(connack, 'authenticationMethod'), undefined, 'authentication method nobody asked for [MQTT-4.12.0-6]');
    },
  },
  {
    title: 'what follows a refused CONNECT is not processed',
    versions: { 4: 'MQTT-3.1.4-5', 5: 'MQTT-3.1.4-6' },
    async run(scene) {
      const observer = await scene.connect();
      await observer.subscribe(scene.topic());
      const client = await scene.dial();
      client.send(connect(scene.level, { clientId: scene.clientId(), flipFlags: 1 }), publish(scene.level, { topic: scene.topic() }));
      await refused(client, { 4: [], 5: [0x81, 0x82] });
      await expectSilence(observer);
    },
  },
  {
    title: 'packets may follow CONNECT at once, and CONNACK comes before their answers',
    versions: { 3: '§3.1', 4: 'MQTT-3.2.0-1', 5: 'MQTT-3.2.0-1' },
    async run(scene) {
      const client = await scene.dial();
      client.send(connect(scene.level, scene.fields()), subscribe(scene.level, 7, [{ filter: scene.topic() }]), pingreq);
      await client.expectPacket('connack');
      await client.expectPacket('suback');
      await client.expectPacket('pingresp');
    },
  },
  {
    title: 'packets may arrive in any pieces',
    versions: { 3: '§2.1', 4: '§2.2', 5: '§2.1.4' },
    async run(scene) {
      const client = await scene.dial();
      const bytes = Buffer.concat([
        connect(scene.level, scene.fields({ will: { topic: scene.topic('will'), payload: 'x' }, username: 'u', password: 'p' })),
        subscribe(scene.level, 1, [{ filter: scene.topic(), qos: 1 }]),
        publish(scene.level, { topic: scene.topic(), payload: 'y'.repeat(200), qos: 1, id: 5 }),
        pingreq,
      ]);
      for (const byte of bytes) {
        client.send(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      await client.expectPacket('connack');
      await client.expectPacket('suback');
      assertEqual((await client.waitFor('publish')).payload.length, 200, 'bytes of the payload');
      assertEqual((await client.waitFor('puback')).id, 5, 'packet id');
      await client.waitFor('pingresp');
    },
  },
  {
    title: 'PINGREQ is answered',
    versions: { 3: '§3.12', 4: 'MQTT-3.12.4-1', 5: 'MQTT-3.12.4-1' },
    run: async (scene) => (await scene.connect()).ping(),
  },
  {
    title: 'the broker closes after DISCONNECT',
    versions: { 3: '§3.14', 4: '§3.14.4', 5: '§3.14.4' },
    run: async (scene) => (await scene.connect()).disconnect(),
  },
];
