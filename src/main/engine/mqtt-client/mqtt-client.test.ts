import { describe, expect, test, vi } from 'vitest';
import type { ConnackPacket, ConnectPacket, Properties, ProtocolLevel, PublishPacket } from '../../../shared/mqtt/packet/packets.ts';
import type { Authenticator } from './authenticator.ts';
import { ConnectionEnded, type ClientEnd } from './client-end.ts';
import { ClientSession } from './client-session.ts';
import { MqttClient, type MqttClientOptions } from './mqtt-client.ts';
import { accepted, scriptedServer, type ScriptedServer } from './scripted-server.ts';

interface Bench {
  readonly server: ScriptedServer;
  readonly client: MqttClient;
  readonly messages: PublishPacket[];
  readonly ended: Promise<ClientEnd>;
  readonly connected: Promise<ConnackPacket>;
}

const connectOf = (level: ProtocolLevel, more: Partial<ConnectPacket> = {}): ConnectPacket => ({
  ...{ type: 'connect', level, bridge: false, cleanStart: true, keepAlive: 60, clientId: 'test', username: null, password: null, will: null, properties: null },
  ...more,
});

function bench(level: ProtocolLevel, connect: Partial<ConnectPacket> = {}, more: Partial<MqttClientOptions> = {}): Bench {
  const server = scriptedServer(level);
  const messages: PublishPacket[] = [];
  const ended = Promise.withResolvers<ClientEnd>();
  const connected = Promise.withResolvers<ConnackPacket>();
  const client = new MqttClient(
    server.stream,
    { connect: connectOf(level, connect), ...more },
    { connected: connected.resolve, message: (packet) => void messages.push({ ...packet, payload: packet.payload.slice() }), ended: ended.resolve },
  );
  client.open();
  return { server, client, messages, ended: ended.promise, connected: connected.promise };
}

