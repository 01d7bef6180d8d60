import process from 'node:process';
import { expect, it } from 'vitest';
import { randomHistory, tell, type History } from './history.ts';
import { play } from './play.ts';
import { failure, shrink } from './shrink.ts';

/** DELIVERY_SEED=N plays the history of that seed alone, DELIVERY_COUNT=N that many from seed 1. */
const { DELIVERY_SEED: only, DELIVERY_COUNT: count = '10000' } = process.env;
/** They found something beyond the first ten thousand. */
const notable = [523_462, 1_002_291];
const seeds = only === undefined ? [...notable, ...Array.from({ length: Number(count) }, (_, at) => at + 1)] : [Number(only)];

it(`loses and doubles nothing in ${seeds.length} random histories of broken connections`, { timeout: 300_000 }, async () => {
  let acknowledged = 0;
  for (const seed of seeds) {
    const history = randomHistory(seed);
    try {
      acknowledged += await play(history);
    } catch (error) {
      throw new Error(await explain(history), { cause: error });
    }
  }
  // The histories are about something.
  if (only === undefined) expect(acknowledged).toBeGreaterThan(seeds.length * 5);
});

async function explain(history: History): Promise<string> {
  const shortest = await shrink(history);
  return `${(await failure(shortest))?.message}\n${tell(shortest)}\nDELIVERY_SEED=${history.seed} plays the whole of it again.`;
}
