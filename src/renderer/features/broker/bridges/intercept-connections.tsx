import { Cable, Unplug } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { InterceptConnection, InterceptStatus, InterceptView } from '../../../../shared/contract/broker-intercepts.ts';
import { useStreamValue } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { KeyValueTable } from '../../../ui/key-value-table.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { CopyLine, formatBytes, formatCount, formatDateTime, formatDuration, formatTime, useNow } from '../../common/index.ts';
import { endConnection } from './bridges-actions.ts';
import { connectionState, tryIt } from './bridges-words.ts';
import styles from './bridges.module.css';

/** A remote that has owed an answer for so long is most likely gone. */
const longSilenceMs = 5_000;

interface Props {
  readonly view: InterceptView;
  readonly status: InterceptStatus | undefined;
}

/** Whose bytes pass now, and the last connections that ended, with the reason. */
export function InterceptConnections({ view, status }: Props): ReactElement {
  const live = useStreamValue('intercepts.connections', { id: view.id });
  const [chosen, setChosen] = useState<number | null>(null);
  const now = useNow(1000);
  if (!live) return <Loading label="Loading connections" />;
  const { rows, omitted } = live;
  const shown = rows.find(({ number }) => number === chosen) ?? null;
  if (rows.length === 0) {
    const line = status?.url ? tryIt(status.url, view.listener.kind) : null;
    return (
      <EmptyState
        icon={<Cable size={28} aria-hidden />}
        title={status?.phase === 'running' ? 'No device has connected yet' : 'The intercept is stopped'}
        text={
          status?.phase === 'running'
            ? 'Point a device at its address instead of the broker it talks to. What passes is in Topics and in Packets, as a source of its own.'
            : 'Start it, and point devices at its address instead of the broker they talk to.'
        }
      >
        {line && <CopyLine text={line} label="Copy the command" />}
      </EmptyState>
    );
  }
  return (
    <div className={styles.log}>
      {omitted > 0 && <p className={styles.omitted}>{formatCount(omitted)} more are open.</p>}
      <VirtualList
        className={styles.logList ?? ''}
        label="Connections"
        count={rows.length}
        getRow={(index) => rows[index]}
        keyOf={({ number }) => number}
        rowHeightPx={30}
        isSelected={({ number }) => number === chosen}
        onSelect={({ number }) => setChosen(number)}
        renderRow={(row) => <ConnectionLine row={row} now={now} onEnd={() => void endConnection(view.id, row.number)} />}
      />
      {shown && <ConnectionDetails row={shown} now={now} />}
    </div>
  );
}

function ConnectionLine({ row, now, onEnd }: { readonly row: InterceptConnection; readonly now: number; readonly onEnd: () => void }): ReactElement {
  const { tone, word } = connectionState(row);
  const isSilent = row.askedAt !== null && now - row.askedAt > longSilenceMs;
  return (
    <span className={styles.connectionLine} title={row.reason?.message ?? row.violation ?? undefined}>
      <Badge tone={isSilent ? 'warn' : tone}>{isSilent ? 'no answer' : word}</Badge>
      <span className={styles.clientId}>{row.clientId ?? (row.version === null ? 'no CONNECT yet' : '')}</span>
      <span className={styles.quiet}>{row.endedAt === null || row.reason === null ? row.address : row.reason.message}</span>
      <span className={styles.amount} title="To the remote broker">
        ↑ {formatBytes(row.bytesToRemote)}
      </span>
      <span className={styles.amount} title="To the device">
        ↓ {formatBytes(row.bytesToDevice)}
      </span>
      <span className={styles.amount}>{row.endedAt === null ? formatDuration(Math.max(0, now - row.since)) : formatTime(row.endedAt * 1000)}</span>
      {row.endedAt === null ? (
        <IconButton size="small" label={`End the connection of ${row.clientId ?? row.address}`} icon={<Unplug size={13} aria-hidden />} onClick={onEnd} />
      ) : (
        <span />
      )}
    </span>
  );
}

function ConnectionDetails({ row, now }: { readonly row: InterceptConnection; readonly now: number }): ReactElement {
  const { reason, violation, askedAt } = row;
  const facts = [
    { key: 'Client id', value: row.clientId ?? 'not known: no CONNECT was read' },
    { key: 'MQTT', value: row.version ?? '' },
    { key: 'Device', value: `${row.address} over ${row.transport}` },
    { key: 'Since', value: formatDateTime(row.since * 1000) },
    { key: 'Ended', value: row.endedAt === null ? '' : formatDateTime(row.endedAt * 1000) },
    { key: 'Waiting to be read', value: row.pendingBytes === 0 ? '' : formatBytes(row.pendingBytes) },
    { key: 'No answer', value: askedAt === null ? '' : `The remote owes an answer since ${formatDuration(Math.max(0, now - askedAt))}.` },
    { key: 'Broke a rule', value: violation ?? '' },
    { key: 'Reason', value: reason === null ? '' : [reason.message, reason.advice].filter(Boolean).join(' ') },
  ];
  return (
    <section className={styles.details} aria-label="Connection" tabIndex={0}>
      <KeyValueTable compact label="Connection" rows={facts.filter(({ value }) => value !== '')} />
    </section>
  );
}
