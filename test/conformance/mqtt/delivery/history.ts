import { BrokerCore } from '../../../../src/main/engine/broker/core/broker-core.ts';
import { below, pick, seeded, type Random } from '../../../../src/shared/mqtt/packet/packet-samples.ts';
import { ModelClient, type World } from './model-client.ts';
import { fail, Oracle, type ConnectWords } from './oracle.ts';
import { SyncStream, withTurns } from '../sync-stream.ts';

const kinds = [
  'connect',
  'take over',
  'drop',
  'disconnect',
  'publish',
  'subscribe',
  'unsubscribe',
  'deliver',
  'read',
  'turn',
  'hold',
  'ids anew',
  'much later',
] as const;
const weights: Readonly<Record<(typeof kinds)[number], number>> = {
  connect: 6,
  'take over': 2,
  drop: 4,
  disconnect: 1,
  publish: 16,
  subscribe: 5,
  unsubscribe: 1,
  deliver: 24,
  read: 24,
  turn: 14,
  hold: 2,
  'ids anew': 2,
  'much later': 1,
};

/** One step. It means the same wherever it stands in a history, and does nothing where it makes no sense. */
interface Step {
  readonly kind: (typeof kinds)[number];
  readonly client: number;
  readonly words: ConnectWords;
  readonly topic: string;
  readonly filter: string;
  readonly qos: number;
  readonly expires: boolean;
  readonly burst: number;
  /** Bytes or packets. */
  readonly limit: number;
}

export interface History {
  readonly seed: number;
  readonly clients: number;
  readonly maximumInflight: number;
  readonly receiveMaximum: number;
  /** Above it a client that does not read gets no more for now. */
  readonly outputLimitBytes: number;
  readonly steps: readonly Step[];
}

const bag = kinds.flatMap((kind) => Array.from({ length: weights[kind] }, () => kind));
const unlimited = 65_535;

export function randomHistory(seed: number): History {
  const random = seeded(seed);
  const clients = 2 + below(random, 2);
  const length = 20 + below(random, 60);
  // Everybody is there and has subscribed to something, or half of the histories would be about nothing.
  const start = Array.from({ length: clients }, (_, client) =>
    (['connect', 'turn', 'read', 'subscribe', 'deliver', 'turn', 'read'] as const).map((kind) => ({ ...randomStep(random, kind), client, limit: Infinity })),
  ).flat();
  return {
    seed,
    clients,
    maximumInflight: pick(random, [1, 2, 3, 1000, 1000]),
    receiveMaximum: pick(random, [1, 2, 5, 1000]),
    outputLimitBytes: pick(random, [40, 1_048_576]),
    steps: [...start, ...Array.from({ length }, () => randomStep(random, pick(random, bag)))],
  };
}

function randomStep(random: Random, kind: Step['kind']): Step {
  const level = pick(random, [4, 5] as const);
  const clean = below(random, 6) === 0;
  const expirySeconds = level === 4 ? (clean ? 0 : Infinity) : pick(random, [0, 100, Infinity, Infinity, Infinity]);
  return {
    kind,
    client: below(random, 6),
    words: { level, clean, expirySeconds, receiveMaximum: level === 4 ? unlimited : pick(random, [1, 2, 4, unlimited]) },
    topic: pick(random, ['a', 'a', 'b']),
    filter: pick(random, ['a', 'a', 'b', '+', '#']),
    qos: pick(random, [0, 1, 1, 2, 2]),
    expires: below(random, 10) === 0,
    burst: pick(random, [1, 1, 1, 8]),
    limit: pick(random, [1, 2, 3, 5, 20, Infinity, Infinity, Infinity, Infinity]),
  };
}

/** Plays a history against a core of its own; throws what went wrong. Answers how many messages were acknowledged. */
export function play(history: History): number {
  return withTurns((turn) => {
    let nowMs = 1_000_000;
    const bugs: unknown[] = [];
    const { maximumInflight, receiveMaximum, outputLimitBytes } = history;
    const core = new BrokerCore({
      nowUs: () => nowMs * 1000,
      monotonicMs: () => nowMs,
      onBug: (error) => bugs.push(error),
      maximumInflight,
      receiveMaximum,
      outputLimitBytes,
    });
    core.wheel.stop();
    const muchLater = (): void => {
      while (turn());
      nowMs += 1_000_000;
      while (!core.wheel.advance());
    };
    const clients: ModelClient[] = [];
    const world: World = {
      oracle: new Oracle(maximumInflight, outputLimitBytes < 10_000),
      receiveMaximum,
      clients,
      obligations: [],
      acknowledged: new Set(),
      open(onWrite) {
        const stream = new SyncStream(32, onWrite);
        core.handle(stream.asDuplex(), { transport: 'tcp', address: 'model' });
        return stream;
      },
    };
    for (let index = 0; index < history.clients; index += 1) clients.push(new ModelClient(`c${index}`, world));

    for (const [number, step] of history.steps.entries()) {
      take(step, number, clients[step.client % clients.length] as ModelClient, turn, muchLater, world.oracle, core);
      if (bugs.length > 0) throw bugs[0];
    }
    comeToRest(clients, world.oracle, turn);
    if (bugs.length > 0) throw bugs[0];
    for (const client of clients) client.checkRest();
    checkCore(core, world.oracle);
    return world.acknowledged.size;
  });
}

