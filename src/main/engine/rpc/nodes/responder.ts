import type { RpcAnswerOutcome, RpcNode, RpcNodeStatus, ServedMethod } from '../../../../shared/contract/rpc-nodes.ts';
import type { DialectId } from '../../../../shared/contract/rpc.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import type { Dialect, OutgoingMessage, ParsedMessage, RpcRequest } from '../../../../shared/rpc/dialect.ts';
import { maxPayloadBytes } from '../../../../shared/rpc/json-payload.ts';
import { mqttxxErrorText } from '../../../../shared/rpc/peer-error.ts';
import { shorten } from '../../../../shared/text/shorten.ts';
import type { DialectRegistry } from '../dialects/index.ts';
import { recognise, type Recognised } from '../recognise.ts';
import type { Answers } from './answers.ts';
import { planFaults } from './faults.ts';
import type { NodeLog } from './node-log.ts';
import { RequestMemory, type KnownRequest } from './request-memory.ts';
import { decide, type RuledCall, type Verdict } from './rules.ts';

const maxRunning = 1000;
const maxLoggedText = 200;
/** Of 4.x: who pings a node calls this. */
const pingMethod = '__ping__';

export const unknownError = 'Unknown error';

type Count = 'served' | 'denied' | 'unknownMethods' | 'failed' | 'dropped' | 'unanswerable' | 'repeated' | 'refused' | 'unreadable';
type Counts = Record<Count, number>;

export interface ResponderOptions {
  /** As it is saved now: methods, rules and faults take effect with the next request. */
  readonly node: () => RpcNode;
  readonly dialects: Pick<DialectRegistry, 'find' | 'plausible'>;
  readonly answers: Answers;
  readonly log: NodeLog;
  /** Unix ms. */
  readonly now: () => number;
  /** ms, of a clock that never goes back. */
  readonly clock: () => number;
  readonly random: () => number;
  readonly onChange: () => void;
}

export type SendAnswer = (message: OutgoingMessage) => Promise<unknown>;

interface Incoming {
  readonly record: MessageRecord;
  readonly dialect: Dialect;
  readonly dialectId: DialectId;
  readonly request: RpcRequest;
  readonly call: RuledCall;
  readonly known: KnownRequest | null;
  readonly send: SendAnswer;
}

type AnswerError = Parameters<Dialect['buildError']>[1];

/** What a node does with the messages on its topics. */
export interface NodeService {
  readonly counts: Counts & Pick<RpcNodeStatus, 'running' | 'methodCalls'>;
  /** Counts begin anew. */
  start(): void;
  /** Requests that run are not answered any more. */
  stop(): void;
  /** `exact`: the message came on the topic of the node itself, where everything is meant for it. Never throws. */
  take(record: MessageRecord, exact: boolean, send: SendAnswer): void;
}

/** Answers requests: rules first, then the method, each request once. Nothing that a peer sends throws here. */
export class Responder implements NodeService {
  readonly #options: ResponderOptions;
  readonly #memory: RequestMemory;
  /** What waits before it is sent. */
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();
  #counts = noCounts();
  readonly #methodCalls = new Map<string, number>();
  #running = 0;
  /** Of the run of the node: what was begun in an earlier one is not answered any more. */
  #abort = new AbortController();

  constructor(options: ResponderOptions) {
    this.#options = options;
    this.#memory = new RequestMemory(options.clock);
  }

