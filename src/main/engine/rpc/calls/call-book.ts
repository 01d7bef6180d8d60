import type { CallDetail, DialectId } from '../../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { RpcOutcome, RpcRequest } from '../../../../shared/rpc/dialect.ts';
import { serviceOf, type DialectRegistry } from '../dialects/index.ts';
import type { MethodEntry } from '../methods/method-entry.ts';
import { CallLinks } from './call-links.ts';
import { CallList, type CallListBounds } from './call-list.ts';
import { detailOf, elapsedBetween, keep, maxAnswers, type CallRecord, type KeptMessage, type OwnCall } from './call-record.ts';
import { PendingCalls } from './pending-calls.ts';
import { AwaitedCopies } from './awaited-copies.ts';
import { isSameMessage, isSameRequest } from './same-message.ts';

/** How long the calls of others may take before they count as timed out: how long their callers wait, nobody tells. */
const othersTimeoutMs = 60_000;
/** Messages of different topics may change places: a request may come this long after its answer. */
const reorderMs = 10_000;
const maxTextLength = 1000;
/** The tap shows the answers of calls that were taken out a little later: so many are still known then. */
const maxTakenOut = 5000;

export interface CallBookOptions {
  /** ms, of a clock that never goes back. */
  readonly clock: () => number;
  readonly dialects: Pick<DialectRegistry, 'find'>;
  readonly entryOf: (call: { readonly source: SourceId; readonly dialect: DialectId; readonly topic: string; readonly method: string }) => MethodEntry | null;
  readonly onChange: () => void;
  /** A call is new, or has changed. */
  readonly onCall?: (call: CallRecord) => void;
  readonly onTakenOut?: (call: CallRecord) => void;
  /** The highest id that is taken; 0: none. */
  readonly lastId?: number | undefined;
  readonly bounds?: CallListBounds;
}

/** Pairs requests with answers, own and others', and remembers what became of each call. Sends nothing; time comes from the options. */
export class CallBook {
  readonly #options: CallBookOptions;
  readonly #list: CallList;
  readonly #pending: PendingCalls;
  readonly #links = new CallLinks();
  /** Own requests on the local broker. */
  readonly #unnumbered = new AwaitedCopies<CallRecord>();
  /** Answers to own calls likewise. */
  readonly #unnumberedAnswers = new AwaitedCopies<{ readonly call: CallRecord; readonly message: KeptMessage }>();
  /** By topic: what could not be read there last. */
  readonly #unreadable = new Map<string, CallRecord>();
  #lastId: number;
  #clearing = false;
  readonly #takenOut = new Set<CallRecord>();
  /** Deleted at the user's wish: what still comes of them is told to nobody. */
  readonly #cleared = new WeakSet<CallRecord>();

  constructor(options: CallBookOptions) {
    this.#options = options;
    this.#lastId = options.lastId ?? 0;
    this.#list = new CallList((call) => this.#forgotten(call), options.bounds);
    this.#pending = new PendingCalls();
  }

  /** Calls in memory. */
  get size(): number {
    return this.#list.size;
  }

  get(id: number): CallRecord | undefined {
    return this.#list.get(id);
  }

  newestFirst(): IterableIterator<CallRecord> {
    return this.#list.newestFirst();
  }

  versionOf(id: number): number {
    return this.#list.get(id)?.version ?? -1;
  }

  detail(id: number): CallDetail | null {
    const call = this.#list.get(id);
    return call ? detailOf(call) : null;
  }

  /** The same call as the tap of the local broker has seen it, if that carried it. */
  atBroker(call: CallRecord): CallRecord | undefined {
    if (call.source === 'broker') return call;
    const seen = this.#links.find('broker', call.replyTo, call.key);
    if (!seen?.request || !call.request || !isSameMessage(seen.request, call.request.topic, call.request.payload)) return undefined;
    return Math.abs(seen.request.receivedAt - call.request.receivedAt) < reorderMs ? seen : undefined;
  }

