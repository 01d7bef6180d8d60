import type { BrokerHandler, HandlerLog, HandlerLogLine, HandlersStatus, HandlerStatus } from '../../../../shared/contract/broker-handlers.ts';
import type { HandlerDeed } from '../../../../shared/contract/broker-inside.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { ConnectPacket } from '../../../../shared/mqtt/packet/packets.ts';
import type { Scripts } from '../../scripts/index.ts';
import { spreadTo } from '../core/apart.ts';
import type { BrokerCore } from '../core/broker-core.ts';
import type { Connection } from '../core/connection.ts';
import type { ConnectRefusal, CoreHandlers, IncomingPublish } from '../core/core-handlers.ts';
import { Message } from '../core/message.ts';
import type { Session } from '../core/session.ts';
import { connectGiven, disconnectGiven, messageGiven, subscribeGiven } from './given.ts';
import { HandlerLogBook } from './handler-log.ts';
import { fits, HandlerTable, type Placed } from './handler-table.ts';
import { changedMessage, connackCodes, defaultRefusal, pubackCodes, subscribeAnswer, version3Code, withoutShare } from './outcomes.ts';
import { PublishGate, type GateLimits, type HeldMessage, type Verdict } from './publish-gate.ts';
import { RunningHandler } from './running-handler.ts';
import { maxPayload, type SentByScript } from './wire.ts';

export interface BrokerHandlersOptions {
  readonly scripts: Pick<Scripts, 'open'>;
  /** Unix ms. */
  readonly now: () => number;
  /** The status has changed. */
  readonly onChange?: () => void;
  readonly onLine?: (line: HandlerLogLine) => void;
  readonly limits?: Partial<GateLimits>;
}

/** Filters of SUBSCRIBE packets whose handlers have not all answered. */
const mostSubscribing = 10_000;

/** People's scripts inside a broker: which are asked about what, and what becomes of what they say. */
export class BrokerHandlers implements CoreHandlers {
  readonly #options: BrokerHandlersOptions;
  readonly #log: HandlerLogBook;
  #core: BrokerCore | null = null;
  #gate: PublishGate | null = null;
  #wanted: readonly BrokerHandler[] = [];
  #running: readonly RunningHandler[] = [];
  #table = new HandlerTable<RunningHandler>([]);
  #subscribing = 0;

  constructor(options: BrokerHandlersOptions) {
    this.#options = options;
    this.#log = new HandlerLogBook(options.now, (line) => options.onLine?.(line));
  }