async function up(
  level: ProtocolLevel,
  connect: Partial<ConnectPacket> = {},
  more: Partial<MqttClientOptions> = {},
  properties: Properties | null = null,
): Promise<Bench> {
  const all = bench(level, connect, more);
  await all.server.next();
  all.server.send(accepted({ properties, sessionPresent: connect.cleanStart === false && more.session !== undefined }));
  await all.connected;
  return all;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const message = (qos: 0 | 1 | 2, topic = 'a', text = 'x') => ({ topic, qos, retain: false, payload: bytes(text), properties: null });
const ack = (type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', packetId: number, code = 0) => ({ type, packetId, code, properties: null });
const incoming = (qos: 0 | 1 | 2, packetId: number, more: Partial<PublishPacket> = {}): PublishPacket => ({
  ...{ type: 'publish', dup: false, qos, retain: false, topic: 'in', packetId, properties: null, payload: bytes('y') },
  ...more,
});

describe.each([3, 4, 5] as const)('level %i', (level) => {
  test('connects, subscribes, publishes in each QoS, receives, and says goodbye', async () => {
    const { server, client, messages, ended } = await up(level);
    const subscribing = client.subscribe([{ filter: 'in', qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 }]);
    const subscribe = await server.next();
    expect(subscribe).toMatchObject({ type: 'subscribe', subscriptions: [{ filter: 'in', qos: 2 }] });
    server.send({ type: 'suback', packetId: subscribe.type === 'subscribe' ? subscribe.packetId : 0, codes: [2], properties: null });
    expect((await subscribing).codes).toEqual([2]);

    await client.publish(message(0));
    expect(await server.next()).toMatchObject({ type: 'publish', qos: 0, topic: 'a' });
    const once = client.publish(message(1));
    const published = (await server.next()) as PublishPacket;
    server.send(ack('puback', published.packetId));
    expect(await once).toEqual({ code: 0, properties: null });
    const exactly = client.publish(message(2));
    const { packetId } = (await server.next()) as PublishPacket;
    server.send(ack('pubrec', packetId));
    expect(await server.next()).toMatchObject({ type: 'pubrel', packetId, code: 0 });
    server.send(ack('pubcomp', packetId));
    expect(await exactly).toEqual({ code: 0, properties: null });

    server.send(incoming(1, 7));
    expect(await server.next()).toMatchObject({ type: 'puback', packetId: 7 });
    server.send(incoming(2, 8));
    expect(await server.next()).toMatchObject({ type: 'pubrec', packetId: 8 });
    server.send(incoming(2, 8, { dup: true }));
    expect(await server.next()).toMatchObject({ type: 'pubrec', packetId: 8 });
    server.send(ack('pubrel', 8));
    expect(await server.next()).toMatchObject({ type: 'pubcomp', packetId: 8 });
    expect(messages.map(({ qos }) => qos)).toEqual([1, 2]);

    const gone = client.disconnect();
    expect(await server.next()).toMatchObject({ type: 'disconnect' });
    await server.closed;
    server.end();
    await gone;
    expect(await ended).toEqual({ kind: 'asked' });
    await expect(client.publish(message(0))).rejects.toThrow(ConnectionEnded);
  });

  test('is refused with the code of CONNACK', async () => {
    const { server, ended } = bench(level);
    await server.next();
    server.send(accepted({ code: level === 5 ? 0x87 : 5 }));
    expect(await ended).toMatchObject({ kind: 'refused', connack: { code: level === 5 ? 0x87 : 5 } });
    await server.closed;
  });

  test('large payloads go out whole and in order', async () => {
    const { server, client } = await up(level);
    const payload = new Uint8Array(300_000).map((_, at) => at % 251);
    const sent = Promise.all([client.publish(message(0)), client.publish({ ...message(0, 'big'), payload }), client.publish(message(0, 'after'))]);
    expect(await server.next()).toMatchObject({ topic: 'a' });
    const big = (await server.next()) as PublishPacket;
    expect(Buffer.compare(big.payload, payload)).toBe(0);
    expect(await server.next()).toMatchObject({ topic: 'after' });
    await sent;
  });
});

describe('what a server does wrong', () => {
  const cases: readonly (readonly [string, ProtocolLevel, (server: ScriptedServer) => void, RegExp])[] = [
    ['speaks before CONNACK', 4, (server) => server.send({ type: 'pingresp' }), /PINGRESP before CONNACK.*MQTT-3\.2\.0-1/],
    ['sends CONNACK twice', 5, (server) => [server.send(accepted()), server.send(accepted())], /second time/],
    ['sends what only clients send', 4, (server) => [server.send(accepted()), server.raw(Uint8Array.of(0xc0, 0))], /PINGREQ/],
    ['goes on with a session that is to begin anew', 5, (server) => server.send(accepted({ sessionPresent: true })), /goes on with a session/],
    ['allows QoS 2 at most, which is said by saying nothing', 5, (server) => server.raw(Uint8Array.of(0x20, 5, 0, 0, 2, 0x24, 2)), /Maximum QoS/],
    [
      'gives a remaining length without end',
      4,
      (server) => [server.send(accepted()), server.raw(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x80))],
      /remaining length/,
    ],
    [
      'publishes with QoS 1 and no packet identifier',
      4,
      (server) => [server.send(accepted()), server.raw(Uint8Array.of(0x32, 5, 0, 1, 0x61, 0, 0))],
      /packet identifier/,
    ],
    [
      'uses a topic alias though none is allowed',
      5,
      (server) => [server.send(accepted()), server.send(incoming(0, 0, { properties: { topicAlias: 1 } }))],
      /topic alias 1; none/,
    ],
    ['begins to authenticate', 5, (server) => server.send({ type: 'auth', code: 0x18, properties: { authenticationMethod: 'X' } }), /which was not asked for/],
  ];
  test.each(cases)('%s', async (_name, level, misbehave, words) => {
    const { server, ended, client } = bench(level);
    await server.next();
    misbehave(server);
    const end = await ended;
    expect(end).toMatchObject({ kind: 'protocol-error' });
    if (end.kind === 'protocol-error') expect(end.error.message).toMatch(words);
    if (level === 5) expect(await server.next()).toMatchObject({ type: 'disconnect', code: expect.any(Number) as number });
    await server.closed;
    client.destroy();
  });

  test('answers nobody asked for are passed over, wrong ones end the connection', async () => {
    const { server, client, ended } = await up(5);
    for (const type of ['puback', 'pubrec', 'pubcomp'] as const) server.send(ack(type, 99));
    expect(await server.next()).toMatchObject({ type: 'pubrel', packetId: 99, code: 0x92 });
    server.send(ack('pubrel', 98));
    expect(await server.next()).toMatchObject({ type: 'pubcomp', packetId: 98, code: 0x92 });
    server.send({ type: 'suback', packetId: 97, codes: [0], properties: null });
    const subscribing = client.subscribe([{ filter: 'in', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }]);
    const request = await server.next();
    server.send({ type: 'suback', packetId: request.type === 'subscribe' ? request.packetId : 0, codes: [0, 0], properties: null });
    await expect(subscribing).rejects.toThrow(ConnectionEnded);
    expect(await ended).toMatchObject({ kind: 'protocol-error' });
  });
});

describe('what the server allows', () => {
  test('no more messages are under way than it takes, and all arrive in order', async () => {
    const { server, client } = await up(5, {}, {}, { receiveMaximum: 2 });
    const all = Promise.all(Array.from({ length: 5 }, (_, at) => client.publish(message(at % 2 === 0 ? 1 : 2, `t${at}`))));
    const seen: string[] = [];
    const underWay = new Set<number>();
    while (seen.length < 5 || underWay.size > 0) {
      const packet = await server.next();
      if (packet.type === 'publish') {
        seen.push(packet.topic);
        underWay.add(packet.packetId);
        expect(underWay.size).toBeLessThanOrEqual(2);
        server.send(ack(packet.qos === 1 ? 'puback' : 'pubrec', packet.packetId));
        if (packet.qos === 1) underWay.delete(packet.packetId);
      } else if (packet.type === 'pubrel') {
        underWay.delete(packet.packetId);
        server.send(ack('pubcomp', packet.packetId));
      }
    }
    await all;
    expect(seen).toEqual(['t0', 't1', 't2', 't3', 't4']);
    expect(client.pendingMessages).toBe(0);
  });

  test('a refused message of QoS 2 is not released', async () => {
    const { server, client } = await up(5);
    const refused = client.publish(message(2));
    const { packetId } = (await server.next()) as PublishPacket;
    server.send(ack('pubrec', packetId, 0x97));
    expect(await refused).toMatchObject({ code: 0x97 });
    await client.publish(message(0, 'next'));
    expect(await server.next()).toMatchObject({ type: 'publish', topic: 'next' });
  });

  test('topics behind aliases are told by name', async () => {
    const { server, messages, ended } = await up(5, { properties: { topicAliasMaximum: 2 } });
    server.send(incoming(0, 0, { topic: 'long/name', properties: { topicAlias: 2 } }));
    server.send(incoming(0, 0, { topic: '', properties: { topicAlias: 2 } }));
    await vi.waitFor(() => expect(messages.map(({ topic }) => topic)).toEqual(['long/name', 'long/name']));
    server.send(incoming(0, 0, { topic: '', properties: { topicAlias: 1 } }));
    expect(await ended).toMatchObject({ kind: 'protocol-error', error: { clause: 'MQTT-3.3.2-7' } });
  });
});

describe('a session', () => {
  test('is completed by the next connection, in its order', async () => {
    const session = new ClientSession();
    const first = await up(5, { cleanStart: false }, { session });
    const answers = [first.client.publish(message(1, 'one')), first.client.publish(message(2, 'two')), first.client.publish(message(1, 'three'))];
    for (let at = 0; at < 3; at += 1) {
      const packet = (await first.server.next()) as PublishPacket;
      if (packet.topic === 'two') first.server.send(ack('pubrec', packet.packetId));
    }
    expect(await first.server.next()).toMatchObject({ type: 'pubrel' });
    first.server.destroy();
    await first.ended;

    const { server, client } = await up(5, { cleanStart: false }, { session });
    const again = [await server.next(), await server.next(), await server.next()];
    expect(again).toMatchObject([{ type: 'publish', topic: 'one', dup: true }, { type: 'pubrel' }, { type: 'publish', topic: 'three', dup: true }]);
    for (const packet of again) if ('packetId' in packet) server.send(ack(packet.type === 'pubrel' ? 'pubcomp' : 'puback', packet.packetId));
    expect(await Promise.all(answers)).toHaveLength(3);
    client.destroy();
  });

  test('that the server has forgotten fails what was under way', async () => {
    const session = new ClientSession();
    const first = await up(4, { cleanStart: false }, { session });
    const answer = first.client.publish(message(1));
    await first.server.next();
    first.server.destroy();
    await first.ended;
    const second = bench(4, { cleanStart: false }, { session });
    await second.server.next();
    second.server.send(accepted());
    await expect(answer).rejects.toThrow(ConnectionEnded);
    expect(session.outgoing.size).toBe(0);
    second.client.destroy();
  });

  test('without one, what is under way fails with the connection', async () => {
    const { server, client } = await up(5);
    const answers = Promise.allSettled([client.publish(message(1)), client.publish(message(2)), client.ping(), client.unsubscribe(['x'])]);
    await server.next();
    server.destroy();
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
  });
});

describe('authentication', () => {
  const reversing: Authenticator = {
    method: 'REVERSE',
    start: () => bytes('hello'),
    next: (challenge) => (challenge ?? new Uint8Array()).toReversed(),
    finish(data) {
      if (Buffer.from(data ?? []).toString() !== 'fine') throw new Error('The broker is not who it claims to be.');
    },
  };
  const authenticationMethod = 'REVERSE';

  test('challenges are answered, at the start and again later', async () => {
    const { server, client, connected } = bench(5, { properties: { sessionExpiryInterval: 5 } }, { authenticator: reversing });
    expect(await server.next()).toMatchObject({ properties: { authenticationMethod, authenticationData: bytes('hello'), sessionExpiryInterval: 5 } });
    server.send({ type: 'auth', code: 0x18, properties: { authenticationMethod, authenticationData: bytes('abc') } });
    expect(await server.next()).toMatchObject({ type: 'auth', code: 0x18, properties: { authenticationData: bytes('cba') } });
    server.send(accepted({ properties: { authenticationMethod, authenticationData: bytes('fine') } }));
    await connected;
    const again = client.authenticateAgain();
    expect(await server.next()).toMatchObject({ type: 'auth', code: 0x19, properties: { authenticationData: bytes('hello') } });
    server.send({ type: 'auth', code: 0, properties: { authenticationMethod, authenticationData: bytes('fine') } });
    await again;
    client.destroy();
  });

  test('a server that cannot show that it knows the password is left', async () => {
    const { server, ended } = bench(5, {}, { authenticator: reversing });
    await server.next();
    server.send(accepted({ properties: { authenticationMethod, authenticationData: bytes('wrong') } }));
    expect(await ended).toEqual({ kind: 'authentication', message: 'The broker is not who it claims to be.' });
    await server.closed;
  });
});

describe('keep alive', () => {
  /** A clock that only moves when told to. */
  function manual() {
    let now = 0;
    const timers = new Map<number, { readonly at: number; readonly run: () => void }>();
    let last = 0;
    return {
      set: (run: () => void, delayMs: number) => {
        timers.set((last += 1), { at: now + delayMs, run });
        return last;
      },
      clear: (timer: unknown) => void timers.delete(timer as number),
      now: () => now,
      advance(ms: number) {
        const until = now + ms;
        for (;;) {
          const due = [...timers].filter(([, { at }]) => at <= until).toSorted(([, a], [, b]) => a.at - b.at)[0];
          if (!due) break;
          timers.delete(due[0]);
          now = due[1].at;
          due[1].run();
        }
        now = until;
      },
    };
  }

  test('pings after silence, as early as asked, and the server may ask for another interval', async () => {
    const clock = manual();
    const { server, client } = await up(5, { keepAlive: 60 }, { timers: clock, pingAfterSeconds: 9 }, { serverKeepAlive: 20 });
    clock.advance(8_999);
    await client.publish(message(0));
    expect(await server.next()).toMatchObject({ type: 'publish' });
    clock.advance(8_999);
    await client.publish(message(0, 'still silent'));
    expect(await server.next()).toMatchObject({ topic: 'still silent' });
    clock.advance(9_000);
    expect(await server.next()).toEqual({ type: 'pingreq' });
    server.send({ type: 'pingresp' });
    client.destroy();
  });

  test('a server that says nothing more is given up after one and a half keep alives', async () => {
    const clock = manual();
    const { server, ended } = await up(4, { keepAlive: 10 }, { timers: clock });
    clock.advance(10_000);
    expect(await server.next()).toEqual({ type: 'pingreq' });
    clock.advance(5_000);
    expect(await ended).toEqual({ kind: 'no-pingresp' });
  });

  test('measures a round trip', async () => {
    const { server, client } = await up(4, { keepAlive: 0 });
    const ping = client.ping();
    expect(await server.next()).toEqual({ type: 'pingreq' });
    server.send({ type: 'pingresp' });
    expect(await ping).toBeGreaterThanOrEqual(0);
    client.destroy();
  });
});
