import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { mostThreadsOfAKind, place, type LoadThreadData, type PublishLoad } from './load-settings.ts';
import { preparePublishes, type PreparedPublishes } from './prepared-publishes.ts';
import { RawClient } from './raw-client.ts';

/** Bytes of one write. */
const writeBytes = 65_536;
/** When nothing has come for so long, what is under way is lost, and the publishers go on without it. */
const lostAfterMs = 1000;

/** Connects the publishers; what comes back makes them publish until they are told to stop. */
export async function openPublishers(load: PublishLoad, { port, index, shared }: LoadThreadData): Promise<() => Promise<void>> {
  const counters = new Int32Array(shared);
  const pace: Pace = {
    isStopped: () => Atomics.load(counters, place.stop) === 1,
    sent: (count) => void Atomics.add(counters, place.sent + index, count),
  };
  const clients: RawClient[] = [];
  for (let n = 0; n < load.clients; n += 1) clients.push(await RawClient.open(port, `publisher-${index}-${n}`));
  const least = load.qos > 0 ? Math.max(2 * load.window, 100) : Math.max(1, Math.ceil((4 * writeBytes) / (load.payloadBytes + 20)));
  const packets = preparePublishes(load, least);
  if (load.perSecond !== null) return () => drip(clients, packets, pace, load.perSecond as number);
  if (load.qos > 0) return async () => void (await Promise.all(clients.map((client) => fill(client, packets, pace, load))));
  const ahead = load.aheadBytes === null ? null : new Ahead(counters, load.aheadBytes / (packets.bytes.length / packets.count), load.receivers);
  return async () => void (await Promise.all(clients.map((client) => pour(client, packets, pace, ahead, load.clients))));
}

interface Pace {
  isStopped(): boolean;
  sent(count: number): void;
}

/** Keeps QoS 0 publishers from running further ahead of the subscribers than a bounded queue holds: what is measured is what arrives, not what is thrown away. */
class Ahead {
  readonly #counters: Int32Array;
  readonly most: number;
  readonly #receivers: number;
  #sent = 0;
  /** Sent, and given up. */
  #lost = 0;

  constructor(counters: Int32Array, most: number, receivers: number) {
    this.#counters = counters;
    this.most = Math.max(1, Math.floor(most));
    this.#receivers = receivers;
  }

  sent(count: number): void {
    this.#sent += count;
  }

  /** How many may be sent now; waits while it is none. */
  async room(): Promise<number> {
    for (let waitedSince = performance.now(); ;) {
      const first = Atomics.load(this.#counters, place.received);
      let received = first;
      for (let thread = 1; thread < mostThreadsOfAKind; thread += 1) received += Atomics.load(this.#counters, place.received + thread);
      const underWay = this.#sent - this.#lost - received / this.#receivers;
      if (underWay < this.most) return Math.ceil(this.most - underWay);
      if (performance.now() - waitedSince > lostAfterMs) {
        this.#lost += underWay;
        waitedSince = performance.now();
      }
      // The first thread of subscribers wakes us; the others count for little more than a moment.
      const wait = Atomics.waitAsync(this.#counters, place.received, first, 2);
      if (wait.async) await wait.value;
    }
  }
}

/** QoS 0: as fast as the connection takes it, and its share of what may be under way. */
async function pour(client: RawClient, { bytes, count, starts }: PreparedPublishes, pace: Pace, ahead: Ahead | null, clients: number): Promise<void> {
  const share = ahead === null ? count : Math.max(1, Math.ceil(ahead.most / clients / 2));
  let next = 0;
  while (!pace.isStopped()) {
    const most = ahead === null ? count : Math.min(share, await ahead.room());
    const from = starts[next] as number;
    let end = next + 1;
    while (end < count && end - next < most && (starts[end + 1] as number) - from <= writeBytes) end += 1;
    ahead?.sent(end - next);
    pace.sent(end - next);
    if (!client.send(bytes.subarray(from, starts[end]))) await once(client.socket, 'drain');
    next = end === count ? 0 : end;
  }
}

/** QoS 1 and 2: as many unacknowledged as the window allows. */
async function fill(client: RawClient, { bytes, count, starts }: PreparedPublishes, pace: Pace, { qos, window, messages }: PublishLoad): Promise<void> {
  let next = 0;
  let underWay = 0;
  let left = messages ?? Infinity;
  let releases: number[] = [];
  const send = (): void => {
    while (underWay < window && left > 0 && !pace.isStopped()) {
      const end = Math.min(count, next + Math.min(window - underWay, left));
      client.send(bytes.subarray(starts[next], starts[end]));
      pace.sent(end - next);
      underWay += end - next;
      left -= end - next;
      next = end === count ? 0 : end;
    }
  };
  await new Promise<void>((resolve) => {
    client.each = (data, at) => {
      const type = (data[at] as number) >> 4;
      // PUBREC is answered with PUBREL; PUBACK and PUBCOMP end an exchange.
      if (type === 5) releases.push(0x62, 2, data[at + 2] as number, data[at + 3] as number);
      else if (type === (qos === 1 ? 4 : 7)) underWay -= 1;
    };
    client.afterRead = () => {
      if (releases.length > 0) {
        client.send(Uint8Array.from(releases));
        releases = [];
      }
      send();
      if (underWay === 0) resolve();
    };
    send();
  });
}

/** So many a second, the clients in turn. */
async function drip(clients: readonly RawClient[], { bytes, count, starts }: PreparedPublishes, pace: Pace, perSecond: number): Promise<void> {
  const began = performance.now();
  let sent = 0;
  while (!pace.isStopped()) {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
    for (let one = sent; one < due; one += 1) {
      const at = one % count;
      (clients[one % clients.length] as RawClient).send(bytes.subarray(starts[at], starts[at + 1]));
    }
    pace.sent(due - sent);
    sent = due;
    await setTimeout(1);
  }
}
