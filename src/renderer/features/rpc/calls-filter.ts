import type { CallFilter } from '../../../shared/contract/call-history.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { CallState } from '../../../shared/contract/rpc.ts';
import { allStates, problemStates } from './rpc-words.ts';

export type StateChoice = 'all' | 'problems' | 'repeated' | CallState;

/** What the controls above the list say. */
export interface CallsFilter {
  readonly choice: StateChoice;
  readonly text: string;
  readonly inPayloads: boolean;
  readonly who: 'all' | 'own' | 'others';
  /** Exactly; empty: any. */
  readonly topic: string;
  readonly method: string;
  /** Local time as in an input: `2026-11-21T14:05`; empty: any. */
  readonly from: string;
  readonly to: string;
  readonly slowerThanMs: number | null;
}

export const noFilter: CallsFilter = {
  choice: 'all',
  text: '',
  inPayloads: false,
  who: 'all',
  topic: '',
  method: '',
  from: '',
  to: '',
  slowerThanMs: null,
};

/** How many of the controls behind the button are set. */
export function furtherFilters({ who, topic, method, from, to, slowerThanMs, inPayloads }: CallsFilter): number {
  return [who !== 'all', topic !== '', method !== '', from !== '', to !== '', slowerThanMs !== null, inPayloads].filter(Boolean).length;
}

export const isFiltered = (filter: CallsFilter): boolean =>
  filter.choice !== 'all' || filter.text.trim() !== '' || furtherFilters(filter) > (filter.inPayloads ? 1 : 0);

const timeOf = (local: string): number | undefined => {
  const ms = local === '' ? Number.NaN : new Date(local).getTime();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
};

/** Why nothing can fit, in a sentence. */
export function filterProblem({ from, to }: CallsFilter): string | undefined {
  const [start, end] = [timeOf(from), timeOf(to)];
  return start !== undefined && end !== undefined && start > end ? 'This is before the beginning.' : undefined;
}

export function toCallFilter(source: SourceId, filter: CallsFilter): CallFilter {
  const { choice, text, inPayloads, who, topic, method, slowerThanMs } = filter;
  const [fromMs, toMs] = [timeOf(filter.from), timeOf(filter.to)];
  const states = choice === 'problems' ? problemStates : allStates.filter((state) => state === choice);
  return {
    source,
    ...(states.length === 0 ? {} : { states: [...states] }),
    ...(choice === 'repeated' ? { repeated: true } : {}),
    ...(text.trim() === '' ? {} : { text: text.slice(0, 1000), ...(inPayloads ? { inPayloads } : {}) }),
    ...(who === 'all' ? {} : { own: who === 'own' }),
    ...(topic === '' ? {} : { topic: topic.slice(0, 65_535) }),
    ...(method === '' ? {} : { method: method.slice(0, 1000) }),
    ...(fromMs === undefined ? {} : { fromMs }),
    // All of the minute, or of the second, that is written.
    ...(toMs === undefined ? {} : { toMs: toMs + (filter.to.length <= 16 ? 59_999 : 999) }),
    ...(slowerThanMs === null ? {} : { slowerThanMs }),
  };
}
