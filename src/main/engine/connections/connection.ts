import type { ConnectionProfile, ConnectionStatus, Subscription } from '../../../shared/contract/connections.ts';
import type { Problem } from '../../../shared/contract/common.ts';
import type { PublishInput } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { brokerAccess, type BrokerAccess } from './broker-access.ts';
import { closeLink } from './close-link.ts';
import { ConnectionSession } from './connection-session.ts';
import { nextStep, retryDelayMs, type ConnectionEvent } from './connection-machine.ts';
import type { ExplainedFailure } from './explain-failure.ts';
import { openMqttLink, type MqttLink } from './mqtt-link.ts';
import { Subscriptions } from './subscriptions.ts';

const closedProblem: Problem = { code: 'closed', message: 'The connection was closed.' };

export interface ConnectionHooks {
  readonly password: () => Promise<string | undefined>;
  readonly now: () => number;
  readonly random: () => number;
  readonly onMessages: (records: MessageRecord[]) => void;
  readonly onChange: () => void;
}

/** One profile and its link to a broker, kept by an explicit state machine. */
export class Connection {
  readonly #hooks: ConnectionHooks;
  readonly #subscriptions: Subscriptions;
  #profile: ConnectionProfile;
  #phase: ConnectionStatus['phase'] = 'disconnected';
  #link: MqttLink | undefined;
  #session: ConnectionSession | undefined;
  /** The profile may be changed meanwhile. */
  #openedVersion: ConnectionProfile['version'] = '5';
  #attempt = 0;
  #everConnected = false;
  #nextAttemptAt: number | null = null;
  #connectedAt: number | null = null;
  #clientId: string | null = null;
  #problem: Problem | null = null;
  #received = 0;
  #sent = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #waiters: { resolve: () => void; reject: (error: CodedError) => void }[] = [];
  #run = 0;

  constructor(profile: ConnectionProfile, hooks: ConnectionHooks) {
    this.#profile = profile;
    this.#hooks = hooks;
    this.#subscriptions = new Subscriptions(profile.subscriptions, hooks.onChange, (filter) => this.#session?.holds(filter) ?? false);
  }

  status(): ConnectionStatus {
    return {
      id: this.#profile.id,
      phase: this.#phase,
      attempt: this.#attempt,
      nextAttemptAt: this.#nextAttemptAt,
      connectedAt: this.#connectedAt,
      clientId: this.#clientId,
      lastProblem: this.#problem,
      subscriptions: this.#subscriptions.statuses(),
      receivedMessages: this.#received,
      sentMessages: this.#sent,
    };
  }

  /** Takes effect at the next connect; subscriptions at once. */
  setProfile(profile: ConnectionProfile): void {
    this.#profile = profile;
    this.#subscriptions.set(profile.subscriptions);
    this.#hooks.onChange();
  }

  setSubscriptions(subscriptions: readonly Subscription[]): void {
    this.#profile = { ...this.#profile, subscriptions: [...subscriptions] };
    this.#subscriptions.set(subscriptions);
  }

