import { ChevronDown, ChevronRight, Search, Unplug } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import type { BrokerClient } from '../../../../shared/contract/broker.ts';
import { listenerKindWords } from '../../../../shared/mqtt/listener-kinds.ts';
import { engineClient } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { act, formatDateTime, formatDuration, plural, useFirst, useNow } from '../../common/index.ts';
import styles from '../broker.module.css';
import { findClients } from './find-clients.ts';

async function disconnect(clientId: string): Promise<void> {
  const agreed = await confirm({
    title: `Disconnect “${clientId}”?`,
    text: 'The broker closes its connection. Most clients connect again by themselves.',
    action: 'Disconnect',
  });
  if (agreed) void act(engineClient().call('broker.disconnectClient', { clientId }), 'The client could not be disconnected');
}

/** Clients in `broker.clients`; before it is full, a difference to their number only means that one of both is newer. */
const listedAtMost = 1000;
/** A shorter list can be read as a whole. */
const searchFrom = 10;

/** Who is connected to the local broker. */
export function ClientTable({ clients, total }: { readonly clients: readonly BrokerClient[]; readonly total: number }): ReactElement {
  const now = useNow(1000);
  const [wanted, setWanted] = useState('');
  const found = useMemo(() => findClients(clients, wanted), [clients, wanted]);
  const { shown, more } = useFirst(found, 200);
  if (clients.length === 0) return <EmptyState compact title="No clients yet" text="Devices and tools that connect to this broker appear here." />;
  return (
    <div className={styles.tableFrame}>
      {clients.length > searchFrom && (
        <div className={styles.clientSearch}>
          <TextField
            label="Find clients"
            labelHidden
            type="search"
            size="small"
            clearable
            icon={<Search size={14} aria-hidden />}
            placeholder="Part of a client id, address, user name or filter"
            value={wanted}
            onChange={setWanted}
          />
          <span role="status" className={styles.muted}>
            {wanted.trim() === '' ? '' : plural(found.length, 'client')}
          </span>
        </div>
      )}
      <table className={styles.table}>
        <caption className="visually-hidden">Connected clients</caption>
        <thead>
          <tr>
            <th scope="col">Client id</th>
            <th scope="col">Version</th>
            <th scope="col">Address</th>
            <th scope="col">Keep-alive</th>
            <th scope="col">Subscriptions</th>
            <th scope="col">Connected</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((entry) => (
            <ClientRow key={entry.clientId} entry={entry} now={now} />
          ))}
        </tbody>
      </table>
      {more}
      {clients.length >= listedAtMost && total > clients.length && (
        <p className={styles.notListed}>{plural(total - clients.length, 'further client')} connected later and not listed.</p>
      )}
    </div>
  );
}

function ClientRow({ entry, now }: { readonly entry: BrokerClient; readonly now: number }): ReactElement {
  const [open, setOpen] = useState(false);
  const { shown, more } = useFirst(entry.subscriptions, 100);
  const { subscriptionCount: count } = entry;
  const unlisted = count - entry.subscriptions.length;
  const name = entry.clientId === '' ? '(empty)' : entry.clientId;
  return (
    <>
      <tr>
        <th scope="row" className={styles.clientId}>
          <span title={name}>{name}</span>
          {entry.username !== null && <span className={styles.muted}> as {entry.username}</span>}
          {entry.certificateSubject !== undefined && (
            <span className={styles.muted} title={`Certificate of ${entry.certificateSubject}`}>
              {' '}
              ({entry.certificateSubject})
            </span>
          )}
        </th>
        <td>
          MQTT {entry.version} {entry.transport !== 'tcp' && <Badge>{listenerKindWords[entry.transport]}</Badge>}
        </td>
        <td className={styles.mono}>{entry.address}</td>
        <td>{entry.keepAliveSeconds === 0 ? 'off' : `${entry.keepAliveSeconds} s`}</td>
        <td>
          {count === 0 ? (
            <span className={styles.muted}>none</span>
          ) : (
            <button type="button" className={styles.expander} aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
              {plural(count, 'filter')}
            </button>
          )}
        </td>
        <td title={formatDateTime(entry.connectedAt * 1000)}>{formatDuration(now - entry.connectedAt)}</td>
        <td className={styles.rowAction}>
          <IconButton label={`Disconnect ${name}`} size="small" icon={<Unplug size={14} aria-hidden />} onClick={() => void disconnect(entry.clientId)} />
        </td>
      </tr>
      {open && count > 0 && (
        <tr className={styles.detailRow}>
          <td colSpan={7}>
            <ul className={styles.filters} aria-label={`Subscriptions of ${name}`}>
              {shown.map(({ filter, qos }) => (
                <li key={filter}>
                  <code>{filter}</code> <Badge>QoS {qos}</Badge>
                </li>
              ))}
            </ul>
            {more}
            {unlisted > 0 && <p className={styles.notListed}>and {plural(unlisted, 'further filter')}, not listed</p>}
          </td>
        </tr>
      )}
    </>
  );
}
