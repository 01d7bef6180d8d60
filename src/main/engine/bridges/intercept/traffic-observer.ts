import type { MqttVersion } from '../../../../shared/contract/common.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { TappedPacket } from '../../../../shared/messages/tapped-packet.ts';
import { PacketDecoder } from '../../../../shared/mqtt/packet/decoder.ts';
import type { ConnectPacket, Packet, ProtocolLevel, PublishPacket } from '../../../../shared/mqtt/packet/packets.ts';
import { MqttProtocolError } from '../../../../shared/mqtt/packet/protocol-error.ts';
import { packetType } from '../../../../shared/mqtt/packet/packet-type.ts';
import { messageRecord } from '../../connections/index.ts';
import { PacketSplitter, type SplitterBudget } from './packet-splitter.ts';

/** Larger packets pass unread. */
const largestPacketBytes = 16 * 1024 * 1024;
const versions: Readonly<Record<ProtocolLevel, MqttVersion>> = { 3: '3.1', 4: '3.1.1', 5: '5' };

export interface ObserverHooks {
  /** A message that passed; `id` is 0. `in`: from the device. */
  message(record: MessageRecord): void;
  packet(packet: Omit<TappedPacket, 'connection'>): void;
  /** Passed unread. */
  unread(): void;
  readonly nowUs: () => number;
}

/** Reads along what passes between a device and its broker. It changes nothing, and holds nothing up. */
export class TrafficObserver {
  clientId: string | null = null;
  version: MqttVersion | null = null;
  level: ProtocolLevel | null = null;
  /** The first thing that broke a rule, with its clause. */
  violation: string | null = null;
  /** Unix ms since when the remote owes an answer to CONNECT or PINGREQ; `null`: it does not. */
  askedAt: number | null = null;
  readonly #hooks: ObserverHooks;
  readonly #budget: SplitterBudget;
  readonly #splitters: Readonly<Record<'in' | 'out', PacketSplitter>>;
  readonly #decoders: { in: PacketDecoder; out: PacketDecoder };
  readonly #aliases = { in: new Map<number, string>(), out: new Map<number, string>() };

  constructor(hooks: ObserverHooks, budget: SplitterBudget) {
    this.#hooks = hooks;
    this.#budget = budget;
    this.#splitters = { in: this.#splitter('in'), out: this.#splitter('out') };
    this.#decoders = { in: this.#decoder('in'), out: this.#decoder('out') };
  }

  /** Bytes from the device. */
  fromDevice(chunk: Uint8Array): void {
    this.#splitters.in.push(chunk);
  }

  fromRemote(chunk: Uint8Array): void {
    this.askedAt = null;
    this.#splitters.out.push(chunk);
  }

  end(): void {
    this.#splitters.in.end();
    this.#splitters.out.end();
  }

  #splitter(direction: 'in' | 'out'): PacketSplitter {
    return new PacketSplitter(
      {
        packet: (bytes) => this.#packet(direction, bytes),
        passed: () => this.#hooks.unread(),
        lost: (why) => {
          this.#hooks.unread();
          this.violation ??= `${why}: what the ${direction === 'in' ? 'device' : 'remote'} sends is no MQTT from there on, and is not read any further.`;
        },
      },
      largestPacketBytes,
      this.#budget,
    );
  }

  #decoder(direction: 'in' | 'out'): PacketDecoder {
    return new PacketDecoder({
      role: direction === 'in' ? 'server' : 'client',
      maximumPacketSize: largestPacketBytes,
      controlCharacters: 'accept',
      ...(this.level === null ? {} : { level: this.level }),
    });
  }

  #packet(direction: 'in' | 'out', bytes: Uint8Array): void {
    const packet = this.#decode(direction, bytes);
    if (packet?.type === 'connect') this.#connect(packet);
    if (direction === 'in' && (packet?.type === 'pingreq' || packet?.type === 'connect')) this.askedAt ??= this.#hooks.nowUs() / 1000;
    this.#hooks.packet({ timeUs: this.#hooks.nowUs(), clientId: this.clientId, direction, level: this.level, bytes });
    if (packet?.type === 'publish') this.#message(direction, packet);
  }

  #decode(direction: 'in' | 'out', bytes: Uint8Array): Packet | undefined {
    // What the remote may send depends on the level the device has asked for.
    if (this.level === null && (direction === 'out' || bytes[0]! >> 4 !== packetType.connect)) {
      this.#hooks.unread();
      if (direction === 'in') {
        this.violation ??= 'The device does not begin with CONNECT [MQTT-3.1.0-1]: what passes is not read.';
        this.end();
      }
      return undefined;
    }
    const decoder = this.#decoders[direction];
    decoder.push(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    try {
      return decoder.next();
    } catch (error) {
      if (!(error instanceof MqttProtocolError)) throw error;
      if (this.level === null && decoder.level !== null) this.#setLevel(decoder.level);
      // A decoder that has refused something reads no further; the stream does go on.
      this.#decoders[direction] = this.#decoder(direction);
      this.violation ??= `${direction === 'in' ? 'The device' : 'The remote'}: ${error.message} [${error.clause}]`;
      this.#hooks.unread();
      return undefined;
    }
  }

  #connect({ clientId, level }: ConnectPacket): void {
    this.clientId = clientId;
    this.#setLevel(level);
  }

  #setLevel(level: ProtocolLevel): void {
    this.level = level;
    this.version = versions[level];
    this.#decoders.out = this.#decoder('out');
  }

  #message(direction: 'in' | 'out', packet: PublishPacket): void {
    const aliases = this.#aliases[direction];
    const alias = packet.properties?.topicAlias;
    if (alias !== undefined && packet.topic !== '') aliases.set(alias, packet.topic);
    const topic = packet.topic === '' && alias !== undefined ? aliases.get(alias) : packet.topic;
    if (topic === undefined) return this.#hooks.unread();
    const record = messageRecord({ ...packet, topic }, this.#hooks.nowUs());
    this.#hooks.message({ ...record, direction, publisher: direction === 'in' ? this.clientId : null });
  }
}
