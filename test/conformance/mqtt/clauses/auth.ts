import { ScramClient } from '../../../support/scram-client.ts';
import { propertyOf, type RawClient } from '../raw-client.ts';
import type { Received } from '../read-packet.ts';
import { auth, connect, type Property } from '../wire.ts';
import { assert, assertEqual, type Clause, type Scene } from './clause.ts';

const method = 'SCRAM-SHA-256';
const proceed = 0x18;
const again = 0x19;

const words = (data: string, name = method): readonly Property[] => [
  ['authenticationMethod', name],
  ['authenticationData', Buffer.from(data)],
];

function dataOf(packet: Received): string {
  assertEqual(propertyOf(packet, 'authenticationMethod'), method, `authentication method in ${packet.type} [MQTT-4.12.0-5]`);
  return String(propertyOf(packet, 'authenticationData') ?? '');
}

/** Begins with CONNECT; the broker has answered with its challenge. */
async function challenged(scene: Scene, scram: ScramClient): Promise<readonly [client: RawClient, challenge: string]> {
  const client = await scene.dial();
  client.send(connect(5, scene.fields({ properties: words(scram.first) })));
  const challenge = await client.expectPacket('auth');
  assertEqual(challenge.code, proceed, 'reason code of AUTH [MQTT-4.12.0-2]');
  const data = dataOf(challenge);
  const iterations = Number(/,i=(\d+)$/.exec(data)?.[1]);
  assert(iterations >= 4096, `${iterations} iterations, at least 4096 are asked for (RFC 7677 §4)`);
  return [client, data];
}

export const authClauses: readonly Clause[] = [
  {
    title: 'an authentication method the broker does not know is refused',
    versions: { 5: 'MQTT-4.12.0-1' },
    async run(scene) {
      const client = await scene.dial();
      client.send(connect(5, scene.fields({ properties: words('x', 'UNKNOWN-1') })));
      const { code } = await client.expectPacket('connack');
      assert(code === 0x8c || code === 0x87, `CONNACK ${code}`);
      await client.expectClosed();
    },
  },
  {
    title: 'the right password is let in',
    versions: { 3: '§3.1', 4: '§3.1.3.5', 5: 'MQTT-3.1.4-2' },
    broker: 'guarded',
    run: async (scene) => void (await scene.connect({ username: 'alice', password: 'looking-glass' })),
  },
  {
    title: 'a wrong password, an unknown user and nobody at all are refused',
    versions: { 3: '§3.2', 4: '§3.2.2.3', 5: 'MQTT-3.1.4-2' },
    broker: 'guarded',
    async run(scene) {
      const allowed = scene.level === 5 ? [0x86, 0x87] : [4, 5];
      for (const fields of [{ username: 'alice', password: 'wrong' }, { username: 'alice' }, { username: 'bob', password: 'looking-glass' }, {}]) {
        const client = await scene.dial();
        client.send(connect(scene.level, scene.fields(fields)));
        const connack = await client.expectPacket('connack');
        assert(allowed.includes(connack.code) && !connack.sessionPresent, `CONNACK ${connack.code}`);
        await client.expectClosed();
      }
    },
  },
  {
    title: 'a client that is refused does not disturb the one whose id it wanted',
    versions: { 3: '§3.1', 4: 'MQTT-3.1.4-2', 5: 'MQTT-3.1.4-2' },
    broker: 'guarded',
    async run(scene) {
      const clientId = scene.clientId();
      const inside = await scene.connect({ clientId, username: 'alice', password: 'looking-glass' });
      const outside = await scene.dial();
      outside.send(connect(scene.level, scene.fields({ clientId, username: 'alice', password: 'wrong' })));
      await outside.expectPacket('connack');
      await inside.ping();
    },
  },
  {
    title: 'SCRAM-SHA-256 lets in who knows the password, and proves that the broker knows it',
    versions: { 5: 'MQTT-4.12.0-5' },
    broker: 'guarded',
    async run(scene) {
      const scram = new ScramClient('alice', 'looking-glass');
      const [client, challenge] = await challenged(scene, scram);
      client.send(auth(proceed, words(scram.final(challenge))));
      const connack = await client.expectPacket('connack');
      assertEqual(connack.code, 0, 'CONNACK');
      assertEqual(dataOf(connack), scram.serverFinal, 'signature of the broker');
      await client.ping();
    },
  },
  {
    title: 'SCRAM-SHA-256 refuses a wrong password and an unknown user',
    versions: { 5: 'MQTT-4.12.0-4' },
    broker: 'guarded',
    async run(scene) {
      for (const user of ['alice', 'bob']) {
        const scram = new ScramClient(user, 'wrong');
        const client = await scene.dial();
        client.send(connect(5, scene.fields({ properties: words(scram.first) })));
        const answer = await client.next();
        // An unknown user may be refused at once, or only after a challenge that tells nothing.
        if (answer.type === 'auth') client.send(auth(proceed, words(scram.final(dataOf(answer)))));
        const { code } = answer.type === 'connack' ? answer : await client.expectPacket('connack');
        assert(code === 0x86 || code === 0x87, `CONNACK ${code}`);
        await client.expectClosed();
      }
    },
  },
  {
    title: 'authentication can be repeated on the connection',
    versions: { 5: '§4.12.1' },
    broker: 'guarded',
    async run(scene) {
      const first = new ScramClient('alice', 'looking-glass');
      const [client, challenge] = await challenged(scene, first);
      client.send(auth(proceed, words(first.final(challenge))));
      await client.expectPacket('connack');
      const second = new ScramClient('alice', 'looking-glass');
      client.send(auth(again, words(second.first)));
      const more = await client.expectPacket('auth');
      assertEqual(more.code, proceed, 'reason code');
      // The connection goes on meanwhile.
      await client.ping();
      client.send(auth(proceed, words(second.final(dataOf(more)))));
      const done = await client.expectPacket('auth');
      assertEqual(done.code, 0, 'reason code');
      assertEqual(dataOf(done), second.serverFinal, 'signature of the broker');
    },
  },
  {
    title: 'a failed repetition ends the connection',
    versions: { 5: 'MQTT-4.12.1-2' },
    broker: 'guarded',
    async run(scene) {
      const first = new ScramClient('alice', 'looking-glass');
      const [client, challenge] = await challenged(scene, first);
      client.send(auth(proceed, words(first.final(challenge))));
      await client.expectPacket('connack');
      const second = new ScramClient('alice', 'wrong');
      client.send(auth(again, words(second.first)));
      client.send(auth(proceed, words(second.final(dataOf(await client.expectPacket('auth'))))));
      await client.expectRefused([0x86, 0x87]);
    },
  },
  {
    title: 'the method cannot change in the middle',
    versions: { 5: 'MQTT-4.12.0-5' },
    broker: 'guarded',
    async run(scene) {
      const scram = new ScramClient('alice', 'looking-glass');
      const [client, challenge] = await challenged(scene, scram);
      client.send(auth(proceed, words(scram.final(challenge), 'SCRAM-SHA-1')));
      const last = await client.next().catch(() => null);
      assert(last === null || (last.type === 'connack' && last.code >= 0x80), `answered with ${last?.bytes.toString('hex') ?? 'nothing'}`);
      await client.expectClosed();
    },
  },
];
