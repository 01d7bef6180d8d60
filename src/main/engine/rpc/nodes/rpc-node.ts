import type { Problem, Qos } from '../../../../shared/contract/common.ts';
import type { RpcNode, RpcNodeLogLine, RpcNodeStatus } from '../../../../shared/contract/rpc-nodes.ts';
import type { ReplySubscription } from '../../../../shared/contract/rpc.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { newProfile } from '../../../../shared/connections/new-profile.ts';
import { spreadWaitMs } from '../../../../shared/connections/reconnect.ts';
import type { DialectRegistry } from '../dialects/index.ts';
import { Answers, type ScriptFunctions, type ScriptRunner } from './answers.ts';
import { nodeProblem } from './check-node.ts';
import { nodeFilters, type NodeFilters } from './node-filters.ts';
import { NodeLog } from './node-log.ts';
import { nextNodeStep, type NodeEvent } from './node-machine.ts';
import type { NodeSession, NodeSessionHandle } from './node-session.ts';
import type { NodeSessions } from './node-sessions.ts';
import { kickReason, kickTopic, presenceFilter, presenceMessage } from './presence.ts';
import { Responder, type NodeService } from './responder.ts';

/** A session that ends so soon after it began, so often in a row, is being taken over: before MQTT 5 the broker does not say so. */
const shortSessionMs = 10_000;
const maxShortSessions = 3;

/** Real peers of mqttxx ask for 0; what comes by 1 is not lost on the way. */
const askedQos = 1;

export interface RpcNodeOptions {
  readonly sessions: NodeSessions;
  readonly dialects: Pick<DialectRegistry, 'find' | 'plausible'>;
  readonly scripts: ScriptRunner;
  /** Of the scripts of this node. */
  readonly functions: (node: NodeActor) => ScriptFunctions;
  /** Unix ms. */
  readonly now: () => number;
  /** ms, of a clock that never goes back. */
  readonly clock: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  readonly pendingCalls: (nodeId: string) => number;
  readonly onChange: () => void;
  /** Told of each line of the log. */
  readonly onLine?: (id: string, line: Omit<RpcNodeLogLine, 'times'>) => void;
  /** Absent: it answers calls of its methods. */
  readonly service?: (log: NodeLog) => NodeService;
  readonly onBug: (error: unknown) => void;
}

/** One RPC node, kept by an explicit state machine: its session, its subscriptions, and the requests it answers. */
export class NodeActor {
  readonly log: NodeLog;
  readonly answers: Answers;
  readonly #options: RpcNodeOptions;
  readonly #responder: NodeService;
  /** By filter. */
  readonly #granted = new Map<string, Qos | null>();
  #node: RpcNode;
  #phase: RpcNodeStatus['phase'] = 'stopped';
  #problem: Problem | null = null;
  #warnings: readonly string[] = [];
  #handle: NodeSessionHandle | undefined;
  #session: NodeSession | undefined;
  #filters: NodeFilters | undefined;
  #closing: Promise<unknown> = Promise.resolve();
  #runningSince: number | null = null;
  #nextAttemptAt: number | null = null;
  #retryTimer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #shortSessions = 0;
  #sessionSince = 0;
  /** Changes of the subscriptions, one after the other. */
  #subscribing: Promise<void> = Promise.resolve();
  /** The newest of these changes: those before it decide nothing any more. */
  #wish = 0;
  /** Grows with each session, so that what an earlier one still says is not heard. */
  #run = 0;
  #sourceWasUp = false;
  readonly #endListeners = new Set<(problem: Problem) => void>();

