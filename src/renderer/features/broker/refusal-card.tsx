import { ListPlus } from 'lucide-react';
import type { ReactElement } from 'react';
import type { RefusedClient } from '../../../shared/contract/broker.ts';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Card, formatCount, formatDateTime, formatTime, plural, useBrokerRefusals, useFirst } from '../common/index.ts';
import { newAccessRule } from './access/new-rule.ts';
import styles from './broker.module.css';

const none: readonly RefusedClient[] = [];

/** Whom the broker turned away or cut off since its start, and why; nothing while it did not. */
export function RefusalCard(): ReactElement | null {
  const refusals = useBrokerRefusals();
  const { shown, more } = useFirst(refusals?.recent ?? none, 20);
  if (!refusals || refusals.total + refusals.notKept + refusals.denied + refusals.overLimit === 0) return null;
  return (
    <Card
      title="Refused and cut off"
      titleAside={
        <>
          {refusals.total > 0 && <Badge>{formatCount(refusals.total)}</Badge>}
          {refusals.denied > 0 && <Badge tone="warn">{formatCount(refusals.denied)} not allowed</Badge>}
          {refusals.overLimit > 0 && <Badge tone="warn">{formatCount(refusals.overLimit)} beyond a limit</Badge>}
          {refusals.notKept > 0 && <Badge tone="warn">{plural(refusals.notKept, 'retained message')} not kept</Badge>}
        </>
      }
      flush
    >
      <div className={styles.tableFrame}>
        <table className={styles.table}>
          <caption className="visually-hidden">Clients that the broker refused or cut off, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Client id</th>
              <th scope="col">Address</th>
              <th scope="col">Why</th>
              <th scope="col">Times</th>
              <th scope="col">Last</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((entry) => (
              <RefusalRow key={JSON.stringify([entry.clientId, entry.transport, entry.reason, entry.firstAt])} entry={entry} />
            ))}
          </tbody>
        </table>
        {more}
      </div>
    </Card>
  );
}

function RefusalRow({ entry }: { readonly entry: RefusedClient }): ReactElement {
  const { clientId, denied } = entry;
  const ofHandler = denied?.handler !== undefined;
  // Rules name the topic in their reason.
  const lastTopic = entry.notKeptTopic ?? entry.overLimit?.topic ?? (ofHandler ? (denied.topic ?? undefined) : undefined);
  return (
    <tr>
      <th scope="row" className={styles.clientId}>
        {entry.clientId === null ? <span className={styles.muted}>unknown</span> : entry.clientId === '' ? '(empty)' : entry.clientId}
      </th>
      <td className={styles.mono}>{entry.address === '' ? '—' : entry.address}</td>
      <td className={styles.reason}>
        {entry.reason}
        {lastTopic !== undefined && (
          <>
            {' '}
            Last: <code>{lastTopic}</code>
          </>
        )}
      </td>
      <td>{formatCount(entry.count)}</td>
      <td title={formatDateTime(entry.lastAt * 1000)}>{formatTime(entry.lastAt * 1000)}</td>
      <td className={styles.rowAction}>
        {clientId !== null && denied !== undefined && !ofHandler && denied.topic !== null && (
          <IconButton
            label={`Make a rule that allows this to ${clientId}`}
            size="small"
            icon={<ListPlus size={14} aria-hidden />}
            onClick={() => newAccessRule({ effect: 'allow', clientId, action: denied.action, filter: denied.topic ?? '' })}
          />
        )}
      </td>
    </tr>
  );
}
