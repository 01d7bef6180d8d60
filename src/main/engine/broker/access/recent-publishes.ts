/** Who published to which topics last, whether it was allowed or not. To remember one costs two writes. */
export class RecentPublishes {
  readonly #clients: string[] = [];
  readonly #topics: string[] = [];
  readonly #most: number;
  #next = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(clientId: string, topic: string): void {
    this.#clients[this.#next] = clientId;
    this.#topics[this.#next] = topic;
    this.#next = this.#next + 1 === this.#most ? 0 : this.#next + 1;
  }

  get size(): number {
    return this.#clients.length;
  }

  /** Each client with each of its topics once, and how often. */
  counted(): { clientId: string; topic: string; count: number }[] {
    const found = new Map<string, Map<string, { clientId: string; topic: string; count: number }>>();
    for (const [at, clientId] of this.#clients.entries()) {
      const topic = this.#topics[at] ?? '';
      let topics = found.get(clientId);
      if (topics === undefined) found.set(clientId, (topics = new Map()));
      const entry = topics.get(topic);
      if (entry === undefined) topics.set(topic, { clientId, topic, count: 1 });
      else entry.count += 1;
    }
    return [...found.values()].flatMap((topics) => [...topics.values()]);
  }
}
