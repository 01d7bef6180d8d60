import { CodedError } from '../../../../shared/ipc/errors.ts';

/** How many names of what is under way a refusal says. */
const maxNames = 5;

/** Lets only so many be under way at once. */
export interface RunSlots {
  /** Rejects with `invalid-state`, and what is running, while there is no room. */
  hold<T>(name: string, run: () => Promise<T>): Promise<T>;
}

export function createRunSlots(most: number): RunSlots {
  const running = new Set<{ readonly name: string }>();
  return {
    async hold(name, run) {
      if (running.size >= most) throw new CodedError('invalid-state', `${most} runs are under way, and no more run at once: ${namesOf(running)}.`, { advice });
      const slot = { name };
      running.add(slot);
      try {
        return await run();
      } finally {
        running.delete(slot);
      }
    },
  };
}

const advice = 'Wait for one of them to end, or cancel one.';

function namesOf(running: ReadonlySet<{ readonly name: string }>): string {
  const counts = new Map<string, number>();
  for (const { name } of running) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].map(([name, count]) => (count === 1 ? `“${name}”` : `“${name}” (${count} times)`));
  return names.length > maxNames ? `${names.slice(0, maxNames).join(', ')} and ${names.length - maxNames} more` : names.join(', ');
}
