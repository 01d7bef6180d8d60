import { MqttClient, type IClientOptions, type IPublishPacket, type Packet } from 'mqtt';
import type { Qos } from '../../../shared/contract/common.ts';
import type { ConnectionProfile } from '../../../shared/contract/connections.ts';
import type { PublishInput } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { MessageProperties, MessageRecord } from '../../../shared/messages/record.ts';
import type { BrokerUri } from '../../../shared/mqtt/broker-uri.ts';
import { describeReason } from '../../../shared/mqtt/reason-codes.ts';
import { atEndOfTurn } from './end-of-turn.ts';
import { explainFailure, type ExplainedFailure, type FailureFacts } from './explain-failure.ts';
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

const levels = { '3.1': 3, '3.1.1': 4, '5': 5 } as const;

/** Opens a session with MQTT.js; time-outs, failures and what they mean are told through the hooks. */
export function openMqttLink(options: MqttLinkOptions, hooks: MqttLinkHooks): MqttLink {
  const { profile, uri } = options;
  const socket = openSocketStream(uri, profile);
  let facts: Omit<FailureFacts, 'uri' | 'stage'> = {};
  let over = false;
  let connected = false;
  let stage: FailureFacts['stage'] = 'connecting';
  let maximumPacketSize = Infinity;
  let waiting: MessageRecord[] = [];
  const unmatched = new Set<number>();

  const clientOptions: IClientOptions = {
    protocolVersion: levels[profile.version],
    protocolId: profile.version === '3.1' ? 'MQIsdp' : 'MQTT',
    clientId: options.clientId,
    clean: profile.cleanStart,
    keepalive: profile.keepAliveSeconds,
    reconnectPeriod: 0,
    // Our own timer covers everything from the look-up to CONNACK.
    connectTimeout: 2 ** 31 - 1,
    resubscribe: false,
    queueQoSZero: false,
    ...(options.will && { will: { ...options.will, payload: Buffer.from(options.will.payload) } }),
    ...(options.username === undefined ? {} : { username: options.username }),
    // MQTT 5 allows a password alone (§3.1.2.9), the library does not: an empty user name goes with it.
    ...(options.password === undefined ? {} : { username: options.username ?? '', password: options.password }),
  };
  const client = new MqttClient(() => socket.stream, clientOptions);

  const timer = setTimeout(() => {
    facts = { ...facts, timedOut: true };
    finish();
  }, profile.connectTimeoutSeconds * 1000);

  const finish = (): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    flush();
    hooks.failed(explainFailure({ uri, stage, firstBytes: connected ? undefined : socket.firstBytes(), ...facts }), connected);
    drop();
  };
  const drop = (): void => {
    socket.stream.destroy();
    client.end(true);
  };
  const flush = (): void => {
    if (waiting.length === 0) return;
    const records = waiting;
    waiting = [];
    hooks.messages(records);
  };

  // A TLS socket says `connect` when TCP is up; a WebSocket stream when its handshake is done.
  socket.stream.once('connect', () => (stage = uri.scheme === 'mqtts' ? 'TLS handshake' : 'waiting for CONNACK'));
  socket.stream.once('secureConnect', () => (stage = 'waiting for CONNACK'));
  socket.stream.on('error', (error: Error & { code?: string }) => {
    facts = { error: { message: error.message, code: error.code }, ...facts };
    finish();
  });
  client.on('error', (error: Error & { code?: string | number }) => {
    if (typeof error.code === 'number') facts = { ...facts, reasonCode: error.code };
    else facts = { error: { message: error.message, code: error.code }, ...facts };
    finish();
  });
  client.on('disconnect', ({ reasonCode, properties }) => {
    facts = { ...facts, reasonCode: reasonCode ?? 0, reasonString: properties?.reasonString };
  });
  client.on('close', finish);
  client.on('packetreceive', (packet: Packet) => {
    if (packet.cmd === 'connack' && packet.properties?.reasonString) facts = { ...facts, reasonString: packet.properties.reasonString };
    if ((packet.cmd === 'puback' || packet.cmd === 'pubrec') && packet.reasonCode === 0x10 && packet.messageId !== undefined) unmatched.add(packet.messageId);
  });
  client.on('connect', (connack) => {
    if (over) return;
    clearTimeout(timer);
    connected = true;
    stage = 'connected';
    maximumPacketSize = connack.properties?.maximumPacketSize ?? Infinity;
    hooks.connected({ clientId: connack.properties?.assignedClientIdentifier ?? options.clientId });
  });
  client.on('message', (topic, payload, packet) => {
    if (waiting.length === 0) atEndOfTurn(flush);
    waiting.push(recordOf(topic, payload, packet, options.nowUs()));
  });

  return {
    subscribe: (filter, qos) =>
      new Promise((resolve, reject) => {
        client.subscribe(filter, { qos }, (error, granted, suback) => {
          // Where the connection ends before SUBACK, the library hands back what was asked for.
          const code = suback?.granted?.[0] ?? (error ? undefined : granted?.[0]?.qos);
          if (typeof code === 'number') {
            const refused = code >= 0x80;
            resolve({ grantedQos: refused ? null : (code as Qos), reason: refused ? `Refused: ${describeReason(code)}.` : null, reasonCode: code });
          } else reject(error ?? new CodedError('not-connected'));
        });
      }),
    unsubscribe: (filter) =>
      new Promise((resolve, reject) => {
        client.unsubscribe(filter, (error) => (error ? reject(error) : resolve()));
      }),
    publish(input) {
      const size = input.payload.byteLength + input.topic.length;
      if (size > maximumPacketSize) {
        return Promise.reject(
          new CodedError('payload-too-large', `The broker accepts packets of at most ${maximumPacketSize} bytes; this message has ${size}.`, {
            advice: 'Publish it in parts, or raise the limit of the broker.',
          }),
        );
      }
      return new Promise((resolve, reject) => {
        const properties = profile.version === '5' ? toMqttProperties(input.properties) : undefined;
        client.publish(
          input.topic,
          Buffer.from(input.payload.buffer, input.payload.byteOffset, input.payload.byteLength),
          { qos: input.qos, retain: input.retain, ...(properties ? { properties } : {}) },
          (error, packet) => {
            const code = (error as { code?: unknown } | null)?.code;
            if (typeof code === 'number')
              reject(new CodedError('publish-refused', `The broker refused the message: ${describeReason(code)}.`, { data: { reasonCode: code } }));
            else if (error) reject(new CodedError('not-connected', `The message was not sent: ${error.message}.`));
            else {
              const id = packet?.messageId;
              const none = id !== undefined && unmatched.delete(id);
              const lost = input.properties && profile.version !== '5' ? 'Properties were left out: they need MQTT 5.' : null;
              resolve({ note: none ? 'Accepted, but nobody is subscribed to this topic.' : lost, noSubscribers: none });
            }
          },
        );
      });
    },
    end: () =>
      new Promise((resolve) => {
        over = true;
        clearTimeout(timer);
        client.end(false, {}, () => {
          flush();
          resolve();
        });
      }),
    abort() {
      over = true;
      clearTimeout(timer);
      drop();
    },
  };
}

