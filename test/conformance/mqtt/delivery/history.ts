import { below, pick, seeded, type Random } from '../../../../src/shared/mqtt/packet/packet-samples.ts';
import type { ConnectWords } from './oracle.ts';

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
  'hurry',
  'turn',
  'commit',
  'crash',
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
  hurry: 10,
  commit: 6,
  crash: 5,
  hold: 2,
  'ids anew': 2,
  'much later': 1,
};

/** One step. It means the same wherever it stands in a history, and does nothing where it makes no sense. */
export interface Step {
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
  /** What has to outlive the broker is kept, each batch of it when a step says so; and the broker may crash. */
  readonly isKept: boolean;
  readonly steps: readonly Step[];
}

const bag = kinds.flatMap((kind) => Array.from({ length: weights[kind] }, () => kind));
const bagInMemory = bag.filter((kind) => kind !== 'commit' && kind !== 'crash');
const unlimited = 65_535;

export function randomHistory(seed: number): History {
  const random = seeded(seed);
  const clients = 2 + below(random, 2);
  const length = 20 + below(random, 60);
  const isKept = below(random, 3) === 0;
  // Everybody is there and has subscribed to something, or half of the histories would be about nothing.
  const start = Array.from({ length: clients }, (_, client) =>
    (['connect', 'turn', 'commit', 'turn', 'read', 'subscribe', 'deliver', 'turn', 'commit', 'turn', 'read'] as const).map((kind) => ({
      ...randomStep(random, kind),
      client,
      limit: Infinity,
    })),
  ).flat();
  return {
    seed,
    clients,
    maximumInflight: pick(random, [1, 2, 3, 1000, 1000]),
    receiveMaximum: pick(random, [1, 2, 5, 1000]),
    outputLimitBytes: pick(random, [40, 1_048_576]),
    isKept,
    steps: [...start, ...Array.from({ length }, () => randomStep(random, pick(random, isKept ? bag : bagInMemory)))],
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

export function tell({ seed, clients, maximumInflight, receiveMaximum, outputLimitBytes, isKept, steps }: History): string {
  const head = `seed ${seed}, maximum inflight ${maximumInflight}, receive maximum of the broker ${receiveMaximum}, output limit ${outputLimitBytes}${isKept ? ', kept' : ''}`;
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
