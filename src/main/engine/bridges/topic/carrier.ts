import { randomUUID } from 'node:crypto';
import { compileRules, type BridgeSide } from '../../../../shared/broker/bridges/topic-rules.ts';
import type { MqttVersion, Problem, Qos } from '../../../../shared/contract/common.ts';
import type { BrokerCapabilities } from '../../../../shared/contract/connections.ts';
import type { TopicBridge as BridgeOptions } from '../../../../shared/contract/topic-bridges.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { PublishPacket } from '../../../../shared/mqtt/packet/packets.ts';
import { messageProperties, type MqttLink } from '../../connections/index.ts';
import { ConnectionEnded } from '../../mqtt-client/index.ts';
import { freshCounts, sendable } from './bridge-parts.ts';
import { travelling, wentInCircle, withExpiryLeft, type CarriedMessage, type Mark } from './carried-message.ts';
import { EchoMemory } from './echo-memory.ts';
import { OutQueue, type Outcome } from './out-queue.ts';

const echoKeepMs = 5_000;
const mostEchoes = 20_000;
/** After so many that did not come back, a broker that took the mark of bridges is believed to heed it. */
const trustedAfter = 3;

/** A session that is up. */
export interface Side {
  readonly link: MqttLink;
  readonly version: MqttVersion;
  readonly capabilities: BrokerCapabilities;
  /** Its own publishes may come back to it. */
  readonly echoes: boolean;
  /** The broker took the mark of bridges, by which they do not. */
  readonly isMarked: boolean;
}

export interface RuleCounts {
  in: number;
  out: number;
  refused: string | null;
}

export interface CarrierOptions {
  readonly bridge: BridgeOptions;
  /** The same for all bridges of this run. */
  readonly workbench: string;
  /** What any bridge has carried to a remote, by local topic. */
  readonly wentOut: EchoMemory;
  /** Unix ms. */
  readonly now: () => number;
  readonly onChange: () => void;
  /** A broker did not take a message. */
  readonly onRefused: (problem: Problem) => void;
}

/** What a bridge carries between two sessions. A message is acknowledged to the one side when the other has it. */
export class Carrier {
  local: Side | null = null;
  remote: Side | null = null;
  readonly counts = freshCounts();
  readonly rules: readonly RuleCounts[];
  readonly queue: OutQueue;
  readonly #options: CarrierOptions;
  /** Tells the messages of this bridge from those of others. */
  readonly #mark: Mark;
  readonly #out: ReturnType<typeof compileRules>;
  readonly #in: ReturnType<typeof compileRules>;
  readonly #echoes: Readonly<Record<BridgeSide, EchoMemory>>;
  /** Of messages on their way to the local broker. */
  #inBytes = 0;

  constructor(options: CarrierOptions) {
    const { bridge, now, workbench } = options;
    this.#mark = { workbench, bridge: randomUUID() };
    this.#options = options;
    this.#out = compileRules(bridge.rules, 'local');
    this.#in = compileRules(bridge.rules, 'remote');
    this.rules = bridge.rules.map(() => ({ in: 0, out: 0, refused: null }));
    const memory = (): EchoMemory => new EchoMemory({ keepMs: echoKeepMs, most: mostEchoes, now });
    this.#echoes = { local: memory(), remote: memory() };
    this.queue = new OutQueue({
      mostMessages: bridge.queueMessages,
      mostBytes: bridge.queueBytes,
      send: (message) => this.#send(message),
      onSent: (message) => this.#carried(message, 'out'),
    });
  }

