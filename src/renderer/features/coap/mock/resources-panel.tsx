import { FolderTree, Plus, RotateCcw, Search, Zap } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { normalPath } from '../../../../shared/coap/mock/paths.ts';
import type { MockDevice, MockDeviceStatus, MockResource, MockResourceState } from '../../../../shared/contract/mock-devices.ts';
import { useStreamValue } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { ContextMenu } from '../../../ui/menu.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { formatCompact, plural } from '../../common/index.ts';
import { CreatedResource } from './created-resource.tsx';
import { addResource, removeResource, resetDevice } from './mock-actions.ts';
import { setDevice, useDeviceState } from './mock-model.ts';
import { resourceFaults } from './mock-words.ts';
import { ResourceEditor } from './resource-editor.tsx';
import styles from './mock-devices.module.css';

interface Row {
  /** Normalised. */
  readonly path: string;
  /** `null`: a request has created it. */
  readonly saved: MockResource | null;
  readonly live: MockResourceState | undefined;
}

/** The resources of a device as they are defined and as they are now, and the one that is looked at. */
export function ResourcesPanel({ device, status }: { readonly device: MockDevice; readonly status: MockDeviceStatus | undefined }): ReactElement {
  const { path: chosen, drafts } = useDeviceState(device.id);
  const now = useStreamValue('mockDevices.state', { id: device.id });
  const [filter, setFilter] = useState('');
  const rows = rowsOf(device, now?.resources ?? []);
  const wanted = filter.trim().toLowerCase();
  const shown = wanted === '' ? rows : rows.filter(({ path, saved }) => `${path}\n${saved?.description ?? ''}`.toLowerCase().includes(wanted));
  const selected = rows.find(({ path }) => chosen !== null && path === normalPath(chosen)) ?? rows[0];
  const calls = new Map<string, number>();
  for (const call of status?.calls ?? []) calls.set(call.path, (calls.get(call.path) ?? 0) + call.calls);
  const hidden = (now?.total ?? 0) - (now?.resources.length ?? 0);
  if (rows.length === 0) {
    return (
      <EmptyState
        icon={<FolderTree size={24} aria-hidden />}
        title="No resources yet"
        text="Every request is answered with 404."
        actions={
          <Button variant="primary" icon={<Plus size={14} aria-hidden />} onClick={() => void addResource(device)}>
            Add a resource
          </Button>
        }
      />
    );
  }
  return (
    <Splitter
      id="mock-resources"
      panels={[
        {
          id: 'resources',
          defaultSize: 270,
          minSize: 170,
          maxSize: '50%',
          fixed: true,
          content: (
            <section className={styles['side']} aria-label="Resources">
              <div className={styles['toolbar']}>
                <TextField
                  className={styles['search']}
                  label="Filter resources"
                  labelHidden
                  type="search"
                  size="small"
                  icon={<Search size={14} aria-hidden />}
                  placeholder={plural(rows.length, 'resource')}
                  clearable
                  value={filter}
                  onChange={setFilter}
                />
                <IconButton size="small" label="Reset all states" icon={<RotateCcw size={14} aria-hidden />} onClick={() => void resetDevice(device)} />
                <IconButton size="small" label="Add a resource" icon={<Plus size={15} aria-hidden />} onClick={() => void addResource(device)} />
              </div>
              <VirtualList
                label="Resources"
                count={shown.length}
                getRow={(index) => shown[index]}
                keyOf={({ path }) => path}
                rowHeightPx={30}
                isSelected={({ path }) => path === selected?.path}
                onSelect={({ path, saved }) => setDevice(device.id, { path: saved?.path ?? path })}
                onRowKeyDown={(event, { saved }) => {
                  if (event.key === 'Delete' && saved) void removeResource(device, saved);
                }}
                renderRow={(row) => (
                  <ContextMenu
                    items={() =>
                      row.saved
                        ? [{ label: 'Delete', shortcut: 'Delete', danger: true, onSelect: () => row.saved && void removeResource(device, row.saved) }]
                        : []
                    }
                  >
                    <ResourceLine row={row} calls={calls.get(row.path) ?? 0} unsaved={row.saved !== null && drafts[row.saved.path] !== undefined} />
                  </ContextMenu>
                )}
                empty={<EmptyState compact title="No resource fits the filter" />}
              />
              {hidden > 0 && <p className={styles['hidden']}>{plural(hidden, 'more resource')} not shown</p>}
            </section>
          ),
        },
        {
          id: 'resource',
          minSize: 320,
          content: selected?.saved ? (
            <ResourceEditor key={selected.saved.path} device={device} resource={selected.saved} live={selected.live} />
          ) : selected?.live ? (
            <CreatedResource key={selected.path} device={device} live={selected.live} />
          ) : (
            <div />
          ),
        },
      ]}
    />
  );
}

/** `sensor-2` before `sensor-10`. */
const byNumber = new Intl.Collator(undefined, { numeric: true });

function rowsOf({ resources }: MockDevice, now: readonly MockResourceState[]): readonly Row[] {
  const saved = new Map(resources.map((resource) => [normalPath(resource.path), resource]));
  const live = new Map(now.map((state) => [state.path, state]));
  const created = now.filter((state) => state.created && !saved.has(state.path)).map(({ path }) => path);
  return [...saved.keys(), ...created].toSorted(byNumber.compare).map((path) => ({ path, saved: saved.get(path) ?? null, live: live.get(path) }));
}

function ResourceLine({ row, calls, unsaved }: { readonly row: Row; readonly calls: number; readonly unsaved: boolean }): ReactElement {
  const { path, saved, live } = row;
  const faults = saved ? resourceFaults(saved) : [];
  return (
    <span className={styles['line']} data-off={live?.deleted || undefined}>
      <span className={styles['path']} title={saved === null || saved.description === '' ? `/${path}` : `/${path}: ${saved.description}`}>
        /{path}
      </span>
      {faults.length > 0 && (
        <span className={styles['faultMark']} title={`On purpose – ${faults.join('; ')}`}>
          <Zap size={12} aria-hidden />
          <span className="visually-hidden">with faults</span>
        </span>
      )}
      {unsaved && <Badge tone="warn">Unsaved</Badge>}
      {saved === null && <Badge tone="info">created</Badge>}
      {live?.deleted && <Badge>deleted</Badge>}
      {calls > 0 && (
        <span className={styles['number']} title={`${plural(calls, 'request')} since the device was started last`}>
          {formatCompact(calls)}
        </span>
      )}
    </span>
  );
}
