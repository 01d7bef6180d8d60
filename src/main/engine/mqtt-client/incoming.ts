import { encodePacket } from '../../../shared/mqtt/packet/encoder.ts';
import type { ProtocolLevel, PublishPacket } from '../../../shared/mqtt/packet/packets.ts';
import { MqttProtocolError, protocolError } from '../../../shared/mqtt/packet/protocol-error.ts';
import type { ClientSession } from './client-session.ts';

const packetIdNotFound = 0x92;
const receiveMaximumExceeded = 0x93;
const topicAliasInvalid = 0x94;

interface IncomingOptions {
  readonly session: ClientSession;
  readonly level: ProtocolLevel;
  /** As CONNECT said it. */
  readonly receiveMaximum: number;
  readonly topicAliasMaximum: number;
  readonly send: (bytes: Uint8Array) => void;
  /** A promise puts off the acknowledgement until it is resolved. */
  readonly deliver: (packet: PublishPacket) => Promise<void> | void;
}

/** What the server sends: topics behind aliases, acknowledgements, and messages of QoS 2 handed on once (§4.3.3). */
export class Incoming {
  readonly #options: IncomingOptions;
  readonly #aliases = new Map<number, string>();

  constructor(options: IncomingOptions) {
    this.#options = options;
  }

  publish(packet: PublishPacket): void {
    const { session, level, receiveMaximum, send, deliver } = this.#options;
    const message = packet.properties?.topicAlias === undefined ? packet : { ...packet, topic: this.#resolve(packet, packet.properties.topicAlias) };
    const { packetId } = packet;
    if (packet.qos === 2) {
      const isNew = !session.incoming.has(packetId);
      if (isNew && session.incoming.size >= receiveMaximum)
        throw new MqttProtocolError(receiveMaximumExceeded, 'MQTT-3.3.4-7', `The server sent more than ${receiveMaximum} messages of QoS 2 without waiting.`);
      session.incoming.add(packetId);
      this.#afterwards(isNew ? deliver(message) : undefined, () => send(encodePacket({ type: 'pubrec', packetId, code: 0, properties: null }, level)));
      return;
    }
    const delivered = deliver(message);
    if (packet.qos === 1) this.#afterwards(delivered, () => send(encodePacket({ type: 'puback', packetId, code: 0, properties: null }, level)));
  }

  /** What was not taken is not acknowledged: the server sends it again in the next connection of the session. */
  #afterwards(delivered: Promise<void> | void, acknowledge: () => void): void {
    if (delivered === undefined) acknowledge();
    else delivered.then(acknowledge, () => undefined);
  }

  release(packetId: number): void {
    const { session, level, send } = this.#options;
    const known = session.incoming.delete(packetId);
    send(encodePacket({ type: 'pubcomp', packetId, code: known ? 0 : packetIdNotFound, properties: null }, level));
  }

  #resolve(packet: PublishPacket, alias: number): string {
    const { topicAliasMaximum } = this.#options;
    if (alias > topicAliasMaximum)
      throw new MqttProtocolError(
        topicAliasInvalid,
        'MQTT-3.1.2-26',
        topicAliasMaximum === 0
          ? `The server used the topic alias ${alias}; none is allowed.`
          : `The server used the topic alias ${alias}, above ${topicAliasMaximum}.`,
      );
    if (packet.topic !== '') {
      this.#aliases.set(alias, packet.topic);
      return packet.topic;
    }
    const topic = this.#aliases.get(alias);
    if (topic === undefined) throw protocolError('MQTT-3.3.2-7', `The server used the topic alias ${alias} without having said what it stands for.`);
    return topic;
  }
}
