import { z } from 'zod';
import { maxHandlers } from '../broker/handlers/max-handlers.ts';
import { patternProblem } from '../broker/handlers/pattern.ts';
import { call, stream } from '../ipc/contract.ts';
import { noInput, qosSchema, type Problem, type Qos } from './common.ts';

/** What a handler is asked about. */
const handlerEvents = ['publish', 'subscribe', 'connect', 'disconnect'] as const;
export type HandlerEvent = (typeof handlerEvents)[number];

const maxSource = 262_144;

/** Names the file, without `.js`. */
const handlerIdSchema = z.string().regex(/^[^\p{Cc}./\\:*?"<>|][^\p{Cc}/\\:*?"<>|]{0,99}$/u, 'This cannot be the name of a file.');

export const handlerSchema = z
  .strictObject({
    id: handlerIdSchema,
    name: z.string().trim().min(1, 'Give the handler a name.').max(200),
    on: z.enum(handlerEvents),
    /** Of topics: levels, `+`, `#`, `{name}` for one level that is handed over, `{client}` for the client id. Of `connect` and `disconnect`: a client id in which `*` stands for anything. */
    pattern: z.string().max(1000),
    /** Of `subscribe`. `text`: the pattern is compared with the text of the filter, as mqttd does. `mqtt`: with all topics that both match. */
    match: z.enum(['text', 'mqtt']).default('text'),
    enabled: z.boolean().default(true),
    /** Nobody waits for it, and what it returns counts for nothing. */
    observe: z.boolean().default(false),
    /** Handlers after it are not asked about what this one takes. */
    stop: z.boolean().default(false),
    /** Of the wait for one answer. */
    timeoutMs: z.int().min(10).max(10_000).default(1000),
    /** What becomes of a message when it fails or takes too long. */
    failure: z.enum(['through', 'drop']).default('through'),
    source: z.string().max(maxSource),
  })
  .superRefine(({ on, pattern }, context) => {
    const problem = patternProblem(on, pattern);
    if (problem !== null) context.addIssue({ code: 'custom', path: ['pattern'], message: problem });
  });
export type BrokerHandler = z.infer<typeof handlerSchema>;

/** A handler as its file has it; `handler` `null`: the file cannot be used. */
export interface SavedHandler {
  readonly id: string;
  /** Of the content of the file. */
  readonly revision: string;
  readonly handler: BrokerHandler | null;
  readonly problem: Problem | null;
}

export interface SavedHandlers {
  /** In the order in which they run. */
  readonly handlers: readonly SavedHandler[];
  /** Where the files are. */
  readonly folder: string;
  /** Why not all of them are here. */
  readonly problem: Problem | null;
}

export interface HandlerError {
  readonly message: string;
  readonly advice: string | null;
  /** In the script, counting from 1. */
  readonly line: number | null;
  readonly column: number | null;
  /** Unix ms. */
  readonly at: number;
}

/** How a handler of the broker that runs, or ran last, is doing. */
export interface HandlerStatus {
  readonly id: string;
  /** `unusable`: its script cannot be loaded. `switched-off`: by itself, after it failed again and again. */
  readonly phase: 'loading' | 'ready' | 'off' | 'unusable' | 'switched-off';
  readonly runs: number;
  readonly changed: number;
  /** Messages it sent. */
  readonly answered: number;
  readonly dropped: number;
  readonly refused: number;
  /** Time-outs included. */
  readonly failed: number;
  readonly timedOut: number;
  /** Not asked, as too much was waiting for it already. */
  readonly missed: number;
  /** Of the last answers, weighted; `null`: none yet. */
  readonly meanMs: number | null;
  readonly lastError: HandlerError | null;
  /** Text of its `state`, JSON. */
  readonly state: string;
}

export interface HandlersStatus {
  readonly handlers: readonly HandlerStatus[];
  /** Messages that wait for handlers now, with those that wait behind them to stay in order. */
  readonly waiting: number;
  /** Clients that are not read from, as so much of theirs waits. */
  readonly paused: number;
}