  #take(packet: PublishPacket, side: BridgeSide): CarriedMessage | null {
    const { topic, payload, retain } = packet;
    const found = (side === 'local' ? this.#out : this.#in)(topic);
    if (!found) return null;
    const rule = this.#options.bridge.rules[found.rule];
    const properties = packet.properties && messageProperties(packet.properties);
    if (!rule) return null;
    const way = side === 'local' ? 'out' : 'in';
    if (wentInCircle(properties, this.#mark, way) || this.#cameBack(topic, payload, side)) {
      this.counts.looped += 1;
      this.#options.onChange();
      return null;
    }
    const expiry = properties?.messageExpirySeconds;
    return {
      rule: found.rule,
      topic: found.topic,
      payload: payload.slice(),
      qos: Math.min(packet.qos, rule.qos) as Qos,
      retain: retain && rule.retain === 'keep',
      properties: travelling(properties, this.#mark, way),
      expiresAt: expiry === undefined ? null : this.#options.now() + expiry * 1000,
    };
  }

  /** Whether this bridge has published it there itself, or any bridge lately where that is asked for. */
  #cameBack(topic: string, payload: Uint8Array, side: BridgeSide): boolean {
    const echoes = this.#echoes[side];
    if (this.#mayEcho(side) && echoes.returned(topic, payload)) return true;
    if (side === 'local' || this.#options.bridge.returnsSeconds === 0) return false;
    const local = this.#in(topic)?.topic;
    return local !== undefined && this.#options.wentOut.returned(local, payload, this.#options.bridge.returnsSeconds * 1000);
  }

  #mayEcho(side: BridgeSide): boolean {
    const opened = side === 'local' ? this.local : this.remote;
    if (!opened?.echoes) return false;
    return !(side === 'remote' && opened.isMarked && this.#echoes.remote.unreturned >= trustedAfter);
  }

  #published(side: BridgeSide, { topic, payload }: CarriedMessage): void {
    const subscribed = side === 'local' ? this.#out : this.#in;
    if (this.#mayEcho(side) && subscribed(topic) !== null) this.#echoes[side].sent(topic, payload);
  }

  /** From the local broker. Resolved: the remote has it, or nobody will. */
  fromLocal(packet: PublishPacket): Promise<void> | void {
    const message = this.#take(packet, 'local');
    if (!message) return undefined;
    const isKept = packet.qos > 0 || this.#options.bridge.queueQos0;
    if (!this.remote && !isKept) return this.#drop();
    if (this.#options.bridge.returnsSeconds > 0) this.#options.wentOut.sent(packet.topic, packet.payload);
    return new Promise<void>((resolve) => {
      // What there is no room for is acknowledged all the same: the local broker would only send it again.
      if (!this.queue.add(message, resolve)) {
        this.#drop();
        resolve();
      }
      this.#options.onChange();
    });
  }

  #carried({ rule, payload }: CarriedMessage, way: 'in' | 'out'): void {
    this.counts[way === 'in' ? 'messagesIn' : 'messagesOut'] += 1;
    this.counts[way === 'in' ? 'bytesIn' : 'bytesOut'] += payload.byteLength;
    const counts = this.rules[rule];
    if (counts) counts[way] += 1;
    this.#options.onChange();
  }

  #drop(): void {
    this.counts.dropped += 1;
    this.#options.onChange();
  }

  async #send(message: CarriedMessage): Promise<Outcome> {
    const remote = this.remote;
    if (!remote) return 'not-connected';
    const outcome = await this.#publish(remote, message, 'remote');
    // Of QoS 0 nobody knows how far it came: it is not sent twice.
    if (outcome === 'not-connected' && message.qos === 0 && !this.#options.bridge.queueQos0) {
      this.#drop();
      return 'refused';
    }
    return outcome;
  }

  /** From the remote. Rejected: it has to come again. */
  fromRemote(packet: PublishPacket): Promise<void> | void {
    const message = this.#take(packet, 'remote');
    if (!message) return undefined;
    const local = this.local;
    const bytes = message.payload.byteLength;
    // Of QoS 1 and 2 the remote sends no more than was agreed on.
    if (!local || (packet.qos === 0 && this.#inBytes + bytes > this.#options.bridge.queueBytes)) {
      if (packet.qos === 0) return this.#drop();
      return Promise.reject(new ConnectionEnded());
    }
    this.#inBytes += bytes;
    return this.#publish(local, message, 'local').then((outcome) => {
      this.#inBytes -= bytes;
      if (outcome === 'not-connected') {
        if (packet.qos > 0) throw new ConnectionEnded();
        this.#drop();
      } else if (outcome === 'sent') {
        this.#carried(message, 'in');
      }
    });
  }

  async #publish({ link, version, capabilities }: Side, message: CarriedMessage, side: BridgeSide): Promise<Outcome> {
    const properties = withExpiryLeft(message, this.#options.now());
    if (properties === 'expired') {
      this.#drop();
      return 'refused';
    }
    this.#published(side, message);
    try {
      const qos = Math.min(message.qos, capabilities.maximumQos) as Qos;
      const retain = message.retain && capabilities.retainAvailable;
      await link.publish({
        topic: message.topic,
        payload: message.payload,
        qos,
        retain,
        ...(version === '5' && properties ? { properties: sendable(properties) } : {}),
      });
      return 'sent';
    } catch (error) {
      if (error instanceof CodedError && error.code !== 'not-connected') {
        this.counts.refused += 1;
        this.#options.onRefused({ code: error.code, message: `A message on “${message.topic}” was not taken: ${error.message}`, advice: error.advice });
        return 'refused';
      }
      return 'not-connected';
    }
  }
}