  constructor(node: RpcNode, options: RpcNodeOptions) {
    this.#node = node;
    this.#options = options;
    const { now, random, newId, clock, dialects, onChange } = options;
    this.log = new NodeLog(now, onChange, options.onLine && ((line) => options.onLine?.(node.id, line)));
    this.answers = new Answers({
      scripts: options.scripts,
      functions: options.functions(this),
      onConsole: (method, { level, text }) => this.log.add(level, method, text),
      now,
      random,
      newId,
    });
    this.#responder =
      options.service?.(this.log) ?? new Responder({ node: () => this.#node, dialects, answers: this.answers, log: this.log, now, clock, random, onChange });
  }

  get node(): RpcNode {
    return this.#node;
  }

  /** While it is running. */
  get session(): NodeSession | undefined {
    return this.#phase === 'running' ? this.#session : undefined;
  }

  status(): RpcNodeStatus {
    const session = this.#session;
    return {
      id: this.#node.id,
      phase: this.#phase,
      problem: this.#problem,
      warnings: this.#warnings,
      clientId: session?.clientId ?? null,
      subscriptions: (this.#filters?.filters ?? []).map((filter) => ({ filter, grantedQos: this.#granted.get(filter) ?? null })),
      runningSince: this.#runningSince,
      nextAttemptAt: this.#nextAttemptAt,
      ...this.#responder.counts,
      pendingCalls: this.#options.pendingCalls(this.#node.id),
    };
  }

  /** The subscription of the node itself by which messages of a topic arrive. */
  covering(topic: string): ReplySubscription | null {
    const [filter] = this.#filters?.filters ?? [];
    const grantedQos = filter === undefined || this.#filters?.placeOf(topic) !== 'topic' ? null : this.#granted.get(filter);
    return filter === undefined || grantedQos === null || grantedQos === undefined ? null : { filter, askedQos, grantedQos };
  }

  /** Told once, when the session that is up now is over. */
  onSessionEnd(listener: (problem: Problem) => void): () => void {
    this.#endListeners.add(listener);
    return () => void this.#endListeners.delete(listener);
  }

  /** Methods, rules, faults and limits take effect with the next request; another topic is subscribed to; only what the session was opened with needs a new one. */
  update(node: RpcNode): void {
    const before = this.#node;
    this.#node = node;
    const scripts = [...node.methods.map(({ answer }) => (answer.kind === 'script' ? answer.source : '')), ...node.rules.map(({ script }) => script)];
    this.answers.keepOnly(new Set(scripts));
    const sessionOf = ({ source, clientId, presence }: RpcNode): string => JSON.stringify([source, clientId, presence]);
    const problem = nodeProblem(node);
    if (problem && this.#phase !== 'stopped') this.#fail(problem);
    else if (sessionOf(before) !== sessionOf(node)) {
      if (this.#phase !== 'stopped' && this.#phase !== 'failed') this.#problem = null;
      this.#handleEvent('reopen');
    } else if (this.#session && (before.topic !== node.topic || before.dialect !== node.dialect)) this.#subscribe(this.#session, this.#run);
    // Another source may be up, or this one for a node that is to start with it.
    this.#sourceWasUp &&= before.source === node.source && (before.autoStart || !node.autoStart);
    this.sourceChanged();
    this.#options.onChange();
  }

  start(): void {
    if (this.#phase === 'starting' || this.#phase === 'running') return;
    this.#attempt = 0;
    this.#shortSessions = 0;
    this.#problem = null;
    this.#responder.start();
    const problem = nodeProblem(this.#node);
    if (problem) {
      this.#handleEvent('start');
      this.#fail(problem);
    } else this.#handleEvent('start');
  }

  async stop(): Promise<void> {
    this.#problem = null;
    this.#handleEvent('stop');
    await this.#closing;
  }

  async close(): Promise<void> {
    await this.stop();
    this.answers.close();
  }

  /** The source may have come up or gone down. */
  sourceChanged(): void {
    const state = this.#options.sessions.state(this.#node.source);
    const isUp = state.phase === 'up';
    const cameUp = isUp && !this.#sourceWasUp;
    this.#sourceWasUp = isUp;
    const waitsForSource = this.#phase === 'waiting' && this.#nextAttemptAt === null;
    // What failed is for the user to start.
    if (cameUp && this.#phase === 'stopped' && this.#node.autoStart) this.start();
    else if (isUp && (cameUp || waitsForSource)) this.#handleEvent('source-up');
    else if (state.phase === 'down' && !waitsForSource) this.#handleEvent('source-down');
    else if (state.phase !== 'up' && waitsForSource) this.#setProblem(state.problem);
  }

  #handleEvent(event: NodeEvent): void {
    const state = this.#options.sessions.state(this.#node.source);
    const step = nextNodeStep(this.#phase, event, state.phase === 'up');
    if (!step) return;
    this.#phase = step.phase;
    clearTimeout(this.#retryTimer);
    this.#nextAttemptAt = null;
    if (step.action) this.#leave(event);
    if (step.action === 'open') void this.#open();
    else if (step.action === 'wait') this.#wait();
    else if (step.phase === 'waiting' && state.phase !== 'up') this.#problem = state.problem;
    this.#options.onChange();
  }

  /** Ends the session there is, and what was begun in it. */
  #leave(event: NodeEvent): void {
    this.#run += 1;
    const handle = this.#handle;
    const session = this.#session;
    this.#handle = undefined;
    this.#session = undefined;
    this.#filters = undefined;
    this.#granted.clear();
    this.#warnings = [];
    this.#runningSince = null;
    this.#responder.stop();
    const problem = this.#problem ?? { code: 'closed', message: 'The node was stopped.' };
    for (const listener of [...this.#endListeners]) listener(problem);
    this.#endListeners.clear();
    if (!handle) return;
    // Who was kicked, or taken over, has a successor of the same name, which is online.
    const goodbye =
      session && this.#tellsPresence(session) && event !== 'failed' ? presenceMessage('offline', session.clientId, this.#options.now()) : undefined;
    const before = this.#closing;
    this.#closing = Promise.all([before, handle.close(goodbye)]).catch(this.#options.onBug);
  }

  async #open(): Promise<void> {
    const run = this.#run;
    // A session that is just being closed may have the same client id.
    await this.#closing;
    if (run !== this.#run) return;
    const handle = this.#options.sessions.open(this.#node, {
      connected: (session) => {
        if (run === this.#run) this.#connected(session, run);
      },
      messages: (records) => {
        if (run === this.#run) for (const record of records) this.#receive(record);
      },
      ended: (problem, final) => {
        if (run === this.#run) this.#ended(problem, final);
      },
    });
    if (run === this.#run) this.#handle = handle;
    else await handle.close();
  }

  #connected(session: NodeSession, run: number): void {
    this.#session = session;
    this.#sessionSince = this.#options.clock();
    this.#problem = null;
    // What an earlier session still waits for may never end.
    this.#subscribing = Promise.resolve();
    this.#subscribe(session, run);
    this.#options.onChange();
  }

  /** Asks for what the node needs now, and gives back what it does not need any more. */
  #subscribe(session: NodeSession, run: number): void {
    const filters = nodeFilters(this.#node, session.clientId, session.version);
    this.#filters = filters;
    this.#wish += 1;
    const wish = this.#wish;
    const isWanted = (): boolean => run === this.#run && wish === this.#wish;
    this.#subscribing = this.#subscribing
      .then(() => (isWanted() ? this.#changeSubscriptions(session, filters, isWanted) : undefined))
      .catch(this.#options.onBug);
  }

  async #changeSubscriptions(session: NodeSession, filters: NodeFilters, isWanted: () => boolean): Promise<void> {
    const run = this.#run;
    const tellsPresence = this.#tellsPresence(session);
    const wanted = [...filters.filters, ...(tellsPresence ? [kickTopic(session.clientId), presenceFilter] : [])];
    const warnings: string[] = [];
    try {
      for (const filter of [...this.#granted.keys()]) {
        if (wanted.includes(filter)) continue;
        this.#granted.delete(filter);
        await session.unsubscribe(filter);
        if (run !== this.#run) return;
      }
      const asked = wanted.filter((filter) => !this.#granted.has(filter));
      for (const filter of asked) this.#granted.set(filter, null);
      const outcomes = await Promise.all(asked.map(async (filter) => ({ filter, ...(await session.subscribe(filter, askedQos)) })));
      if (run !== this.#run) return;
      for (const { filter, grantedQos, reason } of outcomes) {
        if (grantedQos === null) this.#granted.delete(filter);
        else this.#granted.set(filter, grantedQos);
        if (grantedQos === null) warnings.push(`The broker did not accept the subscription to "${filter}". ${reason ?? ''}`.trim());
      }
      if (tellsPresence && this.#phase === 'starting') await session.publish(presenceMessage('online', session.clientId, this.#options.now()));
    } catch (error) {
      // The end of the session comes by itself.
      warnings.push(error instanceof Error ? error.message : String(error));
    }
    if (!isWanted()) return;
    this.#warnings = [...warnings, ...this.#ownWarnings(session, filters)];
    const [refused] = warnings;
    if (filters.filters.length > 0 && refused !== undefined && filters.filters.every((filter) => !this.#granted.has(filter))) {
      this.#fail({ code: 'subscribe-refused', message: refused, advice: 'Choose a topic that this client may subscribe to, and start the node again.' });
      return;
    }
    if (this.#phase === 'starting') {
      this.#runningSince = this.#options.now();
      this.#handleEvent('ready');
    }
    this.#options.onChange();
  }

  #ownWarnings(session: NodeSession, { filters }: NodeFilters): string[] {
    const { dialect, presence } = this.#node;
    const needsMqtt5 = dialect !== 'auto' && (this.#options.dialects.find(dialect)?.needsMqtt5 ?? false);
    return [
      ...(filters.length === 0 ? ['Without a topic the node serves nothing: it can only call.'] : []),
      ...(presence && !session.isOwn ? ['Presence needs a session of its own: give the node a client id.'] : []),
      ...(needsMqtt5 && session.version !== '5'
        ? [`This dialect needs MQTT 5, and the session speaks MQTT ${session.version}: no request of it can arrive.`]
        : []),
      ...(session.version === '3.1' && session.clientId.length > 23 ? ['MQTT 3.1 allows client ids of 23 characters at most.'] : []),
    ];
  }

  #receive(record: MessageRecord): void {
    const session = this.#session;
    if (!session) return;
    if (this.#tellsPresence(session) && record.topic === kickTopic(session.clientId)) {
      if (record.retain) return;
      const message = `Another client asked this one to leave (${kickReason(record)}).`;
      this.#fail({ code: 'kicked', message, advice: 'Give the node another client id, or stop the other client; then start it again.' });
      return;
    }
    const place = this.#filters?.placeOf(record.topic) ?? null;
    if (place === null) return;
    try {
      this.#responder.take(record, place === 'topic', (message) => session.publish(message));
    } catch (error) {
      this.#options.onBug(error);
    }
  }

  #ended(problem: Problem, final: boolean): void {
    const wasOwn = this.#session?.isOwn ?? false;
    const wasShort = this.#session !== undefined && this.#options.clock() - this.#sessionSince < shortSessionMs;
    this.#shortSessions = wasOwn && wasShort ? this.#shortSessions + 1 : this.#session ? 0 : this.#shortSessions;
    if (this.#session && !wasShort) this.#attempt = 0;
    if (final) {
      this.#fail(problem);
      return;
    }
    if (this.#shortSessions >= maxShortSessions) {
      const message = `The session ended ${maxShortSessions} times right after it began. ${problem.message}`;
      this.#fail({
        code: 'taken-over',
        message,
        advice: `Maybe another client has the client id "${this.#session?.clientId ?? ''}": give the node another one.`,
      });
      return;
    }
    this.#problem = problem;
    this.#handleEvent('lost');
  }

  #fail(problem: Problem): void {
    this.#problem = problem;
    this.log.add('error', '', problem.message);
    this.#handleEvent('failed');
  }

  #wait(): void {
    const state = this.#options.sessions.state(this.#node.source);
    // It comes up again with its source.
    if (state.phase !== 'up') {
      this.#problem = state.problem;
      return;
    }
    this.#attempt += 1;
    const delay = spreadWaitMs(newProfile('').reconnect, this.#attempt, this.#options.random());
    this.#nextAttemptAt = this.#options.now() + delay;
    this.#retryTimer = setTimeout(() => this.#handleEvent('retry-due'), delay);
    this.#retryTimer.unref();
  }

  #tellsPresence(session: NodeSession): boolean {
    return this.#node.presence && session.isOwn;
  }

  #setProblem(problem: Problem): void {
    if (this.#problem?.message === problem.message) return;
    this.#problem = problem;
    this.#options.onChange();
  }
}
