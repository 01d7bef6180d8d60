import type { RedisState, RedisView } from '../../../../shared/contract/broker-redis.ts';
import { formatCount, plural } from '../../common/index.ts';

export const phaseOfRedis = {
  off: { tone: 'off', title: 'Redis is not in use' },
  connecting: { tone: 'busy', title: 'Connecting to Redis …' },
  connected: { tone: 'ok', title: 'Connected to Redis' },
  away: { tone: 'bad', title: 'Redis is away' },
} as const;

export const modeWords = {
  share: 'Several brokers are one: clients, sessions and messages of all',
  channels: 'Plain channels as in mqttd: topic = channel, payload raw',
} as const;

/** What goes on while Redis is away, and what does not. */
export const awayWords = {
  share:
    'Messages go on between the clients of this broker. What must be shared waits: QoS 1 and 2 are not acknowledged until Redis is back, kept sessions get no new subscriptions, and clients whose session may be at another broker are refused. QoS 0 does not reach other brokers.',
  channels: 'Messages go on between the clients of this broker, and reach no channel.',
} as const;

export function countersOf({ mode, counters, waiting, lagMs, roundTripMs }: RedisState): readonly (readonly [name: string, value: string])[] {
  const common = [
    ['Given to others', formatCount(counters.sent)],
    ['Taken from others', formatCount(counters.received)],
    ['QoS 0 not shared', formatCount(counters.dropped)],
    ['Round trip', roundTripMs === null ? '—' : `${roundTripMs.toFixed(1)} ms`],
  ] as const;
  if (mode === 'channels') return common;
  return [
    ...common,
    ['Waiting to be shared', formatCount(waiting)],
    ['Behind the others', lagMs === 0 ? 'no' : `${formatCount(lagMs)} ms`],
    ['Sessions came', formatCount(counters.sessionsIn)],
    ['Sessions went', formatCount(counters.sessionsOut)],
    ['Sessions inherited', formatCount(counters.sessionsAdopted)],
  ];
}

/** A broker that said nothing for some seconds is on the way to be taken for dead. */
export const silentAfterMs = 3000;

export function peerTitle({ peers }: Pick<RedisState, 'peers'>): string {
  return peers.length <= 1 ? 'no other broker' : plural(peers.length - 1, 'other broker');
}

/** What keeps the draft from being used; `null`: nothing that is seen here. */
export function addressProblem({ url }: Pick<RedisView, 'url'>): string | null {
  return /^rediss?:\/\/./.test(url.trim()) ? null : 'It begins with redis:// or rediss://.';
}
