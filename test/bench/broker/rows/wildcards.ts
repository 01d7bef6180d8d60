import type { RunningBroker } from '../brokers/running-broker.ts';
import { residentBytes } from '../process-facts.ts';
import { RunningLoad } from '../load/running-load.ts';
import { measureRate } from '../measure-rate.ts';
import { aheadOf } from './throughput.ts';
import { plainSample, type Scenario } from './scenario.ts';

/** Filters of one SUBSCRIBE, and of one client. */
const perSubscribe = 100;
const sets = 100;
const even = { ratio: 1 } as const;

export function wildcardScenarios(): readonly Scenario[] {
  return [matching(1), matching(sets), subscribing()];
}

/** Ten thousand filters in all: of each client a hundred, of which each topic matches the filter of one client, or of all. */
function matching(receivers: number): Scenario {
  const filterOf = (client: number, n: number): string => (receivers === 1 ? `bench/${client}/+/${n}/#` : `bench/${n}/+/#`);
  const filters = Array.from({ length: sets }, (_, client) => Array.from({ length: perSubscribe }, (_, n) => filterOf(client, n)));
  const topics = filters.flatMap((own, client) => own.map((_, n) => (receivers === 1 ? `bench/${client}/room/${n}/value` : `bench/${n}/room/value/${client}`)));
  const name = `10,000 wildcard filters, 10,000 topics, ${receivers} ${receivers === 1 ? 'match' : 'matches'} each, 256 B`;
  const half = sets / 2;
  return {
    rows: [{ name, unit: 'deliveries/s', better: 'more', aim: even }],
    run: async (broker, times) => [
      await measureRate(
        broker,
        {
          loads: [
            { role: 'subscribe', qos: 0, filters: filters.slice(0, half) },
            { role: 'subscribe', qos: 0, filters: filters.slice(half) },
            {
              role: 'publish',
              topics,
              qos: 0,
              payloadBytes: 256,
              clients: 1,
              window: 0,
              aheadBytes: aheadOf(receivers),
              receivers,
              perSecond: null,
              messages: null,
            },
          ],
          counted: 'received',
          receivers,
        },
        times,
      ),
    ],
  };
}

function subscribing(): Scenario {
  return {
    rows: [
      { name: '10,000 wildcard filters subscribed, 100 in each SUBSCRIBE', unit: 'filters/s', better: 'more', aim: even },
      { name: 'memory of 10,000 wildcard filters', unit: 'MiB', better: 'less', aim: null },
    ],
    run: async (broker) => {
      // The first client is there for the memory: a broker that has just started has not compiled yet what it does then.
      const { bytes } = await subscribeAll(broker, 'first');
      const { ms } = await subscribeAll(broker, 'second');
      return [plainSample((sets * perSubscribe * 1000) / ms), plainSample(bytes / 2 ** 20)];
    },
  };
}

/** How long one client takes, and by how much the broker grows. */
async function subscribeAll({ port, pid }: RunningBroker, root: string): Promise<{ readonly ms: number; readonly bytes: number }> {
  const subscribes = Array.from({ length: sets }, (_, n) => Array.from({ length: perSubscribe }, (_, m) => `${root}/${n}/+/${m}/#`));
  const before = residentBytes(pid) ?? Number.NaN;
  const load = await RunningLoad.open(port, [{ role: 'ask', steps: [{ subscribes, until: 'suback', count: sets }] }]);
  try {
    load.go();
    const [[ms = Number.NaN] = []] = (await load.done()) as readonly (readonly number[])[];
    return { ms, bytes: (residentBytes(pid) ?? Number.NaN) - before };
  } finally {
    await load.close();
  }
}
