import { z } from 'zod';
import type { GfException } from '../coap/gf/exception.ts';
import { call, stream } from '../ipc/contract.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { noInput, sourceIdSchema, topicTextSchema, type Problem, type SourceId } from './common.ts';
import type { RpcNodeLog, RpcNodeStatus } from './rpc-nodes.ts';

const pattern = z.string().max(1000).default('');

/** Which messages a handler takes. In texts `*` stands for anything; empty: any. */
const matchSchema = z.strictObject({
  /** Tag of the device, from the topic. */
  device: pattern,
  subsystem: pattern,
  /** Slashes around a path do not count. */
  path: pattern,
  /** Of requests. Empty: any. */
  methods: z
    .array(z.enum(['GET', 'POST', 'PUT', 'DELETE']))
    .max(4)
    .default([]),
  /** Of responses. Empty: any. */
  codes: z
    .array(z.enum(['success', 'client-error', 'server-error']))
    .max(3)
    .default([]),
});

const handlerSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  name: z.string().min(1, 'Give the handler a name.').max(200),
  enabled: z.boolean().default(true),
  /** A request handler takes what has a `method` in its header, a response handler what has a `response_code`. */
  kind: z.enum(['request', 'response']),
  match: matchSchema.prefault({}),
  /**
   * `none`: a request handler returns nothing, a response handler the message as it is. A script exports `handle(message, about)`, which may change the message in place; what it returns answers a request,
   * and completes the call that waits for a response.
   */
  transform: z
    .discriminatedUnion('kind', [z.strictObject({ kind: z.literal('none') }), z.strictObject({ kind: z.literal('script'), source: z.string().max(262_144) })])
    .default({ kind: 'none' }),
  /** Goes on to the next handler. */
  propagate: z.boolean(),
  /** Of a response handler: codes from 400 on are raised before it runs. */
  raiseExceptions: z.boolean().default(false),
});
export type GfHandler = z.infer<typeof handlerSchema>;

export const pipelineSchema = z.strictObject({
  /** Names the file. */
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  /** One pipeline for each source. */
  source: sourceIdSchema,
  enabled: z.boolean().default(false),
  /** Whose requests its handlers take, as a client with this identifier; empty: those of every device. */
  device: z.string().max(1000).default(''),
  /** First levels of the topics. */
  namespace: z.string().min(1, 'Give the namespace.').max(1000).default('gf_int_v1'),
  /** In the order in which they run. The default response handler of gf_mqtt_client comes after them. */
  handlers: z.array(handlerSchema).max(100).default([]),
});
export type GfPipeline = z.infer<typeof pipelineSchema>;
export type GfPipelineInput = z.input<typeof pipelineSchema>;

/** An exception of Python that is none of a response. */
interface PythonError {
  readonly name: string;
  readonly message: string;
  /** In the script; `null`: not in one. */
  readonly line: number | null;
}

/** What one handler did. */
export interface PipelineStep {
  /** `null`: the default response handler. */
  readonly handlerId: string | null;
  readonly name: string;
  readonly kind: GfHandler['kind'];
  /** `skipped`: switched off, or another message than it takes. `not-reached`: one before it stopped, or the loop had ended. `raised`: a response exception. `failed`: any other. */
  readonly result: 'skipped' | 'not-reached' | 'ran' | 'raised' | 'failed';
  /** A sentence. */
  readonly why: string;
  readonly exception: GfException | null;
  readonly failure: PythonError | null;
  /** The message as it was changed in place; `null`: it was not. */
  readonly changed: { readonly from: JsonValue; readonly to: JsonValue } | null;
  /** `null`: nothing (`None`). */
  readonly returned: { readonly value: JsonValue } | null;
  /** Completed the call that was waiting. */
  readonly completes: boolean;
  /** `null`: it did not run. */
  readonly next: 'propagated' | 'stopped' | null;
  /** Lines of its console. */
  readonly console: readonly string[];
}

export interface PipelineResponse {
  readonly code: number;
  readonly body: JsonValue;
  readonly location: string | null;
}

/** What comes of a message. */
export type PipelineOutcome =
  /** The call ends with the message as it stands after the handlers. */
  | { readonly kind: 'resolved'; readonly message: JsonValue }
  /** The caller gets the exception of a response. */
  | { readonly kind: 'raised'; readonly exception: GfException }
  /** The call is completed by what is no response: the caller gets a ValueError. */
  | { readonly kind: 'bad-result'; readonly message: string }
  /** No handler has completed the call: it ends in a time-out, for which there is no message. */
  | { readonly kind: 'timeout' }
  /** A response that nobody waits for, or a message that is neither request nor response. */
  | { readonly kind: 'unheard' }
  | { readonly kind: 'answered'; readonly response: PipelineResponse }
  /** No handler returned a response: the caller waits until its time is over. */
  | { readonly kind: 'unanswered' }
  /** Passed by without harm. */
  | { readonly kind: 'ignored'; readonly message: string };

