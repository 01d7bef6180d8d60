import type { ToMqttBridge } from '../../../../shared/contract/coap-bridges.ts';
import type { CallInput } from '../../../../shared/contract/rpc.ts';
import { bodyOfPayload, payloadOfBody } from '../../../../shared/coap/bridge/body.ts';
import { coapCodeOf, coapCodeOfFailure, coapCodeText } from '../../../../shared/coap/bridge/codes.ts';
import { nextHopLimit } from '../../../../shared/coap/bridge/hops.ts';
import { coapLocationOf, gfTargetOf, type GfTarget } from '../../../../shared/coap/bridge/paths.ts';
import { readMethod } from '../../../../shared/coap/gf/message.ts';
import { findResponseCode } from '../../../../shared/coap/gf/response-codes.ts';
import { discoveryPath } from '../../../../shared/coap/mock/discovery.ts';
import { uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { formatCode, parseCode, type CoapOption } from '../../../../shared/coap/udp/packet.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { RpcOutcome } from '../../../../shared/rpc/dialect.ts';
import { textOf } from '../../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { RpcService } from '../../rpc/index.ts';
import type { CoapServerOptions, ServedCoapRequest } from '../udp/coap-server.ts';
import { peerText } from '../udp-service/peer-text.ts';
import type { BridgeJournal } from './bridge-journal.ts';
import { circleWords } from './carry-to-coap.ts';
import { devicesSeen } from './devices-seen.ts';

const option = { ifMatch: 1, ifNoneMatch: 5, locationPath: 8, hopLimit: 16, locationQuery: 20 } as const;
const linkFormat = 40;
/** Seconds until a client that was sent away may come again (RFC 7252 §5.9.3.4). */
const retryAfterS = 1;

type Response = Exclude<Awaited<ReturnType<CoapServerOptions['handle']>>, null>;

export interface CarryToMqttOptions {
  /** As it is saved now. */
  readonly bridge: () => ToMqttBridge;
  readonly journal: BridgeJournal;
  readonly rpc: Pick<RpcService, 'start' | 'cancel' | 'servicesOf'>;
  /** ms of a clock that never goes back. */
  readonly clock: () => number;
  readonly onChange: () => void;
}

/** Carries requests of CoAP clients to devices over MQTT, and their responses back. */
export class CarryToMqtt {
  readonly #options: CarryToMqttOptions;
  /** Own calls under way, each with what ends the wait for it. */
  readonly #calls = new Map<number, () => void>();
  #running = 0;

  constructor(options: CarryToMqttOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  /** Requests under way are not answered any more. */
  stop(): void {
    for (const [id, forget] of this.#calls) {
      this.#options.rpc.cancel(id);
      forget();
    }
    this.#calls.clear();
  }

  /** `null`: no response, as the bridge was stopped. */
  async handle(request: ServedCoapRequest): Promise<Response | null> {
    const { bridge, rpc } = this.#options;
    const { method, path, query, options, payload, contentFormat } = request;
    const saved = bridge();
    if (path.join('/') === discoveryPath) {
      if (method !== 'GET') return this.#refuse(request, '4.05', 'What is listed can be read alone, with GET.');
      return { code: '2.05', payload: new TextEncoder().encode(devicesSeen(rpc, saved, query)), contentFormat: linkFormat };
    }
    const word = readMethod(method);
    if (word === null) return this.#refuse(request, '4.05', `Over MQTT there is no ${method}, only GET, POST, PUT and DELETE.`);
    if (options.some(({ number }) => number === option.ifMatch || number === option.ifNoneMatch))
      return this.#refuse(request, '4.02', 'A condition (If-Match, If-None-Match) cannot be carried: over MQTT there are none.');
    const hopLimit = nextHopLimit(uintOption({ options }, option.hopLimit));
    if (hopLimit === 'invalid') return this.#refuse(request, '4.00', 'The Hop-Limit is 0 (RFC 8768 §3).');
    if (hopLimit === 'exceeded') return this.#refuse(request, '5.08', circleWords);
    const target = gfTargetOf(path, query, saved.device);
    if ('problem' in target) return this.#refuse(request, target.code, target.problem);
    const read = bodyOfPayload(payload, contentFormat);
    if (read.problem !== undefined) return this.#refuse(request, '4.00', read.problem);
    if (this.#running >= saved.maxInFlight)
      return { ...this.#refuse(request, '5.03', `Too many requests at once: ${saved.maxInFlight} are under way.`), maxAge: retryAfterS };
    this.#running += 1;
    this.#options.onChange();
    try {
      return await this.#carry(request, `${word} ${target.path}`, target, read.body, hopLimit);
    } finally {
      this.#running -= 1;
      this.#options.onChange();
    }
  }

  async #carry(request: ServedCoapRequest, name: string, target: GfTarget, body: JsonValue, hopLimit: number): Promise<Response | null> {
    const { bridge, journal, clock } = this.#options;
    const { namespace, device } = bridge();
    const topic = `${namespace}/${target.subsystem}/request/${target.tag}`;
    const began = clock();
    let ended: { readonly outcome: RpcOutcome; readonly elapsedMs: number } | null;
    try {
      ended = await this.#call(topic, name, body, hopLimit);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      // Not sent at all: the source is not connected, or something in the request cannot be sent.
      const code = error.code === 'bad-input' || error.code === 'invalid-topic' ? '4.00' : '5.03';
      return { ...this.#refuse(request, code, error.message), ...(code === '5.03' ? { maxAge: retryAfterS } : {}) };
    }
    if (!ended) return null;
    const { response, note, received } = answerOf(ended.outcome, request.accept, (location) => coapLocationOf(location, target, device !== null));
    const code = parseCode(response.code) ?? 0;
    journal.exchange({
      ...aboutRequest(request),
      carriedAs: `${name} → ${topic}`,
      code: numberOf(code),
      answered: coapCodeText(code),
      received,
      totalMs: clock() - began,
      otherMs: ended.elapsedMs,
      // The model of gf_mqtt_client has no booleans.
      note: typeof body === 'boolean' ? `Over MQTT the body is ${Number(body)}, not ${body}. ${note}`.trim() : note,
      end: received === null ? 'unanswered' : 'carried',
    });
    return response;
  }

  /** Throws a CodedError for what cannot be sent. `null`: the bridge was stopped meanwhile. */
  #call(topic: string, method: string, params: JsonValue, hopLimit: number): Promise<{ readonly outcome: RpcOutcome; readonly elapsedMs: number } | null> {
    const { bridge, rpc } = this.#options;
    const { source, timeoutMs, methodAs, qos } = bridge();
    return new Promise((resolve) => {
      let over = false;
      const end = (ended: { readonly outcome: RpcOutcome; readonly elapsedMs: number } | null): void => {
        over = true;
        this.#calls.delete(id);
        resolve(ended);
      };
      let id = 0;
      id = rpc.start(
        { source, dialect: 'gf', topic, method, params: params as CallInput['params'], timeoutMs, envelope: { methodAs, qos, hopLimit } },
        { onEnd: (outcome, elapsedMs) => end({ outcome, elapsedMs }), onCancelled: () => end(null) },
      );
      // It may have failed at once.
      if (!over) this.#calls.set(id, () => end(null));
    });
  }

  #refuse(request: ServedCoapRequest, code: string, detail: string): Response {
    const byte = parseCode(code) ?? 0;
    this.#options.journal.exchange({
      ...aboutRequest(request),
      carriedAs: '',
      code: numberOf(byte),
      answered: coapCodeText(byte),
      received: null,
      totalMs: null,
      otherMs: null,
      note: detail,
      end: 'refused',
    });
    return { code, payload: new TextEncoder().encode(detail) };
  }
}