  connect(): Promise<void> {
    if (this.#phase === 'connected') return Promise.resolve();
    if (this.#phase === 'disconnecting') return Promise.reject(new CodedError('invalid-state', 'This connection is just being closed. Try again in a moment.'));
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#phase === 'disconnected') {
        this.#attempt = 1;
        this.#everConnected = false;
      }
      this.#handle('connect');
    });
  }

  async disconnect(): Promise<void> {
    this.#settle(new CodedError('cancelled', 'The attempt to connect was stopped.'));
    const link = this.#link;
    const phase = this.#phase;
    this.#handle('disconnect');
    if (phase === 'connected' && link) {
      await closeLink(link, { isUp: true });
      this.#handle('closed');
    }
  }

  async publish(input: Omit<PublishInput, 'source'>): Promise<{ readonly note: string | null }> {
    const { note } = await this.#publish(this.#needLink(), input);
    return { note };
  }

  /** For a session beside this one. */
  async access(): Promise<BrokerAccess | { readonly failure: ExplainedFailure }> {
    return brokerAccess(this.#profile, await this.#hooks.password().catch(() => undefined));
  }

  /** The one that is up now. Throws `not-connected`. */
  session(): ConnectionSession {
    this.#needLink();
    return this.#session as ConnectionSession;
  }

  #needLink(): MqttLink {
    if (this.#phase === 'connected' && this.#link) return this.#link;
    throw new CodedError('not-connected', `"${this.#profile.name}" is not connected.`, { advice: 'Connect it first.' });
  }

  async #publish(link: MqttLink, input: Omit<PublishInput, 'source'>): ReturnType<MqttLink['publish']> {
    const timeUs = this.#hooks.now() * 1000;
    const outcome = await link.publish(input);
    this.#sent += 1;
    this.#hooks.onMessages([
      {
        id: 0,
        timeUs,
        topic: input.topic,
        payload: input.payload,
        qos: input.qos,
        retain: input.retain,
        dup: false,
        direction: 'out',
        publisher: this.#clientId,
        properties: input.properties ?? null,
      },
    ]);
    this.#hooks.onChange();
    return outcome;
  }

  #handle(event: ConnectionEvent): void {
    const step = nextStep(this.#phase, event, { retries: this.#everConnected });
    if (!step) return;
    this.#phase = step.phase;
    if (step.phase !== 'connected') {
      this.#connectedAt = null;
      this.#subscriptions.detach();
      this.#session?.end(event === 'lost' || event === 'failed' ? (this.#problem ?? closedProblem) : closedProblem);
      this.#session = undefined;
    }
    clearTimeout(this.#retryTimer);
    this.#nextAttemptAt = null;
    switch (step.action) {
      case 'open':
        void this.#open();
        break;
      case 'abort':
        this.#run += 1;
        this.#link?.abort();
        this.#link = undefined;
        break;
      case 'wait':
        this.#wait();
        break;
      default:
    }
    this.#hooks.onChange();
  }

  #wait(): void {
    // The attempt to come, on which the wait depends.
    this.#attempt += 1;
    const delay = retryDelayMs(this.#attempt, this.#hooks.random());
    this.#nextAttemptAt = this.#hooks.now() + delay;
    this.#retryTimer = setTimeout(() => this.#handle('retry-due'), delay);
  }

  async #open(): Promise<void> {
    const run = (this.#run += 1);
    const profile = this.#profile;
    const stored = await this.#hooks.password().catch(() => undefined);
    if (run !== this.#run) return;
    const access = brokerAccess(profile, stored);
    if ('failure' in access) return this.#fail(access.failure);
    const clientId =
      profile.clientId ??
      `workbench-${Math.floor(this.#hooks.random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0')}`;
    this.#openedVersion = profile.version;
    this.#link = openMqttLink(
      { ...access, clientId, nowUs: () => this.#hooks.now() * 1000 },
      {
        connected: (info) => this.#connected(info.clientId),
        failed: (failure, wasConnected) => this.#fail(failure, wasConnected),
        messages: (records) => {
          this.#received += records.length;
          this.#hooks.onMessages(records);
          this.#session?.received(records);
          this.#hooks.onChange();
        },
      },
    );
  }

  #connected(clientId: string): void {
    this.#clientId = clientId;
    this.#everConnected = true;
    this.#attempt = 0;
    this.#problem = null;
    this.#handle('connack');
    this.#connectedAt = this.#hooks.now();
    if (this.#link) {
      const link = this.#link;
      this.#subscriptions.attach(link);
      this.#session = new ConnectionSession({
        clientId,
        version: this.#openedVersion,
        link,
        publish: (input) => this.#publish(link, input),
        covering: (topic) => this.#subscriptions.covering(topic),
        wants: (filter) => this.#subscriptions.wants(filter),
      });
    }
    this.#settle();
    this.#hooks.onChange();
  }

  #fail(failure: ExplainedFailure, wasConnected = false): void {
    const { final, ...problem } = failure;
    this.#problem = problem;
    this.#link = undefined;
    if (final) this.#everConnected = false;
    this.#handle(wasConnected && !final ? 'lost' : 'failed');
    this.#settle(new CodedError('connect-failed', problem.message, { advice: problem.advice, data: { reason: problem.code } }));
    this.#hooks.onChange();
  }

  #settle(error?: CodedError): void {
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (error) reject(error);
      else resolve();
    }
  }
}
