import type { MqttVersion, Problem, Qos } from '../../../shared/contract/common.ts';
import type { PublishInput } from '../../../shared/contract/messages.ts';
import type { ReplySubscription } from '../../../shared/contract/rpc.ts';
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
  #ended: Problem | null = null;

  constructor({ clientId, version, link, publish, covering, wants }: ConnectionSessionOptions) {
    this.clientId = clientId;
    this.version = version;
    this.publish = publish;
    this.covering = covering;
    this.#link = link;
    this.#wants = wants;
  }

  subscribe(filter: string, qos: Qos): ReturnType<MqttLink['subscribe']> {
    return this.#link.subscribe(filter, qos);
  }

  async unsubscribe(filter: string): Promise<void> {
    if (!this.#wants(filter)) await this.#link.unsubscribe(filter);
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
