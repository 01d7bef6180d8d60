import type { CoapMulticastDiscovery, CoapMulticastProgress } from '../../../../shared/contract/coap-multicast.ts';
import type {
  CoapDiscovery,
  CoapEndStyle,
  CoapLogDetail,
  CoapLogPage,
  CoapObserveEvent,
  CoapUdpProgress,
  CoapUdpRequest,
  CoapUdpServer,
} from '../../../../shared/contract/coap-udp.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import { parseLinkFormat } from '../../../../shared/coap/udp/link-format.ts';
import { methodCodes } from '../../../../shared/coap/udp/packet.ts';
import { formatCoapUri } from '../../../../shared/coap/udp/uri.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { Notifier } from '../../notifier.ts';
import { CoapClient } from '../udp/coap-client.ts';
import type { LoggedMessage } from '../udp/message-layer.ts';
import { defaultTransmission, type Transmission } from '../udp/transmission.ts';
import type { CoapHistory } from '../udp-history/coap-history.ts';
import { KnownServers } from './known-servers.ts';
import { MessageLog, type LogQuery } from './message-log.ts';
import { historyEntry } from '../udp-history/history-entry.ts';
import { discoverAll, requestAll, type MulticastParts } from './multicast.ts';
import { observeResource } from './observation.ts';
import { lookUp, planRequest, readUri } from './plan-request.ts';
import { plainFailure, plainResponse, RequestProgress } from './request-progress.ts';

export interface CoapUdpOptions {
  /** Unix ms. */
  readonly now: () => number;
  /** ms of a clock that never goes back. */
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Absent: nothing is kept. */
  readonly history?: Pick<CoapHistory, 'newId' | 'add'>;
}

/** For the history. */
interface RequestLabel {
  readonly id: number;
  /** Made by a run of a collection. */
  readonly run: boolean;
}

/** Requests and observations of CoAP over UDP, the log of their messages, and what is known of servers. */
export interface CoapUdp {
  /** Throws a CodedError before anything is sent; else tells each state and resolves after the last one. */
  request(input: CoapUdpRequest, signal: AbortSignal, onProgress: (state: CoapUdpProgress) => void, label?: RequestLabel): Promise<void>;
  /** For a request whose place in the history is to be known from its beginning. */
  newId(): number;
  /** As `request`; when the signal is aborted it is deregistered. */
  observe(id: string, input: CoapUdpRequest, signal: AbortSignal, onEvent: (event: CoapObserveEvent) => void): Promise<void>;
  endObservation(id: string, style: CoapEndStyle): void;
  discover(uri: string, timeoutMs: number, signal: AbortSignal): Promise<CoapDiscovery>;
  /** As `request`, of all servers of a group. */
  requestAll(input: Parameters<typeof requestAll>[0], signal: AbortSignal, onProgress: (state: CoapMulticastProgress) => void): Promise<void>;
  discoverAll(input: Parameters<typeof discoverAll>[0], signal: AbortSignal): Promise<CoapMulticastDiscovery>;
  servers(): readonly CoapUdpServer[];
  forgetServer(uri: string): void;
  readonly serversChanged: Notifier;
  log(query: LogQuery): CoapLogPage;
  logMessage(id: number): CoapLogDetail | null;
  clearLog(): void;
  readonly logChanged: Notifier;
  /** Ends what is under way. */
  close(): void;
}

