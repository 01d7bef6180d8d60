import type { BatchOutcome, BatchPhase, BatchStatus, PeerState } from '../../../shared/contract/rpc-batches.ts';
import type { Tone } from '../../ui/badge.tsx';
import { formatCount, formatTime, plural } from '../common/index.ts';
import type { BatchWords } from './batch-ui.ts';
import { stateWords } from './rpc-words.ts';

interface PhaseWords {
  readonly label: string;
  readonly tone: Tone;
  readonly meaning: string;
}

const phases: Readonly<Record<BatchPhase, PhaseWords>> = {
  running: { label: 'Running', tone: 'info', meaning: 'Calls are under way.' },
  stopping: { label: 'Stopping', tone: 'warn', meaning: 'No further call is made; those under way are awaited.' },
  done: { label: 'Done', tone: 'ok', meaning: 'Every call was made and has ended.' },
  stopped: { label: 'Stopped', tone: 'warn', meaning: 'Ended at the first failure.' },
  cancelled: { label: 'Cancelled', tone: 'neutral', meaning: 'Given up by hand. Peers are not told, and may carry out what was under way.' },
  failed: { label: 'Broken off', tone: 'bad', meaning: 'It could not go on.' },
};

export const phaseWords = (phase: BatchPhase): PhaseWords => phases[phase];

export const isOver = ({ phase }: BatchStatus): boolean => phase !== 'running' && phase !== 'stopping';

/** Calls that have ended, in whatever way. */
export const endedCalls = ({ outcomes }: BatchStatus): number => Object.values(outcomes).reduce((sum, count) => sum + count, 0);

/** Peers that gave no result, or were not called. */
export const withoutResult = ({ total, outcomes }: BatchStatus): number => total - outcomes.ok;

export const outcomeOrder: readonly BatchOutcome[] = ['ok', 'failed', 'timed-out', 'cancelled'];

export function peerStateWords(state: PeerState): { readonly label: string; readonly tone: Tone } {
  return state === 'waiting' ? { label: 'Not called', tone: 'neutral' } : stateWords(state);
}

/** `get_status × 50`, `get_status, 12 peers`, `3 requests`. */
export function batchTitle({ kind, method, topic, total }: Pick<BatchStatus, 'kind' | 'method' | 'topic' | 'total'>, words: BatchWords): string {
  const what = method === '' ? topic : method;
  if (kind === 'requests') return plural(total, words.call);
  return kind === 'repeat' ? `${what} × ${formatCount(total)}` : `${what === '' ? capital(words.call) : what}, ${plural(total, words.peer)}`;
}

export const batchOption = (batch: BatchStatus, words: BatchWords): string => `${formatTime(batch.startedAt * 1000).slice(0, 8)}  ${batchTitle(batch, words)}`;

export const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** `12.3 calls/s`. */
export function formatRate(callsPerSecond: number, words: BatchWords): string {
  const rate = callsPerSecond >= 99.5 ? formatCount(Math.round(callsPerSecond)) : String(Number(callsPerSecond.toPrecision(3)));
  return `${rate} ${words.call}s/s`;
}
