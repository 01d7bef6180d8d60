import type { ReactElement } from 'react';
import type { FaultReport } from '../../../../shared/contract/broker-faults.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Card, formatBytes, formatCount, formatTime, plural, useFirst } from '../../common/index.ts';
import broker from '../broker.module.css';
import styles from './faults.module.css';

/** Who is affected now, what was done last, and what is held back. */
export function HitsCard({ report }: { readonly report: FaultReport }): ReactElement {
  const { affected, hits, hitCount, held, hurried } = report;
  const { shown, more } = useFirst(hits, 10);
  return (
    <div className={styles.columns}>
      <Card title="Affected now" titleAside={<Badge>{formatCount(affected.total)}</Badge>} flush>
        {affected.clients.length === 0 ? (
          <p className={styles.foot}>No connected client meets a rule. Clients that connect later may.</p>
        ) : (
          <ul className={styles.clients} aria-label="Affected clients">
            {affected.clients.map(({ clientId, faults }) => (
              <li key={clientId} className={styles.client}>
                <span className={styles.title}>{clientId === '' ? '(empty)' : clientId}</span>
                <span className={styles.muted}>{faults.join(', ')}</span>
              </li>
            ))}
          </ul>
        )}
        {affected.total > affected.clients.length && (
          <p className={styles.foot}>and {plural(affected.total - affected.clients.length, 'further client')}, not listed</p>
        )}
      </Card>
      <Card
        title="What they did"
        titleAside={
          <>
            <Badge>{formatCount(hitCount)}</Badge>
            {held.packets > 0 && (
              <Badge tone="info">
                {plural(held.packets, 'packet')} held back, {formatBytes(held.bytes)}
              </Badge>
            )}
            {hurried > 0 && (
              <Badge tone="warn" title="There was no more room to hold them: what is held back is bounded.">
                {plural(hurried, 'packet')} let go early
              </Badge>
            )}
          </>
        }
        flush
      >
        {hits.length === 0 ? (
          <p className={styles.foot}>Nothing yet.</p>
        ) : (
          <div className={broker.tableFrame}>
            <table className={broker.table}>
              <caption className="visually-hidden">What faults did last, newest first</caption>
              <thead>
                <tr>
                  <th scope="col">Time</th>
                  <th scope="col">Client id</th>
                  <th scope="col">What</th>
                  <th scope="col">Rule</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((hit, at) => (
                  <tr key={`${hitCount - at}`}>
                    <th scope="row" className={broker.mono}>
                      {formatTime(hit.at * 1000)}
                    </th>
                    <td className={broker.clientId}>{hit.clientId ?? 'unknown'}</td>
                    <td>
                      {hit.what} <span className={styles.muted}>{hit.direction === 'in' ? 'from the client' : 'to the client'}</span>
                    </td>
                    <td className={broker.reason}>{hit.rule}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            {more}
          </div>
        )}
      </Card>
    </div>
  );
}
