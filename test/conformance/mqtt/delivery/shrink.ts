import type { History } from './history.ts';
import { play } from './play.ts';

/** The shortest history found that still fails, by leaving out steps. */
export async function shrink(history: History): Promise<History> {
  let { steps } = history;
  for (let size = Math.ceil(steps.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < steps.length;) {
      const fewer = [...steps.slice(0, at), ...steps.slice(at + size)];
      if ((await failure({ ...history, steps: fewer })) === null) at += size;
      else steps = fewer;
    }
  }
  return { ...history, steps };
}

export async function failure(history: History): Promise<Error | null> {
  try {
    await play(history);
    return null;
  } catch (error) {
    return error as Error;
  }
}
