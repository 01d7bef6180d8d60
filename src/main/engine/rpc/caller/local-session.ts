import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { MqttVersion, Problem, Qos } from '../../../../shared/contract/common.ts';
import { connectionProfileSchema } from '../../../../shared/contract/connections.ts';
import { plainListener } from '../../../../shared/mqtt/listener-kinds.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { parseBrokerUri } from '../../../../shared/mqtt/broker-uri.ts';
import type { OutgoingMessage } from '../../../../shared/rpc/dialect.ts';
import { closeLink, openMqttLink, type MqttLink } from '../../connections/index.ts';
import type { CallSession } from './call-session.ts';
import { ownLogin } from '../../own-login.ts';

/** Says in the list of clients what this one is. */
export const localCallerId = 'workbench-rpc';
/** The client leaves when there was nothing to call for this long; late answers are seen until then. */
const defaultIdleMs = 60_000;
const closeTimeoutMs = 500;
const connectTimeoutSeconds = 5;

export interface LocalSessionOptions {
  /** Unix ms. */
  readonly now: () => number;
  readonly onMessages: (records: readonly MessageRecord[]) => void;
  readonly idleMs?: number;
}

/** A client of the local broker for own calls: connected from the first call until there has been none for a minute, or the broker stops. */
export class LocalSession implements CallSession {
  readonly clientId = localCallerId;
  readonly version: MqttVersion;
  readonly #link: MqttLink;
  readonly #up: Promise<MqttLink>;
  readonly #listeners = new Set<(problem: Problem) => void>();
  readonly #idleMs: number;
  #isUp = false;
  #holders = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended: Problem | null = null;

  /** Throws `broker-not-running`, or `invalid-state` when there is no listener for it. */
  constructor(status: BrokerStatus, options: LocalSessionOptions) {
    if (status.phase !== 'running') throw new CodedError('broker-not-running');
    const listener = plainListener(status.listeners);
    const uri = listener && parseBrokerUri(listener.url);
    if (!listener || !uri?.ok) {
      throw new CodedError('invalid-state', 'The local broker has no listener without TLS that the workbench could call over.', {
        advice: 'Give it a TCP port or a WebSocket port.',
      });
    }
    this.version = status.engine === 'aedes' ? '3.1.1' : '5';
    const profile = connectionProfileSchema.parse({ id: 'rpc', name: localCallerId, uri: listener.url, version: this.version, connectTimeoutSeconds });
    const { now, onMessages } = options;
    this.#idleMs = options.idleMs ?? defaultIdleMs;
    let resolveUp: (link: MqttLink) => void;
    let rejectUp: (error: Error) => void;
    this.#up = new Promise((resolve, reject) => {
      resolveUp = resolve;
      rejectUp = reject;
    });
    // Who uses the session is told by `onEnd` as well.
    this.#up.catch(() => undefined);
    this.#link = openMqttLink(
      { profile, uri: uri.value, clientId: localCallerId, ...ownLogin, nowUs: () => now() * 1000 },
      {
        connected: () => {
          this.#isUp = true;
          resolveUp(this.#link);
        },
        failed: (failure) => {
          rejectUp(new CodedError('not-connected', failure.message));
          this.#end(failure);
        },
        messages: onMessages,
      },
    );
    // The call that it is opened for may turn out to be none.
    this.#leaveLater();
  }

  get isOver(): boolean {
    return this.#ended !== null;
  }

  covering(): null {
    return null;
  }

  async subscribe(topic: string, qos: Qos): ReturnType<MqttLink['subscribe']> {
    return (await this.#up).subscribe(topic, qos);
  }

  async unsubscribe(topic: string): Promise<void> {
    await (await this.#up).unsubscribe(topic);
  }

  async publish(message: OutgoingMessage): ReturnType<MqttLink['publish']> {
    // Own calls have their subscription by then; what else is sent may be the first of all.
    const link = this.#isUp ? this.#link : await this.#up;
    return link.publish({ ...message, retain: false });
  }

  onEnd(listener: (problem: Problem) => void): () => void {
    if (this.#ended) listener(this.#ended);
    else this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  hold(): void {
    this.#holders += 1;
    clearTimeout(this.#timer);
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0 && !this.#ended) this.#leaveLater();
  }

  /** DISCONNECT; takes half a second at most. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#end({ code: 'closed', message: 'The client for calls on the local broker was closed.' });
    await closeLink(this.#link, { isUp: this.#isUp, timeoutMs: closeTimeoutMs });
  }

  #leaveLater(): void {
    this.#timer = setTimeout(() => void this.close(), this.#idleMs);
    this.#timer.unref();
  }

  #end(problem: Problem): void {
    if (this.#ended) return;
    this.#ended = problem;
    clearTimeout(this.#timer);
    for (const listener of [...this.#listeners]) listener(problem);
    this.#listeners.clear();
  }
}
