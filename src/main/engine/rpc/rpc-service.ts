import type { PingResult } from '../../../shared/contract/rpc-peers.ts';
import type { CallDetail, CallInput, DialectChoice, DialectId, RpcMethodDetail, RpcMethodId } from '../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { KnownPeer, PeersQuery } from '../../../shared/contract/rpc-batches.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { clientOfService } from '../../../shared/rpc/presence.ts';
import type { OutgoingMessage } from '../../../shared/rpc/dialect.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../notifier.ts';
import { Batches } from './batches/batches.ts';
import { knownPeers } from './batches/known-peers.ts';
import { localCallerId } from './caller/local-session.ts';
import { CallBook } from './calls/call-book.ts';
import type { CallRecord } from './calls/call-record.ts';
import type { RecentCalls } from './history/calls-view.ts';
import { DialectRegistry } from './dialects/index.ts';
import { OwnCalls, type CallObserver, type CallSessions, type OwnCallsOptions } from './caller/own-calls.ts';
import { CallTracing, type BrokerTraces } from './inside/call-tracing.ts';
import { callTimeline } from './inside/call-timeline.ts';
import { IndexBounds, MethodIndex } from './methods/method-index.ts';
import { TreeView, type OpenedView } from './methods/tree-view.ts';
import type { KeptMethodsFile } from './schemas/kept-methods.ts';
import { MethodKeeper } from './schemas/method-keeper.ts';
import { SchemaJudge, type SchemaThread } from './schemas/schema-judge.ts';
import { observe, type ObserverParts } from './observer.ts';
import { chooseDialect } from './methods/auto-dialect.ts';
import { ping, type RpcPeers } from './peers/index.ts';

export interface RpcServiceOptions {
  /** Unix ms. */
  readonly now: () => number;
  /** ms, of a clock that never goes back. */
  readonly clock: () => number;
  /** Makes the id of a call: a UUID with dashes. */
  readonly newId: () => string;
  readonly sessions: CallSessions;
  /** What is kept of methods, and the thread that measures traffic by it. Absent: nothing is kept. */
  readonly kept?: KeptMethodsFile & { readonly thread: SchemaThread | null };
  /** Absent: nobody wants to know who takes part. */
  readonly peers?: RpcPeers;
  /** Absent: the four, and none of the user. */
  readonly dialects?: DialectRegistry;
  /** For calls as an RPC node. Throws a coded error when it does not run. */
  readonly nodeCaller?: OwnCallsOptions['nodeCaller'];
  /** Of the local broker; without it nothing is told of the inside. */
  readonly traces?: BrokerTraces;
  /** A call is new, or has changed. */
  readonly onCall?: (call: CallRecord) => void;
  /** A call has been taken out of the list, and is to be remembered nowhere. */
  readonly onCallTakenOut?: (call: CallRecord) => void;
  /** The highest id of a call in the history. */
  readonly lastCallId?: number;
  /** A bug: the message that brought it about is passed over. */
  readonly onBug: (error: unknown) => void;
}

interface ServiceId {
  readonly source: SourceId;
  readonly dialect: DialectId;
  readonly topic: string;
}