/** MQTT.js groups user properties by name, so the order across different names is lost; within a name it is kept. */
function recordOf(topic: string, payload: Buffer, packet: IPublishPacket, timeUs: number): MessageRecord {
  const p = packet.properties;
  const properties: MessageProperties | null = p
    ? {
        contentType: p.contentType,
        responseTopic: p.responseTopic,
        correlationData: p.correlationData ? new Uint8Array(p.correlationData) : undefined,
        messageExpirySeconds: p.messageExpiryInterval,
        payloadIsUtf8: p.payloadFormatIndicator,
        subscriptionIdentifiers: p.subscriptionIdentifier === undefined ? undefined : [p.subscriptionIdentifier].flat(),
        topicAlias: p.topicAlias,
        userProperties: p.userProperties
          ? Object.entries(p.userProperties).flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const))
          : undefined,
      }
    : null;
  // A copy, because MQTT.js hands out views into the chunk it read.
  return {
    id: 0,
    timeUs,
    topic,
    payload: new Uint8Array(payload),
    qos: packet.qos,
    retain: packet.retain,
    dup: packet.dup,
    direction: 'in',
    publisher: null,
    properties,
  };
}

function toMqttProperties(properties: PublishInput['properties']): IPublishPacket['properties'] | undefined {
  if (!properties) return undefined;
  const userProperties: Record<string, string[]> = {};
  for (const [name, value] of properties.userProperties ?? []) (userProperties[name] ??= []).push(value);
  return {
    ...(properties.contentType === undefined ? {} : { contentType: properties.contentType }),
    ...(properties.responseTopic === undefined ? {} : { responseTopic: properties.responseTopic }),
    ...(properties.correlationData === undefined ? {} : { correlationData: Buffer.from(properties.correlationData) }),
    ...(properties.messageExpirySeconds === undefined ? {} : { messageExpiryInterval: properties.messageExpirySeconds }),
    ...(properties.payloadIsUtf8 === undefined ? {} : { payloadFormatIndicator: properties.payloadIsUtf8 }),
    ...(properties.userProperties === undefined ? {} : { userProperties }),
  };
}
