import { Plug, Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ConnectionProfileView, ConnectionStatus } from '../../../shared/contract/connections.ts';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { connectionTone, useConnections, useNow } from '../common/index.ts';
import { ConnectionDetail } from './connection-detail.tsx';
import { describeConnection } from './connection-words.ts';
import { connectionsStore, useConnectionsState } from './connections-model.ts';
import styles from './connections.module.css';

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly uri: string;
  readonly profile: ConnectionProfileView | undefined;
  readonly status: ConnectionStatus | undefined;
  readonly dirty: boolean;
}

/** Saved profiles, then those that were never saved. */
function useEntries(): readonly Entry[] | undefined {
  const view = useConnections();
  const drafts = useConnectionsState((state) => state.drafts);
  if (!view) return undefined;
  const statuses = new Map(view.statuses.map((status) => [status.id, status]));
  const saved = view.profiles.map((profile): Entry => {
    const draft = drafts[profile.id]?.draft;
    return { id: profile.id, name: draft?.name ?? profile.name, uri: profile.uri, profile, status: statuses.get(profile.id), dirty: draft !== undefined };
  });
  const known = new Set(saved.map((entry) => entry.id));
  const fresh = Object.values(drafts)
    .filter(({ draft, unsaved }) => unsaved && !known.has(draft.id))
    .map(({ draft }): Entry => ({ id: draft.id, name: draft.name, uri: draft.uri, profile: undefined, status: undefined, dirty: true }));
  return [...saved, ...fresh];
}

export function ConnectionsPlace({ onShowTopics }: { readonly onShowTopics: (id: string) => void }): ReactElement {
  const entries = useEntries();
  const chosenId = useConnectionsState((state) => state.selectedId);
  if (!entries) return <div className={styles.place} />;
  const selected = entries.find((entry) => entry.id === chosenId) ?? entries[0];
  if (!selected) {
    return (
      <div className={styles.blank}>
        <h1 className="visually-hidden">Connections</h1>
        <EmptyState
          icon={<Plug size={32} aria-hidden />}
          title="No connections yet"
          text="Connect to any MQTT broker: one on your network, in the cloud, or on a device. Several can be connected at once."
          actions={
            <Button variant="primary" size="large" icon={<Plus size={16} aria-hidden />} onClick={() => connectionsStore().add()}>
              New connection
            </Button>
          }
        />
      </div>
    );
  }
  return (
    <div className={styles.place}>
      <ConnectionList entries={entries} selectedId={selected.id} />
      <div className={styles.detail}>
        <ConnectionDetail
          key={selected.id}
          id={selected.id}
          profile={selected.profile}
          status={selected.status}
          profiles={entries.flatMap((entry) => entry.profile ?? [])}
          onShowTopics={onShowTopics}
        />
      </div>
    </div>
  );
}

function ConnectionList({ entries, selectedId }: { readonly entries: readonly Entry[]; readonly selectedId: string }): ReactElement {
  const counting = entries.some(({ status }) => status?.phase === 'waiting' || status?.phase === 'connected');
  const now = useNow(counting ? 500 : null);
  return (
    <nav className={styles.list} aria-label="Connections">
      <div className={styles.listHeader}>
        <h2 className={styles.listTitle}>Connections</h2>
        <IconButton label="New connection" icon={<Plus size={16} aria-hidden />} onClick={() => connectionsStore().add()} />
      </div>
      <ul className={styles.entries}>
        {entries.map((entry) => {
          const [tone] = connectionTone(entry.status?.phase ?? 'disconnected', entry.status?.lastProblem != null);
          return (
            <li key={entry.id}>
              <button
                type="button"
                className={styles.entry}
                aria-current={entry.id === selectedId ? 'true' : undefined}
                onClick={() => connectionsStore().select(entry.id)}
              >
                <StatusDot tone={tone} />
                <span className={styles.entryText}>
                  <span className={styles.entryName}>
                    {entry.name === '' ? 'New connection' : entry.name} {entry.dirty && <Badge tone="warn">unsaved</Badge>}
                  </span>
                  <span className={styles.entryUri}>{entry.uri}</span>
                  <span className={styles.entryState} data-tone={tone}>
                    {entry.profile ? describeConnection(entry.status, now) : 'Not saved yet'}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