/** Calls over MQTT: sees those of others, makes own ones, and knows the services and methods of each source. Everything is kept in memory, within bounds. */
export interface RpcService {
  /** Takes messages as they come from a source, with their ids. Never throws. */
  ingest(source: SourceId, records: readonly MessageRecord[]): void;
  /** What a client of own calls, or of a node, received from the local broker, whose tap shows it as well. */
  readonly received: (source: SourceId, records: readonly MessageRecord[], client?: string) => void;
  readonly changed: Notifier;
  /** The calls in memory. */
  readonly recent: RecentCalls & { clear(source: SourceId | undefined): number };
  /** -1: it is not there. */
  callVersion(id: number): number;
  call(id: number): CallDetail | null;
  /** -1: it is not there. */
  methodVersion(id: RpcMethodId): number;
  method(id: RpcMethodId): RpcMethodDetail | null;
  openTree(source: SourceId, view: OpenedView): TreeView;
  /** With an empty method, only the service. False: there is no room. Throws `invalid-state` when no more can be kept: it would be gone after a restart. */
  add(id: RpcMethodId): boolean;
  /** Whether a service was seen, or added. */
  knows(id: ServiceId): boolean;
  /** Services of a dialect that were seen or added, with their methods; `lastCode`: of the last response. */
  servicesOf(
    source: SourceId,
    dialect: DialectId,
  ): readonly { readonly topic: string; readonly methods: readonly { readonly name: string; readonly lastCode: number | null }[] }[];
  forget(id: ServiceId & { readonly method?: string | undefined }): void;
  /** Calls made as a node that wait for their answers. */
  pendingOf(nodeId: string): number;
  /** The source is gone for good. */
  drop(source: SourceId): void;
  /** Answers with the id of the call. Throws a coded error for what cannot be sent. */
  start(input: CallInput, observer?: CallObserver): number;
  cancel(id: number): boolean;
  /** The way of a call inside the local broker; `undefined`: there is no such call. Asked anew when `changed` or `tracing.changed` says so. */
  timeline(id: number): ReturnType<typeof callTimeline> | undefined;
  readonly batches: Omit<Batches, 'close'>;
  knownPeers(query: PeersQuery): { readonly peers: readonly KnownPeer[]; readonly known: number };
  readonly tracing: Pick<CallTracing, 'look' | 'changed'>;
  /** What the user keeps of methods. */
  readonly keeper: Pick<MethodKeeper, 'setSchema' | 'pin' | 'resetCounts'>;
  /** Which dialect `auto` is on a topic. */
  autoDialect(source: SourceId, topic: string): DialectChoice;
  /** Rejects with what keeps it from being sent. */
  ping(source: SourceId, clientId: string, signal: AbortSignal): Promise<PingResult>;
  /** Publishes a message that is no call through the session that own calls go through; `build` gets Unix ms. Rejects with a coded error. */
  publish(source: SourceId, build: (nowMs: number) => OutgoingMessage): Promise<void>;
  /** Ends every own call and every connection made for them. */
  close(): Promise<void>;
  /** After the last message: the calls that are pending will not be answered. */
  end(): void;
}

const noKept: NonNullable<RpcServiceOptions['kept']> = { list: () => [], save: () => Promise.resolve(), thread: null };
const noTraces: BrokerTraces = { available: () => false, trace: () => () => undefined, settled: () => Promise.resolve(), whoGot: () => null };