export interface HandlerLogLine {
  /** Grows by one with each line. */
  readonly number: number;
  /** Unix ms. */
  readonly at: number;
  readonly id: string;
  readonly name: string;
  readonly level: 'log' | 'info' | 'warn' | 'error' | 'debug';
  readonly text: string;
  readonly line: number | null;
  /** The same, in a row. */
  readonly times: number;
}

export interface HandlerLog {
  /** The newest 500. */
  readonly lines: readonly HandlerLogLine[];
  readonly forgotten: number;
}

/** A payload for a page and for scripts: text where it is UTF-8. */
const wirePayloadSchema = z.union([z.strictObject({ text: z.string().max(1_048_576) }), z.strictObject({ base64: z.string().max(1_398_104) })]);
export type WirePayload = z.infer<typeof wirePayloadSchema>;

const idText = z.string().max(65_535);
const triedEventSchema = z.strictObject({
  clientId: idText,
  username: z.string().max(1000).nullable(),
  /** Of a PUBLISH, or the filter of a SUBSCRIBE. */
  topic: idText,
  payload: wirePayloadSchema,
  qos: qosSchema,
  retain: z.boolean(),
});
export type TriedEvent = z.infer<typeof triedEventSchema>;

/** A message as it would be now, or as a handler would send it. */
export interface TriedMessage {
  readonly topic: string;
  readonly payload: WirePayload;
  readonly qos: Qos;
  readonly retain: boolean;
  /** To this client alone; `null`: to all that have subscribed. */
  readonly to: string | null;
}

export interface TryResult {
  /** Why it was not asked at all; `null`: it was. */
  readonly passedBy: string | null;
  readonly outcome: 'nothing' | 'changed' | 'dropped' | 'refused' | 'answered' | 'failed';
  /** As the message goes on, after a change. */
  readonly message: TriedMessage | null;
  readonly refusal: { readonly code: number; readonly reason: string } | null;
  readonly sent: readonly TriedMessage[];
  readonly error: HandlerError | null;
  readonly console: readonly string[];
  readonly elapsedMs: number;
  /** JSON, afterwards. */
  readonly state: string;
}

const byId = z.strictObject({ id: handlerIdSchema });

export const brokerHandlersContract = {
  /** As the files are; again after changes, those of other programs included. */
  'brokerHandlers.watch': stream<SavedHandlers>()(noInput, { overflow: 'coalesce', window: 2 }),
  'brokerHandlers.status': stream<HandlersStatus>()(noInput, { overflow: 'coalesce', window: 2 }),
  'brokerHandlers.log': stream<HandlerLog>()(noInput, { overflow: 'coalesce', window: 2 }),
  'brokerHandlers.clearLog': call<void>()(noInput),
  /**
   * In use at once. `revision`: as it was read; rejects with `invalid-state` when the file is another by now (`data.reason` `changed` or `gone`). `null`: a new file, which must not be there yet. Absent: whatever is there is
   * replaced. Rejects with `bad-input`, `workspace-unwritable`, or `invalid-state` (200 handlers).
   */
  'brokerHandlers.save': call<{ readonly revision: string }>()(z.strictObject({ handler: handlerSchema, revision: z.string().max(100).nullable().optional() })),
  /** A free name for a file, from words. */
  'brokerHandlers.freeId': call<{ readonly id: string }>()(z.strictObject({ name: z.string().max(200) })),
  'brokerHandlers.remove': call<void>()(byId),
  /** All handlers, in the order in which they are to run. Rejects with `invalid-state` when they are others by now. */
  'brokerHandlers.order': call<void>()(z.strictObject({ ids: z.array(handlerIdSchema).max(maxHandlers) })),
  /** On again after it was switched off by itself, with a state of `{}`. */
  'brokerHandlers.restart': call<void>()(byId),
  /** Runs a script, saved or not, in a sandbox of its own. No client notices: what it sends is collected. */
  'brokerHandlers.try': call<TryResult>()(z.strictObject({ handler: handlerSchema, event: triedEventSchema })),
} as const;
