import { Copy, FileUp, FolderInput, ListTree, MoreHorizontal, Plug, ShieldAlert, Star, StarOff, Trash2, Unplug } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ConnectionProfileView, ConnectionStatus } from '../../../../shared/contract/connections.ts';
import { useCommands } from '../../../app/commands.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { ColorMark } from '../../../ui/color-picker.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { connectionTone, useNow } from '../../common/index.ts';
import { change, connect, disconnect, discard, duplicate, remove, save, saveAndConnect } from '../connection-actions.ts';
import { describeConnection } from '../connection-words.ts';
import { openTransfer } from '../transfer/transfer-model.ts';
import styles from '../connections.module.css';

interface HeaderProps {
  readonly id: string;
  readonly name: string;
  readonly dirty: boolean;
  readonly saving: boolean;
  readonly profile: ConnectionProfileView | undefined;
  readonly profiles: readonly ConnectionProfileView[];
  readonly status: ConnectionStatus | undefined;
  /** What makes it insecure, in sentences. */
  readonly insecure: readonly string[];
  readonly onShowTopics: (id: string) => void;
  readonly onMove: () => void;
}

/** Name, state, and what can be done with the connection. */
export function DetailHeader({ id, name, dirty, saving, profile, profiles, status, insecure, onShowTopics, onMove }: HeaderProps): ReactElement {
  const phase = status?.phase ?? 'disconnected';
  const now = useNow(phase === 'connected' || phase === 'waiting' ? 500 : null);
  const [tone] = connectionTone(phase, status?.lastProblem != null);
  const isNew = profile === undefined;
  const open = dirty || isNew;
  const saveIt = (): void => void save(id, profile, phase === 'connected' ? (status?.connectedAt ?? null) : null);
  useCommands([
    { id: 'connections.save', title: 'Save the connection', group: 'Connection', place: 'connections', shortcut: 'Mod+S', when: () => open, run: saveIt },
  ]);
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        <p className={styles.name}>
          <ColorMark color={profile?.color ?? null} />
          <span className={styles.nameText}>{name === '' ? 'New connection' : name}</span>
          {insecure.length > 0 && (
            <span className={styles.insecure}>
              <Badge tone="warn" title={insecure.join('\n')}>
                <ShieldAlert size={12} aria-hidden /> Insecure
              </Badge>
            </span>
          )}
        </p>
        <p className={styles.stateLine} role="status">
          {isNew ? 'Not saved yet' : <StatusDot tone={tone} />} {!isNew && describeConnection(status, now)}
          {!isNew && dirty && <Badge tone="warn">Unsaved changes</Badge>}
        </p>
      </div>
      <div className={styles.headerButtons}>
        {open && (
          <>
            <Button variant="ghost" onClick={() => void discard(id, name, isNew)}>
              Discard
            </Button>
            <Tooltip text="Save what was changed" shortcut="Mod+S">
              <Button busy={saving} onClick={saveIt}>
                Save
              </Button>
            </Tooltip>
          </>
        )}
        {phase === 'disconnected' && open && (
          <Button variant="primary" icon={<Plug size={15} aria-hidden />} busy={saving} onClick={() => void saveAndConnect(id, profile)}>
            Save & connect
          </Button>
        )}
        {phase === 'disconnected' && !open && (
          <Button variant="primary" icon={<Plug size={15} aria-hidden />} onClick={() => void connect(id)}>
            Connect
          </Button>
        )}
        {phase === 'connecting' && <Button onClick={() => disconnect(id)}>Abort</Button>}
        {phase === 'waiting' && (
          <>
            <Button onClick={() => disconnect(id)}>Give up</Button>
            <Button variant="primary" onClick={() => void connect(id)}>
              Try now
            </Button>
          </>
        )}
        {phase === 'connected' && (
          <>
            <Button icon={<ListTree size={15} aria-hidden />} onClick={() => onShowTopics(id)}>
              Show topics
            </Button>
            <Button icon={<Unplug size={15} aria-hidden />} onClick={() => disconnect(id)}>
              Disconnect
            </Button>
          </>
        )}
        {phase === 'disconnecting' && <Button busy>Disconnecting</Button>}
        {profile && (
          <Menu
            align="end"
            trigger={<IconButton label="More" icon={<MoreHorizontal size={16} aria-hidden />} />}
            items={[
              {
                label: profile.favourite ? 'No favourite any more' : 'Favourite',
                icon: profile.favourite ? <StarOff size={14} aria-hidden /> : <Star size={14} aria-hidden />,
                onSelect: () => void change([profile], () => ({ favourite: !profile.favourite })),
              },
              { label: 'Move to a folder …', icon: <FolderInput size={14} aria-hidden />, onSelect: onMove },
              { label: 'Duplicate', icon: <Copy size={14} aria-hidden />, onSelect: () => duplicate(profile, profiles) },
              { label: 'Export …', icon: <FileUp size={14} aria-hidden />, onSelect: () => openTransfer({ kind: 'export', ids: [id] }) },
              { kind: 'separator' },
              { label: 'Delete …', icon: <Trash2 size={14} aria-hidden />, danger: true, onSelect: () => void remove(profile) },
            ]}
          />
        )}
      </div>
    </header>
  );
}
