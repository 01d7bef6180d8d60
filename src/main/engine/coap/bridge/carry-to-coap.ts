import type { ToCoapBridge } from '../../../../shared/contract/coap-bridges.ts';
import { bodyOfError, bodyOfPayload, payloadOfBody } from '../../../../shared/coap/bridge/body.ts';
import { coapCodeText, gfCodeOf, gfCodeOfFailure } from '../../../../shared/coap/bridge/codes.ts';
import { nextHopLimit } from '../../../../shared/coap/bridge/hops.ts';
import { coapTargetOf, locationOf } from '../../../../shared/coap/bridge/paths.ts';
import { findResponseCode } from '../../../../shared/coap/gf/response-codes.ts';
import { encodeUint, optionValues, uintOption } from '../../../../shared/coap/udp/option-value.ts';
import { methodCodes, type CoapOption } from '../../../../shared/coap/udp/packet.ts';
import { formatCoapUri, parseCoapUri, type CoapUri } from '../../../../shared/coap/udp/uri.ts';
import type { GfServer } from '../gf-service.ts';
import { CoapClient, type CoapResponse } from '../udp/coap-client.ts';
import { CoapFailure } from '../udp/coap-failure.ts';
import { defaultTransmission } from '../udp/transmission.ts';
import { lookUp } from '../udp-service/plan-request.ts';
import type { BridgeJournal } from './bridge-journal.ts';

const option = { locationPath: 8, uriPath: 11, contentFormat: 12, uriQuery: 15, hopLimit: 16, locationQuery: 20 } as const;

type Request = Parameters<GfServer['serve']>[0];
type Served = NonNullable<Awaited<ReturnType<GfServer['serve']>>>;
type Answer = Served['response'];

export interface CarryToCoapOptions {
  /** As it is saved now. */
  readonly bridge: () => ToCoapBridge;
  readonly journal: BridgeJournal;
  /** ms of a clock that never goes back. */
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly onChange: () => void;
}

/** What became of a request on the CoAP side. */
interface Carried {
  readonly response: Answer;
  readonly end: 'carried' | 'unanswered';
  readonly received: string | null;
  readonly note: string;
}

/** Carries requests of gf_mqtt_client to a CoAP server, and its responses back. */
export class CarryToCoap implements GfServer {
  readonly #options: CarryToCoapOptions;
  #client: CoapClient | undefined;
  #abort = new AbortController();
  #running = 0;

