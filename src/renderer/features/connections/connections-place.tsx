import { FileDown, Plug, Plus } from 'lucide-react';
import { useMemo, type ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { useConnections, useMedia } from '../common/index.ts';
import { ConnectionDetail } from './connection-detail.tsx';
import { connectionsStore, useConnectionsState } from './connections-model.ts';
import { ConnectionList } from './list/connection-list.tsx';
import { listEntries } from './list/connection-rows.ts';
import { TransferDialogs } from './transfer/transfer-dialogs.tsx';
import { openTransfer } from './transfer/transfer-model.ts';
import styles from './connections.module.css';

interface PlaceProps {
  readonly onShowTopics: (id: string) => void;
}

export function ConnectionsPlace(props: PlaceProps): ReactElement {
  const view = useConnections();
  return (
    <>
      <PlaceContent {...props} />
      <TransferDialogs profiles={view?.profiles ?? []} />
    </>
  );
}

function PlaceContent({ onShowTopics }: PlaceProps): ReactElement {
  const view = useConnections();
  const drafts = useConnectionsState((state) => state.drafts);
  const chosenId = useConnectionsState((state) => state.selectedId);
  const roomy = useMedia('(min-width: 1800px)');
  const entries = useMemo(() => (view ? listEntries(view.profiles, view.statuses, drafts) : undefined), [view, drafts]);
  if (!entries) return <Loading label="Reading the connections" />;
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
            <>
              <Button variant="primary" size="large" icon={<Plus size={16} aria-hidden />} onClick={() => connectionsStore().add()}>
                New connection
              </Button>
              <Button size="large" icon={<FileDown size={16} aria-hidden />} onClick={() => openTransfer({ kind: 'import' })}>
                Import …
              </Button>
            </>
          }
        />
      </div>
    );
  }
  return (
    <Splitter
      id="connections"
      className={styles.place ?? ''}
      panels={[
        {
          id: 'list',
          defaultSize: roomy ? 380 : 290,
          minSize: 220,
          maxSize: '50%',
          fixed: true,
          content: <ConnectionList entries={entries} selected={selected} />,
        },
        {
          id: 'detail',
          minSize: 420,
          content: (
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
          ),
        },
      ]}
    />
  );
}