  get counts(): Counts & Pick<RpcNodeStatus, 'running' | 'methodCalls'> {
    const methodCalls = this.#options.node().methods.flatMap(({ name }) => {
      const calls = this.#methodCalls.get(name);
      return calls === undefined ? [] : [{ name, calls }];
    });
    return { ...this.#counts, running: this.#running, methodCalls };
  }

  /** Counts begin anew. */
  start(): void {
    this.#counts = noCounts();
    this.#methodCalls.clear();
    this.#memory.clear();
  }

  /** Requests that run are not answered any more. */
  stop(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    for (const [timer, wake] of this.#waiting) {
      clearTimeout(timer);
      wake();
    }
    this.#waiting.clear();
    this.#memory.forgetUnanswered();
    this.#running = 0;
    this.#options.onChange();
  }

  /** `exact`: the message came on the topic of the node itself, where everything is meant for it. */
  take(record: MessageRecord, exact: boolean, send: SendAnswer): void {
    const found = this.#read(record, exact);
    if (!found) return;
    const { dialect, dialectId, parsed } = found;
    switch (parsed.kind) {
      case 'request':
        this.#request(record, dialect, dialectId, parsed, send);
        break;
      case 'invalid':
        this.#unreadable(record, parsed.reason);
        break;
      case 'other':
        if (exact) this.#unreadable(record, parsed.reason);
        break;
      case 'event':
        if (exact) this.#options.log.add('info', '', `An event "${shortened(parsed.eventType)}" came on "${shortened(record.topic)}": nothing to answer.`);
        break;
      // An answer to a call that was made as this node.
      case 'response':
        break;
    }
  }

  #read(record: MessageRecord, exact: boolean): { readonly dialect: Dialect; readonly dialectId: DialectId; readonly parsed: ParsedMessage } | null {
    const { dialects, node } = this.#options;
    const wanted = node().dialect;
    if (wanted !== 'auto') {
      const dialect = dialects.find(wanted);
      if (!dialect) {
        this.#unreadable(record, 'the dialect of this node does not exist any more');
        return null;
      }
      return { dialect, dialectId: wanted, parsed: dialect.parse(record) };
    }
    const own = dialects.plausible(record.topic, record.payload);
    const found = recognise(record, { awaited: undefined, spoken: undefined, own }, dialects);
    const dialectId = found?.dialect ?? 'mqttxx2';
    const dialect = dialects.find(dialectId);
    if (!dialect) return null;
    if (!exact && !this.#isMeantBelow(found)) return null;
    return { dialect, dialectId, parsed: found?.parsed ?? dialect.parse(record) };
  }

  /** Below the topic of the node there may be other services: only a request of the generic way of MQTT 5 for a method that is served here is meant for it. */
  #isMeantBelow(found: Recognised | null): boolean {
    if (found?.dialect !== 'mqtt5' || found.parsed.kind !== 'request') return false;
    const { method } = found.parsed;
    return this.#options.node().methods.some(({ name, enabled }) => enabled && name === method);
  }

  #request(record: MessageRecord, dialect: Dialect, dialectId: DialectId, request: RpcRequest, send: SendAnswer): void {
    const { log } = this.#options;
    const method = request.method.slice(0, 1000);
    if (record.retain) {
      // Every subscriber gets it with each subscription: it is from the past, and would run again and again.
      log.add('warn', method, 'A retained request was passed over: the broker keeps it for every subscriber. Publish requests without retain.');
      return;
    }
    const taken = this.#memory.take(record, request);
    if (taken.kind === 'repeat') {
      this.#count('repeated');
      if (taken.answer) this.#send(taken.answer, method, send);
      return;
    }
    const callerId = request.callerId === '' ? (record.publisher ?? '') : request.callerId;
    const call: RuledCall = { callerId, method: request.method, topic: record.topic, params: request.params };
    const incoming: Incoming = { record, dialect, dialectId, request, call, known: taken.request, send };
    if (this.#running >= maxRunning) {
      this.#count('refused');
      this.#answerError(incoming, { name: 'RPC_EXECUTION_ERROR', message: `Too many requests at once: ${maxRunning} are running.` });
      return;
    }
    void this.#serve(incoming, this.#abort.signal);
  }

  async #serve(incoming: Incoming, signal: AbortSignal): Promise<void> {
    this.#running += 1;
    this.#options.onChange();
    try {
      await this.#decideAndAnswer(incoming, signal);
    } catch (error) {
      if (!signal.aborted) {
        this.#count('failed');
        this.#answerError(incoming, { name: 'RPC_EXECUTION_ERROR', message: textOf(error) });
      }
    } finally {
      // After a stop all of them are forgotten already.
      if (!signal.aborted) this.#running -= 1;
      this.#options.onChange();
    }
  }

  async #decideAndAnswer(incoming: Incoming, signal: AbortSignal): Promise<void> {
    const { answers, log, node } = this.#options;
    const { call } = incoming;
    const ruling = decide(node().rules, call, (rule, about) => answers.ask(rule.id, rule.script, about, signal));
    const verdict: Verdict = ruling instanceof Promise ? await ruling : ruling;
    if (signal.aborted) return;
    if (!verdict.allowed) {
      log.add(
        'warn',
        shortened(call.method),
        `Denied to ${call.callerId === '' ? 'a caller without a name' : `"${shortened(call.callerId)}"`}. ${verdict.reason}`,
      );
      this.#count('denied');
      this.#answerError(incoming, { name: 'PERMISSION_DENIED', message: mqttxxErrorText.permissionDenied });
      return;
    }
    const served = node().methods.find(({ name, enabled }) => enabled && name === call.method);
    if (served) {
      this.#methodCalls.set(served.name, (this.#methodCalls.get(served.name) ?? 0) + 1);
      return this.#answerWith(served, incoming, signal);
    }
    if (call.method === pingMethod && incoming.dialectId === 'mqttxx4') {
      this.#deliver(incoming, { result: true }, 1);
      return;
    }
    this.#count('unknownMethods');
    this.#answerError(incoming, { name: 'METHOD_NOT_FOUND', message: 'Method not found' });
  }

  async #answerWith({ answer, faults }: ServedMethod, incoming: Incoming, signal: AbortSignal): Promise<void> {
    const { answers, random } = this.#options;
    const plan = planFaults(faults, random);
    const outcome = plan.errorText === null ? answers.work(answer, incoming.call, signal) : { error: plan.errorText };
    // What is there already is answered at once, in the order of the requests.
    const settled: RpcAnswerOutcome = outcome instanceof Promise ? await outcome : outcome;
    if (signal.aborted) return;
    if (plan.delayMs > 0) await this.#sleep(plan.delayMs);
    if (signal.aborted) return;
    this.#deliver(incoming, settled, plan.times);
  }

  #deliver(incoming: Incoming, outcome: RpcAnswerOutcome, times: number): void {
    const { dialect, request } = incoming;
    const failed = 'error' in outcome;
    // Callers of mqttxx read an empty error as success.
    const errorText = failed ? outcome.error || unknownError : '';
    // The caller gets the text alone.
    if (failed) this.#options.log.add('error', shortened(request.method), outcome.place ? `${errorText} (line ${outcome.place.line})` : errorText);
    if (times === 0) {
      this.#count('dropped');
      return;
    }
    this.#count(failed ? 'failed' : 'served');
    if (failed) this.#answerError(incoming, { name: 'RPC_EXECUTION_ERROR', message: errorText }, times);
    else this.#answer(incoming, dialect.buildResult(request, outcome.result, { timeMs: this.#options.now() }), times);
  }

  #answerError(incoming: Incoming, error: AnswerError, times = 1): void {
    this.#answer(incoming, incoming.dialect.buildError(incoming.request, error, { timeMs: this.#options.now() }), times);
  }

  #answer(incoming: Incoming, message: OutgoingMessage | null, times: number): void {
    const { request, known, send } = incoming;
    const { log } = this.#options;
    const unsendable = message && validateTopicName(message.topic);
    if (!message || unsendable) {
      this.#count('unanswerable');
      const why = unsendable
        ? `"${shortened(message.topic)}", where it asks for its answer, is no topic: ${unsendable.message}`
        : 'it names no topic for its answer, or no id';
      log.add('warn', shortened(request.method), `A request was carried out and cannot be answered: ${why}.`);
      return;
    }
    if (message.payload.byteLength > maxPayloadBytes) {
      log.add(
        'warn',
        shortened(request.method),
        `The answer has ${message.payload.byteLength} bytes; callers of mqttxx 2.x and 3.x drop what is larger than ${maxPayloadBytes}.`,
      );
    }
    this.#memory.answered(known, message);
    for (let n = 0; n < times; n += 1) this.#send(message, request.method, send, incoming);
  }

  /** `tooLarge`: the request that gets an error in the place of an answer that the broker would not take. */
  #send(message: OutgoingMessage, method: string, send: SendAnswer, tooLarge?: Incoming): void {
    send(message).catch((error: unknown) => {
      this.#options.log.add('error', shortened(method), `The answer could not be sent: ${textOf(error)}`);
      if (!tooLarge || !(error instanceof CodedError) || error.code !== 'payload-too-large') return;
      const instead = tooLarge.dialect.buildError(tooLarge.request, { name: 'RPC_EXECUTION_ERROR', message: error.message }, { timeMs: this.#options.now() });
      if (!instead) return;
      this.#memory.answered(tooLarge.known, instead);
      this.#send(instead, method, send);
    });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        resolve();
      }, ms);
      this.#waiting.set(timer, resolve);
    });
  }

  #unreadable(record: MessageRecord, reason: string): void {
    this.#count('unreadable');
    this.#options.log.add(
      'warn',
      '',
      `A message of ${record.payload.byteLength} bytes on "${shortened(record.topic)}" is not a request that can be read: ${reason}.`,
    );
  }

  #count(what: Count): void {
    this.#counts[what] += 1;
    this.#options.onChange();
  }
}

export function noCounts(): Counts {
  return { served: 0, denied: 0, unknownMethods: 0, failed: 0, dropped: 0, unanswerable: 0, repeated: 0, refused: 0, unreadable: 0 };
}

function shortened(text: string): string {
  return shorten(text, maxLoggedText);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
