import type { GfPipeline, PipelineResponse, PipelineStatus, PipelineTrace } from '../../../../shared/contract/coap-pipeline.ts';
import { rpcNodeSchema, type RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import { buildGfResponse } from '../../../../shared/coap/gf/build.ts';
import { readGfMessage } from '../../../../shared/coap/gf/message.ts';
import { runPipeline } from '../../../../shared/coap/gf/pipeline.ts';
import { gfResponseTopic, parseGfTopic, type GfAddress } from '../../../../shared/coap/gf/topics.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { utf8, type OutgoingMessage } from '../../../../shared/rpc/dialect.ts';
import { textOf } from '../../../../shared/rpc/json-payload.ts';
import {
  noCounts,
  NodeActor,
  RequestMemory,
  type KnownRequest,
  type NodeLog,
  type NodeService,
  type RpcNodeOptions,
  type SendAnswer,
} from '../../rpc/index.ts';
import { HandlerScripts } from './handler-scripts.ts';
import { TraceRing } from './trace-ring.ts';
import { pipelineProblem } from './check-pipeline.ts';

export type PipelineOptions = Omit<RpcNodeOptions, 'functions' | 'pendingCalls' | 'service'>;

/** Messages that wait for those before them: a client with gf_mqtt_client takes one after the other. */
const maxWaiting = 100;

/** One message, as it came. */
export interface HandledMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly awaited: boolean;
  readonly identifier: string | null;
}

/** The handlers of one source: the session for its request handlers, the messages that wait for them, and what was traced. */
export class PipelineActor implements NodeService {
  readonly counts = { ...noCounts(), running: 0, methodCalls: [] };
  readonly log: NodeLog;
  readonly traces = new TraceRing();
  readonly #options: PipelineOptions;
  readonly #memory: RequestMemory;
  readonly #scripts: HandlerScripts;
  readonly #mqtt: NodeActor;
  #pipeline: GfPipeline;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #closed = false;
  /** Of the session: what was begun in an earlier one is not answered any more. */
  #run = 0;
  #counted = { answered: 0, unanswered: 0, raised: 0, loopsEnded: 0, repeated: 0, passedOver: 0 };

  constructor(pipeline: GfPipeline, options: PipelineOptions) {
    this.#pipeline = pipeline;
    this.#options = options;
    this.#memory = new RequestMemory(options.clock);
    this.#mqtt = new NodeActor(nodeOf(pipeline), { ...options, functions: () => ({}), pendingCalls: () => 0, service: () => this });
    this.log = this.#mqtt.log;
    this.#scripts = new HandlerScripts(options.scripts, (handler, level, text) => this.log.add(level, handler, text));
  }

  get pipeline(): GfPipeline {
    return this.#pipeline;
  }