function take(step: Step, number: number, client: ModelClient, turn: () => boolean, muchLater: () => void, oracle: Oracle, core: BrokerCore): void {
  switch (step.kind) {
    case 'connect':
    case 'take over':
      // What was collected for a connection that breaks counts as sent.
      while (turn());
      client.connect(step.words, step.kind === 'take over');
      return;
    case 'drop':
      while (turn());
      return client.drop();
    case 'disconnect':
      return client.disconnect();
    case 'publish':
      for (let at = 0; at < step.burst; at += 1) client.publish({ number: number * 10 + at, topic: step.topic, qos: step.qos, expires: step.expires });
      return;
    case 'subscribe':
      return client.subscribe(step.filter, step.qos);
    case 'unsubscribe':
      return client.unsubscribe(step.filter);
    case 'deliver':
      return void client.deliver(step.limit);
    case 'read':
      return void client.read(step.limit);
    case 'turn':
      return void turn();
    case 'hold':
      return client.holdAcks(step.qos === 1);
    case 'ids anew': {
      // As after 65,535 messages.
      const session = core.sessions.get(client.id);
      if (session) session.lastPacketId = 0;
      return;
    }
    case 'much later':
      muchLater();
      oracle.muchLater();
  }
}

/** Whoever has a session comes back to it; then everything is delivered until nobody has anything left to say. */
function comeToRest(clients: readonly ModelClient[], oracle: Oracle, turn: () => boolean): void {
  turn();
  for (const client of clients) {
    client.holdAcks(false);
    const isKept = oracle.sessions.get(client.id) !== undefined;
    if (isKept && !client.isOpen) client.connect({ level: 5, clean: false, expirySeconds: Infinity, receiveMaximum: 3 }, false);
  }
  for (let round = 0; round < 2000; round += 1) {
    let something = turn();
    for (const client of clients) {
      something = client.read(Infinity) || something;
      something = client.deliver(Infinity) || something;
    }
    if (!something) return;
  }
  fail('it never comes to rest');
}

/** Nothing is left behind, and nothing was thrown away that had to be kept. */
function checkCore(core: BrokerCore, oracle: Oracle): void {
  const ids = (names: Iterable<string>): string => [...names].toSorted().join(' ');
  if (ids(core.sessions.keys()) !== ids(oracle.sessions.keys())) fail(`sessions ${ids(core.sessions.keys())} instead of ${ids(oracle.sessions.keys())}`);
  for (const { clientId, inflight, resend, queue, connection } of core.sessions.values()) {
    if (connection === null) continue;
    const left = (inflight?.size ?? 0) + (resend?.length ?? 0) + (queue?.length ?? 0);
    if (left > 0) fail(`${left} messages are left for ${clientId}`);
  }
  const { droppedFull, droppedLarge, droppedSlow } = core.counters;
  if (droppedFull + droppedLarge > 0 || (droppedSlow > 0 && !oracle.maySkip)) fail('messages were dropped');
}

/** The shortest history found that still fails, by leaving out steps. */
export function shrink(history: History): History {
  let { steps } = history;
  for (let size = Math.ceil(steps.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < steps.length;) {
      const fewer = [...steps.slice(0, at), ...steps.slice(at + size)];
      if (failure({ ...history, steps: fewer }) === null) at += size;
      else steps = fewer;
    }
  }
  return { ...history, steps };
}

export function failure(history: History): Error | null {
  try {
    play(history);
    return null;
  } catch (error) {
    return error as Error;
  }
}

export function tell({ seed, clients, maximumInflight, receiveMaximum, outputLimitBytes, steps }: History): string {
  const head = `seed ${seed}, maximum inflight ${maximumInflight}, receive maximum of the broker ${receiveMaximum}, output limit ${outputLimitBytes}`;
  return [head, ...steps.map((step, number) => `  ${number} c${step.client % clients} ${tellStep(step)}`)].join('\n');
}

function tellStep({ kind, words, topic, filter, qos, expires, burst, limit }: Step): string {
  switch (kind) {
    case 'connect':
    case 'take over':
      return `${kind} MQTT ${words.level}${words.clean ? ' clean' : ''}, expiry ${words.expirySeconds}, receive maximum ${words.receiveMaximum}`;
    case 'publish':
      return `publish ${burst} × ${topic} with QoS ${qos}${expires ? ', which expires' : ''}`;
    case 'subscribe':
      return `subscribe ${filter} with QoS ${qos}`;
    case 'unsubscribe':
      return `unsubscribe ${filter}`;
    case 'deliver':
      return `deliver up to ${limit} bytes`;
    case 'read':
      return `read up to ${limit} packets`;
    case 'ids anew':
      return 'is given packet ids from 1 on again';
    case 'hold':
      return qos === 1 ? 'keeps acknowledgements back' : 'sends its acknowledgements';
    default:
      return kind;
  }
}
