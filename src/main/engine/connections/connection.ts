import { idleStatus } from '../../../shared/connections/idle-status.ts';
import { spreadWaitMs } from '../../../shared/connections/reconnect.ts';
import type { BrokerCapabilities, ConnectionProfile, ConnectionStatus, DroppedMessage, Subscription, TlsState } from '../../../shared/contract/connections.ts';
import type { Problem } from '../../../shared/contract/common.ts';
import type { PublishInput } from '../../../shared/contract/messages.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { ClientSession, ConnectionEnded } from '../mqtt-client/index.ts';
import { authenticatorOf, Challenges } from './authentication.ts';
import { brokerAccess, type BrokerAccess, type ConnectionSecrets } from './broker-access.ts';
import { newClientId } from './client-id.ts';
import { ClientTap } from './client-tap.ts';
import { closeLink } from './close-link.ts';
import { keepAliveOnTheWire } from './connect-packet.ts';
import { ConnectionSession } from './connection-session.ts';
import { nextStep, type ConnectionEvent } from './connection-machine.ts';
import { DroppedMessages } from './dropped-messages.ts';
import type { ExplainedFailure } from './explain-failure.ts';
import { openMqttLink, type MqttLink } from './mqtt-link.ts';
import { OfflineQueue } from './offline-queue.ts';
import type { ProfileFiller } from './profile-filler.ts';
import { Subscriptions } from './subscriptions.ts';

const closedProblem: Problem = { code: 'closed', message: 'The connection was closed.' };
/** A broker that is silent for so long after the machine was asleep is gone. */
const wakePatienceMs = 5_000;

/** Finer than the clock of the engine, which counts milliseconds. */
const wallClockUs = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

export interface ConnectionHooks {
  readonly secrets: () => Promise<ConnectionSecrets>;
  /** Puts the values of variables in their places. */
  readonly fill: ProfileFiller;
  readonly now: () => number;
  readonly random: () => number;
  readonly onMessages: (records: MessageRecord[]) => void;
  /** A message by a subscription that tells of its messages. */
  readonly onNotify: (record: MessageRecord, subscription: Subscription) => void;
  readonly onChange: () => void;
}

interface Up {
  readonly clientId: string;
  readonly broker: BrokerCapabilities;
  readonly tls: TlsState | null;
  readonly since: number;
  readonly keepAliveSeconds: number;
}

/** One profile and its link to a broker, kept by an explicit state machine. */
export class Connection {
  readonly #hooks: ConnectionHooks;
  readonly #subscriptions: Subscriptions;
  readonly #challenges: Challenges;
  readonly #queue = new OfflineQueue();
  readonly tap: ClientTap;
  readonly #dropped = new DroppedMessages();
  #profile: ConnectionProfile;
  /** Takes secrets among the variables out of what is told. */
  #hide = (text: string): string => text;
  #phase: ConnectionStatus['phase'] = 'disconnected';
  #link: MqttLink | undefined;
  #session: ConnectionSession | undefined;
  /** What the broker keeps for the client, where it is to (§4.1). */
  #state: { readonly clientId: string; readonly session: ClientSession } | undefined;
  /** The profile may be changed meanwhile. */
  #openedVersion: ConnectionProfile['version'] = '5';
  #attempt = 0;
  /** Since the user asked or the connection was lost. */
  #waits = 0;
  #retries = false;
  #nextAttemptAt: number | null = null;
  #up: Up | null = null;
  #clientId: string | null = null;
  #roundTripMs: number | null = null;
  #problem: Problem | null = null;
  #received = 0;
  #sent = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  #waiters: { resolve: () => void; reject: (error: CodedError) => void }[] = [];
  #run = 0;

  constructor(profile: ConnectionProfile, hooks: ConnectionHooks) {
    this.#profile = profile;
    this.#hooks = hooks;
    this.#challenges = new Challenges(hooks.onChange);
    this.tap = new ClientTap(wallClockUs);
    this.#subscriptions = new Subscriptions(profile.subscriptions, hooks.onChange, (filter) => this.#session?.holds(filter) ?? false);
  }

  get name(): string {
    return this.#profile.name;
  }

  status(): ConnectionStatus {
    return idleStatus(this.#profile.id, {
      phase: this.#phase,
      attempt: this.#attempt,
      nextAttemptAt: this.#nextAttemptAt,
      connectedAt: this.#up?.since ?? null,
      clientId: this.#clientId,
      lastProblem: this.#problem,
      version: this.#up && this.#openedVersion,
      broker: this.#up?.broker ?? null,
      tls: this.#up?.tls ?? null,
      keepAliveSeconds: this.#up?.keepAliveSeconds ?? null,
      roundTripMs: this.#roundTripMs,
      queuedMessages: this.#queue.size,
      droppedMessages: this.#dropped.count,
      challenge: this.#challenges.current,
      subscriptions: this.#subscriptions.statuses(),
      receivedMessages: this.#received,
      sentMessages: this.#sent,
    });
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

