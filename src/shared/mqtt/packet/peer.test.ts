import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { PacketDecoder } from './decoder.ts';
import { encodePacket } from './encoder.ts';
import { packetTypesOf, samplePacket, seeded } from './packet-samples.ts';
import { propertyTable } from './property-table.ts';
import type { ConnectPacket, Packet, Properties, ProtocolLevel, SubscriptionRequest, Will } from './packets.ts';

// mqtt-packet, the codec inside MQTT.js and aedes, reads what we write and writes what we read. Where it cannot carry a valid packet, the sample is
// changed before it is compared; `forPeer` lists those gaps.

interface PeerPacket {
  readonly cmd: string;
  [field: string]: unknown;
}
interface Peer {
  generate(packet: PeerPacket, options: { protocolVersion: number }): Buffer;
  parser(options: { protocolVersion: number }): {
    on(event: 'packet', listener: (packet: PeerPacket) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    parse(bytes: Buffer): void;
  };
}

const peer = createRequire(createRequire(import.meta.url).resolve('mqtt'))('mqtt-packet') as Peer;

/** Their names where they differ from the specification's. */
const peerNames: Readonly<Record<string, string>> = {
  subscriptionIdentifiers: 'subscriptionIdentifier',
  maximumQos: 'maximumQoS',
  subscriptionIdentifierAvailable: 'subscriptionIdentifiersAvailable',
};
/** Written as a number; the other flags as true and false. */
const numericFlags = new Set(['maximumQos']);

function toPeerProperties(properties: Properties | null): Record<string, unknown> | undefined {
  if (properties === null) return undefined;
  const result: Record<string, unknown> = {};
  for (const { name, kind } of propertyTable) {
    const value = properties[name];
    if (value === undefined) continue;
    const peerName = peerNames[name] ?? name;
    if (kind === 'flag' && !numericFlags.has(name)) result[peerName] = value === 1;
    else if (kind === 'binary') result[peerName] = Buffer.from(value as Uint8Array);
    else if (kind === 'variable') result[peerName] = (value as readonly number[]).length === 1 ? (value as readonly number[])[0] : value;
    else if (kind === 'pair') result[peerName] = Object.fromEntries((value as readonly (readonly [string, string])[]).map(([key, text]) => [key, text]));
    else result[peerName] = value;
  }
  return result;
}

function toPeer(packet: Packet, level: ProtocolLevel): PeerPacket {
  const properties = 'properties' in packet ? toPeerProperties(packet.properties) : undefined;
  const common = properties === undefined ? {} : { properties };
  switch (packet.type) {
    case 'connect':
      return {
        cmd: 'connect',
        protocolId: level === 3 ? 'MQIsdp' : 'MQTT',
        protocolVersion: level,
        ...(packet.bridge ? { bridgeMode: true } : {}),
        clean: packet.cleanStart,
        keepalive: packet.keepAlive,
        clientId: packet.clientId,
        ...(packet.username === null ? {} : { username: packet.username }),
        ...(packet.password === null ? {} : { password: Buffer.from(packet.password) }),
        ...(packet.will === null ? {} : { will: toPeerWill(packet.will) }),
        ...common,
      };
    case 'connack':
      return { cmd: 'connack', sessionPresent: packet.sessionPresent, [level === 5 ? 'reasonCode' : 'returnCode']: packet.code, ...common };
    case 'publish':
      return {
        cmd: 'publish',
        dup: packet.dup,
        qos: packet.qos,
        retain: packet.retain,
        topic: packet.topic,
        ...(packet.qos === 0 ? {} : { messageId: packet.packetId }),
        payload: Buffer.from(packet.payload),
        ...common,
      };
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return { cmd: packet.type, messageId: packet.packetId, ...(level === 5 ? { reasonCode: packet.code } : {}), ...common };
    case 'subscribe':
      return {
        cmd: 'subscribe',
        messageId: packet.packetId,
        subscriptions: packet.subscriptions.map((request) => toPeerSubscription(request, level)),
        ...common,
      };
    case 'suback':
      return { cmd: 'suback', messageId: packet.packetId, granted: packet.codes, ...common };
    case 'unsubscribe':
      return { cmd: 'unsubscribe', messageId: packet.packetId, unsubscriptions: packet.filters, ...common };
    case 'unsuback':
      return { cmd: 'unsuback', messageId: packet.packetId, ...(level === 5 ? { granted: packet.codes } : {}), ...common };
    case 'pingreq':
    case 'pingresp':
      return { cmd: packet.type };
    case 'disconnect':
    case 'auth':
      return { cmd: packet.type, ...(level === 5 ? { reasonCode: packet.code } : {}), ...common };
  }
}

function toPeerWill(will: Will): Record<string, unknown> {
  const properties = toPeerProperties(will.properties);
  return { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain, ...(properties ? { properties } : {}) };
}

function toPeerSubscription({ filter, qos, noLocal, retainAsPublished, retainHandling }: SubscriptionRequest, level: ProtocolLevel): Record<string, unknown> {
  return { topic: filter, qos, ...(level === 5 ? { nl: noLocal, rap: retainAsPublished, rh: retainHandling } : {}) };
}

/** The sample without what mqtt-packet 9 cannot carry. */
function forPeer(packet: Packet): Packet {
  const properties = 'properties' in packet ? plainUserProperties(packet.properties) : null;
  switch (packet.type) {
    case 'pingreq':
    case 'pingresp':
      return packet;
    case 'connect':
      return forPeerConnect(packet, properties);
    case 'auth':
      // It refuses the legal AUTH without anything.
      return properties === null ? { ...packet, properties: { authenticationMethod: 'M' } } : { ...packet, properties };
    default:
      return { ...packet, properties };
  }
}

function forPeerConnect(packet: ConnectPacket, properties: Properties | null): ConnectPacket {
  const will = packet.will === null ? null : { ...packet.will, properties: plainUserProperties(packet.will.properties) };
  // It asks for a client identifier with a kept session, and a user name beside every password.
  return { ...packet, clientId: packet.clientId || 'id', username: packet.password === null ? packet.username : (packet.username ?? 'user'), will, properties };
}

/** It groups user properties by name and loses their order, and counts an empty value as none: one of each name, with a value. */
function plainUserProperties(properties: Properties | null): Properties | null {
  if (properties?.userProperties === undefined) return properties;
  const unique = new Map(properties.userProperties.map(([name, value]) => [name, value || 'v']));
  return { ...properties, userProperties: [...unique] };
}

function readByPeer(bytes: Uint8Array, level: ProtocolLevel): PeerPacket {
  const packets: PeerPacket[] = [];
  const parser = peer.parser({ protocolVersion: level });
  parser.on('packet', (packet) => packets.push(packet));
  parser.on('error', (error) => {
    throw error;
  });
  parser.parse(Buffer.from(bytes));
  expect(packets).toHaveLength(1);
  return packets[0]!;
}

describe.each([
  ['a client', false],
  ['a server', true],
])('packets of %s', (_, fromServer) => {
  describe.each([3, 4, 5] as const)('in level %i', (level) => {
    test.each(packetTypesOf(level, fromServer))('%s is read and written alike by mqtt-packet', (type) => {
      const random = seeded(level * 1000 + type.length + (fromServer ? 3 : 0));
      for (let round = 0; round < 60; round += 1) {
        const packet = forPeer(samplePacket(random, type, level, fromServer));
        expect(readByPeer(encodePacket(packet, level), level)).toMatchObject(toPeer(packet, level));
        const decoder = new PacketDecoder({ role: fromServer ? 'client' : 'server', maximumPacketSize: 1_000_000, ...(type === 'connect' ? {} : { level }) });
        decoder.push(new Uint8Array(peer.generate(toPeer(packet, level), { protocolVersion: level })));
        expect(decoder.next()).toEqual(packet);
        expect(decoder.bufferedBytes).toBe(0);
      }
    });
  });
});