  constructor(options: CarryToCoapOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  /** Requests under way are not answered any more. */
  stop(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#client?.close();
    this.#client = undefined;
    this.#running = 0;
    this.#options.onChange();
  }

  async serve(request: Request): Promise<Served | null> {
    const { bridge, clock, journal } = this.#options;
    const { maxInFlight, maxBodyBytes, target } = bridge();
    const hopLimit = nextHopLimit(request.others['hop_limit']);
    const parsed = parseCoapUri(target);
    if (this.#running >= maxInFlight) return this.#refuse(request, 503, `Too many requests at once: ${maxInFlight} are under way.`);
    if (request.bodyBytes > maxBodyBytes) return this.#refuse(request, 413, `The body has ${request.bodyBytes} bytes, and ${maxBodyBytes} are carried.`);
    if (hopLimit === 'invalid') return this.#refuse(request, 400, 'The hop_limit of the request is no number from 1 to 255.');
    if (hopLimit === 'exceeded') return this.#refuse(request, 502, circleWords);
    if ('problem' in parsed) return this.#refuse(request, 502, `The address of the CoAP server cannot be used: ${parsed.problem}`);
    const place = coapTargetOf(request.path, parsed.uri);
    if ('problem' in place) return this.#refuse(request, 400, place.problem);
    const { signal } = this.#abort;
    const began = clock();
    this.#running += 1;
    this.#options.onChange();
    try {
      const { response, ...carried } = await this.#carry(request, { ...parsed.uri, ...place }, parsed.uri, hopLimit, signal);
      if (signal.aborted) return null;
      const ms = clock() - began;
      journal.exchange({
        ...carried,
        from: request.callerId,
        request: `${request.method} ${request.path}`,
        carriedAs: `${request.method} ${formatCoapUri({ ...parsed.uri, ...place })}`,
        code: response.code,
        answered: codeWords(response.code),
        totalMs: ms,
        otherMs: ms,
      });
      return { response, times: 1 };
    } catch (error) {
      if (signal.aborted) return null;
      return this.#refuse(request, 500, error instanceof Error ? error.message : String(error));
    } finally {
      if (!signal.aborted) this.#running -= 1;
      this.#options.onChange();
    }
  }

  refused(_request: null, code: number, detail: string): Served {
    return this.#refuse(null, code, detail);
  }

  #refuse(request: Request | null, code: number, detail: string): Served {
    this.#options.journal.exchange({
      from: request?.callerId ?? '',
      request: request ? `${request.method} ${request.path}` : '',
      carriedAs: '',
      code,
      answered: codeWords(code),
      received: null,
      totalMs: null,
      otherMs: null,
      note: detail,
      end: 'refused',
    });
    return { response: { code, body: detail }, times: 1 };
  }

  async #carry({ method, body }: Request, uri: CoapUri, base: CoapUri, hopLimit: number, signal: AbortSignal): Promise<Carried> {
    const { bridge } = this.#options;
    const { type, timeoutMs, maxBodyBytes } = bridge();
    const content = payloadOfBody(body);
    const { payload = new Uint8Array(0), contentFormat } = content === null || content === 'not-acceptable' ? {} : content;
    const text = (part: string): Uint8Array => new TextEncoder().encode(part);
    const options: CoapOption[] = [
      ...uri.path.map((part) => ({ number: option.uriPath, value: text(part) })),
      ...uri.query.map((part) => ({ number: option.uriQuery, value: text(part) })),
      { number: option.hopLimit, value: encodeUint(hopLimit) },
      ...(contentFormat === undefined ? [] : [{ number: option.contentFormat, value: encodeUint(contentFormat) }]),
    ];
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const host = await inTime(lookUp(uri.host), deadline);
      const request = { host, port: uri.port, type, code: methodCodes[method], options, payload, timeoutMs, blockSize: 1024, maxBodyBytes };
      return carriedBack(await this.#open().request(request, { signal: AbortSignal.any([signal, deadline]) }), base);
    } catch (error) {
      if (!(error instanceof CoapFailure)) throw error;
      // With blocks each of them has its own time; the caller waits for all of them.
      const kind = error.kind === 'cancelled' ? 'no-response' : error.kind;
      const message = error.kind === 'cancelled' ? `The CoAP server did not respond within ${timeoutMs / 1000} s.` : error.message;
      return { response: { code: gfCodeOfFailure[kind], body: message }, end: 'unanswered', received: null, note: `${message} ${error.advice}` };
    }
  }

  #open(): CoapClient {
    const { clock, random, randomBytes, bridge } = this.#options;
    this.#client ??= new CoapClient({ clock, random, randomBytes, transmission: { ...defaultTransmission, nstart: bridge().nstart } });
    return this.#client;
  }
}

/** A look-up of a name cannot be broken off; the wait for it can. */
function inTime<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    deadline.addEventListener('abort', () => reject(new CoapFailure('cancelled', 'The name was not found in time.', '')));
    work.then(resolve, reject);
  });
}

export const circleWords = 'The request has been through too many bridges: they carry it in a circle (Hop-Limit, RFC 8768).';

function carriedBack({ packet }: CoapResponse, base: CoapUri): Carried {
  const isError = packet.code >> 5 !== 2;
  const contentFormat = uintOption(packet, option.contentFormat);
  const { body, problem = '' } = isError ? { body: bodyOfError(packet.payload, contentFormat) } : bodyOfPayload(packet.payload, contentFormat);
  const { code, exact } = gfCodeOf(packet.code, body !== null);
  const received = coapCodeText(packet.code);
  const texts = (number: number): string[] => optionValues(packet, number).map((value) => new TextDecoder().decode(value));
  const location = locationOf(texts(option.locationPath), texts(option.locationQuery), base);
  const mapped = exact ? '' : `gf_mqtt_client has no ${received}: answered as ${codeWords(code)}.`;
  return {
    response: { code, body, ...(location === undefined ? {} : { location }), ...(exact ? {} : { errorMessage: received }) },
    end: 'carried',
    received,
    note: [mapped, problem].filter(Boolean).join(' '),
  };
}

const codeWords = (code: number): string => [String(code), findResponseCode(code)?.title].filter(Boolean).join(' ');