interface Answered {
  readonly response: Response;
  /** What the device said: `205 Content`; `null`: nothing. */
  readonly received: string | null;
  readonly note: string;
}

function answerOf(outcome: RpcOutcome, accept: number | undefined, placeOf: (location: string) => ReturnType<typeof coapLocationOf>): Answered {
  const diagnostic = (text: string): Uint8Array => new TextEncoder().encode(text);
  if ('error' in outcome && outcome.error.origin === 'local') {
    const { name, message } = outcome.error;
    return { response: { code: formatCode(coapCodeOfFailure(name)), payload: diagnostic(message) }, received: null, note: message };
  }
  const isError = 'error' in outcome;
  const body = isError ? (outcome.error.data ?? null) : outcome.result;
  const { code: said = isError ? 0 : 205, location } = outcome;
  const { code, exact } = coapCodeOf(said, body !== null);
  const received = [String(said), findResponseCode(said)?.title].filter(Boolean).join(' ');
  const note = exact ? '' : `CoAP has no ${received} here: answered as ${coapCodeText(code)}.`;
  // A diagnostic payload has no Content-Format (RFC 7252 §5.5.2).
  if (isError && (body === null || typeof body === 'string')) {
    const text = body === null ? (exact ? '' : note) : textOf(body);
    return { response: { code: formatCode(code), payload: diagnostic(text) }, received, note };
  }
  const content = payloadOfBody(body, isError ? undefined : accept);
  if (content === 'not-acceptable')
    return {
      response: { code: '4.06', payload: diagnostic(`The body cannot be had with the Content-Format ${accept}.`) },
      received,
      note: 'The client takes another Content-Format.',
    };
  const place = location === undefined ? null : placeOf(location);
  return { response: { code: formatCode(code), ...content, options: place === null ? [] : locationOptions(place) }, received, note };
}

function locationOptions({ path, query }: ReturnType<typeof coapLocationOf>): CoapOption[] {
  const parts = [...path.map((part) => ({ number: option.locationPath, part })), ...query.map((part) => ({ number: option.locationQuery, part }))];
  const options = parts.map(({ number, part }) => ({ number, value: new TextEncoder().encode(part) }));
  // What CoAP has no room for is left out whole: a part of it would lead elsewhere.
  return options.some(({ value }) => value.length > 255) ? [] : options;
}

function aboutRequest({ from, method, path, query }: ServedCoapRequest): { readonly from: string; readonly request: string } {
  return { from: peerText(from), request: `${method} /${path.join('/')}${query.length === 0 ? '' : `?${query.join('&')}`}` };
}

const numberOf = (code: number): number => (code >> 5) * 100 + (code & 31);
