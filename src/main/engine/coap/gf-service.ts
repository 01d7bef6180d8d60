import { rpcNodeSchema, type RpcNode } from '../../../shared/contract/rpc-nodes.ts';
import { buildGfResponse } from '../../../shared/coap/gf/build.ts';
import { readServedRequest, type ServedRequest } from '../../../shared/coap/gf/served-request.ts';
import { gfResponseTopic, parseGfTopic } from '../../../shared/coap/gf/topics.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { utf8 } from '../../../shared/rpc/dialect.ts';
import { maxPayloadBytes } from '../../../shared/rpc/json-payload.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { noCounts, RequestMemory, type KnownRequest, type NodeLog, type NodeService, type SendAnswer } from '../rpc/index.ts';

/** A device as it is named over MQTT. */
interface GfDevice {
  readonly tag: string;
  readonly namespace: string;
  /** Empty: any. */
  readonly subsystems: readonly string[];
}

/** A request that can be carried out. */
interface GfRequest extends Pick<ServedRequest, 'method' | 'path' | 'body'> {
  readonly bodyBytes: number;
  readonly callerId: string;
  readonly query: readonly string[];
  readonly via: 'mqtt';
  readonly topic: string;
  /** Fields of the header that are none of the contract. */
  readonly others: { readonly [name: string]: JsonValue };
}

interface GfResponse {
  readonly code: number;
  readonly body: JsonValue;
  /** Of what a POST has created. */
  readonly location?: string;
  /** What callers are told of a failure when the body says nothing. */
  readonly errorMessage?: string;
}

/** `times`: how often the response is sent; 0: not at all. */
interface GfServed {
  readonly response: GfResponse;
  readonly times: number;
}

export interface GfServer {
  /** Never rejects. `null`: the device was stopped meanwhile. */
  serve(request: GfRequest): Promise<GfServed | null>;
  /** A response to what cannot be carried out. */
  refused(request: null, code: number, detail: string): GfServed;
}

export interface GfServiceOptions {
  readonly device: () => GfDevice;
  readonly server: GfServer;
  readonly log: Pick<NodeLog, 'add'>;
  /** Unix ms. */
  readonly now: () => number;
  /** ms, of a clock that never goes back. */
  readonly clock: () => number;
  readonly onChange: () => void;
}

/** Requests that were no business of the device. */
interface PassedOver {
  readonly retained: number;
  readonly otherSubsystem: number;
}

const nothingPassedOver: PassedOver = { retained: 0, otherSubsystem: 0 };

/** What a response repeats of its request. */
interface Echo {
  readonly path: string;
  readonly requestId: JsonValue;
  readonly correlationId: JsonValue;
}

interface Incoming {
  readonly replyTo: string;
  readonly known: KnownRequest | null;
  readonly send: SendAnswer;
}

/** Requests over MQTT, as a device of gf_mqtt_client takes them. Each gets exactly one response, whatever is in it. */
export class GfService implements NodeService {
  readonly counts = { ...noCounts(), running: 0, methodCalls: [] };
  repeated = 0;
  passedOver = nothingPassedOver;
  readonly #options: GfServiceOptions;
  readonly #memory: RequestMemory;

  constructor(options: GfServiceOptions) {
    this.#options = options;
    this.#memory = new RequestMemory(options.clock);
  }

  /** All that were passed over. */
  get ignored(): number {
    return this.passedOver.retained + this.passedOver.otherSubsystem;
  }

  start(): void {
    this.repeated = 0;
    this.passedOver = nothingPassedOver;
    this.#memory.clear();
  }

  stop(): void {
    this.#memory.forgetUnanswered();
  }

