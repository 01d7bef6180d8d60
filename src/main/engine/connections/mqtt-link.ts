import type { Qos } from '../../../shared/contract/common.ts';
import type { ConnectionProfile } from '../../../shared/contract/connections.ts';
import type { PublishInput } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import type { BrokerUri } from '../../../shared/mqtt/broker-uri.ts';
import type { ConnackPacket } from '../../../shared/mqtt/packet/packets.ts';
import { describeReason } from '../../../shared/mqtt/reason-codes.ts';
import { atEndOfTurn, ConnectionEnded, MqttClient, type ClientEnd } from '../mqtt-client/index.ts';
import { explainFailure, type ExplainedFailure, type FailureFacts } from './explain-failure.ts';
import { connectPacket, protocolLevels } from './connect-packet.ts';
import { messageRecord, publishProperties } from './message-properties.ts';
import { openSocketStream } from './socket-stream.ts';

export interface MqttLinkHooks {
  connected(info: { readonly clientId: string }): void;
  /** Once, when the link is over without having been asked to end. */
  failed(failure: ExplainedFailure, wasConnected: boolean): void;
  /** `id` of the records is 0. */
  messages(records: MessageRecord[]): void;
}

interface SubscribeOutcome {
  readonly grantedQos: Qos | null;
  readonly reason: string | null;
  /** As the broker sent it: the granted QoS, or from 0x80 why there is none. */
  readonly reasonCode: number;
}

interface PublishOutcome {
  readonly note: string | null;
  /** The broker said that nobody is subscribed to the topic; MQTT 5 with QoS 1 or 2 only, and not every broker does. */
  readonly noSubscribers: boolean;
}

/** One MQTT session over one socket: it never reconnects by itself. */
export interface MqttLink {
  subscribe(filter: string, qos: Qos): Promise<SubscribeOutcome>;
  unsubscribe(filter: string): Promise<void>;
  /** Rejects with `publish-refused`, with the reason code as its data, `payload-too-large` or `not-connected`. */
  publish(input: Omit<PublishInput, 'source'>): Promise<PublishOutcome>;
  /** The time from PINGREQ to PINGRESP, in ms. */
  ping(): Promise<number>;
  /** DISCONNECT, then close; resolves when the socket is closed. */
  end(): Promise<void>;
  /** Drops the socket now. */
  abort(): void;
}

export interface MqttLinkOptions {
  readonly profile: ConnectionProfile;
  readonly uri: BrokerUri;
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly will?: { readonly topic: string; readonly payload: Uint8Array; readonly qos: Qos; readonly retain: boolean } | undefined;
  /** Unix µs. */
  readonly nowUs: () => number;
}

/** What a broker takes at most; a session of 3.x says nothing, so everything is tried. */
interface ServerLimits {
  readonly maximumPacketSize: number;
  readonly maximumQos: Qos;
  readonly retainAvailable: boolean;
  readonly topicAliasMaximum: number;
}

function serverLimits({ properties }: ConnackPacket): ServerLimits {
  return {
    maximumPacketSize: properties?.maximumPacketSize ?? Infinity,
    maximumQos: properties?.maximumQos ?? 2,
    retainAvailable: properties?.retainAvailable !== 0,
    topicAliasMaximum: properties?.topicAliasMaximum ?? 0,
  };
}

