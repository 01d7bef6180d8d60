import process from 'node:process';
import { expect, it } from 'vitest';
import { failure, play, randomHistory, shrink, tell, type History } from './history.ts';

/** DELIVERY_SEED=N plays the history of that seed alone, DELIVERY_COUNT=N that many from seed 1. */
const { DELIVERY_SEED: only, DELIVERY_COUNT: count = '10000' } = process.env;
const seeds = only === undefined ? Array.from({ length: Number(count) }, (_, at) => at + 1) : [Number(only)];

it(`loses and doubles nothing in ${seeds.length} random histories of broken connections`, { timeout: 300_000 }, () => {
  let acknowledged = 0;
  for (const seed of seeds) {
    const history = randomHistory(seed);
    try {
      acknowledged += play(history);
    } catch (error) {
      throw new Error(explain(history), { cause: error });
    }
  }
  // The histories are about something.
  if (only === undefined) expect(acknowledged).toBeGreaterThan(seeds.length * 5);
});

function explain(history: History): string {
  const shortest = shrink(history);
  return `${failure(shortest)?.message}\n${tell(shortest)}\nDELIVERY_SEED=${history.seed} plays the whole of it again.`;
}