  /** `keepsTrying`: also when the first attempt fails, as the profile may say as well. */
  connect(keepsTrying = false): Promise<void> {
    if (this.#phase === 'connected') return Promise.resolve();
    if (this.#phase === 'disconnecting') return Promise.reject(new CodedError('invalid-state', 'This connection is just being closed. Try again in a moment.'));
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#phase === 'disconnected') {
        this.#attempt = 1;
        this.#waits = 0;
        this.#retries = keepsTrying || (this.#profile.reconnect.enabled && this.#profile.reconnect.retryFirst);
      }
      this.#handle('connect');
    });
  }

  async disconnect(): Promise<void> {
    this.#settle(new CodedError('cancelled', 'The attempt to connect was stopped.'));
    const link = this.#link;
    const phase = this.#phase;
    const unsent = this.#queue.take().length;
    if (unsent > 0)
      this.#problem = {
        code: 'queue-discarded',
        message: `${unsent === 1 ? 'One message that waited' : `${unsent} messages that waited`} for the connection was not sent.`,
      };
    this.#handle('disconnect');
    if (phase === 'connected' && link) {
      await closeLink(link, { isUp: true });
      this.#handle('closed');
    }
  }

  async publish(input: Omit<PublishInput, 'source'>): Promise<{ readonly note: string | null }> {
    const { maxQueuedMessages } = this.#profile.limits;
    if (this.#phase !== 'connected' && this.#retries && maxQueuedMessages > 0) {
      this.#queue.add(input, maxQueuedMessages);
      this.#hooks.onChange();
      return { note: 'The connection is down: the message waits until it is back.' };
    }
    const { note } = await this.#publish(this.#needLink(), input);
    return { note };
  }

  /** Answers the time from PINGREQ to PINGRESP in ms. */
  async ping(): Promise<number> {
    const link = this.#needLink();
    try {
      this.#roundTripMs = await link.ping();
      this.#hooks.onChange();
      return this.#roundTripMs;
    } catch (error) {
      throw new CodedError('not-connected', 'The connection ended before the broker answered.', { data: error });
    }
  }

  answerChallenge(number: number, data: Uint8Array | null): void {
    this.#challenges.answer(number, data);
  }

  droppedMessages(): readonly DroppedMessage[] {
    return this.#dropped.list();
  }

  /** The machine was asleep: what waits is tried at once, and a broker that is gone is noticed. */
  wake(): void {
    if (this.#phase === 'waiting') this.#handle('retry-due');
    const link = this.#link;
    if (this.#phase !== 'connected' || !link) return;
    const timer = setTimeout(() => {
      if (this.#link !== link) return;
      link.abort();
      this.#fail({ code: 'lost-asleep', message: 'The connection did not survive the sleep of this machine.', final: false }, true);
    }, wakePatienceMs);
    const done = (): void => clearTimeout(timer);
    link.ping().then(done, done);
  }

  /** For a session beside this one. */
  async access(): Promise<BrokerAccess | { readonly failure: ExplainedFailure }> {
    const filled = await this.#hooks.fill(this.#profile, await this.#hooks.secrets());
    return 'failure' in filled ? filled : brokerAccess(filled.profile, filled.secrets);
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
    const step = nextStep(this.#phase, event, { retries: this.#retries });
    if (!step) return;
    this.#phase = step.phase;
    if (step.phase !== 'connected') {
      this.#up = null;
      this.#roundTripMs = null;
      this.#challenges.clear();
      this.#subscriptions.detach();
      this.#session?.end(event === 'lost' || event === 'failed' ? (this.#problem ?? closedProblem) : closedProblem);
      this.#session = undefined;
      // It may be opened again in a minute, or never.
      if (step.phase === 'disconnected') this.#state?.session.abandon(new ConnectionEnded());
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
    this.#attempt += 1;
    this.#waits += 1;
    const delay = spreadWaitMs(this.#profile.reconnect, this.#waits, this.#hooks.random());
    this.#nextAttemptAt = this.#hooks.now() + delay;
    this.#retryTimer = setTimeout(() => this.#handle('retry-due'), delay);
  }

  async #open(): Promise<void> {
    const run = (this.#run += 1);
    const filled = await this.#hooks.fill(this.#profile, await this.#hooks.secrets());
    if (run !== this.#run) return;
    if ('failure' in filled) return this.#fail(filled.failure);
    const { profile, secrets } = filled;
    this.#hide = filled.hide;
    const access = brokerAccess(profile, secrets);
    if ('failure' in access) return this.#fail(access.failure);
    const { clientId, cleanStart, session } = this.#sessionFor(profile);
    this.#openedVersion = profile.version;
    this.#clientId = clientId;
    const { authentication } = profile;
    let authenticator;
    try {
      const ask = (data: Uint8Array): Promise<Uint8Array | null> => this.#challenges.ask(authentication?.kind === 'dialog' ? authentication.method : '', data);
      authenticator = authentication && profile.version === '5' ? authenticatorOf(authentication, access.username, access.password, ask) : undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return this.#fail({ code: 'authentication-failed', message, advice: 'Check the user name, the password and the authentication method.', final: true });
    }
    // With SCRAM the password stays on this machine; the user name is in its messages.
    const credentials = authentication?.kind === 'scram-sha-256' && authenticator ? { username: undefined, password: undefined } : {};
    this.#link = openMqttLink(
      { ...access, ...credentials, clientId, cleanStart, session, authenticator, nowUs: () => this.#hooks.now() * 1000 },
      {
        tap: this.tap,
        connected: (info) => this.#connected(info),
        failed: (failure, wasConnected) => this.#fail(failure, wasConnected),
        dropped: ({ topic, payload }) => {
          this.#received += 1;
          this.#dropped.add({ timeMs: this.#hooks.now(), topic, sizeBytes: payload.byteLength, head: payload });
          this.#hooks.onChange();
        },
        messages: (records) => {
          this.#received += records.length;
          const kept = this.#subscriptions.sort(records, (topic) => this.#session?.covers(topic) ?? false, this.#hooks.onNotify);
          if (kept.length > 0) this.#hooks.onMessages([...kept]);
          this.#session?.received(records);
          this.#hooks.onChange();
        },
      },
    );
  }

  /** A session that the broker keeps goes on: with Clean Start 0, or within a run where MQTT 5 lets it outlive the connection. */
  #sessionFor(profile: ConnectionProfile): { readonly clientId: string; readonly cleanStart: boolean; readonly session: ClientSession | undefined } {
    const outlives = profile.version === '5' ? (profile.connectProperties.sessionExpirySeconds ?? 0) > 0 : !profile.cleanStart;
    const kept =
      outlives && this.#state && (profile.clientId === null || profile.clientIdSuffix || profile.clientId === this.#state.clientId) ? this.#state : undefined;
    const clientId = kept?.clientId ?? newClientId(profile);
    const goesOn = kept !== undefined && this.#waits > 0;
    const session = outlives ? (kept?.session ?? new ClientSession()) : undefined;
    this.#state = session && { clientId, session };
    return { clientId, cleanStart: profile.cleanStart && !goesOn, session };
  }

  #connected({ clientId, broker, tls }: { readonly clientId: string; readonly broker: BrokerCapabilities; readonly tls: TlsState | null }): void {
    const link = this.#link;
    this.#clientId = clientId;
    this.#retries = this.#profile.reconnect.enabled;
    this.#attempt = 0;
    this.#waits = 0;
    this.#problem = null;
    this.#handle('connack');
    this.#up = { clientId, broker, tls, since: this.#hooks.now(), keepAliveSeconds: broker.serverKeepAliveSeconds ?? keepAliveOnTheWire(this.#profile) };
    if (link) {
      this.#subscriptions.attach(link);
      this.#session = new ConnectionSession({
        clientId,
        version: this.#openedVersion,
        link,
        publish: (input) => this.#publish(link, input),
        covering: (topic) => this.#subscriptions.covering(topic),
        wants: (filter) => this.#subscriptions.wants(filter),
      });
      void this.#sendQueued(link);
    }
    this.#settle();
    this.#hooks.onChange();
  }

  /** Those that cannot be sent any more wait again, in their order, as long as there is room. */
  async #sendQueued(link: MqttLink): Promise<void> {
    const messages = this.#queue.take();
    const outcomes = await Promise.allSettled(messages.map((message) => this.#publish(link, message)));
    outcomes.forEach((outcome, at) => {
      const message = messages[at];
      if (outcome.status === 'fulfilled' || !message) return;
      const { code, message: words } = outcome.reason as CodedError;
      if (code === 'not-connected' && this.#retries) this.#queue.add(message, Number.POSITIVE_INFINITY);
      else this.#problem = { code: 'queued-message-refused', message: `A message on "${message.topic}" that waited for the connection was not sent: ${words}` };
    });
    this.#hooks.onChange();
  }

  #fail(failure: ExplainedFailure, wasConnected = false): void {
    const { final, message, advice, ...rest } = failure;
    const problem: Problem = { ...rest, message: this.#hide(message), ...(advice === undefined ? {} : { advice: this.#hide(advice) }) };
    const { enabled, maxAttempts } = this.#profile.reconnect;
    const isSpent = this.#retries && maxAttempts > 0 && this.#waits >= maxAttempts;
    if (final || isSpent || !enabled) this.#retries = false;
    this.#problem =
      isSpent && !final
        ? { ...problem, message: `${problem.message} It was given up after ${maxAttempts === 1 ? 'one more attempt' : `${maxAttempts} more attempts`}.` }
        : problem;
    this.#link = undefined;
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
