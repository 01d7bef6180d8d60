import { Folder, FolderOpen, Plug, ShieldAlert, Star, Unplug } from 'lucide-react';
import type { ReactElement } from 'react';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { ColorMark } from '../../../ui/color-picker.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { connectionTone, plural } from '../../common/index.ts';
import { connect, disconnect } from '../connection-actions.ts';
import { describeBriefly } from '../connection-words.ts';
import { connectionsStore } from '../connections-model.ts';
import type { Entry, ListRow } from './connection-rows.ts';
import styles from './list.module.css';

/** What stands in a line of the list, behind its indent and arrow. */
export function ConnectionLine({ entry, selected, now }: { readonly entry: Entry; readonly selected: boolean; readonly now: number }): ReactElement {
  const { id, name, uri, favourite, color, profile, status, unsaved, insecure } = entry;
  const phase = status?.phase ?? 'disconnected';
  const [tone] = connectionTone(phase, status?.lastProblem != null);
  const idle = phase === 'disconnected' || phase === 'waiting';
  const shown = name === '' ? 'New connection' : name;
  const start = async (): Promise<void> => {
    if (!(await connect(id))) connectionsStore().select(id);
  };
  return (
    <span className={styles.line}>
      <ColorMark color={color} />
      <StatusDot tone={tone} />
      <span className={styles.text}>
        <span className={styles.first}>
          <span className={styles.name} title={shown}>
            {shown}
          </span>{' '}
          {favourite && <Star size={11} fill="currentColor" className={styles.star} role="img" aria-label="favourite" />}
          {insecure.length > 0 && (
            <span className={styles.insecure} title={insecure.join('\n')} role="img" aria-label="insecure">
              <ShieldAlert size={13} aria-hidden />
            </span>
          )}
          {unsaved && <Badge tone="warn">unsaved</Badge>}
        </span>{' '}
        <span className={styles.second}>
          <span className={styles.uri} title={uri}>
            {uri}
          </span>{' '}
          {/* Of an idle one the mark says enough, and the address gets the room. */}
          <span className={tone === 'off' && profile ? 'visually-hidden' : styles.state} data-tone={tone}>
            {profile ? describeBriefly(status, now) : 'Not saved yet'}
          </span>
        </span>
      </span>
      {profile && (
        <span className={styles.buttons}>
          <IconButton
            size="small"
            tabIndex={selected ? 0 : -1}
            label={idle ? `Connect ${shown}` : `Disconnect ${shown}`}
            icon={idle ? <Plug size={14} aria-hidden /> : <Unplug size={14} aria-hidden />}
            busy={phase === 'disconnecting'}
            onClick={(event) => {
              event.stopPropagation();
              if (idle) void start();
              else disconnect(id);
            }}
            onDoubleClick={(event) => event.stopPropagation()}
          />
        </span>
      )}
    </span>
  );
}

export function FolderLine({ row }: { readonly row: Extract<ListRow, { readonly kind: 'folder' }> }): ReactElement {
  const Icon = row.expanded ? FolderOpen : Folder;
  const up = row.entries.filter(({ status }) => status?.phase === 'connected').length;
  const trouble = row.entries.filter(({ status }) => status?.phase === 'waiting' || (status?.phase === 'disconnected' && status.lastProblem !== null)).length;
  return (
    <span className={styles.line}>
      <Icon size={15} aria-hidden className={styles.folderIcon} />
      <span className={styles.text}>
        <span className={styles.first}>
          <span className={styles.name} title={row.path}>
            {row.name}
          </span>
        </span>{' '}
        <span className={styles.second}>
          {plural(row.entries.length, 'connection')}
          {up > 0 && `, ${up} connected`}
          {trouble > 0 && `, ${trouble} with a problem`}
        </span>
      </span>
    </span>
  );
}