  /** Takes a call that has ended out of the list. */
  takeOut(id: number): boolean {
    const call = this.#list.get(id);
    if (!call || this.#pending.has(call) || !this.#list.takeOut(call)) return false;
    this.#takenOut.add(call);
    if (this.#takenOut.size > maxTakenOut) {
      for (const oldest of this.#takenOut) {
        this.#takenOut.delete(oldest);
        this.#unlink(oldest);
        break;
      }
    }
    this.#options.onTakenOut?.(call);
    this.#options.onChange();
    return true;
  }

  /** Of one source, or all. Own calls that are pending stay. */
  clear(only?: SourceId): number {
    this.#clearing = true;
    const cleared = this.#list.clear(({ own, state, source }) => (own && state === 'pending') || (only !== undefined && source !== only));
    this.#clearing = false;
    this.#options.onChange();
    return cleared;
  }

  /** The dialect of a pending call that is to be answered on this topic. */
  awaitedOn(source: SourceId, topic: string): DialectId | undefined {
    return this.#pending.awaitedOn(source, topic);
  }

  /** Whether a message that the tap shows is the request of an own call, which has its number now. */
  numbered({ topic, payload, id }: MessageRecord): boolean {
    const call = this.#unnumbered.take(topic, ({ request }) => request !== null && isSameMessage(request, topic, payload));
    if (!call?.request) return false;
    call.request.messageId = id;
    this.#changed(call);
    return true;
  }

  /** Whether a message that the tap shows is an answer to an own call that its client has received already: it need not be read again. */
  numberedAnswer({ topic, payload, id }: MessageRecord): boolean {
    const found = this.#unnumberedAnswers.take(topic, ({ message }) => isSameMessage(message, topic, payload));
    if (!found) return false;
    found.call.seen.tap += 1;
    found.message.messageId = id;
    this.#changed(found.call);
    return true;
  }

  /** A request that was seen. */
  request(source: SourceId, dialect: DialectId, record: MessageRecord, request: RpcRequest): void {
    const known = this.#links.find(source, request.replyTo, request.key);
    const now = this.#options.clock();
    if (known && isSameRequest(known, record, now)) {
      if (known.request && known.request.messageId === 0) {
        known.request.messageId = record.id;
        this.#changed(known);
      }
      return;
    }
    // Retained, or sent again by another broker (§3.3.1.1), it is from the past. To the local broker a client may send again what was lost on the way.
    if (record.retain || (record.dup && (source !== 'broker' || request.key === ''))) return;
    const late = known?.state === 'orphan' && known.answers[0]?.topic === request.replyTo && now - known.answers[0].receivedAt < reorderMs ? known : undefined;
    const message = keep(record, now);
    const call = late ?? this.#newRecord({ source, dialect, key: request.key, timeUs: record.timeUs, own: false, timeoutMs: null });
    const service = serviceOf(dialect, request.service ?? record.topic, request.method);
    Object.assign(call, { dialect, reads: this.#reads(dialect), ...service, replyTo: request.replyTo, timeUs: record.timeUs, request: message });
    call.method = call.method.slice(0, maxTextLength);
    // Where a dialect does not name the caller, the local broker knows who it was.
    call.callerId = (request.callerId || (record.publisher ?? '')).slice(0, maxTextLength);
    call.correlationId = request.correlationId?.slice(0, maxTextLength) ?? null;
    call.state = 'pending';
    call.errorText = request.replyTo === '' ? 'The request names no topic for its answer.' : null;
    this.#learn(call, request.params, message.sizeBytes, record.timeUs / 1000);
    if (late) {
      this.#endByFirstAnswer(call);
      return;
    }
    this.#open(call, now + othersTimeoutMs);
  }

  /** An own call, before its request is sent. */
  openOwn(own: OwnCall, timeUs: number): CallRecord {
    const call = this.#newRecord({ source: own.source, dialect: own.dialect, key: own.key, timeUs, own: true, timeoutMs: own.timeoutMs });
    call.topic = own.topic;
    call.method = own.method;
    call.callerId = own.callerId;
    call.replyTo = own.replyTo;
    call.via = own.via ?? '';
    call.correlationId = own.correlationId ?? null;
    this.#open(call, Infinity);
    return call;
  }

  /** The request of an own call goes out. */
  ownSent(
    call: CallRecord,
    request: KeptMessage,
    params: Parameters<MethodEntry['request']>[0]['params'],
    { isNumbered = call.source === 'broker', note }: { readonly isNumbered?: boolean; readonly note?: string | undefined } = {},
  ): void {
    call.request = request;
    call.steps.push({ at: 'sent', afterMs: 0, ...(note === undefined ? {} : { note }) });
    if (isNumbered) this.#unnumbered.add(request.topic, call);
    this.#learn(call, params, request.sizeBytes, request.timeUs / 1000);
    this.#changed(call);
  }

  ownAcknowledged(call: CallRecord, afterMs: number, note: string | null): void {
    const step = { at: 'acknowledged' as const, afterMs, ...(note === null ? {} : { note }) };
    // The answer may be faster than the acknowledgement.
    const after = call.steps.findIndex((other) => other.afterMs > afterMs);
    call.steps.splice(after < 0 ? call.steps.length : after, 0, step);
    this.#changed(call);
  }

  /** An own call ends without an answer, or with the one that came last. */
  ownEnded(call: CallRecord, outcome: RpcOutcome, elapsedMs: number): void {
    const timedOut = 'error' in outcome && outcome.error.name === 'RPC_TIMEOUT' && outcome.error.origin === 'local';
    const answered = !('error' in outcome) || outcome.error.origin === 'remote';
    if (answered) {
      call.outcomeAt = call.answers.length - 1;
      call.steps.push({ at: 'answered', afterMs: elapsedMs });
      this.#end(call, outcome, elapsedMs);
      return;
    }
    this.#stopWaiting(call);
    call.error = outcome.error;
    call.errorText = outcome.error.message;
    if (call.state === 'pending') call.state = timedOut ? 'timed-out' : 'failed';
    call.entry?.unanswered(timedOut ? 'timedOut' : 'failed');
    this.#changed(call);
  }

  ownCancelled(call: CallRecord): void {
    this.#stopWaiting(call);
    call.state = 'cancelled';
    this.#changed(call);
  }

  /** An answer that was seen. `by`: the tap of the local broker and the connections, or the client of own calls on the local broker. */
  answer(
    source: SourceId,
    dialect: DialectId,
    record: MessageRecord,
    answer: { readonly key: string; readonly outcome: RpcOutcome },
    by: 'tap' | 'client' = 'tap',
    client?: string,
  ): void {
    const { key, outcome } = answer;
    const now = this.#options.clock();
    const call = this.#links.find(source, record.topic, key);
    // Reply topics may be shared: what a client sees of others, the tap shows as well.
    if (by === 'client' && (!call?.own || (client !== undefined && call.via !== client))) return;
    if (call && call.replyTo === record.topic) {
      if (this.#isCopy(call, record, by)) return;
      // Sent by the broker because it is retained: nobody answers now.
      if (record.retain && call.state !== 'pending') return;
      const message = keep(record, now);
      if (by === 'client') this.#unnumberedAnswers.add(message.topic, { call, message });
      this.#answered(call, message, outcome);
      return;
    }
    // Retained, it is from the past; without an id it answers nobody.
    if (record.retain || key === '') return;
    if (call && call.state !== 'orphan') {
      this.#answeredElsewhere(call, keep(record, now), outcome);
      return;
    }
    const orphan = this.#newRecord({ source, dialect, key, timeUs: record.timeUs, own: false, timeoutMs: null });
    orphan.topic = record.topic;
    orphan.replyTo = record.topic;
    orphan.state = 'orphan';
    orphan.answers.push(keep(record, now));
    orphan.outcomeAt = 0;
    orphan.responseCode = outcome.code ?? null;
    if ('error' in outcome) {
      orphan.error = outcome.error;
      orphan.errorText = outcome.error.message;
    }
    this.#links.set(orphan);
    this.#add(orphan);
  }

  /** A message that belongs to the dialect, and cannot be read. */
  unreadable(source: SourceId, dialect: DialectId, record: MessageRecord, reason: string): void {
    if (record.retain) return;
    const place = placeOf(source, record.topic);
    const errorText = `The message cannot be read: ${reason}.`;
    const before = this.#unreadable.get(place);
    if (before && before.errorText === errorText) {
      before.duplicates += 1;
      this.#changed(before);
      return;
    }
    const call = this.#newRecord({ source, dialect, key: '', timeUs: record.timeUs, own: false, timeoutMs: null });
    call.topic = record.topic;
    call.state = 'failed';
    call.errorText = errorText;
    call.request = keep(record, this.#options.clock());
    this.#unreadable.set(place, call);
    this.#add(call);
  }

  /** When the next call of others times out, by the clock; `null`: none is pending. */
  nextDeadline(): number | null {
    return this.#pending.nextDeadline();
  }

  expire(): void {
    this.#giveUp(this.#options.clock(), `No answer was seen within ${othersTimeoutMs / 1000} s.`);
  }

  /** Nothing is seen any more: the calls of others that are pending will not be answered. */
  end(): void {
    this.#giveUp(Infinity, 'No answer was seen until the workbench was closed.');
  }

  #giveUp(now: number, errorText: string): void {
    for (let call = this.#pending.nextExpired(now); call; call = this.#pending.nextExpired(now)) {
      this.#stopWaiting(call);
      if (call.state === 'pending') {
        call.state = 'timed-out';
        call.errorText ??= errorText;
      }
      call.entry?.unanswered('timedOut');
      this.#changed(call);
    }
  }

  #answered(call: CallRecord, message: KeptMessage, outcome: RpcOutcome): void {
    const isFirst = call.outcomeAt < 0;
    this.#attach(call, message);
    if (call.onAnswer) call.onAnswer(message.topic, outcome);
    else if (!isFirst) call.duplicates += 1;
    else if (call.state === 'cancelled') call.outcomeAt = call.answers.length - 1;
    else {
      call.outcomeAt = call.answers.length - 1;
      this.#end(call, outcome, call.request ? elapsedBetween(call.request, message) : 0);
      return;
    }
    this.#changed(call);
  }

  #answeredElsewhere(call: CallRecord, message: KeptMessage, outcome: RpcOutcome): void {
    this.#attach(call, message);
    if (call.outcomeAt >= 0) call.duplicates += 1;
    else if (call.state === 'pending' || call.state === 'timed-out') {
      call.state = 'wrong-reply-topic';
      call.errorText = `The answer went to "${message.topic}" instead of "${call.replyTo}".`;
      call.onAnswer?.(message.topic, outcome);
    }
    this.#changed(call);
  }

  #end(call: CallRecord, outcome: RpcOutcome, elapsedMs: number): void {
    const isLate = call.state !== 'pending' && !this.#pending.has(call);
    this.#stopWaiting(call);
    call.elapsedMs = elapsedMs;
    call.responseCode = outcome.code ?? null;
    const failed = 'error' in outcome;
    call.error = failed ? outcome.error : null;
    call.state = isLate ? 'late' : failed ? 'failed' : 'ok';
    call.errorText = failed ? outcome.error.message : null;
    call.entry?.answer(outcome, { elapsedMs, isLate, example: call.example, payloadBytes: call.answers[call.outcomeAt]?.sizeBytes ?? Infinity });
    call.example = null;
    this.#changed(call);
  }

  /** The answer was seen before the request. */
  #endByFirstAnswer(call: CallRecord): void {
    const [answer] = call.answers;
    const outcome: RpcOutcome = {
      ...(call.error ? { error: call.error } : { result: detailOf(call).result ?? null }),
      ...(call.responseCode === null ? {} : { code: call.responseCode }),
    };
    this.#end(call, outcome, call.request && answer ? elapsedBetween(call.request, answer) : 0);
  }

