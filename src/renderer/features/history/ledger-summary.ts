import type { Ledger } from '../../../shared/contract/messages.ts';
import { formatBytes, formatCompact, formatCount, plural } from '../common/index.ts';

export interface LedgerSummary {
  readonly tone: 'ok' | 'busy' | 'warn' | 'bad';
  /** The short text of the strip. */
  readonly text: string;
  readonly droppedCount: number;
  readonly droppedCalls: number;
  /** How full the budget is, 0 to 1. */
  readonly fill: number;
  /** When something is wrong, for a banner: what, and what to do. */
  readonly alarm: LedgerAlarm | null;
}

interface LedgerAlarm {
  readonly kind: 'warn' | 'bad';
  readonly title: string;
  readonly text?: string;
}

const mend = 'Lower the budget, free disk space, or clear the history.';

/** Below this, rows waiting to be written are everyday and not worth a word. */
const quietPending = 1000;

export function summarise(ledger: Ledger): LedgerSummary {
  const droppedCount = sumOf(ledger.dropped);
  const droppedCalls = sumOf(ledger.calls.dropped);
  const fill = ledger.budgetBytes > 0 ? Math.min(1, ledger.sizeBytes / ledger.budgetBytes) : 0;
  const parts = [`${formatCompact(ledger.stored)} stored`];
  if (ledger.pending > quietPending) parts.push(`${formatCompact(ledger.pending)} waiting`);
  if (droppedCount > 0) parts.push(`${formatCount(droppedCount)} dropped`);
  if (droppedCalls > 0) parts.push(`${plural(droppedCalls, 'call')} not stored`);
  const base = { droppedCount, droppedCalls, fill };
  switch (ledger.state) {
    case 'starting':
      return { ...base, tone: 'busy', text: 'History starting', alarm: null };
    case 'disk-full':
      return {
        ...base,
        tone: 'bad',
        text: `Disk full · ${parts.join(' · ')}`,
        alarm: { kind: 'bad', title: ledger.detail ?? 'The disk is full: new messages are shown but no longer kept.', text: mend },
      };
    case 'failed':
      return {
        ...base,
        tone: 'bad',
        text: 'History not available',
        alarm: { kind: 'bad', title: ledger.detail ?? 'The message history is not available: messages are shown but not kept.', text: mend },
      };
    case 'ok':
      if (ledger.detail === null) return { ...base, tone: droppedCount + droppedCalls > 0 ? 'warn' : 'ok', text: parts.join(' · '), alarm: null };
      // The tone alone would be a colour without a word.
      return {
        ...base,
        tone: 'warn',
        text: `${parts.join(' · ')} · see details`,
        alarm: { kind: 'warn', title: ledger.detail },
      };
  }
}

const sumOf = (dropped: Ledger['dropped']): number => dropped.reduce((sum, { count }) => sum + count, 0);

/** `12 MiB of 1 GiB (1 %)`. */
export function describeSize(ledger: Ledger): string {
  const percent = ledger.budgetBytes > 0 ? Math.round((ledger.sizeBytes / ledger.budgetBytes) * 100) : 0;
  return `${formatBytes(ledger.sizeBytes)} of ${formatBytes(ledger.budgetBytes)} (${percent} %)`;
}
