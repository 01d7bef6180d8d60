import { lookup } from 'node:dns/promises';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { validateTopicFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { describeReason } from '../../../../shared/mqtt/reason-codes.ts';
import type { CheckStepId } from '../../../../shared/contract/connection-check.ts';
import type { BrokerUri } from '../../../../shared/mqtt/broker-uri.ts';
import type { ConnectionProfile } from '../../../../shared/contract/connection-profile.ts';
import { MqttClient, type Authenticator, type ClientEnd } from '../../mqtt-client/index.ts';
import { brokerCapabilities } from '../broker-capabilities.ts';
import { authenticatorOf } from '../authentication.ts';
import { brokerAccess, type BrokerAccess, type ConnectionSecrets } from '../broker-access.ts';
import { connectPacket } from '../connect-packet.ts';
import { explainFailure, type FailureFacts } from '../explain-failure.ts';
import { factsOf } from '../failure-facts.ts';
import { dial, dialThrough } from '../transport/dial.ts';
import { judge, secure, tlsOptions } from '../transport/secure.ts';
import { upgrade } from '../transport/upgrade.ts';
import { presentedCertificates } from './certificates.ts';
import { certificateDetails, certificateWarning } from './judge-certificate.ts';
import type { CheckSteps, Finding } from './steps.ts';

export interface CheckOptions {
  readonly profile: ConnectionProfile;
  readonly secrets: ConnectionSecrets;
  /** Of its own, where the connection is up: a broker lets only one client have an id. */
  readonly clientId: string;
  readonly probe: { readonly subscribe?: string | undefined; readonly publish?: string | undefined };
  /** Unix ms. */
  readonly now: () => number;
}

interface WalkOptions extends CheckOptions {
  readonly access: BrokerAccess;
}

/** A step failed: those after it are not tried. */
class StepFailed extends Error {}

/** Walks the way to a broker and says of each step how it went. Never rejects; `signal` ends it. */
export async function runCheck(options: CheckOptions, steps: CheckSteps, signal: AbortSignal): Promise<void> {
  const { profile, secrets } = options;
  steps.start('address');
  const access = brokerAccess(profile, secrets);
  if ('failure' in access) {
    steps.end('address', 'failed', { ...access.failure, details: [profile.uri] });
    return steps.finish();
  }
  steps.end('address', 'passed', { message: addressWords(access.uri), details: [profile.uri] });
  skipOthers(access, options.probe, steps);
  const timeout = AbortSignal.timeout(profile.connectTimeoutSeconds * 1000);
  const walk = new Walk({ ...options, access }, steps, AbortSignal.any([signal, timeout]), timeout);
  try {
    await walk.names();
    await walk.open();
    await walk.speak();
  } catch (error) {
    if (!(error instanceof StepFailed) && !signal.aborted) throw error;
  } finally {
    walk.close();
    steps.finish();
  }
}

class Walk {
  readonly #options: WalkOptions;
  readonly #steps: CheckSteps;
  readonly #signal: AbortSignal;
  readonly #timeout: AbortSignal;
  #socket: net.Socket | undefined;
  #stream: Duplex | undefined;
  #client: MqttClient | undefined;

  constructor(options: WalkOptions, steps: CheckSteps, signal: AbortSignal, timeout: AbortSignal) {
    this.#options = options;
    this.#steps = steps;
    this.#signal = signal;
    this.#timeout = timeout;
  }

  async names(): Promise<void> {
    const { profile, uri } = this.#options.access;
    const host = profile.proxy ? profile.proxy.host : uri.host;
    if (net.isIP(host) !== 0) return;
    await this.#step('names', 'connecting', async () => {
      const found = await this.#inTime(lookup(host, { all: true }));
      const proxied = profile.proxy ? ' The proxy looks up the name of the broker itself.' : '';
      return {
        message: `"${host}" is ${found.length === 1 ? (found[0]?.address ?? '') : `one of ${found.length} addresses`}.${proxied}`,
        details: found.map(({ address }) => address),
      };
    });
  }

  async open(): Promise<void> {
    const { access } = this.#options;
    const { profile, uri, secrets = {} } = access;
    const { proxy } = profile;
    const reached = ({ remoteAddress, remotePort }: net.Socket): string => `${remoteAddress ?? ''} port ${remotePort ?? ''}`;
    if (proxy) {
      await this.#step('proxy', 'proxy', async () => {
        this.#socket = await dialThrough({ ...proxy, password: secrets.proxyPassword }, uri, this.#signal);
        return { message: `The proxy at ${proxy.host}:${proxy.port} connected to ${uri.host}:${uri.port}.`, details: [reached(this.#socket)] };
      });
    } else {
      await this.#step('tcp', 'connecting', async () => {
        this.#socket = await dial(uri, this.#signal);
        return { message: `${uri.host}:${uri.port} accepts connections.`, details: [reached(this.#socket)] };
      });
    }
    await this.#secure(uri);
    await this.#upgrade(uri);
  }

  async #secure(uri: BrokerUri): Promise<void> {
    const { profile, secrets = {} } = this.#options.access;
    if (uri.scheme === 'mqtt' || uri.scheme === 'ws') return;
    let secured: TLSSocket | undefined;
    await this.#step('tls', 'TLS handshake', async () => {
      const options = tlsOptions(profile.tls, secrets, uri.host);
      secured = await secure(this.#socket as net.Socket, options, this.#signal);
      this.#socket = secured;
      const { protocol, cipher, alpn } = judge(secured, profile.tls, uri.host).state;
      return { message: `The broker speaks ${protocol ?? 'TLS'}.`, details: [cipher ?? '', ...(alpn === null ? [] : [`ALPN ${alpn}`])] };
    });
    const socket = secured as TLSSocket;
    const certificates = presentedCertificates(socket);
    this.#steps.present(certificates);
    const details = certificateDetails(certificates, profile.tls.serverName === '' ? uri.host : profile.tls.serverName);
    await this.#step('certificate', 'certificate', async () => {
      const { state, refusal } = judge(socket, profile.tls, uri.host);
      if (refusal) throw Object.assign(refusal, { details });
      const warning = certificateWarning(certificates, state, profile.tls, this.#options.now());
      return warning ? { ...warning, details, isWarning: true } : { message: `The certificate is trusted, and for ${uri.host}.`, details };
    });
  }

  async #upgrade(uri: BrokerUri): Promise<void> {
    const { profile } = this.#options.access;
    if (uri.scheme === 'mqtt' || uri.scheme === 'mqtts') {
      this.#stream = this.#socket;
      return;
    }
    await this.#step('websocket', 'WebSocket handshake', async () => {
      this.#stream = await upgrade(this.#socket as net.Socket, uri, profile, this.#signal);
      return { message: `The WebSocket at "${uri.path || '/'}" is open.` };
    });
  }

  async speak(): Promise<void> {
    const { access, clientId, probe } = this.#options;
    const profile = { ...access.profile, will: null, connectProperties: { ...access.profile.connectProperties, sessionExpirySeconds: null } };
    await this.#step('mqtt', 'waiting for CONNACK', async () => {
      const authenticator = this.#authenticator();
      const connack = await this.#inTime(
        new Promise<Parameters<typeof brokerCapabilities>[0]>((resolve, reject) => {
          const ended = (end: ClientEnd): void => reject(new EndedError(end, this.#client?.firstBytes));
          this.#client = new MqttClient(
            this.#stream as Duplex,
            { connect: connectPacket({ ...access, profile, clientId, cleanStart: true, nowUs: () => 0 }), authenticator },
            { connected: resolve, message: () => undefined, ended },
          );
          this.#client.open();
        }),
      );
      return { message: `The broker accepts "${clientId}" with MQTT ${profile.version}.`, details: capabilityDetails(brokerCapabilities(connack)) };
    });
    await this.#probeSubscribe(probe.subscribe);
    await this.#probePublish(probe.publish);
  }

  #authenticator(): Authenticator | undefined {
    const { profile, username, password } = this.#options.access;
    if (!profile.authentication || profile.version !== '5') return undefined;
    try {
      return authenticatorOf(profile.authentication, username, password, () => {
        throw new Error('The broker asks something that a check cannot answer: connect to answer it.');
      });
    } catch (error) {
      throw new ProbeError('authentication-failed', (error as Error).message, 'Enter them in the connection.');
    }
  }

  async #probeSubscribe(filter: string | undefined): Promise<void> {
    if (filter === undefined) return;
    await this.#step('subscribe', 'connected', async () => {
      const problem = validateTopicFilter(filter);
      if (problem) throw new ProbeError('invalid-filter', problem.message, problem.advice);
      const request = { filter, qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 2 } as const;
      const { codes } = await this.#inTime((this.#client as MqttClient).subscribe([request]));
      const code = codes[0] as number;
      if (code >= 0x80)
        throw new ProbeError(
          'subscribe-refused',
          `The broker refuses the subscription to "${filter}": ${describeReason(code)}.`,
          'Ask whoever runs the broker, or try a narrower filter.',
        );
      return { message: `The broker grants "${filter}".` };
    });
  }

  async #probePublish(topic: string | undefined): Promise<void> {
    if (topic === undefined) return;
    await this.#step('publish', 'connected', async () => {
      // QoS 1 gets an answer, which from MQTT 5 on may be a refusal.
      const { code } = await this.#inTime((this.#client as MqttClient).publish({ topic, qos: 1, retain: false, payload: new Uint8Array(), properties: null }));
      if (code >= 0x80)
        throw new ProbeError('publish-refused', `The broker refuses messages on "${topic}": ${describeReason(code)}.`, 'Ask whoever runs the broker.');
      const note = this.#options.access.profile.version === '5' ? '' : ' Below MQTT 5 a broker cannot refuse a message: it may have dropped it.';
      return { message: `The broker took a message on "${topic}".${note}` };
    });
  }

  close(): void {
    if (this.#client) void this.#client.disconnect().catch(() => undefined);
    const socket = this.#socket;
    if (!socket) return;
    // What it still has to say goes to nobody.
    socket.on('error', () => undefined);
    if (this.#client) setTimeout(() => socket.destroy(), 1000).unref();
    else socket.destroy();
  }

  async #step(id: CheckStepId, stage: FailureFacts['stage'], run: () => Promise<Finding & { readonly isWarning?: boolean }>): Promise<void> {
    this.#steps.start(id);
    try {
      const { isWarning, ...finding } = await run();
      this.#steps.end(id, isWarning ? 'warned' : 'passed', finding);
    } catch (error) {
      if (this.#signal.aborted && !this.#timeout.aborted) throw error;
      this.#steps.end(id, 'failed', this.#explain(error, stage));
      throw new StepFailed();
    }
  }

  #explain(error: unknown, stage: FailureFacts['stage']): Finding {
    if (error instanceof ProbeError) return { message: error.message, advice: error.advice, code: error.code };
    const { uri, profile } = this.#options.access;
    const isWebSocket = uri.scheme === 'ws' || uri.scheme === 'wss';
    const { message, code, details = [] } = error as NodeJS.ErrnoException & { readonly details?: readonly string[] };
    const facts: Omit<FailureFacts, 'uri' | 'stage'> = this.#timeout.aborted
      ? { timedOut: true }
      : error instanceof EndedError
        ? { ...factsOf(error.end), firstBytes: isWebSocket ? undefined : error.firstBytes }
        : { error: { message, code } };
    const failure = explainFailure({ uri, stage, proxy: profile.proxy, ...facts });
    const raw = error instanceof EndedError || this.#timeout.aborted ? [] : [`${code === undefined || message.includes(code) ? '' : `${code}: `}${message}`];
    return { message: failure.message, advice: failure.advice, code: failure.code, details: [...details, ...raw] };
  }

  /** Rejects when the time is over, which some operations cannot be told. */
  #inTime<T>(work: Promise<T>): Promise<T> {
    const signal = this.#signal;
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error);
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  }
}

