import { once } from 'node:events';
import { duplexPair, type Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { PacketDecoder } from '../../../../shared/mqtt/packet/decoder.ts';
import { encodePacket } from '../../../../shared/mqtt/packet/encoder.ts';
import type { ConnectPacket, Packet, ProtocolLevel, SubscriptionRequest } from '../../../../shared/mqtt/packet/packets.ts';
import type { Refusal } from '../broker-engine.ts';
import { BrokerCore, type BrokerCoreOptions } from './broker-core.ts';

const cores: BrokerCore[] = [];
const streams: Duplex[] = [];
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.destroy();
  for (const core of cores.splice(0)) await core.close();
});

function brokerWith(options: Partial<BrokerCoreOptions>): BrokerCore {
  const core = new BrokerCore({ nowUs: () => Date.now() * 1000, ...options });
  cores.push(core);
  return core;
}

const connectFields = { type: 'connect', cleanStart: true, keepAlive: 0, clientId: 'c', will: null, username: null, password: null, properties: null } as const;

/** A client that sends packets and answers what came back: the next one, or the end. */
class Peer {
  readonly #level: ProtocolLevel;
  readonly #stream;
  readonly #decoder;
  #ended = false;

  constructor(core: BrokerCore, level: ProtocolLevel) {
    this.#level = level;
    const [mine, theirs] = duplexPair();
    this.#stream = mine;
    streams.push(mine);
    this.#decoder = new PacketDecoder({ role: 'client', maximumPacketSize: 1_000_000, level });
    mine.on('end', () => (this.#ended = true));
    mine.on('error', () => undefined);
    core.handle(theirs, { transport: 'tcp', address: 'memory:1' });
  }

  async ask(packet: Packet): Promise<Packet | 'closed'> {
    this.#stream.write(encodePacket(packet, this.#level));
    for (;;) {
      const chunk = this.#stream.read() as Uint8Array | null;
      if (chunk !== null) this.#decoder.push(chunk);
      const answer = this.#decoder.next();
      if (answer !== undefined) return answer;
      if (this.#ended) return 'closed';
      await Promise.race([once(this.#stream, 'readable'), once(this.#stream, 'end')]);
    }
  }

  connect(fields: Partial<ConnectPacket> = {}): Promise<Packet | 'closed'> {
    return this.ask({ ...connectFields, level: this.#level, ...fields } as ConnectPacket);
  }

  subscribe(filter: string, { qos = 0, identifier }: { readonly qos?: 0 | 1 | 2; readonly identifier?: number } = {}): Promise<Packet | 'closed'> {
    const request: SubscriptionRequest = { filter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 };
    const properties = identifier === undefined ? null : { subscriptionIdentifiers: [identifier] };
    return this.ask({ type: 'subscribe', packetId: 1, subscriptions: [request], properties });
  }

  publish(qos: 0 | 1 | 2, retain = false, topic = 'a'): Promise<Packet | 'closed'> {
    return this.ask({ type: 'publish', dup: false, qos, retain, topic, packetId: qos === 0 ? 0 : 1, payload: new Uint8Array(1), properties: null });
  }
}

const will = (qos: 0 | 1 | 2, retain: boolean): Partial<ConnectPacket> => ({
  will: { topic: 'gone', payload: new Uint8Array(0), qos, retain, properties: null },
});

const poor: Partial<BrokerCoreOptions> = {
  maximumQos: 1,
  retainAvailable: false,
  wildcardSubscriptionAvailable: false,
  subscriptionIdentifierAvailable: false,
  sharedSubscriptionAvailable: false,
};

describe('a broker that cannot do everything says so', () => {
  it('in CONNACK of MQTT 5 (§3.2.2.3)', async () => {
    expect(await new Peer(brokerWith(poor), 5).connect()).toMatchObject({
      code: 0,
      properties: {
        maximumQos: 1,
        retainAvailable: 0,
        wildcardSubscriptionAvailable: 0,
        subscriptionIdentifierAvailable: 0,
        sharedSubscriptionAvailable: 0,
      },
    });
  });

  it('and one that can says nothing of it', async () => {
    const connack = await new Peer(brokerWith({}), 5).connect();
    expect(Object.keys((connack as { properties: object }).properties).toSorted()).toEqual(['maximumPacketSize', 'receiveMaximum', 'topicAliasMaximum']);
  });
});

describe('what CONNACK said there is not', () => {
  const refusedWith = async (code: number, ask: (peer: Peer) => Promise<Packet | 'closed'>): Promise<void> => {
    const peer = new Peer(brokerWith(poor), 5);
    await peer.connect();
    expect(await ask(peer)).toMatchObject({ type: 'disconnect', code });
  };
  it('QoS above the maximum ends with 0x9B [MQTT-3.2.2-11]', () => refusedWith(0x9b, (peer) => peer.publish(2)));
  it('a retained message ends with 0x9A [MQTT-3.2.2-14]', () => refusedWith(0x9a, (peer) => peer.publish(0, true)));
  it('a wildcard ends with 0xA2 (§3.2.2.3.11)', () => refusedWith(0xa2, (peer) => peer.subscribe('a/+')));
  it('a subscription identifier ends with 0xA1 (§3.2.2.3.12)', () => refusedWith(0xa1, (peer) => peer.subscribe('a', { identifier: 7 })));
  it('a shared subscription ends with 0x9E (§3.2.2.3.13)', () => refusedWith(0x9e, (peer) => peer.subscribe('$share/g/a')));

  it.each([
    [5, 0x9b],
    [4, 5],
  ] as const)('a will of level %i with too high a QoS is refused with %i [MQTT-3.2.2-12]', async (level, code) => {
    const core = brokerWith(poor);
    const refusals: Refusal[] = [];
    core.onRefused((refusal) => refusals.push(refusal));
    expect(await new Peer(core, level).connect(will(2, false))).toMatchObject({ type: 'connack', code });
    expect(refusals).toEqual([{ clientId: 'c', transport: 'tcp', address: 'memory:1', reason: 'The will has QoS 2; the highest this broker takes is 1.' }]);
  });
  it('a will that is retained is refused with 0x9A [MQTT-3.2.2-13]', async () => {
    expect(await new Peer(brokerWith(poor), 5).connect(will(0, true))).toMatchObject({ type: 'connack', code: 0x9a });
  });
});

describe('what is still granted', () => {
  it('a subscription, with the highest QoS there is [MQTT-3.2.2-9]', async () => {
    const peer = new Peer(brokerWith(poor), 5);
    await peer.connect();
    expect(await peer.subscribe('a', { qos: 2 })).toMatchObject({ type: 'suback', codes: [1] });
    expect(await peer.publish(1)).toMatchObject({ type: 'publish', qos: 1 });
  });
});

describe('clients of 3.1.1, which cannot be told', () => {
  it('are refused the filter, and cut off when they publish what is not taken', async () => {
    const peer = new Peer(brokerWith(poor), 4);
    await peer.connect();
    expect(await peer.subscribe('a/#')).toMatchObject({ type: 'suback', codes: [0x80] });
    expect(await peer.subscribe('$share/g/a')).toMatchObject({ type: 'suback', codes: [0x80] });
    expect(await peer.publish(2)).toBe('closed');
  });
});

describe('subscriptions of one session', () => {
  it('end at their maximum with 0x97; those there are can be changed', async () => {
    const peer = new Peer(brokerWith({ maximumSubscriptions: 2 }), 5);
    await peer.connect();
    for (const [filter, code] of [
      ['a', 0],
      ['b', 0],
      ['c', 0x97],
      ['b', 0],
    ] as const)
      expect(await peer.subscribe(filter)).toMatchObject({ codes: [code] });
  });
});

describe('retained messages', () => {
  it('are delivered but not kept beyond their number, which is told; those there are can be replaced and removed', async () => {
    const core = brokerWith({ maximumRetainedMessages: 1 });
    const refusals: Refusal[] = [];
    core.onRefused((refusal) => refusals.push(refusal));
    const peer = new Peer(core, 5);
    await peer.connect();
    await peer.subscribe('b');
    await core.publish({ topic: 'a', payload: Uint8Array.of(1), qos: 0, retain: true });
    expect(await peer.publish(1, true, 'b')).toMatchObject({ type: 'publish', topic: 'b' });
    expect(core.retained('')).toEqual(['a']);
    expect(refusals).toEqual([
      { clientId: 'c', transport: 'tcp', address: 'memory:1', reason: expect.stringContaining('delivered but not kept') as string, notKeptTopic: 'b' },
    ]);
    // The client itself was not refused.
    expect(core.counters.connectionsRefused).toBe(0);
    await core.publish({ topic: 'a', payload: Uint8Array.of(2), qos: 0, retain: true });
    await core.publish({ topic: 'a', payload: new Uint8Array(0), qos: 0, retain: true });
    await core.publish({ topic: 'b', payload: Uint8Array.of(3), qos: 0, retain: true });
    expect(core.retained('')).toEqual(['b']);
    expect(core.counters.retainedRefused).toBe(1);
  });

  it('are not kept beyond their bytes', async () => {
    const core = brokerWith({ maximumRetainedBytes: 100 });
    for (const topic of ['a', 'b']) await core.publish({ topic, payload: new Uint8Array(200), qos: 0, retain: true });
    expect(core.retained('')).toEqual(['a']);
  });

  it('cannot be published by the workbench either where there are none', async () => {
    const publish = brokerWith(poor).publish({ topic: 'a', payload: Uint8Array.of(1), qos: 0, retain: true });
    await expect(publish).rejects.toMatchObject({ code: 'publish-refused' });
  });
});