  take(record: MessageRecord, _exact: boolean, send: SendAnswer): void {
    const { device, log, onChange } = this.#options;
    const { namespace, tag, subsystems } = device();
    const address = parseGfTopic(record.topic, namespace);
    if (address?.kind !== 'request' || address.target !== tag) return;
    const { retained, otherSubsystem } = this.passedOver;
    if (record.retain) {
      this.passedOver = { retained: retained + 1, otherSubsystem };
      log.add('warn', '', 'A retained request was passed over: the broker keeps it for every subscriber. Publish requests without retain.');
      return onChange();
    }
    if (subsystems.length > 0 && !subsystems.includes(address.subsystem)) {
      this.passedOver = { retained, otherSubsystem: otherSubsystem + 1 };
      log.add('warn', '', `A request for the subsystem "${address.subsystem.slice(0, 200)}" was passed over: the device has others.`);
      return onChange();
    }
    const replyTo = gfResponseTopic(address, namespace);
    const taken = this.#memory.take(record, { key: address.requestId, replyTo });
    if (taken.kind === 'repeat') {
      this.repeated += 1;
      onChange();
      if (taken.answer) void send(taken.answer).catch((error: unknown) => this.#notSent(error));
      return;
    }
    void this.#answer(record, address, { replyTo, known: taken.request, send });
  }

  async #answer(record: MessageRecord, address: Parameters<typeof readServedRequest>[1], incoming: Incoming): Promise<void> {
    const { server } = this.#options;
    if (record.payload.byteLength > maxPayloadBytes) {
      const detail = `The request has ${record.payload.byteLength} bytes, and ${maxPayloadBytes} are read.`;
      this.#send(incoming, { path: '', requestId: address.requestId, correlationId: null }, server.refused(null, 413, detail));
      return;
    }
    const request = readServedRequest(record.payload, address);
    if ('code' in request) {
      this.#send(incoming, request, server.refused(null, request.code, request.detail));
      return;
    }
    const { method, path, body, source, others } = request;
    const served = await server.serve({
      ...{ method, path, body, others, query: [], via: 'mqtt', topic: record.topic },
      bodyBytes: body === null ? 0 : Buffer.byteLength(JSON.stringify(body)),
      callerId: typeof source === 'string' && source !== '' ? source : (record.publisher ?? ''),
    });
    if (served) this.#send(incoming, request, served);
  }

  #send({ replyTo, known, send }: Incoming, echo: Echo, { response, times }: GfServed): void {
    if (times === 0) return;
    const message = this.#message(replyTo, echo, response);
    this.#memory.answered(known, message);
    for (let n = 0; n < times; n += 1) {
      send(message).catch((error: unknown) => {
        this.#notSent(error);
        if (n > 0 || !(error instanceof CodedError) || error.code !== 'payload-too-large') return;
        // The broker takes no message so large: the caller is told so instead of nothing.
        const instead = this.#message(replyTo, echo, { code: 500, body: error.message });
        this.#memory.answered(known, instead);
        void send(instead).catch((again: unknown) => this.#notSent(again));
      });
    }
  }

  #message(topic: string, { path, requestId, correlationId }: Echo, { code, body, ...more }: GfResponse) {
    const { device, now } = this.#options;
    const source = device().tag;
    const text = buildGfResponse({ code, path, requestId, correlationId, source, body, timestampMs: now(), ...more });
    return { topic, payload: utf8(text), qos: 0 as const };
  }

  #notSent(error: unknown): void {
    this.#options.log.add('error', '', `A response could not be sent: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** As the session is kept: a node on the topics of the device. */
export function gfNode(
  { tag, namespace, subsystems }: GfDevice,
  { clientId, source, ...about }: Pick<RpcNode, 'id' | 'name' | 'source' | 'clientId' | 'autoStart'>,
): RpcNode {
  const [only] = subsystems;
  return rpcNodeSchema.parse({
    ...{ ...about, source, dialect: 'gf' },
    clientId: clientId === '' && source === 'broker' ? tag : clientId,
    topic: `${namespace}/${subsystems.length === 1 && only !== undefined ? only : '+'}/request/${tag}`,
  });
}