class EndedError extends Error {
  readonly end: ClientEnd;
  readonly firstBytes: Uint8Array | undefined;

  constructor(end: ClientEnd, firstBytes: Uint8Array | undefined) {
    super('The connection ended.');
    this.end = end;
    this.firstBytes = firstBytes;
  }
}

class ProbeError extends Error {
  readonly code: string;
  readonly advice: string;

  constructor(code: string, message: string, advice: string) {
    super(message);
    this.code = code;
    this.advice = advice;
  }
}

/** Steps that this connection does not take. */
function skipOthers({ profile, uri }: BrokerAccess, probe: CheckOptions['probe'], steps: CheckSteps): void {
  if (net.isIP(profile.proxy ? profile.proxy.host : uri.host) !== 0) steps.skip('names', 'The address is a number already.');
  if (profile.proxy) steps.skip('tcp', 'The proxy connects to the broker.');
  else steps.skip('proxy', 'The connection uses none.');
  if (uri.scheme === 'mqtt' || uri.scheme === 'ws') {
    steps.skip('tls', 'The address asks for none: what is sent can be read on the way.');
    steps.skip('certificate', 'There is none without TLS.');
  }
  if (uri.scheme === 'mqtt' || uri.scheme === 'mqtts') steps.skip('websocket', 'The address asks for none.');
  if (probe.subscribe === undefined) steps.skip('subscribe', 'Not asked for.');
  if (probe.publish === undefined) steps.skip('publish', 'Not asked for.');
}

function addressWords({ scheme, host, port, path }: BrokerUri): string {
  const kind = { mqtt: 'MQTT over TCP', mqtts: 'MQTT over TLS', ws: 'MQTT over WebSocket', wss: 'MQTT over a secure WebSocket' }[scheme];
  return `${kind}, ${host} port ${port}${path === '' ? '' : `, path ${path}`}.`;
}

function capabilityDetails(broker: ReturnType<typeof brokerCapabilities>): readonly string[] {
  return [
    ...(broker.assignedClientId === null ? [] : [`client id ${broker.assignedClientId}`]),
    ...(broker.serverKeepAliveSeconds === null ? [] : [`keep alive ${broker.serverKeepAliveSeconds} s`]),
    ...(broker.maximumQos === 2 ? [] : [`QoS up to ${broker.maximumQos}`]),
    ...(broker.retainAvailable ? [] : ['no retained messages']),
    ...(broker.maximumPacketSize === null ? [] : [`packets up to ${broker.maximumPacketSize} bytes`]),
    ...(broker.reasonString === null ? [] : [`"${broker.reasonString}"`]),
  ];
}
