import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { PacketDecoder } from '../../../shared/mqtt/packet/decoder.ts';
import { encodePacket } from '../../../shared/mqtt/packet/encoder.ts';
import { mutated } from '../../../shared/mqtt/packet/packet-damage.ts';
import { packetTypesOf, pick, samplePacket, seeded } from '../../../shared/mqtt/packet/packet-samples.ts';
import type { ClientEnd } from './client-end.ts';
import { ClientSession } from './client-session.ts';
import { MqttClient } from './mqtt-client.ts';
import { accepted } from './scripted-server.ts';

const connections = 6_000;
const packetsEach = 12;

/** A stream without the machinery of one: what is written is kept, nothing is ever late. */
class Wire extends EventEmitter {
  writable = true;
  closed = false;
  writableLength = 0;
  readonly written: Uint8Array[] = [];

  write(bytes: Uint8Array, done?: () => void): boolean {
    this.written.push(bytes);
    done?.();
    return true;
  }
  cork(): void {}
  uncork(): void {}
  end(done?: () => void): void {
    this.writable = false;
    done?.();
  }
  destroy(): void {
    this.writable = false;
    this.closed = true;
    this.emit('close');
  }
}

test('a server that sends damaged and misplaced packets ends the connection at worst, and every operation with it', async () => {
  const random = seeded(20_261_121);
  let ends = 0;
  for (let round = 0; round < connections; round += 1) {
    const level = pick(random, [3, 4, 5, 5] as const);
    const wire = new Wire();
    const ended: ClientEnd[] = [];
    const session = random() < 0.5 ? new ClientSession() : undefined;
    const client = new MqttClient(
      wire as unknown as Duplex,
      {
        connect: {
          ...({
            type: 'connect',
            level,
            bridge: false,
            cleanStart: session === undefined,
            keepAlive: 0,
            clientId: 'c',
            username: null,
            password: null,
            will: null,
          } as const),
          properties: level === 5 && random() < 0.5 ? { topicAliasMaximum: 5, receiveMaximum: 3 } : null,
        },
        session,
      },
      { connected: () => undefined, message: () => undefined, ended: (end) => ended.push(end) },
    );
    client.open();
    if (random() < 0.9) wire.emit('data', encodePacket(accepted(), level));
    const message = { topic: 'a', retain: false, payload: new Uint8Array(3), properties: null };
    const operations = [
      client.publish({ ...message, qos: 1 }),
      client.publish({ ...message, qos: 2 }),
      client.subscribe([{ filter: 'a', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 }]),
      client.ping(),
    ];
    const outcomes = Promise.allSettled(operations);
    for (let packet = 0; packet < packetsEach && ended.length === 0; packet += 1) {
      const sample = encodePacket(samplePacket(random, pick(random, packetTypesOf(level, true)), level, true), level);
      wire.emit('data', random() < 0.6 ? mutated(random, sample) : sample);
    }
    ends += ended.length;
    if (ended.length === 0) wire.destroy();
    expect(ended).toHaveLength(1);
    // What a session keeps is the next client's to complete.
    session?.discard(new Error('gone'));
    for (const outcome of await outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Error);
    const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 1_000_000 });
    for (const bytes of wire.written) decoder.push(bytes);
    for (let packet = decoder.next(); packet; packet = decoder.next()) expect(packet.type).not.toBe('connack');
  }
  // The damage must be neither too mild nor too wild to mean something.
  expect(ends).toBeGreaterThan(connections * 0.3);
});
