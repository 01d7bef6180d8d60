import type { CallInput, DialectId } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import { CallTable } from '../../../../shared/rpc/call-table.ts';
import type { BuiltRequest, Dialect, RpcOutcome } from '../../../../shared/rpc/dialect.ts';
import { hasExtraProperties } from '../../../../shared/rpc/extra-properties.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { clientOfTopic } from '../../../../shared/rpc/presence.ts';
import { rpcError, type RpcError } from '../../../../shared/rpc/rpc-error.ts';
import type { CallBook } from '../calls/call-book.ts';
import type { CallRecord } from '../calls/call-record.ts';
import type { DialectRegistry } from '../dialects/index.ts';
import type { NodeCaller } from '../nodes/node-caller.ts';
import type { CallTracing } from '../inside/call-tracing.ts';
import { unreached } from '../inside/timeline.ts';
import type { CallSession } from './call-session.ts';
import { localCallerId } from './local-session.ts';
import { nobodyThere, publishError, subscribeError } from './local-errors.ts';
import { ReplyTopics, type ReplyTopicHold } from './reply-topics.ts';

/** Where own calls can go. */
export interface CallSessions {
  /** Throws a coded error when the source is not connected. */
  open(source: SourceId): CallSession;
  close(): Promise<void>;
}

export interface OwnCallsOptions {
  readonly book: CallBook;
  readonly sessions: CallSessions;
  readonly dialects: Pick<DialectRegistry, 'get'>;
  /** Throws a coded error when the node does not run. */
  readonly nodeCaller?: ((id: string) => NodeCaller) | undefined;
  /** Unix ms. */
  readonly now: () => number;
  readonly clock: () => number;
  readonly newId: () => string;
  /** By its presence. */
  readonly isOffline?: (source: SourceId, clientId: string) => boolean;
  readonly tracing: CallTracing;
}

/** Who started a call, and wants to know of it. */
export interface CallObserver {
  /** Once, unless the call is cancelled. `elapsedMs`: since the request went out. */
  readonly onEnd?: (outcome: RpcOutcome, elapsedMs: number) => void;
  readonly onCancelled?: () => void;
  /** False: one of very many, whose way nobody follows. */
  readonly traced?: boolean;
}

/** With the dialect it is made in. */
export type ResolvedCall = Omit<CallInput, 'dialect'> & { readonly dialect: DialectId };

interface LiveCall {
  readonly record: CallRecord;
  readonly table: CallTable;
  readonly request: BuiltRequest;
  readonly params: JsonValue;
  readonly used: UsedSession;
  readonly isManual: boolean;
  readonly observer: CallObserver;
  trace: ReturnType<CallTracing['hold']>;
  reply: ReplyTopicHold | null;
  /** By the clock; `null`: the request is not out yet. */
  sentAt: number | null;
}

interface CallPlace {
  readonly session: CallSession;
  readonly tableOf: string;
  readonly maxPending: number | undefined;
  readonly timeoutMs: number;
  readonly replyTo: string | undefined;
  /** Answers go to a topic that is the caller's own business: nothing is subscribed to for them. */
  readonly isManual: boolean;
}

/** Its requests say where their answers belong; in the others that is agreed on. */
const namesReplyTopic = (dialect: DialectId): boolean => dialect === 'mqttxx2' || dialect === 'mqttxx4' || dialect === 'mqtt5';
const defaultTimeoutMs = 30_000;
const tableOfNode = (id: string): string => `node:${id}`;

interface UsedSession {
  readonly session: CallSession;
  readonly topics: ReplyTopics;
  readonly calls: Set<LiveCall>;
}

/** Makes the calls of the workbench itself. What was sent and what came back is in the book. */
export class OwnCalls {
  readonly #options: OwnCallsOptions;
  /** By source; calls as a node have one of their own, by its id. */
  readonly #tables = new Map<string, CallTable>();
  readonly #calls = new Map<number, LiveCall>();
  readonly #used = new WeakMap<CallSession, UsedSession>();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;

  readonly #stopFollowing: () => void;

  constructor(options: OwnCallsOptions) {
    this.#options = options;
    this.#stopFollowing = options.tracing.changed.subscribe(() => this.#failUnreached());
  }

