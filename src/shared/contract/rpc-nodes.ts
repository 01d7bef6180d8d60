import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { noInput, sourceIdSchema, topicTextSchema, type Problem, type Qos } from './common.ts';
import { dialectIdSchema } from './rpc.ts';

const plainId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .describe('letters, digits, "_" and "-"');
const rate = z.number().min(0).max(1).default(0);
const ms = z.int().min(0).max(3_600_000).default(0);

/** What goes wrong on purpose, for testing the peer. Nothing by default. Times in ms; rates from 0 (never) to 1 (always), each decided for itself. */
export const faultsSchema = z.strictObject({
  /** The answer waits so long, and a random part of the jitter more, beside the time it takes to work it out. */
  delayMs: ms,
  jitterMs: ms,
  /** Answers with this error instead; the answer itself is not run. */
  errorRate: rate,
  errorText: z.string().max(10_000).default('Injected error'),
  /** Does not answer. The answer is run all the same. */
  dropRate: rate,
  /** Sends the answer so many more times. */
  duplicateRate: rate,
  duplicates: z.int().min(1).max(100).default(1),
  /** Answers so much later, when the caller has given up. */
  lateRate: rate,
  lateMs: ms.default(60_000),
});
export type RpcFaults = z.infer<typeof faultsSchema>;

const answerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('static'), result: z.json() }),
  /** An empty text is sent as "Unknown error": callers of mqttxx read an empty error as success. */
  z.strictObject({ kind: z.literal('error'), message: z.string().max(10_000) }),
  /** JSON with `{{…}}`, filled in from `params`, `method`, `callerId` and `topic`. */
  z.strictObject({ kind: z.literal('template'), text: z.string().max(262_144) }),
  /** JavaScript: `export default (params, call) => result`. */
  z.strictObject({ kind: z.literal('script'), source: z.string().max(262_144) }),
]);
export type RpcAnswer = z.infer<typeof answerSchema>;

const servedMethodSchema = z.strictObject({
  name: z.string().min(1, 'Give the method a name.').max(1000),
  /** Off: as if it was not there. */
  enabled: z.boolean().default(true),
  description: z.string().max(10_000).default(''),
  answer: answerSchema,
  faults: faultsSchema.prefault({}),
});
export type ServedMethod = z.infer<typeof servedMethodSchema>;

/** `*` stands for any characters, also none and also `/`; empty matches everything. Capitals count. */
const pattern = z.string().max(1000).default('');

const ruleSchema = z.strictObject({
  id: plainId,
  enabled: z.boolean().default(true),
  /** Matched against how the caller names itself, which nobody checks. */
  caller: pattern,
  method: pattern,
  /** Against the topic the request came on. */
  topic: pattern,
  effect: z.enum(['allow', 'deny', 'script']),
  /** With `script`: `export default (call) => boolean`. What it throws, a limit it hits and anything but `true` denies. */
  script: z.string().max(65_536).default(''),
});
export type RpcRule = z.infer<typeof ruleSchema>;

/** The first rule that matches decides, before the method is looked up; without one, everything is allowed. Ids are unique in the list. */
const rulesSchema = z.array(ruleSchema).max(1000);

export const rpcNodeSchema = z.strictObject({
  id: plainId,
  name: z.string().min(1, 'Give the node a name.').max(200),
  source: sourceIdSchema,
  /** `auto`: answers each request in the dialect it came in. Otherwise requests of other dialects are ignored. */
  dialect: z.union([z.literal('auto'), dialectIdSchema]).default('auto'),
  /** Of its own MQTT session. Empty: the session of the connection is shared; on the local broker the id of the node. */
  clientId: z.string().max(65_535).default(''),
  /** Where requests, and answers to its calls, arrive: a topic or filter. In `gf` that of the device, without the id. In `mqtt5`, and `auto` over MQTT 5, also the level below it. Empty: `rpc/r/<client id>` in `mqttxx4`, else it serves nothing. */
  topic: topicTextSchema.default(''),
  /** Of the calls made as this node. `conventional`: answers come to its topic. `manual`: wherever a call says, with a warning where nothing is subscribed. */
  replies: z.enum(['conventional', 'manual']).default('conventional'),
  /** Of the calls made as this node. */
  timeoutMs: z.int().min(1).max(86_400_000).default(30_000),
  /** Calls made as this node beyond it fail at once, with 3004. */
  maxConcurrentCalls: z.int().min(1).max(10_000).default(100),
  /** As mqttxx 3.2: `$presence/<client id>` tells "online" and "offline", retained, and a kick there is obeyed. Needs a session of its own. */
  presence: z.boolean().default(false),
  /** Starts whenever its source comes up. */
  autoStart: z.boolean().default(false),
  /** Names are unique. */
  methods: z.array(servedMethodSchema).max(1000).default([]),
  rules: rulesSchema.default([]),
});
export type RpcNode = z.infer<typeof rpcNodeSchema>;
export type RpcNodeInput = z.input<typeof rpcNodeSchema>;

/**
 * `starting`: its session is being opened, or the topic subscribed to. `running`: requests are answered. `waiting`: for its source, or for the next attempt
 * at its own session; `problem` says which. `failed`: it does not start again by itself, see `problem`.
 */
