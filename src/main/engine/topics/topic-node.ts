/** Seconds over which a rate is smoothed. */
const rateWindowSeconds = 5;

/** One level of the topic tree. A million of these must fit, so everything a row shows is derived when it is shown. */
export class TopicNode {
  readonly name: string;
  readonly parent: TopicNode | null;
  children: Map<string, TopicNode> | null = null;
  /** Children in name order; `null` when a new child is not sorted in yet. */
  byName: TopicNode[] | null = null;
  ownMessageCount = 0;
  messageCount = 0;
  topicCount = 0;
  lastTimeUs = 0;
  retained = false;
  /** Start of the last payload, a character a byte, and its whole size; -1 when there was no message. */
  head = '';
  sizeBytes = -1;
  #rate = 0;
  #rateAtMs = 0;

  constructor(name: string, parent: TopicNode | null) {
    this.name = name;
    this.parent = parent;
  }

  /** Messages per second, an exponentially weighted mean that decays while nothing arrives. */
  rateAt(nowMs: number): number {
    if (this.#rate === 0) return 0;
    const rate = this.#rate * Math.exp((this.#rateAtMs - nowMs) / 1000 / rateWindowSeconds);
    return rate < 0.005 ? 0 : rate;
  }

  countMessage(nowMs: number, timeUs: number): void {
    if (nowMs > this.#rateAtMs) {
      this.#rate = this.rateAt(nowMs);
      this.#rateAtMs = nowMs;
    }
    this.#rate += 1 / rateWindowSeconds;
    this.messageCount += 1;
    if (timeUs > this.lastTimeUs) this.lastTimeUs = timeUs;
  }

  /** The levels joined with `/`; the root has none. */
  path(): string {
    let path = this.name;
    for (let node = this.parent; node?.parent; node = node.parent) path = `${node.name}/${path}`;
    return path;
  }

  depth(): number {
    let depth = 0;
    for (let node = this.parent; node?.parent; node = node.parent) depth += 1;
    return depth;
  }
}