  /** Answers with the id of the call, which may have failed already. */
  start(input: ResolvedCall, observer: CallObserver = {}): number {
    const { source, dialect: dialectId, topic, method, params, properties, envelope } = input;
    if (envelope !== undefined && dialectId !== 'gf') {
      throw new CodedError(
        'bad-input',
        'Token, correlation id, request id and the like belong to requests of gf_mqtt_client: this call is of another dialect.',
        {
          advice: 'Call in the dialect gf, or leave the envelope out.',
        },
      );
    }
    const dialect = this.#options.dialects.get(dialectId);
    const { session, tableOf, maxPending, timeoutMs, replyTo, isManual } = this.#placeOf(input);
    if (session.version !== '5' && (dialect.needsMqtt5 || hasExtraProperties(properties))) {
      const what = dialect.needsMqtt5 ? 'This dialect needs the' : 'Headers are';
      throw new CodedError('invalid-state', `${what} properties of MQTT 5, and the session speaks MQTT ${session.version}.`, {
        advice: `Connect with MQTT 5, or ${dialect.needsMqtt5 ? 'call in another dialect' : 'call without headers'}.`,
      });
    }
    const callerId = input.callerId ?? session.clientId;
    const request = buildRequest(dialect, {
      id: envelope?.requestId ?? this.#options.newId(),
      topic,
      method,
      params,
      replyTo,
      clientId: session.clientId,
      callerId,
      properties,
      timeMs: this.#options.now(),
      envelope,
    });
    const { key } = request;
    const { book, now } = this.#options;
    const about = {
      source,
      dialect: dialectId,
      topic: request.service ?? topic,
      method,
      callerId,
      timeoutMs,
      key,
      replyTo: request.replyTo,
      via: session.clientId,
      correlationId: (envelope?.correlationId ?? '') === '' ? null : (envelope?.correlationId ?? null),
    };
    const record = book.openOwn(about, now() * 1000);
    const table = this.#tableOf(tableOf);
    const live: LiveCall = { record, table, request, params, used: this.#use(session), isManual, observer, trace: null, reply: null, sentAt: null };
    const refusal = table.open({ key, replyTo: request.replyTo, timeoutMs, maxPending, onEnd: ({ outcome }) => this.#ended(live, outcome) });
    if (refusal) {
      book.ownEnded(record, { error: refusal }, 0);
      observer.onEnd?.({ error: refusal }, 0);
      return record.id;
    }
    if (observer.traced !== false) live.trace = this.#options.tracing.hold();
    record.onAnswer = (answeredOn, outcome) => void table.answer(answeredOn, key, outcome);
    this.#calls.set(record.id, live);
    live.used.calls.add(live);
    session.hold();
    this.#expireLater(table);
    this.#subscribeAndSend(live);
    return record.id;
  }

  /** Calls made as a node that wait for their answers. */
  pendingOf(nodeId: string): number {
    return this.#tables.get(tableOfNode(nodeId))?.pendingCount ?? 0;
  }

  cancel(id: number): boolean {
    const live = this.#calls.get(id);
    if (!live?.table.cancel(live.request.key)) return false;
    this.#letGo(live);
    this.#options.book.ownCancelled(live.record);
    live.observer.onCancelled?.();
    return true;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stopFollowing();
    for (const id of [...this.#calls.keys()]) this.cancel(id);
    await this.#options.sessions.close();
  }

  #subscribeAndSend(live: LiveCall): void {
    const { used, request, table } = live;
    if (live.isManual) {
      this.#sendTraced(live);
      return;
    }
    live.reply = used.topics.hold(request.replyTo, { once: request.replyToOnce, filter: request.replyFilter });
    const { subscribing } = live.reply;
    if (!subscribing) {
      this.#sendTraced(live);
      return;
    }
    subscribing.then(
      ({ reason, reasonCode }) => {
        // It may have been cancelled, or its time may be over.
        if (!used.calls.has(live)) return;
        if (reason === null) this.#sendTraced(live);
        else table.fail(request.key, subscribeError(request.replyFilter ?? request.replyTo, reason, reasonCode));
      },
      (error: unknown) => table.fail(request.key, subscribeError(request.replyTo, error instanceof Error ? error.message : String(error), undefined)),
    );
  }

  /** The broker has to know that it is to tell before the request comes. */
  #sendTraced(live: LiveCall): void {
    const ready = live.trace?.ready;
    if (!ready) return this.#send(live);
    void ready.then(() => {
      if (live.used.calls.has(live)) this.#send(live);
    });
    return undefined;
  }

  #send(live: LiveCall): void {
    const { record, table, params, used } = live;
    record.replySubscription = (live.isManual ? used.session.covering(live.request.replyTo) : live.reply?.subscription()) ?? null;
    const unheard = live.isManual && record.replySubscription === null;
    const { key, message } = live.request;
    const { book, clock, now } = this.#options;
    const sentAt = clock();
    live.sentAt = sentAt;
    const { topic, qos, payload, properties = null } = message;
    const sent = { messageId: 0, topic, timeUs: now() * 1000, receivedAt: sentAt, qos, payload, sizeBytes: payload.byteLength, properties };
    const isNumbered = record.source === 'broker' && used.session.clientId === localCallerId;
    const note = unheard ? `Nothing in this session is subscribed to "${live.request.replyTo}", so the answer does not come to the node.` : undefined;
    book.ownSent(record, sent, params, { isNumbered, note });
    used.session.publish(message).then(
      ({ noSubscribers, note }) => {
        book.ownAcknowledged(record, clock() - sentAt, note);
        if (noSubscribers) table.fail(key, nobodyThere(topic));
      },
      (error: unknown) => table.fail(key, publishError(error)),
    );
  }

  #ended(live: LiveCall, ending: RpcOutcome): void {
    this.#letGo(live);
    const outcome = 'error' in ending ? { ...ending, error: this.#explained(live.record, ending.error) } : ending;
    const elapsedMs = live.sentAt === null ? 0 : this.#options.clock() - live.sentAt;
    this.#options.book.ownEnded(live.record, outcome, elapsedMs);
    live.observer.onEnd?.(outcome, elapsedMs);
  }

  /** Brokers of MQTT 3 do not say that nobody is subscribed, and none does when it drops a message on the way; the local one tells here. */
  #failUnreached(): void {
    const { book, tracing } = this.#options;
    for (const { trace, record, request, table } of [...this.#calls.values()]) {
      const messageId = trace && record.request ? (book.atBroker(record)?.request?.messageId ?? 0) : 0;
      const who = tracing.whoGot(messageId);
      const why = who && unreached(who);
      if (why !== null) table.fail(request.key, nobodyThere(request.message.topic, why));
    }
  }

  /** mqttxx 3.2 takes the last level of the topic for the client id of the peer; who says of itself that it is offline was not reached. */
  #explained({ source, dialect, topic }: CallRecord, error: RpcError): RpcError {
    const peer = clientOfTopic(topic);
    if (error.name !== 'RPC_TIMEOUT' || error.origin !== 'local' || dialect !== 'mqttxx2' || this.#options.isOffline?.(source, peer) !== true) return error;
    return rpcError('PEER_UNREACHABLE', 'local', `${error.message} The presence of "${peer}" says that it is offline.`, {
      advice: 'Wait until it is back: Peers shows it. If it is running all the same, its presence is stale and can be cleared there.',
    });
  }

  #letGo(live: LiveCall): void {
    if (!this.#calls.delete(live.record.id)) return;
    live.used.calls.delete(live);
    live.reply?.release();
    live.trace?.release();
    live.used.session.release();
  }

  #use(session: CallSession): UsedSession {
    const known = this.#used.get(session);
    if (known) return known;
    const used: UsedSession = { session, topics: new ReplyTopics(session), calls: new Set() };
    this.#used.set(session, used);
    session.onEnd(({ message, advice }) => {
      used.topics.close();
      for (const { table, request, sentAt } of [...used.calls]) {
        const name = sentAt === null ? 'CONNECTION_FAILED' : 'CONNECTION_LOST';
        table.fail(request.key, rpcError(name, 'local', message, advice === undefined || sentAt !== null ? {} : { advice }));
      }
    });
    return used;
  }

  /** What a call goes by: the session of its source, or that of a node with its reply topic, time-out and limit. */
  #placeOf({ source, node: nodeId, dialect, timeoutMs, replyTo }: ResolvedCall): CallPlace {
    if (nodeId === undefined) {
      return {
        session: this.#options.sessions.open(source),
        tableOf: source,
        maxPending: undefined,
        timeoutMs: timeoutMs ?? defaultTimeoutMs,
        replyTo,
        isManual: false,
      };
    }
    const { nodeCaller } = this.#options;
    if (!nodeCaller) throw new CodedError('not-found', 'There are no RPC nodes here.');
    const node = nodeCaller(nodeId);
    if (node.source !== source) {
      throw new CodedError('bad-input', `The node "${node.name}" belongs to another connection or broker than this call.`, {
        advice: 'Choose a node of the same one.',
      });
    }
    return {
      session: node.session,
      tableOf: tableOfNode(nodeId),
      maxPending: node.maxConcurrentCalls,
      timeoutMs: timeoutMs ?? node.timeoutMs,
      replyTo: replyTo ?? (namesReplyTopic(dialect) ? node.replyTo : undefined),
      isManual: node.replies === 'manual' && replyTo !== undefined,
    };
  }

