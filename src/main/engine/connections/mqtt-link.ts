import type { Qos } from '../../../shared/contract/common.ts';
import type { BrokerCapabilities, Subscription, TlsState } from '../../../shared/contract/connections.ts';
import type { PublishInput } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import type { PublishPacket } from '../../../shared/mqtt/packet/packets.ts';
import { describeReason } from '../../../shared/mqtt/reason-codes.ts';
import { atEndOfTurn, ConnectionEnded, MqttClient, type Authenticator, type ClientSession } from '../mqtt-client/index.ts';
import type { ClientTap } from './client-tap.ts';
import { brokerCapabilities } from './broker-capabilities.ts';
import type { BrokerAccess } from './broker-access.ts';
import { connectPacket, protocolLevels } from './connect-packet.ts';
import { explainFailure, type ExplainedFailure, type FailureFacts } from './explain-failure.ts';
import { factsOf } from './failure-facts.ts';
import { messageRecord, publishProperties } from './message-properties.ts';
import { openTransport, type Transport } from './transport/open-transport.ts';

export interface MqttLinkHooks {
  connected(info: { readonly clientId: string; readonly broker: BrokerCapabilities; readonly tls: TlsState | null }): void;
  /** Once, when the link is over without having been asked to end. */
  failed(failure: ExplainedFailure, wasConnected: boolean): void;
  /** A message that is larger than the profile allows; its payload is a view into what was read. */
  dropped?(packet: PublishPacket): void;
  /** `id` of the records is 0. */
  messages(records: MessageRecord[]): void;
  /** Gets the packets themselves in place of `messages`. A promise puts off the acknowledgement; payload and properties are views into what was read. */
  packet?(packet: PublishPacket): Promise<void> | void;
  /** Is shown every control packet as it is on the wire. */
  readonly tap?: Pick<ClientTap, 'begin' | 'packet' | 'ended'>;
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

type SubscribeOptions = Partial<Pick<Subscription, 'noLocal' | 'retainAsPublished' | 'retainHandling' | 'identifier'>>;

/** One MQTT session over one socket: it never reconnects by itself. */
export interface MqttLink {
  /** What `more` says is for MQTT 5. */
  subscribe(filter: string, qos: Qos, more?: SubscribeOptions): Promise<SubscribeOutcome>;
  unsubscribe(filter: string): Promise<void>;
  /** Rejects with `publish-refused`, with the reason code as its data, `payload-too-large` or `not-connected`. */
  publish(input: Omit<PublishInput, 'source'>): Promise<PublishOutcome>;
  /** The time from PINGREQ to PINGRESP, in ms. */
  ping(): Promise<number>;
  /** Goes through the authentication method once more (§4.12.1). */
  authenticateAgain(): Promise<void>;
  /** DISCONNECT, then close; resolves when the socket is closed. */
  end(): Promise<void>;
  /** Drops the socket now. */
  abort(): void;
}

export interface MqttLinkOptions extends BrokerAccess {
  readonly clientId: string;
  /** Absent: as the profile says. */
  readonly cleanStart?: boolean;
  /** Absent: that of the profile. */
  readonly will?: { readonly topic: string; readonly payload: Uint8Array; readonly qos: Qos; readonly retain: boolean } | undefined;
  readonly authenticator?: Authenticator | undefined;
  /** Of an earlier link, to go on with. */
  readonly session?: ClientSession | undefined;
  /** Asks a broker of MQTT 3.1 and 3.1.1 to treat this session as one of a bridge, as mosquitto does: nothing comes back, and Retain stays as published. */
  readonly bridge?: boolean | undefined;
  /** Unix µs. */
  readonly nowUs: () => number;
}

const transports = { mqtt: 'tcp', mqtts: 'tls', ws: 'ws', wss: 'wss' } as const;

/** Opens a session; time-outs, failures and what they mean are told through the hooks. */
export function openMqttLink(options: MqttLinkOptions, hooks: MqttLinkHooks): MqttLink {
  const { profile, uri } = options;
  const level = protocolLevels[profile.version];
  const { maxPayloadBytes } = profile.limits;
  const isWebSocket = uri.scheme === 'ws' || uri.scheme === 'wss';
  const opening = new AbortController();
  let client: MqttClient | undefined;
  let over = false;
  let connected = false;
  let stage: FailureFacts['stage'] = 'connecting';
  let capabilities: BrokerCapabilities | undefined;
  let waiting: MessageRecord[] = [];

  const flush = (): void => {
    if (waiting.length === 0) return;
    const records = waiting;
    waiting = [];
    hooks.messages(records);
  };
  const stop = (): void => {
    over = true;
    clearTimeout(timer);
    opening.abort();
  };
  const finish = (facts: Omit<FailureFacts, 'uri' | 'stage'>): void => {
    if (over) return;
    stop();
    flush();
    // A WebSocket said clearly what it is.
    const firstBytes = connected || isWebSocket ? undefined : client?.firstBytes;
    hooks.failed(explainFailure({ uri, stage, firstBytes, proxy: profile.proxy, ...facts }), connected);
  };
  const timer = setTimeout(() => {
    finish({ timedOut: true });
    client?.destroy();
  }, profile.connectTimeoutSeconds * 1000);

  const start = ({ stream, tls }: Transport): void => {
    stage = 'waiting for CONNACK';
    const { tap } = hooks;
    tap?.begin(options.clientId, level, transports[uri.scheme]);
    client = new MqttClient(
      stream,
      { connect: connectPacket(options), authenticator: options.authenticator, session: options.session },
      {
        connected(connack) {
          clearTimeout(timer);
          connected = true;
          stage = 'connected';
          capabilities = brokerCapabilities(connack);
          hooks.connected({ clientId: capabilities.assignedClientId ?? options.clientId, broker: capabilities, tls });
        },
        message(packet) {
          if (maxPayloadBytes !== null && packet.payload.byteLength > maxPayloadBytes) return hooks.dropped?.(packet);
          if (hooks.packet) return hooks.packet(packet);
          if (waiting.length === 0) atEndOfTurn(flush);
          waiting.push(messageRecord(packet, options.nowUs()));
        },
        ended: (end) => {
          tap?.ended(end);
          finish(factsOf(end));
        },
        ...(tap === undefined ? {} : { packet: (direction: 'in' | 'out', bytes: Uint8Array) => tap.packet(direction, bytes) }),
      },
    );
    client.open();
  };
  const fail = (error: unknown): void => {
    const { message, code } = error as NodeJS.ErrnoException;
    finish({ error: { message, code } });
  };
  openTransport(options, (next) => (stage = next), opening.signal)
    .then((transport) => {
      if (over) transport.stream.destroy();
      else start(transport);
    }, fail)
    .catch(fail);
  const up = (): MqttClient => {
    if (!client || !connected) throw new ConnectionEnded();
    return client;
  };

  return {
    async subscribe(filter, qos, more) {
      const { noLocal = false, retainAsPublished = false, retainHandling = 0, identifier } = more ?? {};
      const unavailable = capabilities && unavailableFilter(filter, capabilities);
      if (unavailable) return { grantedQos: null, reason: `Not asked: ${describeReason(unavailable)}, the broker said so.`, reasonCode: unavailable };
      // A broker that knows no identifiers ends the connection over one [§3.2.2.3.12].
      const leavesOut = Boolean(identifier) && level === 5 && capabilities?.subscriptionIdentifiers === false;
      const subscriptionIdentifiers = identifier && level === 5 && !leavesOut ? [identifier] : undefined;
      const { codes } = await up().subscribe(
        // With No Local a shared subscription is a protocol error [MQTT-3.8.3-4].
        [{ filter, qos, noLocal: noLocal && !filter.startsWith('$share/'), retainAsPublished, retainHandling }],
        subscriptionIdentifiers ? { subscriptionIdentifiers } : null,
      );
      const code = codes[0] as number;
      const refused = code >= 0x80;
      const note = leavesOut ? 'Asked for without its identifier: the broker has none.' : null;
      return { grantedQos: refused ? null : (code as Qos), reason: refused ? `Refused: ${describeReason(code)}.` : note, reasonCode: code };
    },
    async unsubscribe(filter) {
      await up().unsubscribe([filter]);
    },
    async publish(input) {
      if (capabilities) checkLimits(input, capabilities);
      const properties = level === 5 ? publishProperties(input.properties) : null;
      const lost = input.properties && level !== 5 ? 'Properties were left out: they need MQTT 5.' : null;
      try {
        const { topic, qos, retain, payload } = input;
        const { code } = await up().publish({ topic, qos, retain, payload, properties });
        if (code >= 0x80) throw new CodedError('publish-refused', `The broker refused the message: ${describeReason(code)}.`, { data: { reasonCode: code } });
        const none = code === 0x10;
        return { note: none ? 'Accepted, but nobody is subscribed to this topic.' : lost, noSubscribers: none };
      } catch (error) {
        throw publishFailure(error);
      }
    },
    ping: async () => up().ping(),
    async authenticateAgain() {
      await up().authenticateAgain();
    },
    async end() {
      stop();
      await client?.disconnect();
      flush();
    },
    abort() {
      stop();
      client?.destroy();
    },
  };
}

/** The reason code a broker would end the connection with (§3.2.2.3.11, §3.2.2.3.13); `null`: it has such subscriptions. */
function unavailableFilter(filter: string, { wildcardSubscriptions, sharedSubscriptions }: BrokerCapabilities): number | null {
  if (!sharedSubscriptions && filter.startsWith('$share/')) return 0x9e;
  return !wildcardSubscriptions && /[+#]/.test(filter) ? 0xa2 : null;
}

/** Refused here, because the broker would end the connection over it (§3.2.2.3). Throws `publish-refused` or `payload-too-large`. */
function checkLimits(input: Omit<PublishInput, 'source'>, limits: BrokerCapabilities): void {
  const size = input.payload.byteLength + input.topic.length;
  if (limits.maximumPacketSize !== null && size > limits.maximumPacketSize) {
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
  const alias = input.properties?.topicAlias;
  if (alias !== undefined && alias > limits.topicAliasMaximum) {
    const takes = limits.topicAliasMaximum === 0 ? 'no topic aliases' : `topic aliases from 1 to ${limits.topicAliasMaximum}`;
    throw new CodedError('publish-refused', `The broker takes ${takes}; this message has ${alias}.`, {
      advice: limits.topicAliasMaximum === 0 ? 'Publish it without one.' : 'Choose a smaller one.',
      data: { reasonCode: 0x94 },
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