/** Opens a session; time-outs, failures and what they mean are told through the hooks. */
export function openMqttLink(options: MqttLinkOptions, hooks: MqttLinkHooks): MqttLink {
  const { profile, uri } = options;
  const level = protocolLevels[profile.version];
  const socket = openSocketStream(uri, profile);
  let over = false;
  let connected = false;
  let stage: FailureFacts['stage'] = 'connecting';
  let limits: ServerLimits | undefined;
  let waiting: MessageRecord[] = [];

  const flush = (): void => {
    if (waiting.length === 0) return;
    const records = waiting;
    waiting = [];
    hooks.messages(records);
  };
  const finish = (facts: Omit<FailureFacts, 'uri' | 'stage'>): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    flush();
    hooks.failed(explainFailure({ uri, stage, firstBytes: connected ? undefined : socket.firstBytes(), ...facts }), connected);
  };

  const client = new MqttClient(
    socket.stream,
    { connect: connectPacket(options) },
    {
      connected(connack) {
        clearTimeout(timer);
        connected = true;
        stage = 'connected';
        limits = serverLimits(connack);
        hooks.connected({ clientId: connack.properties?.assignedClientIdentifier ?? options.clientId });
      },
      message(packet) {
        if (waiting.length === 0) atEndOfTurn(flush);
        waiting.push(messageRecord(packet, options.nowUs()));
      },
      ended: (end) => finish(factsOf(end)),
    },
  );
  const timer = setTimeout(() => {
    finish({ timedOut: true });
    client.destroy();
  }, profile.connectTimeoutSeconds * 1000);

  // A TLS socket says `connect` when TCP is up; a WebSocket stream when its handshake is done.
  const isTcpTls = uri.scheme === 'mqtts';
  const ready = (): void => {
    stage = 'waiting for CONNACK';
    client.open();
  };
  socket.stream.once('connect', () => {
    if (isTcpTls) stage = 'TLS handshake';
    else ready();
  });
  if (isTcpTls) socket.stream.once('secureConnect', ready);

  return {
    async subscribe(filter, qos) {
      const { codes } = await client.subscribe([{ filter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 }]);
      const code = codes[0] as number;
      const refused = code >= 0x80;
      return { grantedQos: refused ? null : (code as Qos), reason: refused ? `Refused: ${describeReason(code)}.` : null, reasonCode: code };
    },
    async unsubscribe(filter) {
      await client.unsubscribe([filter]);
    },
    async publish(input) {
      if (limits) checkLimits(input, limits);
      const properties = level === 5 ? publishProperties(input.properties) : null;
      const lost = input.properties && level !== 5 ? 'Properties were left out: they need MQTT 5.' : null;
      try {
        const { topic, qos, retain, payload } = input;
        const { code } = await client.publish({ topic, qos, retain, payload, properties });
        if (code >= 0x80) throw new CodedError('publish-refused', `The broker refused the message: ${describeReason(code)}.`, { data: { reasonCode: code } });
        const none = code === 0x10;
        return { note: none ? 'Accepted, but nobody is subscribed to this topic.' : lost, noSubscribers: none };
      } catch (error) {
        throw publishFailure(error);
      }
    },
    ping: () => client.ping(),
    async end() {
      over = true;
      clearTimeout(timer);
      await client.disconnect();
      flush();
    },
    abort() {
      over = true;
      clearTimeout(timer);
      client.destroy();
    },
  };
}

function factsOf(end: ClientEnd): Omit<FailureFacts, 'uri' | 'stage'> {
  switch (end.kind) {
    case 'refused':
      return { reasonCode: end.connack.code, reasonString: end.connack.properties?.reasonString };
    case 'disconnected':
      return { reasonCode: end.packet.code, reasonString: end.packet.properties?.reasonString };
    case 'protocol-error':
      return { brokenPacket: { clause: end.error.clause, message: end.error.message, bytes: end.bytes } };
    case 'no-pingresp':
      return { noPingresp: true };
    case 'authentication':
      return { authentication: end.message };
    case 'error':
      return { error: { message: end.error.message, code: end.error.code } };
    case 'closed':
    case 'asked':
      return {};
  }
}

/** Refused here, because the broker would end the connection over it (§3.2.2.3). Throws `publish-refused` or `payload-too-large`. */
function checkLimits(input: Omit<PublishInput, 'source'>, limits: ServerLimits): void {
  const size = input.payload.byteLength + input.topic.length;
  if (size > limits.maximumPacketSize) {
    throw new CodedError('payload-too-large', `The broker accepts packets of at most ${limits.maximumPacketSize} bytes; this message has ${size}.`, {
      advice: 'Publish it in parts, or raise the limit of the broker.',
    });
  }
  if (input.qos > limits.maximumQos) {
    throw new CodedError('publish-refused', `The broker takes messages up to QoS ${limits.maximumQos}; this one has QoS ${input.qos}.`, {
      advice: `Publish it with QoS ${limits.maximumQos}.`,
      data: { reasonCode: 0x9b },
    });
  }
  if (input.retain && !limits.retainAvailable) {
    throw new CodedError('publish-refused', 'The broker keeps no retained messages.', { advice: 'Publish it without Retain.', data: { reasonCode: 0x9a } });
  }
}

function publishFailure(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  if (error instanceof RangeError) return new CodedError('bad-input', error.message);
  if (error instanceof ConnectionEnded)
    return new CodedError('not-connected', 'The connection ended before the broker acknowledged the message; it may have arrived.');
  return new CodedError('not-connected', `The message was not sent: ${error instanceof Error ? error.message : String(error)}.`);
}