export function createCoapUdp(options: CoapUdpOptions): CoapUdp {
  const { now, clock, random, randomBytes, history } = options;
  const log = new MessageLog(now, clock);
  const known = new KnownServers(now);
  const closing = new AbortController();
  const observations = new Map<string, (style: CoapEndStyle) => void>();
  let requests = 0;
  let lastId = 0;

  /** One for each request: it may have its own parameters of transmission, its messages are told apart, and its socket goes with it. */
  const openClient = (transmission: Transmission, onLog?: (message: LoggedMessage) => void): CoapClient =>
    new CoapClient({
      clock,
      random,
      randomBytes,
      transmission,
      onLog(message) {
        log.add(message);
        onLog?.(message);
      },
    });

  const takeRoom = (): void => {
    if (requests >= coapUdpLimits.requests)
      throw new CodedError('too-many-requests', `${coapUdpLimits.requests} CoAP requests are under way.`, { advice: 'Wait for some, or cancel them.' });
    requests += 1;
  };
  const toMany = async <T>(signal: AbortSignal, work: (parts: MulticastParts) => Promise<T>): Promise<T> => {
    takeRoom();
    try {
      return await work({ client: { clock, random, randomBytes, onLog: log.add.bind(log) }, known, now, signal: AbortSignal.any([signal, closing.signal]) });
    } finally {
      requests -= 1;
    }
  };

  const service: CoapUdp = {
    newId: () => history?.newId() ?? (lastId += 1),
    async request(input, signal, onProgress, label) {
      const { uri, request, transmission } = planRequest(input);
      takeRoom();
      const { id, run } = label ?? { id: service.newId(), run: false };
      let last: CoapUdpProgress | null = null;
      const progress = new RequestProgress({ now, clock }, (state) => {
        last = state;
        onProgress(state);
      });
      const client = openClient(transmission, (message) => progress.logged(message));
      try {
        const host = await lookUp(request.host);
        const hooks = { signal: AbortSignal.any([signal, closing.signal]), onProgress: progress.blocks.bind(progress) };
        const response = await client.request({ ...request, host }, hooks);
        known.responded(uri, response.packet.code);
        progress.responded(plainResponse(response, now()));
      } catch (error) {
        progress.failed(plainFailure(error));
      } finally {
        requests -= 1;
        client.close();
        if (last) history?.add(historyEntry(id, run, input, request, last));
      }
    },
    async observe(id, input, signal, onEvent) {
      const plan = planRequest(input);
      if (input.method !== 'GET' && input.method !== 'FETCH')
        throw new CodedError('bad-input', `${input.method} cannot observe.`, { advice: 'Observe with GET or FETCH (RFC 7641, RFC 8132).' });
      if (observations.has(id)) throw new CodedError('invalid-state', 'There is an observation of this name.');
      if (observations.size >= coapUdpLimits.observations)
        throw new CodedError('too-many-requests', `${coapUdpLimits.observations} resources are observed.`, { advice: 'End some first.' });
      try {
        await observeResource(plan, {
          openClient: (onLog) => openClient(plan.transmission, onLog),
          now,
          signal,
          closing: closing.signal,
          onResponse: (code) => known.responded(plan.uri, code),
          onEvent,
          onEndable: (end) => void observations.set(id, end),
        });
      } finally {
        observations.delete(id);
      }
    },
    endObservation(id, style) {
      const end = observations.get(id);
      if (!end) throw new CodedError('not-found', 'This observation has ended.');
      end(style);
    },
    async discover(address, timeoutMs, signal) {
      const uri = { ...readUri(address), path: ['.well-known', 'core'], query: [] };
      let outcome: CoapDiscovery = { links: 0, problem: null, response: null, failure: null };
      const client = openClient(defaultTransmission);
      try {
        const host = await lookUp(uri.host);
        const response = await client.request(
          {
            host,
            port: uri.port,
            type: 'CON',
            code: methodCodes.GET,
            options: uri.path.map((part) => ({ number: 11, value: new TextEncoder().encode(part) })),
            payload: new Uint8Array(0),
            timeoutMs,
            blockSize: 1024,
            maxBodyBytes: coapUdpLimits.bodyBytes,
          },
          { signal: AbortSignal.any([signal, closing.signal]) },
        );
        outcome = { ...outcome, response: plainResponse(response, now()) };
        if (response.packet.code >> 5 === 2) {
          const read = parseLinkFormat(new TextDecoder().decode(response.packet.payload));
          outcome = { ...outcome, links: read.links.length, problem: 'problem' in read ? read.problem : null };
          known.discovered(uri, read.links);
        }
      } catch (error) {
        outcome = { ...outcome, failure: plainFailure(error) };
      } finally {
        client.close();
      }
      return outcome;
    },
    requestAll: (input, signal, onProgress) => toMany(signal, (parts) => requestAll(input, parts, onProgress)),
    discoverAll: (input, signal) =>
      toMany(signal, (parts) =>
        discoverAll(input, parts, async (server) => (await service.discover(formatCoapUri({ ...server, path: [], query: [] }), input.collectMs, signal)).links),
      ),
    servers: () => known.list(),
    forgetServer(uri) {
      if (!known.forget(readUri(uri))) throw new CodedError('not-found', 'This server is not known (any more).');
    },
    serversChanged: known.changed,
    log: (query) => log.page(query),
    logMessage: (id) => log.detail(id),
    clearLog: () => log.clear(),
    logChanged: log.changed,
    close: () => closing.abort(),
  };
  return service;
}