export interface PipelineTrace {
  readonly kind: 'request' | 'response' | 'general' | 'unreadable';
  readonly steps: readonly PipelineStep[];
  readonly outcome: PipelineOutcome;
  /** The receive loop of a real client ends for good; the workbench goes on. */
  readonly loopEnded: PythonError | null;
}

interface TracedMessage {
  readonly topic: string;
  /** Text of the payload, at most 64 KiB of it. */
  readonly text: string;
  readonly sizeBytes: number;
}

export interface PipelineTraceRow {
  /** Grows with each trace. */
  readonly id: number;
  /** Unix ms. */
  readonly at: number;
  readonly kind: PipelineTrace['kind'];
  readonly device: string;
  /** `GET gains`, or `404 gains`. */
  readonly label: string;
  readonly outcome: PipelineOutcome['kind'];
  /** Class of the exception that the caller gets, or code of the response; empty: neither. */
  readonly about: string;
  readonly loopEnded: boolean;
  /** Handlers that ran. */
  readonly ran: number;
}

export interface PipelineTraceDetail extends PipelineTrace {
  readonly id: number;
  readonly at: number;
  readonly message: TracedMessage;
}

export interface PipelineTraces {
  /** Newest first. */
  readonly rows: readonly PipelineTraceRow[];
  /** Since the workbench was started; those that are not in `rows` are forgotten. */
  readonly total: number;
}

export interface PipelineStatus {
  readonly source: SourceId;
  /** Of the session that request handlers need; `off`: it needs none. */
  readonly phase: RpcNodeStatus['phase'] | 'off';
  readonly problem: Problem | null;
  readonly subscriptions: RpcNodeStatus['subscriptions'];
  /** Sentences: who else answers these requests, and what else is to be known. */
  readonly warnings: readonly string[];
  readonly answered: number;
  readonly unanswered: number;
  readonly raised: number;
  readonly loopsEnded: number;
  /** Delivered again: answered as before, or passed over. */
  readonly repeated: number;
  /** Retained requests, and those beyond 100 at once. */
  readonly passedOver: number;
}

/** A message of a recorded request, to be traced. */
export interface RecordedMessage {
  readonly callId: number;
  readonly kind: 'request' | 'response';
  readonly label: string;
  /** Unix µs. */
  readonly timeUs: number;
  readonly topic: string;
  readonly text: string;
}

const sourceInput = z.strictObject({ source: sourceIdSchema });

/** Handlers for requests and responses as a client with gf_mqtt_client has them: one pipeline for each source. */
export const coapPipelineContract = {
  /** As they are saved; again after changes. */
  'coapPipeline.watch': stream<{ readonly pipelines: readonly GfPipeline[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  'coapPipeline.statuses': stream<{ readonly statuses: readonly PipelineStatus[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  /**
   * Creates or replaces the pipeline of a source; it takes effect with the next message. Rejects with `bad-input`, `script-error`, `payload-too-large` (4 MiB) or `invalid-state` (200 pipelines, another one of that
   * source).
   */
  'coapPipeline.save': call<void>()(pipelineSchema),
  'coapPipeline.remove': call<void>()(sourceInput),
  /** The newest 200, at most ten times a second while something changes. */
  'coapPipeline.traces': stream<PipelineTraces>()(sourceInput, { overflow: 'coalesce', window: 2 }),
  /** Rejects with `not-found` when it was forgotten. */
  'coapPipeline.traceDetail': call<PipelineTraceDetail>()(z.strictObject({ source: sourceIdSchema, id: z.int().min(1) })),
  'coapPipeline.clearTraces': call<void>()(sourceInput),
  /** Lines of consoles, errors of scripts, and what was passed over. */
  'coapPipeline.log': stream<RpcNodeLog>()(sourceInput, { overflow: 'coalesce', window: 2 }),
  'coapPipeline.clearLog': call<void>()(sourceInput),
  /** What handlers made of the response to a call of this workbench; `null`: there is none, or not any more (the last 1,000 are kept). */
  'coapPipeline.ofCall': stream<{ readonly trace: PipelineTraceDetail | null }>()(z.strictObject({ callId: z.int().min(1) }), {
    overflow: 'coalesce',
    window: 2,
  }),
  /** Sends a message through the handlers as they are saved; nothing is published. `awaited`: a call waits for it. */
  'coapPipeline.try': call<PipelineTrace>()(
    z.strictObject({ source: sourceIdSchema, topic: topicTextSchema, text: z.string().max(1_048_576), awaited: z.boolean() }),
  ),
  /** Messages of the last 25 requests of a source, newest first, at most 64 KiB of each. */
  'coapPipeline.recorded': call<{ readonly messages: readonly RecordedMessage[] }>()(sourceInput),
} as const;
