import type { MqttVersion, Problem, Qos } from '../../../shared/contract/common.ts';
import type { PublishInput } from '../../../shared/contract/messages.ts';
import type { ReplySubscription } from '../../../shared/contract/rpc.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { matchesFilter } from '../../../shared/mqtt/topic-filter.ts';
import type { MqttLink } from './mqtt-link.ts';

type Publish = (input: Omit<PublishInput, 'source'>) => ReturnType<MqttLink['publish']>;

export interface ConnectionSessionOptions {
  readonly clientId: string;
  readonly version: MqttVersion;
  readonly link: MqttLink;
  readonly publish: Publish;
  /** The subscription of the profile, granted, that matches the topic. */
  readonly covering: (topic: string) => ReplySubscription | null;
  /** Whether the profile asks for exactly this filter. */
  readonly wants: (filter: string) => boolean;
}

/** The MQTT session of a connection while it is up, for what other parts of the engine do in it. What it receives goes the way of all messages. */
export class ConnectionSession {
  readonly clientId: string;
  readonly version: MqttVersion;
  readonly covering: (topic: string) => ReplySubscription | null;
  readonly publish: Publish;
  readonly #link: MqttLink;
  readonly #wants: (filter: string) => boolean;
  readonly #listeners = new Set<(problem: Problem) => void>();
  readonly #receivers = new Set<(records: readonly MessageRecord[]) => void>();
  /** How many ask for a filter, beside the profile. */
  readonly #users = new Map<string, number>();
  #ended: Problem | null = null;

  constructor({ clientId, version, link, publish, covering, wants }: ConnectionSessionOptions) {
    this.clientId = clientId;
    this.version = version;
    this.publish = publish;
    this.covering = covering;
    this.#link = link;
    this.#wants = wants;
  }

  /** Each that was granted is to be given back with `unsubscribe`: several may ask for the same filter. */
  async subscribe(filter: string, qos: Qos): ReturnType<MqttLink['subscribe']> {
    const others = this.#users.get(filter) ?? 0;
    // Before the answer: whoever gives it back meanwhile is not the last one.
    this.#users.set(filter, others + 1);
    let granted = false;
    try {
      const outcome = await this.#link.subscribe(filter, qos);
      granted = outcome.grantedQos !== null;
      return outcome;
    } finally {
      // What others had stays in force when it is refused, and they may have given it back.
      if (!granted && this.#leave(filter) && others > 0) this.#link.unsubscribe(filter).catch(() => undefined);
    }
  }

  async unsubscribe(filter: string): Promise<void> {
    if (this.#leave(filter)) await this.#link.unsubscribe(filter);
  }

  /** Whether somebody asks for exactly this filter, beside the profile. */
  holds(filter: string): boolean {
    return this.#users.has(filter);
  }

  /** Whether somebody asks for messages on the topic, beside the profile. */
  covers(topic: string): boolean {
    return this.#users.size > 0 && [...this.#users.keys()].some((filter) => matchesFilter(filter, topic));
  }

  /** True: nobody wants it any more. */
  #leave(filter: string): boolean {
    const users = (this.#users.get(filter) ?? 1) - 1;
    if (users > 0) this.#users.set(filter, users);
    else this.#users.delete(filter);
    return users === 0 && !this.#wants(filter);
  }

  /** All that the session receives from now on, whoever asked for it; `id` of the records is 0. Returns what ends it. */
  onMessages(receiver: (records: readonly MessageRecord[]) => void): () => void {
    this.#receivers.add(receiver);
    return () => void this.#receivers.delete(receiver);
  }

  /** For the connection alone. */
  received(records: readonly MessageRecord[]): void {
    for (const receive of this.#receivers) receive(records);
  }

  /** Told once, when the session is over; at once if it is. Returns what ends it. */
  onEnd(listener: (problem: Problem) => void): () => void {
    if (this.#ended) listener(this.#ended);
    else this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** For the connection alone. */
  end(problem: Problem): void {
    if (this.#ended) return;
    this.#ended = problem;
    for (const listener of [...this.#listeners]) listener(problem);
    this.#listeners.clear();
  }
}