  /** A broker has started. */
  attach(core: BrokerCore): void {
    this.#core = core;
    this.#gate = new PublishGate(
      core,
      (held) => this.#decide(held),
      () => this.#apply(),
      this.#options.limits,
    );
    this.#run();
  }

  /** It has ended. Scripts forget everything. */
  detach(): void {
    if (this.#core !== null) this.#core.handlers = null;
    this.#core = null;
    this.#gate?.close();
    this.#gate = null;
    for (const running of this.#running) running.close();
    this.#running = [];
    this.#table = new HandlerTable<RunningHandler>([]);
    this.#changed();
  }

  /** All of them, in their order, from now on. Those whose script is the same go on; one whose script has changed keeps its state. */
  set(handlers: readonly BrokerHandler[]): void {
    this.#wanted = handlers;
    if (this.#core !== null) this.#run();
  }

  /** Anew, with nothing in its state. */
  restart(id: string): void {
    this.#running = this.#running.map((running) => {
      if (running.handler.id !== id) return running;
      running.close();
      return new RunningHandler(running.handler, this.#host);
    });
    this.#apply();
  }

  status(): HandlersStatus {
    const handlers = this.#running.map((running): HandlerStatus => running.status());
    return { handlers, waiting: this.#gate?.waiting ?? 0, paused: this.#gate?.paused ?? 0 };
  }

  log(): HandlerLog {
    return this.#log.view();
  }

  /** Grows with each change of the log. */
  get logVersion(): number {
    return this.#log.version;
  }

  clearLog(): void {
    this.#log.clear();
    this.#changed();
  }

  // What the core asks.

  publish(message: Message, incoming: IncomingPublish): boolean {
    return this.#take(message, incoming, noop);
  }

  publishOther(message: Message, routed: () => void): boolean {
    // What the broker says of itself.
    if (message.publisher === null && message.topic.startsWith('$SYS/')) return false;
    return this.#take(message, null, routed);
  }

  isHeld(connection: Connection, session: Session, packetId: number): boolean {
    return this.#gate?.isHeld(connection, session, packetId) === true;
  }

  connecting(connection: Connection, packet: ConnectPacket): Promise<ConnectRefusal | null> | null {
    const handlers = this.#table.ofClient('connect', packet.clientId).filter(({ isOn }) => isOn);
    if (handlers.length === 0) return null;
    const given = connectGiven(connection, packet);
    if (handlers.some(({ handler }) => !handler.observe)) return this.#mayConnect(handlers, given);
    for (const running of handlers) running.observe('connect', () => given);
    return null;
  }

  disconnected(connection: Connection): void {
    const handlers = this.#table.ofClient('disconnect', connection.session?.clientId ?? '');
    if (handlers.length === 0) return;
    const given = disconnectGiven(connection);
    for (const running of handlers) {
      running.observe('disconnect', () => given);
      if (running.handler.stop && running.isOn) break;
    }
  }

  subscribed(session: Session, granted: readonly { readonly filter: string; readonly qos: 0 | 1 | 2 }[]): void {
    if (!this.#table.hasSubscribe) return;
    const asked = granted.flatMap(({ filter, qos }) => {
      const handlers = this.#table.ofSubscribe(withoutShare(filter), session.clientId).filter(({ handler }) => handler.isOn);
      if (handlers.length === 0) return [];
      if (this.#subscribing < mostSubscribing) {
        this.#subscribing += 1;
        return [{ filter, qos, handlers }];
      }
      for (const { handler } of handlers) handler.counts.missed += 1;
      this.#changed();
      return [];
    });
    if (asked.length > 0) void this.#answerAll(session, asked);
  }

  // How it goes on.

  #take(message: Message, incoming: IncomingPublish | null, routed: () => void): boolean {
    const gate = this.#gate;
    if (gate === null) return false;
    if (!gate.holds(message.publisher)) {
      const { handlers, levels } = this.#table.ofTopic(message.topic);
      if (handlers.length === 0) return false;
      const own = handlers.filter((placed) => placed.handler.isOn && fits(placed, levels, message.publisher));
      if (own.length === 0) return false;
      if (own.every(({ handler }) => handler.handler.observe)) {
        this.#observe(own, message, incoming);
        return false;
      }
    }
    gate.take(message, incoming, routed);
    this.#changed();
    return true;
  }

  /** Nobody waits, so the message goes on at once. */
  #observe(placed: readonly Placed<RunningHandler>[], message: Message, incoming: IncomingPublish | null): void {
    if (message.payload.byteLength > maxPayload) return;
    for (const { handler, pattern } of placed) {
      handler.observe('publish', () => messageGiven(message, incoming, pattern));
      if (handler.handler.stop) return;
    }
  }

  /** Handlers one after the other. Nothing is waited for where none has anything to say. */
  #decide(held: HeldMessage): Verdict | Promise<Verdict> {
    const table = this.#table;
    const { message, incoming } = held;
    const first = nextOf(table, message, -1);
    return first === undefined ? { kind: 'pass', message, deeds: [] } : this.#ask(table, message, incoming);
  }

  async #ask(table: HandlerTable<RunningHandler>, came: Message, incoming: IncomingPublish | null): Promise<Verdict> {
    const deeds: HandlerDeed[] = [];
    let message = came;
    let last = -1;
    for (let placed = nextOf(table, message, last); placed !== undefined; placed = nextOf(table, message, last)) {
      const { handler: running, pattern, order } = placed;
      const { name, observe, stop, failure } = running.handler;
      last = order;
      const note = (did: HandlerDeed['did'], about: string): void => void deeds.push({ handler: name, did, about });
      if (observe) {
        if (message.payload.byteLength <= maxPayload) running.observe('publish', () => messageGiven(message, incoming, pattern));
        if (stop) break;
        continue;
      }
      const tooLarge = message.payload.byteLength > maxPayload;
      if (tooLarge) running.reject(`A payload of ${message.payload.byteLength} bytes is more than a handler is given (${maxPayload}).`);
      const { sent, answer, problem } = tooLarge
        ? { sent: [], answer: null, problem: `The payload is larger than ${maxPayload} bytes.` }
        : await running.ask('publish', messageGiven(message, incoming, pattern));
      for (const topic of sent) note('answered', topic);
      let failed = problem;
      let isLast = stop;
      if (answer?.kind === 'drop') {
        running.counts.dropped += 1;
        note('dropped', '');
        return { kind: 'drop', message, deeds };
      }
      if (answer?.kind === 'refuse') {
        const code = answer.code ?? defaultRefusal;
        if (pubackCodes.has(code)) {
          running.counts.refused += 1;
          note('refused', answer.reason);
          return { kind: 'refuse', message, deeds, code, reason: refusalWords(name, answer.reason), handler: name };
        }
        running.reject((failed = `PUBACK has no reason code 0x${code.toString(16).padStart(2, '0')}.`));
      }
      if (answer?.kind === 'change') {
        const changed = this.#core === null ? null : changedMessage(this.#core, message, answer.parts);
        if (typeof changed === 'string') running.reject((failed = changed));
        else if (changed !== null && changed.message !== message) {
          running.counts.changed += 1;
          note('changed', changed.about);
          message = changed.message;
        }
        isLast = answer.parts.stop ?? stop;
      }
      if (failed !== null) {
        note('failed', failed);
        if (failure === 'drop') {
          running.counts.dropped += 1;
          note('dropped', 'it failed');
          return { kind: 'drop', message, deeds };
        }
        continue;
      }
      if (isLast && answer !== null) break;
    }
    return { kind: 'pass', message, deeds };
  }

  async #mayConnect(handlers: readonly RunningHandler[], given: ReturnType<typeof connectGiven>): Promise<ConnectRefusal | null> {
    for (const running of handlers) {
      const { name, observe, stop, failure } = running.handler;
      if (observe) running.observe('connect', () => given);
      else {
        const { answer, problem } = await running.ask('connect', given);
        let failed = problem;
        if (answer?.kind === 'refuse') {
          const code = answer.code ?? defaultRefusal;
          if (connackCodes.has(code)) {
            running.counts.refused += 1;
            return { code5: code, code3: version3Code(code), message: refusalWords(name, answer.reason) };
          }
          running.reject((failed = `CONNACK has no reason code 0x${code.toString(16).padStart(2, '0')}.`));
        } else if (answer?.kind === 'drop') running.reject((failed = 'A client cannot be dropped: refuse it with refuse(reason).'));
        if (failed !== null && failure === 'drop') return { code5: 0x88, code3: 3, message: refusalWords(name, `it failed (${failed})`) };
      }
      if (stop && running.isOn) break;
    }
    return null;
  }

  async #answerAll(
    session: Session,
    asked: readonly { readonly filter: string; readonly qos: 0 | 1 | 2; readonly handlers: readonly Placed<RunningHandler>[] }[],
  ): Promise<void> {
    for (const { filter, qos, handlers } of asked) {
      for (const { handler: running, pattern } of handlers) {
        if (this.#core?.sessions.get(session.clientId) !== session) break;
        const given = subscribeGiven(session, filter, qos, pattern);
        if (running.handler.observe) running.observe('subscribe', () => given);
        else {
          const { answer } = await running.ask('subscribe', given);
          if (answer?.kind === 'drop' || answer?.kind === 'refuse')
            running.reject('A subscription is granted already when its handlers are asked: return a payload, or nothing.');
          else if (answer?.kind === 'answers') this.#answer(running, session, { filter, qos, pattern }, answer.answers);
          if (answer === null) continue;
        }
        if (running.handler.stop) break;
      }
      this.#subscribing -= 1;
    }
  }

  #answer(
    running: RunningHandler,
    session: Session,
    about: Parameters<typeof subscribeAnswer>[1],
    answers: readonly Parameters<typeof subscribeAnswer>[2][],
  ): void {
    const core = this.#core;
    if (core?.sessions.get(session.clientId) !== session) return;
    core.tick();
    for (const parts of answers) {
      const message = subscribeAnswer(core, { ...about, clientId: session.clientId }, parts);
      if (typeof message === 'string') return running.reject(message);
      message.deeds = [{ handler: running.handler.name, did: 'made', about: `for the subscription to ${about.filter}` }];
      spreadTo(core, session, message);
      running.counts.answered += 1;
    }
    this.#changed();
  }

  /** What handlers publish passes by all handlers: they cannot keep each other busy for ever. */
  readonly #send = ({ name }: BrokerHandler, { topic, payload, qos, retain, properties, to }: SentByScript): void => {
    const core = this.#core;
    if (core === null) throw new CodedError('broker-not-running');
    if (retain && !core.options.retainAvailable) throw new CodedError('publish-refused', 'The local broker is set to keep no retained messages.');
    const expiry = properties?.messageExpiryInterval;
    const expiresAtMs = expiry === undefined ? Infinity : core.tick() + expiry * 1000;
    const message = new Message(topic, payload, qos, retain, properties, null, expiresAtMs);
    message.deeds = [{ handler: name, did: 'made', about: '' }];
    if (to === null) {
      core.spread(message, null, false);
      return;
    }
    const session = core.sessions.get(to);
    if (session === undefined) throw new CodedError('not-found', `The broker knows no client “${to}”.`);
    spreadTo(core, session, message);
  };

  get #host(): ConstructorParameters<typeof RunningHandler>[1] {
    const { scripts, now } = this.#options;
    return { scripts, now, log: this.#log, send: this.#send, onChange: () => this.#changed() };
  }

  #run(): void {
    const before = new Map(this.#running.map((running) => [running.handler.id, running]));
    const kept = new Set<RunningHandler>();
    this.#running = this.#wanted.map((handler) => {
      const known = before.get(handler.id);
      if (known !== undefined && runsTheSame(known.handler, handler)) {
        known.handler = handler;
        kept.add(known);
        return known;
      }
      return new RunningHandler(handler, this.#host, known?.state);
    });
    for (const running of before.values()) if (!kept.has(running)) running.close();
    this.#apply();
  }

  /** The core knows of handlers only while there is something for them to do. */
  #apply(): void {
    this.#table = new HandlerTable(this.#running.filter(({ handler }) => handler.enabled));
    if (this.#core !== null) this.#core.handlers = (this.#gate?.waiting ?? 0) > 0 || this.#running.some(({ handler }) => handler.enabled) ? this : null;
    this.#changed();
  }

  #changed(): void {
    this.#options.onChange?.();
  }
}

const noop = (): void => undefined;

/** The next one after this place that is on, of this topic and publisher. */
function nextOf(table: HandlerTable<RunningHandler>, { topic, publisher }: Message, after: number): Placed<RunningHandler> | undefined {
  const { handlers, levels } = table.ofTopic(topic);
  return handlers.find((placed) => placed.order > after && placed.handler.isOn && fits(placed, levels, publisher));
}

/** What is in the script's machine stays the same. */
function runsTheSame(one: BrokerHandler, other: BrokerHandler): boolean {
  return one.source === other.source && one.enabled === other.enabled && one.timeoutMs === other.timeoutMs && one.name === other.name;
}

function refusalWords(name: string, reason: string): string {
  return reason === '' ? `Refused by the handler “${name}”.` : `Refused by the handler “${name}”: ${reason.endsWith('.') ? reason : `${reason}.`}`;
}
