import { Database } from 'lucide-react';
import type { ReactElement } from 'react';
import { Popover } from '../../ui/popover.tsx';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { formatBytes, formatCount, goTo, useLedger } from '../common/index.ts';
import styles from './history.module.css';
import { describeSize, summarise } from './ledger-summary.ts';

/** What became of every message received: the strip's short form, and all of it on a click. */
export function LedgerItem(): ReactElement | null {
  const ledger = useLedger();
  if (!ledger) return null;
  const { tone, text, fill, alarm, droppedCount, droppedCalls } = summarise(ledger);
  const { calls } = ledger;
  return (
    <Popover
      side="top"
      align="end"
      title="Message history"
      trigger={
        <button type="button" className={styles.item} data-tone={tone} title="Message history">
          <Database size={13} aria-hidden />
          <span>{text}</span>
        </button>
      }
    >
      <div className={styles.popover}>
        {alarm !== null && (
          <Banner inset kind={alarm.kind} title={<span className={styles.alarm}>{alarm.title}</span>}>
            {alarm.text}
          </Banner>
        )}
        <KeyValueTable
          compact
          label="Ledger"
          rows={[
            { key: 'Received', value: formatCount(ledger.received) },
            { key: 'Stored', value: formatCount(ledger.stored) },
            { key: 'Waiting to be written', value: formatCount(ledger.pending) },
            { key: 'Dropped', value: formatCount(droppedCount) },
            ...ledger.dropped.map((entry) => ({ key: `– ${entry.reason}`, value: formatCount(entry.count) })),
            { key: 'Expired to keep the budget', value: formatCount(ledger.expired) },
            ...(calls.stored + droppedCalls === 0
              ? []
              : [
                  { key: 'Calls stored', value: formatCount(calls.stored) },
                  ...(droppedCalls === 0 ? [] : [{ key: 'Calls not stored', value: formatCount(droppedCalls) }]),
                  ...calls.dropped.map((entry) => ({ key: `– ${entry.reason}`, value: formatCount(entry.count) })),
                ]),
            ...(calls.expired === 0 ? [] : [{ key: 'Calls expired', value: formatCount(calls.expired) }]),
            ...(calls.sizeBytes === 0 ? [] : [{ key: 'Part of the calls', value: formatBytes(calls.sizeBytes) }]),
          ]}
        />
        <div className={styles.budget}>
          <span>On disk</span>
          <span>{describeSize(ledger)}</span>
          <ProgressBar label="History budget used" value={fill} tone={ledger.state === 'ok' ? 'accent' : 'bad'} />
        </div>
        <p className={styles.note}>When the budget is reached, the oldest messages are deleted first. Calls have at most a quarter of it.</p>
        <div>
          <Button size="small" onClick={() => goTo('settings')}>
            History settings
          </Button>
        </div>
      </div>
    </Popover>
  );
}