export function createRpcService(options: RpcServiceOptions): RpcService {
  const changed = createNotifier();
  const { kept = noKept, onBug } = options;
  const judge = new SchemaJudge(kept.thread, onBug);
  const bounds = new IndexBounds((lock, value, payloadBytes, onDone) =>
    judge.measure(lock, value, payloadBytes, options.now(), () => {
      onDone();
      changed.notify();
    }),
  );
  const indexes = new Map<SourceId, MethodIndex>();
  const indexOf = (source: SourceId): MethodIndex => {
    let index = indexes.get(source);
    if (!index) indexes.set(source, (index = new MethodIndex(bounds)));
    return index;
  };
  const { dialects = new DialectRegistry() } = options;
  const book = new CallBook({
    clock: options.clock,
    dialects,
    entryOf: (call) => indexOf(call.source).grow(call),
    onChange: changed.notify,
    lastId: options.lastCallId,
    ...(options.onCall ? { onCall: options.onCall } : {}),
    ...(options.onCallTakenOut ? { onTakenOut: options.onCallTakenOut } : {}),
  });
  const { peers, sessions, now } = options;
  const tracing = new CallTracing(options.traces ?? noTraces);
  const own = new OwnCalls({ ...options, dialects, book, tracing, ...(peers ? { isOffline: peers.isOffline } : {}) });
  const autoDialect = (source: SourceId, topic: string): DialectChoice => chooseDialect(topic, indexes.get(source)?.servicesOn(topic) ?? []);
  const start: RpcService['start'] = (input, observer) => {
    const { dialect, ...call } = input;
    return own.start({ ...call, dialect: dialect === 'auto' ? autoDialect(call.source, call.topic).dialect : dialect }, observer);
  };
  const keeper = new MethodKeeper({
    file: kept,
    judge,
    entryOf: ({ source, dialect, topic, method }) => indexOf(source).grow({ dialect, topic, method }),
    growService: ({ source, dialect, topic }) => indexOf(source).growService(dialect, topic)?.addByHand(),
    onChange: changed.notify,
  });
  const cancel = (id: number): boolean => own.cancel(id);
  const takeOut = (id: number): boolean => book.takeOut(id);
  const batches = new Batches({ ...options, caller: { start, cancel, takeOut } });
  const parts: ObserverParts = {
    book,
    peers,
    dialects,
    spokenOn(source, topic) {
      const index = indexes.get(source);
      if (!index) return undefined;
      return index.dialectOn(topic) ?? dialects.candidates(topic).find(({ id, topic: { service } }) => service !== undefined && index.has(id, service))?.id;
    },
    onDescriptor(source, { dialect, topic, methods }) {
      const index = indexOf(source);
      index.growService(dialect, topic);
      for (const told of methods) index.grow({ dialect, topic, method: told.name })?.tell(told);
      changed.notify();
    },
  };

  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const expireLater = (): void => {
    const deadline = timer === undefined && !closed ? book.nextDeadline() : null;
    if (deadline === null) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        book.expire();
        expireLater();
      },
      Math.max(1, deadline - options.clock()),
    );
    timer.unref();
  };
  const take = (source: SourceId, records: readonly MessageRecord[], by: 'tap' | 'client', client?: string): void => {
    for (const record of records) {
      try {
        if (by === 'tap') peers?.see(source, record);
        observe(parts, source, record, by, client);
      } catch (error) {
        options.onBug(error);
      }
    }
    expireLater();
  };

  return {
    ingest: (source, records) => take(source, records, 'tap'),
    received: (source, records, client = localCallerId) => take(source, records, 'client', client),
    changed,
    recent: book,
    callVersion: (id) => book.versionOf(id),
    call: (id) => book.detail(id),
    methodVersion: (id) => indexes.get(id.source)?.find(id)?.version ?? -1,
    method: (id) => indexes.get(id.source)?.find(id)?.detail(id) ?? null,
    openTree: (source, view) =>
      new TreeView(indexOf(source), view, (dialect, topic) => {
        const client = clientOfService(dialect, topic);
        return client === null ? null : (peers?.presenceOf(source, client) ?? null);
      }),
    add({ source, dialect, topic, method }) {
      keeper.checkRoom({ source, dialect, topic, method });
      const index = indexOf(source);
      const entry = method === '' ? index.growService(dialect, topic) : index.grow({ dialect, topic, method });
      entry?.addByHand();
      if (entry) keeper.added({ source, dialect, topic, method });
      changed.notify();
      return entry !== null;
    },
    knows: ({ source, dialect, topic }) => indexes.get(source)?.has(dialect, topic) ?? false,
    servicesOf: (source, dialect) =>
      (indexes.get(source)?.services() ?? [])
        .filter((service) => service.dialect === dialect)
        .map((service) => ({ topic: service.topic, methods: service.byName() })),
    forget({ source, ...what }) {
      indexes.get(source)?.forget(what);
      keeper.forget({ source, ...what });
      changed.notify();
    },
    drop(source) {
      // The index stays: trees may be open on it.
      indexes.get(source)?.clear();
      keeper.drop(source);
      peers?.drop(source);
      changed.notify();
    },
    pendingOf: (nodeId) => own.pendingOf(nodeId),
    start,
    keeper,
    autoDialect,
    ping: (source, clientId, signal) => ping({ start, cancel }, source, clientId, signal),
    async publish(source, build) {
      const session = sessions.open(source);
      const message = build(now());
      if (message.properties && session.version !== '5') {
        throw new CodedError('invalid-state', `This form needs the properties of MQTT 5, and the session speaks MQTT ${session.version}.`, {
          advice: 'Connect with MQTT 5, or send it in another form.',
        });
      }
      session.hold();
      try {
        await session.publish(message);
      } finally {
        session.release();
      }
    },
    cancel,
    timeline(id) {
      const call = book.get(id);
      return call && callTimeline(call, book.atBroker(call), tracing);
    },
    tracing,
    batches,
    knownPeers: ({ source, ...query }) => knownPeers(indexOf(source), query, (clientId) => peers?.presenceOf(source, clientId) ?? null),
    async close() {
      closed = true;
      clearTimeout(timer);
      batches.close();
      await own.close();
      tracing.close();
    },
    end: () => book.end(),
  };
}
