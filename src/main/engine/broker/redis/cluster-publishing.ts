import type { Message } from '../core/message.ts';
import type { Session } from '../core/session.ts';
import type { SharedGroup } from '../routing/shared-groups.ts';
import type { RedisCluster } from './redis-cluster.ts';

interface Routed {
  readonly message: Message;
  /** Shared subscriptions that are dealt with here. */
  direct: string[] | null;
  /** Brokers chosen for shared subscriptions, for QoS 0. */
  choices: Map<string, string> | null;
}

/** What becomes of the messages that come in here: all brokers get them, and of each shared subscription one member of all. */
export class ClusterPublishing {
  readonly #cluster: RedisCluster;
  /** Messages being routed: the end of a connection on the way may publish another one. */
  readonly #routed: Routed[] = [];

  constructor(cluster: RedisCluster) {
    this.#cluster = cluster;
  }

  begin(message: Message): void {
    this.#routed.push({ message, direct: null, choices: null });
  }

  defers({ name, filter }: SharedGroup<Session>): boolean {
    const routed = this.#routed.at(-1);
    if (routed === undefined) return false;
    const { isReady, table, run, journal } = this.#cluster;
    const { message } = routed;
    const share = `$share/${name}/${filter}`;
    if (table.hasOthers(share, run)) {
      if (message.qos === 0 && !message.retain) {
        const to = isReady ? table.choose(share) : run;
        (routed.choices ??= new Map()).set(share, to ?? run);
        return to !== null && to !== run;
      }
      // The log says who gets it. While it cannot, a member here is better than nobody.
      if (isReady && !journal.isFailing) return true;
    }
    (routed.direct ??= []).push(share);
    return false;
  }

  published(message: Message): boolean {
    const { hasPeers, live, journal, outbox, intake, counters } = this.#cluster;
    let routed = this.#routed.pop();
    while (routed !== undefined && routed.message !== message) routed = this.#routed.pop();
    const { direct = null, choices = null } = routed ?? {};
    if (message.qos === 0 && !message.retain) {
      if (hasPeers) live.send(message, choices, direct);
      return hasPeers;
    }
    message.keep();
    if (message.retain) {
      // Nobody waits for the acknowledgement of QoS 0: what is replaced need not be written.
      const isReplaced = message.qos === 0 && journal.isFailing && outbox.dropRetained(message.topic);
      if (!isReplaced) intake.retainedHere(message.topic);
    }
    outbox.add({ message, direct, redirect: null });
    counters.sent += 1;
    this.#cluster.touch(message.weight);
    return hasPeers;
  }

  /** For a member at another broker than those of `passed`; whether there is one, the table says when it is written. */
  redirect(message: Message, share: string, passed: readonly string[]): void {
    const { outbox } = this.#cluster;
    message.keep();
    outbox.add({ message, direct: null, redirect: { share, passed } });
    this.#cluster.touch(message.weight);
  }
}