  #tableOf(place: string): CallTable {
    let table = this.#tables.get(place);
    if (!table) this.#tables.set(place, (table = new CallTable({ now: this.#options.clock })));
    return table;
  }

  #expireLater(table: CallTable): void {
    const deadline = table.nextDeadline();
    if (deadline === null || deadline >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = deadline;
    // A timer may be early by a fraction of the clock's tick, and none is longer than 2^31 ms; then it is set once more.
    this.#timer = setTimeout(() => this.#expire(), Math.min(2 ** 31 - 1, Math.max(1, deadline - this.#options.clock())));
    this.#timer.unref();
  }

  #expire(): void {
    this.#timerAt = Infinity;
    for (const table of this.#tables.values()) {
      table.expire();
      this.#expireLater(table);
    }
  }
}

function buildRequest(dialect: Dialect, call: Parameters<Dialect['buildRequest']>[0]): BuiltRequest {
  const built = dialect.buildRequest(call);
  if ('problem' in built) throw new CodedError('bad-input', built.problem);
  for (const [what, topic] of [
    ['The request', built.message.topic],
    ['The answer', built.replyTo],
  ] as const) {
    const problem = validateTopicName(topic);
    if (problem) throw new CodedError('invalid-topic', `${what} cannot go to "${topic}". ${problem.message}`, { advice: problem.advice });
  }
  return built;
}
