import { Pencil, Plus, RotateCw, ShieldCheck, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import { listenerKindWords } from '../../../../shared/mqtt/listener-kinds.ts';
import type { ListenerOptions } from '../../../../shared/contract/listeners.ts';
import type { Settings } from '../../../../shared/contract/workspace.ts';
import { engineClient } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { act, Card, newId } from '../../common/index.ts';
import { restartBroker } from '../broker-actions.ts';
import { draftOf, isApplied, listenerTitle, listenerTraits, newDraft, placeOf, type ListenerDraft } from './listener-draft.ts';
import { ListenerDialog } from './listener-dialog.tsx';
import { formOf, simpleListeners } from './listener-form.ts';
import { addLabListener, useTlsLab } from '../tls-lab/lab-actions.ts';
import styles from './listeners.module.css';

interface ListenersCardProps {
  readonly settings: Settings['broker'];
  readonly status: BrokerStatus;
}

/** The listeners beside the two ports: kept in the settings at once, taken by the broker at its next start. */
export function ListenersCard({ settings, status }: ListenersCardProps): ReactElement {
  const { listeners } = settings;
  const lab = useTlsLab();
  const [edited, setEdited] = useState<ListenerDraft | null>(null);
  const running = status.phase === 'running';
  // What is undone later is undone in the list of then.
  const latest = useRef(listeners);
  useEffect(() => {
    latest.current = listeners;
  });
  const save = (next: readonly ListenerOptions[]): Promise<boolean> =>
    act(engineClient().call('workspace.updateSettings', { broker: { listeners: next } }), 'The listeners could not be saved');

  const put = async (entry: ListenerOptions): Promise<void> => {
    const known = listeners.some(({ id }) => id === entry.id);
    if (await save(known ? listeners.map((one) => (one.id === entry.id ? entry : one)) : [...listeners, entry])) setEdited(null);
  };
  const remove = async (entry: ListenerOptions): Promise<void> => {
    const at = listeners.indexOf(entry);
    if (!(await save(listeners.filter((one) => one !== entry)))) return;
    toasts.show({
      title: `Listener “${listenerTitle(entry)}” deleted`,
      action: { label: 'Undo', run: () => void save(latest.current.toSpliced(at, 0, entry)) },
    });
  };
  const add = (): void => setEdited(newDraft(newId()));

  const others = edited ? [...simpleListeners(formOf(settings)), ...listeners.filter(({ id }) => id !== edited.id)] : [];
  return (
    <Card
      title="Further listeners"
      flush
      actions={
        listeners.length > 0 && (
          <>
            <Button size="small" icon={<ShieldCheck size={14} aria-hidden />} onClick={() => void addLabListener(settings)}>
              Add a TLS listener with the lab
            </Button>
            <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={add}>
              Add listener
            </Button>
          </>
        )
      }
    >
      {running && !isApplied(listeners, status.startedWith) && (
        <div className={styles.pending}>
          <Banner
            inset
            title="The running broker does not have these changes yet."
            actions={
              <Button icon={<RotateCw size={14} aria-hidden />} onClick={() => void restartBroker()}>
                Restart the broker
              </Button>
            }
          >
            It takes them when it starts again. Clients are disconnected; most come back by themselves.
          </Banner>
        </div>
      )}
      {listeners.length === 0 ? (
        <EmptyState
          compact
          title="No further listeners"
          text="Beside its two ports the broker can listen on TLS, secure WebSocket, a Unix socket, on other addresses, and behind a proxy."
          actions={
            <>
              <Button icon={<ShieldCheck size={14} aria-hidden />} onClick={() => void addLabListener(settings)}>
                Add a TLS listener with the lab
              </Button>
              <Button icon={<Plus size={14} aria-hidden />} onClick={add}>
                Add listener
              </Button>
            </>
          }
        />
      ) : (
        <ul className={styles.list} aria-label="Further listeners">
          {listeners.map((entry) => (
            <ListenerRow
              key={entry.id}
              entry={entry}
              failed={status.failure?.listener === entry.id}
              onToggle={(enabled) => void save(listeners.map((one) => (one === entry ? { ...entry, enabled } : one)))}
              onEdit={() => setEdited(draftOf(entry))}
              onRemove={() => void remove(entry)}
            />
          ))}
        </ul>
      )}
      <ListenerDialog
        draft={edited}
        others={others}
        certificates={lab?.certificates ?? []}
        isNew={!listeners.some(({ id }) => id === edited?.id)}
        onChange={setEdited}
        onSave={put}
        onClose={() => setEdited(null)}
      />
    </Card>
  );
}

interface RowProps {
  readonly entry: ListenerOptions;
  /** It kept the broker from starting. */
  readonly failed: boolean;
  readonly onToggle: (enabled: boolean) => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function ListenerRow({ entry, failed, onToggle, onEdit, onRemove }: RowProps): ReactElement {
  const title = listenerTitle(entry);
  const traits = listenerTraits(entry);
  return (
    <li className={styles.row} data-off={!entry.enabled || undefined}>
      <Switch label={<span className="visually-hidden">Listen on {title}</span>} checked={entry.enabled} onChange={onToggle} />
      <div className={styles.text}>
        <p className={styles.name}>
          <span className={styles.title}>{title}</span>
          {entry.name !== '' && <Badge>{listenerKindWords[entry.kind]}</Badge>}
          {!entry.enabled && <span className={styles.muted}>off</span>}
          {entry.enabled && failed && <Badge tone="bad">could not start</Badge>}
        </p>
        <p className={styles.details}>
          <code data-selectable>{placeOf(entry)}</code>
          {traits.length > 0 && <span className={styles.muted}>{traits.join(' · ')}</span>}
        </p>
      </div>
      <IconButton size="small" label={`Edit ${title}`} icon={<Pencil size={14} aria-hidden />} onClick={onEdit} />
      <IconButton size="small" label={`Delete ${title}`} icon={<Trash2 size={14} aria-hidden />} onClick={onRemove} />
    </li>
  );
}