  /**
   * Each answer to an own call on the local broker comes twice: from the client that called, and from the tap, which knows its number. So does what is answered here over a
   * connection that is subscribed to the reply topic: as it goes out, and as it comes back.
   */
  #isCopy(call: CallRecord, record: MessageRecord, by: 'tap' | 'client'): boolean {
    if (call.source === 'broker' && !call.own) return false;
    const way = call.source === 'broker' ? by : record.direction === 'out' ? 'client' : 'tap';
    const most = Math.max(call.seen.client, call.seen.tap);
    call.seen[way] += 1;
    if (call.seen[way] > most) return false;
    const copy = call.answers.filter(({ topic }) => topic === call.replyTo)[call.seen[way] - 1];
    if (way === 'tap' && copy) {
      this.#unnumberedAnswers.take(copy.topic, ({ message }) => message === copy);
      copy.messageId = record.id;
      this.#changed(call);
    }
    return true;
  }

  #attach(call: CallRecord, message: KeptMessage): void {
    if (call.answers.length < maxAnswers) call.answers.push(message);
    // The one that counts may come after many on wrong topics.
    else if (call.outcomeAt < 0) call.answers[maxAnswers - 1] = message;
  }

  #learn(call: CallRecord, params: Parameters<MethodEntry['request']>[0]['params'], payloadBytes: number, at: number): void {
    call.entry = this.#options.entryOf(call);
    if (!call.entry) return;
    call.example = call.entry.request({ params, payloadBytes, callerId: call.callerId, at });
    if (this.#pending.has(call)) call.entry.pending += 1;
  }

  #open(call: CallRecord, deadline: number): void {
    this.#links.set(call);
    this.#pending.add(call, deadline);
    if (call.entry) call.entry.pending += 1;
    this.#add(call);
  }

  #stopWaiting(call: CallRecord): void {
    if (this.#pending.remove(call) && call.entry) call.entry.pending -= 1;
    call.onAnswer = null;
    if (!this.#list.get(call.id)) this.#unlink(call);
  }

  #newRecord(begin: Pick<CallRecord, 'source' | 'dialect' | 'key' | 'timeUs' | 'own' | 'timeoutMs'>): CallRecord {
    this.#lastId += 1;
    return {
      ...begin,
      id: this.#lastId,
      reads: this.#reads(begin.dialect),
      topic: '',
      method: '',
      callerId: '',
      replyTo: '',
      via: '',
      state: 'pending',
      duplicates: 0,
      elapsedMs: null,
      responseCode: null,
      correlationId: null,
      errorText: null,
      error: null,
      replySubscription: null,
      request: null,
      answers: [],
      outcomeAt: -1,
      steps: [],
      entry: null,
      example: null,
      seen: { client: 0, tap: 0 },
      onAnswer: null,
      bytes: 0,
      version: 0,
    };
  }

  /** Kept with the call: it can be read for as long as it is remembered, whatever becomes of the dialect. */
  #reads(dialect: DialectId): CallRecord['reads'] {
    return this.#options.dialects.find(dialect) ?? null;
  }

  #add(call: CallRecord): void {
    this.#list.add(call);
    this.#options.onCall?.(call);
    this.#options.onChange();
  }

  #changed(call: CallRecord): void {
    this.#list.changed(call);
    if (!this.#takenOut.has(call) && !this.#cleared.has(call)) this.#options.onCall?.(call);
    this.#options.onChange();
  }

  #forgotten(call: CallRecord): void {
    if (this.#clearing) this.#cleared.add(call);
    // An own call goes on: its caller ends it.
    if (call.own && this.#pending.has(call)) return;
    const isPending = call.state === 'pending' && this.#pending.has(call);
    this.#stopWaiting(call);
    if (!isPending || this.#clearing) return;
    // Its answer will find nothing to belong to. It is kept as it is now.
    call.state = 'timed-out';
    call.errorText = 'So many calls were pending that its answer could not be waited for.';
    call.entry?.unanswered('timedOut');
    this.#options.onCall?.(call);
  }

  #unlink(call: CallRecord): void {
    this.#links.delete(call);
    const place = placeOf(call.source, call.topic);
    if (this.#unreadable.get(place) === call) this.#unreadable.delete(place);
  }
}

const placeOf = (source: SourceId, topic: string): string => `${source}\u0000${topic}`;
