import { ArrowDownLeft, ArrowUpRight } from 'lucide-react';
import { memo, useMemo, type ReactElement } from 'react';
import type { MessageRow } from '../../../shared/contract/messages.ts';
import { formatBytes, formatDateTime, formatTimeNear } from '../common/index.ts';
import { oneLine } from './payload-view.ts';
import styles from './messages.module.css';

/** One line of the message list. */
export const MessageRowContent = memo(function MessageRowContent({ row, todayMs }: { readonly row: MessageRow; readonly todayMs: number }): ReactElement {
  const head = useMemo(() => oneLine(row.head, row.sizeBytes), [row]);
  return (
    <span className={styles.row}>
      <time className={styles.time} title={formatDateTime(row.timeUs)}>
        {formatTimeNear(row.timeUs, todayMs)}
      </time>
      <span className={styles.direction} data-direction={row.direction} title={row.direction === 'in' ? 'Received' : 'Sent from here'}>
        {row.direction === 'in' ? <ArrowDownLeft size={13} aria-hidden /> : <ArrowUpRight size={13} aria-hidden />}
        <span className="visually-hidden">{row.direction === 'in' ? 'received' : 'sent'}</span>
      </span>
      <span className={styles.flags}>
        <span title="Quality of service">Q{row.qos}</span>
        {row.retain && <span title="Retained">R</span>}
        {row.dup && <span title="Sent again (DUP)">D</span>}
      </span>
      <span className={styles.size}>{formatBytes(row.sizeBytes)}</span>
      <span className={styles.text} data-binary={head.binary || undefined}>
        {row.sizeBytes === 0 ? <i>empty</i> : head.text}
      </span>
      {row.publisher !== null && (
        <span className={styles.publisher} title={`Published by ${row.publisher}`}>
          {row.publisher}
        </span>
      )}
    </span>
  );
});
