import { ArrowDownLeft, ArrowUpRight } from 'lucide-react';
import { memo, type ReactElement } from 'react';
import type { CallRow, DialectId } from '../../../shared/contract/rpc.ts';
import { Badge } from '../../ui/badge.tsx';
import { formatDateTime, formatTimeNear } from '../common/index.ts';
import { callTitle, formatMs, repeatedMeaning, stateWords } from './rpc-words.ts';
import styles from './calls.module.css';

interface CallRowProps {
  readonly row: CallRow;
  readonly todayMs: number;
  readonly dialectShort: (id: DialectId) => string;
}

/** One line of the list of calls. */
export const CallRowContent = memo(function CallRowContent({ row, todayMs, dialectShort }: CallRowProps): ReactElement {
  const { label, tone, meaning } = stateWords(row.state);
  return (
    <span className={styles.row}>
      <time className={styles.time} title={formatDateTime(row.timeUs)}>
        {formatTimeNear(row.timeUs, todayMs)}
      </time>
      <span className={styles.own} data-own={row.own || undefined} title={row.own ? 'Made here' : 'Seen: made by another client'}>
        {row.own ? <ArrowUpRight size={13} aria-hidden /> : <ArrowDownLeft size={13} aria-hidden />}
        <span className="visually-hidden">{row.own ? 'made here' : 'made by another client'}</span>
      </span>
      <span className={styles.state}>
        <Badge tone={tone} title={meaning}>
          {label}
        </Badge>
      </span>
      <span className={styles.method} title={callTitle(row)}>
        {row.method === '' ? <i>{callTitle(row)}</i> : row.method}
      </span>
      <span className={styles.topic} title={`${row.topic} (${dialectShort(row.dialect)})`}>
        {row.topic}
      </span>
      <span className={row.errorText === null ? styles.caller : styles.problem} title={row.errorText ?? row.callerId}>
        {row.errorText ?? row.callerId}
      </span>
      <span className={styles.elapsed}>
        {row.duplicates > 0 && <Badge tone="warn" title={repeatedMeaning}>{`+${row.duplicates}`}</Badge>}
        {row.elapsedMs === null ? '' : formatMs(row.elapsedMs)}
      </span>
    </span>
  );
});
