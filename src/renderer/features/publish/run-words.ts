import type { PublishRun } from '../../../shared/contract/publishing.ts';
import { formatCount } from '../common/index.ts';

/** How far it is: `12 of 100, every 500 ms`. */
export function runProgress({ sent, total, everyMs, kind }: PublishRun): string {
  const pace = everyMs === 0 ? 'as fast as the broker takes them' : `every ${formatCount(everyMs)} ms`;
  const unit = kind === 'lines' ? ' lines' : '';
  return total === null ? `${formatCount(sent)} sent, ${pace}` : `${formatCount(sent)} of ${formatCount(total)}${unit}, ${pace}`;
}

/** What became of it, in a sentence. */
export function runOutcome({ state, sent, problem }: PublishRun): string {
  const count = `${formatCount(sent)} sent`;
  switch (state) {
    case 'running':
      return count;
    case 'done':
      return `Done: ${count}.`;
    case 'stopped':
      return `Stopped: ${count}.`;
    case 'failed':
      return `Ended: ${count}. ${problem?.message ?? ''}`;
  }
}