  status(): Omit<PipelineStatus, 'warnings'> & { readonly warnings: readonly string[] } {
    const { phase, problem, subscriptions, warnings } = this.#mqtt.status();
    const needed = needsSession(this.#pipeline);
    return {
      source: this.#pipeline.source,
      phase: needed ? phase : 'off',
      problem: needed ? problem : null,
      subscriptions,
      warnings: needed ? warnings : [],
      ...this.#counted,
    };
  }

  /** Handlers take effect with the next message; another device or namespace is subscribed to anew. */
  update(pipeline: GfPipeline): void {
    const wasNeeded = needsSession(this.#pipeline);
    this.#pipeline = pipeline;
    this.#scripts.keepOnly(pipeline.handlers);
    const node = nodeOf(pipeline);
    if (wasNeeded && !needsSession(pipeline)) void this.#mqtt.stop();
    this.#mqtt.update(node);
    this.#options.onChange();
  }

  sourceChanged(): void {
    this.#mqtt.sourceChanged();
  }

  start(): void {
    this.#memory.clear();
  }

  stop(): void {
    this.#run += 1;
    this.#memory.forgetUnanswered();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#scripts.close();
    await this.#mqtt.close();
  }

  /** A request that came in. */
  take(record: MessageRecord, _exact: boolean, send: SendAnswer): void {
    const { namespace } = this.#pipeline;
    const address = parseGfTopic(record.topic, namespace);
    if (address?.kind !== 'request') return;
    if (record.retain) {
      this.#passOver('A retained request was passed over: the broker keeps it for every subscriber. Publish requests without retain.');
      return;
    }
    const replyTo = gfResponseTopic(address, namespace);
    const taken = this.#memory.take(record, { key: address.requestId, replyTo });
    if (taken.kind === 'repeat') {
      this.#counted.repeated += 1;
      this.#options.onChange();
      if (taken.answer) void send(taken.answer).catch((error: unknown) => this.#notSent(error));
      return;
    }
    const run = this.#run;
    const handled = this.handle({ topic: record.topic, payload: record.payload, awaited: false, identifier: this.#pipeline.device || address.target });
    void handled?.then((trace) => {
      if (trace?.outcome.kind === 'answered' && run === this.#run) this.#answer(record.payload, address, replyTo, taken.request, trace.outcome.response, send);
    });
  }

  /** One message through the handlers, after those that wait already. `null`: too many wait. Never rejects; gives `null` when the workbench ends meanwhile. */
  handle(message: HandledMessage, done?: (trace: PipelineTrace, ring: TraceRing) => void): Promise<PipelineTrace | null> | null {
    if (this.#waiting >= maxWaiting) {
      this.#passOver(`Too many messages at once: ${maxWaiting} wait already.`);
      return null;
    }
    this.#waiting += 1;
    const at = this.#options.now();
    const result = this.#queue.then(async () => {
      try {
        if (this.#closed) return null;
        const trace = await this.trace(message);
        if (this.#closed) return null;
        this.#count(trace);
        if (done) done(trace, this.traces);
        else this.traces.add({ ...message, namespace: this.#pipeline.namespace, at }, trace);
        this.#options.onChange();
        return trace;
      } catch (error) {
        this.#options.onBug(error);
        return null;
      } finally {
        this.#waiting -= 1;
      }
    });
    this.#queue = result;
    return result;
  }

  /** Without a word to anybody. */
  trace(message: HandledMessage): Promise<PipelineTrace> {
    const { handlers, namespace } = this.#pipeline;
    return runPipeline({ ...message, handlers, namespace, runScript: (handler, source, value, about) => this.#scripts.run(handler, source, value, about) });
  }

  #answer(
    payload: Uint8Array,
    { target, requestId }: GfAddress,
    topic: string,
    known: KnownRequest | null,
    response: PipelineResponse,
    send: SendAnswer,
  ): void {
    const request = readGfMessage(payload);
    if (request.kind !== 'request') return;
    const made = ({ code, body, location }: PipelineResponse): OutgoingMessage => {
      const text = buildGfResponse({
        ...{ code, body, source: target, timestampMs: this.#options.now() },
        path: request.path === null ? '' : textOf(request.path),
        requestId: request.requestId ?? requestId,
        correlationId: request.correlationId,
        ...(location === null ? {} : { location }),
      });
      return { topic, payload: utf8(text), qos: 0 };
    };
    const publish = (message: OutgoingMessage, failed: (error: unknown) => void): void => {
      this.#memory.answered(known, message);
      send(message).catch((error: unknown) => {
        this.#notSent(error);
        failed(error);
      });
    };
    publish(made(response), (error) => {
      // The broker takes no message so large: the caller is told so instead of nothing.
      if (error instanceof CodedError && error.code === 'payload-too-large') publish(made({ code: 500, body: error.message, location: null }), () => undefined);
    });
  }

  #count({ kind, outcome, loopEnded }: PipelineTrace): void {
    const counted = this.#counted;
    if (outcome.kind === 'answered') counted.answered += 1;
    if (outcome.kind === 'unanswered' && kind === 'request') counted.unanswered += 1;
    if (outcome.kind === 'raised') counted.raised += 1;
    if (!loopEnded) return;
    counted.loopsEnded += 1;
    const { name, message, line } = loopEnded;
    this.log.add('error', '', `${name}: ${message}${line === null ? '' : ` (line ${line})`}. A real client would stop receiving for good.`);
  }

  #passOver(why: string): void {
    this.#counted.passedOver += 1;
    this.log.add('warn', '', why);
    this.#options.onChange();
  }

  #notSent(error: unknown): void {
    this.log.add('error', '', `A response could not be sent: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Responses of own calls come without one. */
function needsSession(pipeline: GfPipeline): boolean {
  return pipeline.enabled && pipeline.handlers.some(({ kind, enabled }) => enabled && kind === 'request') && pipelineProblem(pipeline) === null;
}

/** As the session is kept: a node on the topics of the device, or of all of them. */
function nodeOf(pipeline: GfPipeline): RpcNode {
  const { source, namespace, device } = pipeline;
  return rpcNodeSchema.parse({
    ...{ id: `handlers-${pipeline.id}`.slice(0, 64), name: 'Handlers', dialect: 'gf', source },
    clientId: source === 'broker' ? 'workbench-handlers' : '',
    topic: `${namespace}/+/request/${device === '' ? '+' : device}`,
    autoStart: needsSession(pipeline),
  });
}