type RpcNodePhase = 'stopped' | 'starting' | 'running' | 'waiting' | 'failed';

export interface RpcNodeStatus {
  readonly id: string;
  readonly phase: RpcNodePhase;
  readonly problem: Problem | null;
  /** Sentences: the same topic on two nodes, presence without a session of its own, a filter the broker refused … */
  readonly warnings: readonly string[];
  /** In use; `null` without a session. */
  readonly clientId: string | null;
  /** What is subscribed to for requests, with the QoS the broker granted; `null`: not (yet). QoS 1 is asked for. */
  readonly subscriptions: readonly { readonly filter: string; readonly grantedQos: Qos | null }[];
  /** Unix ms; of the session. */
  readonly runningSince: number | null;
  /** Unix ms of the next attempt while `waiting` for it. */
  readonly nextAttemptAt: number | null;
  /** Requests since it was started last, by what became of them. Answered with a result. */
  readonly served: number;
  /** By a rule. */
  readonly denied: number;
  readonly unknownMethods: number;
  /** Answered with an error by the method: its own, an exception, a limit, or an injected one. */
  readonly failed: number;
  /** Not answered on purpose (faults). */
  readonly dropped: number;
  /** Run without an answer, as they name no topic for it. */
  readonly unanswerable: number;
  /** Delivered again within 60 s: answered as the first time, not run again. */
  readonly repeated: number;
  /** Refused as 1,000 were running. */
  readonly refused: number;
  /** Messages that cannot be read as a request; the log has the reason. */
  readonly unreadable: number;
  /** Requests being worked out now, or waiting for their delay. */
  readonly running: number;
  /** Requests that reached a method since the node was started last; methods without any are left out. */
  readonly methodCalls: readonly { readonly name: string; readonly calls: number }[];
  /** Calls made as this node that wait for their answers. */
  readonly pendingCalls: number;
}

export interface RpcNodeLogLine {
  /** Unix ms; of the last time. */
  readonly at: number;
  /** Empty: about the node itself. */
  readonly method: string;
  readonly level: 'debug' | 'log' | 'info' | 'warn' | 'error';
  readonly text: string;
  /** How often it was said in a row. */
  readonly times: number;
}

export interface RpcNodeLog {
  /** The newest last: at most 200. */
  readonly lines: readonly RpcNodeLogLine[];
  /** Older ones that are gone. */
  readonly forgotten: number;
}

/** What an answer came to. `error`: the text that would be sent. `place`: where in the script or template it went wrong, from 1, where that is known. */
export type RpcAnswerOutcome =
  | { readonly result: JsonValue }
  | { readonly error: string; readonly place?: { readonly line: number; readonly column: number | null } | undefined };

const idInput = z.strictObject({ id: z.string().min(1).max(64) });

export const rpcNodesContract = {
  /** Nodes as they are saved; again after changes of them alone. */
  'rpcNodes.watch': stream<{ readonly nodes: readonly RpcNode[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** How they are: at most ten times a second while something changes. */
  'rpcNodes.statuses': stream<{ readonly statuses: readonly RpcNodeStatus[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** Console lines and errors of scripts, and what was passed over, with the reason. */
  'rpcNodes.log': stream<RpcNodeLog>()(idInput, { overflow: 'coalesce', window: 2 }),
  'rpcNodes.clearLog': call<void>()(idInput),
  /**
   * Creates or replaces a node. Methods, rules, faults, dialect and limits take effect at once, also for a running node; another topic is subscribed to at once. Another source,
   * client id or presence opens its session anew. Rejects with `bad-input`, `invalid-topic`, `payload-too-large` (one node 4 MiB, all together 16 MiB) or `invalid-state` (200 nodes).
   */
  'rpcNodes.save': call<void>()(rpcNodeSchema),
  'rpcNodes.remove': call<void>()(idInput),
  /** Answers at once; how it goes on, the status tells. */
  'rpcNodes.start': call<void>()(idInput),
  /** Resolves when its session is closed. Requests that run are not answered any more. */
  'rpcNodes.stop': call<void>()(idInput),
  /** What would these rules say? They need not be saved. `ruleId`: of the rule that decided; `null`: none matched. */
  'rpcNodes.testRules': call<{ readonly allowed: boolean; readonly ruleId: string | null; readonly reason: string }>()(
    z.strictObject({ rules: rulesSchema, callerId: z.string().max(1000), method: z.string().max(1000), topic: topicTextSchema, params: z.json().optional() }),
  ),
  /**
   * Works an answer out once, without MQTT and without faults; it need not be saved. A script's `call` and `publish` go through the node when it runs. `elapsedMs`: the time it took.
   * Rejects only with `cancelled`: what goes wrong is the outcome.
   */
  'rpcNodes.tryAnswer': call<{
    readonly outcome: RpcAnswerOutcome;
    readonly console: readonly Pick<RpcNodeLogLine, 'level' | 'text'>[];
    readonly elapsedMs: number;
  }>()(
    z.strictObject({
      id: z.string().min(1).max(64),
      answer: answerSchema,
      request: z.strictObject({ method: z.string().max(1000), params: z.json(), callerId: z.string().max(1000) }),
    }),
  ),
} as const;
