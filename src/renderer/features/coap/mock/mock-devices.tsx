import { Cpu, History, MoreHorizontal, Plus, Search } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { MockDevice, MockDeviceStatus } from '../../../../shared/contract/mock-devices.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { ContextMenu, Menu } from '../../../ui/menu.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { PanelTitle, Toolbar } from '../../../ui/toolbar.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { formatCompact, plural } from '../../common/index.ts';
import { DeviceView } from './device-view.tsx';
import { FromTrafficDialog } from './from-traffic-dialog.tsx';
import { addDevice, duplicateDevice, removeDevice, startDevice, stopDevice, switchDevices } from './mock-actions.ts';
import { isOn, selectDevice, useIsUnsaved, useMockDevices, useMockStatuses, useSelectedDevice } from './mock-model.ts';
import { dotOf, phaseWords } from './mock-words.ts';
import styles from './mock-devices.module.css';

/** Devices that the workbench plays: the list of them, and the one that is looked at. */
export function MockDevices(): ReactElement {
  const devices = useMockDevices();
  const statuses = new Map(useMockStatuses()?.map((status) => [status.id, status]));
  const chosen = useSelectedDevice();
  const [fromTraffic, setFromTraffic] = useState(false);
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const shown = devices?.filter(({ name, tag }) => `${name}\n${tag}`.toLowerCase().includes(wanted)) ?? [];
  const startable = shown.flatMap(({ id }) => (isOn(statuses.get(id)) ? [] : [id]));
  const stoppable = shown.flatMap(({ id }) => (isOn(statuses.get(id)) ? [id] : []));
  const device = devices?.find(({ id }) => id === chosen) ?? devices?.[0];
  const add = (): void => void addDevice(devices ?? [], 'broker');
  useCommands([
    {
      ...{ id: 'mock.startAll', title: 'Start all mock devices', group: 'CoAP', place: 'coap', view: 'mock', keywords: 'run' },
      when: () => startable.length > 0,
      run: () => void switchDevices(startable, true),
    },
    {
      ...{ id: 'mock.stopAll', title: 'Stop all mock devices', group: 'CoAP', place: 'coap', view: 'mock' },
      when: () => stoppable.length > 0,
      run: () => void switchDevices(stoppable, false),
    },
  ]);
  return (
    <>
      <Splitter
        id="mock-devices"
        className={styles['split'] ?? ''}
        panels={[
          {
            id: 'devices',
            defaultSize: 280,
            minSize: 200,
            maxSize: '50%',
            fixed: true,
            content: (
              <section className={styles['side']} aria-label="Mock devices">
                <Toolbar
                  label="Mock devices"
                  end={
                    <>
                      <IconButton
                        size="small"
                        label="Make one from recorded traffic"
                        icon={<History size={15} aria-hidden />}
                        disabled={!devices}
                        onClick={() => setFromTraffic(true)}
                      />
                      <IconButton size="small" label="Add a mock device" icon={<Plus size={15} aria-hidden />} disabled={!devices} onClick={add} />
                      <Menu
                        align="end"
                        trigger={<IconButton size="small" label="Several devices" icon={<MoreHorizontal size={15} aria-hidden />} disabled={!devices} />}
                        items={[
                          { kind: 'heading', label: wanted === '' ? 'All devices' : 'Devices that fit the filter' },
                          {
                            label: 'Start them',
                            detail: plural(startable.length, 'stopped one', 'stopped ones'),
                            disabled: startable.length === 0,
                            onSelect: () => void switchDevices(startable, true),
                          },
                          {
                            label: 'Stop them',
                            detail: plural(stoppable.length, 'running one', 'running ones'),
                            disabled: stoppable.length === 0,
                            onSelect: () => void switchDevices(stoppable, false),
                          },
                        ]}
                      />
                    </>
                  }
                >
                  <PanelTitle>Mock devices</PanelTitle>
                </Toolbar>
                {devices !== undefined && devices.length > 1 && (
                  <div className={styles['toolbar']}>
                    <TextField
                      className={styles['search']}
                      label="Filter mock devices"
                      labelHidden
                      type="search"
                      size="small"
                      icon={<Search size={14} aria-hidden />}
                      placeholder={plural(devices.length, 'device')}
                      clearable
                      value={filter}
                      onChange={setFilter}
                    />
                  </div>
                )}
                {devices === undefined ? (
                  <Loading label="Loading mock devices" />
                ) : (
                  <VirtualList
                    label="Mock devices"
                    count={shown.length}
                    getRow={(index) => shown[index]}
                    keyOf={({ id }) => id}
                    rowHeightPx={48}
                    isSelected={({ id }) => id === device?.id}
                    onSelect={({ id }) => selectDevice(id)}
                    onRowKeyDown={(event, row) => {
                      if (event.key === 'Delete') void removeDevice(row, isOn(statuses.get(row.id)));
                    }}
                    renderRow={(row) => <DeviceRow device={row} status={statuses.get(row.id)} others={devices} />}
                    empty={
                      devices.length === 0 ? (
                        <EmptyState compact title="No mock devices yet" text="Each is listed here with its state." />
                      ) : (
                        <EmptyState compact title="No device fits the filter" />
                      )
                    }
                  />
                )}
              </section>
            ),
          },
          {
            id: 'device',
            minSize: 360,
            content: device ? (
              <DeviceView key={device.id} device={device} status={statuses.get(device.id)} others={devices ?? []} />
            ) : devices ? (
              <EmptyState
                icon={<Cpu size={28} aria-hidden />}
                title="Play a device"
                text="A mock device is a tree of resources that answers requests: over MQTT as a device of gf_mqtt_client, over UDP as a CoAP server. Its resources keep what is put, or answer with fixed bodies, templates and scripts – late, wrong or never on purpose."
                actions={
                  <>
                    <Button variant="primary" size="large" onClick={add}>
                      Add a mock device
                    </Button>
                    <Button size="large" onClick={() => setFromTraffic(true)}>
                      From recorded traffic …
                    </Button>
                  </>
                }
              />
            ) : (
              <div />
            ),
          },
        ]}
      />
      {fromTraffic && <FromTrafficDialog onClose={() => setFromTraffic(false)} />}
    </>
  );
}

interface DeviceRowProps {
  readonly device: MockDevice;
  readonly status: MockDeviceStatus | undefined;
  readonly others: readonly MockDevice[];
}

function DeviceRow({ device, status, others }: DeviceRowProps): ReactElement {
  const unsaved = useIsUnsaved(device.id);
  const on = isOn(status);
  const answered = status?.byCode.reduce((sum, { count }) => sum + count, 0) ?? 0;
  return (
    <ContextMenu
      items={() => [
        on ? { label: 'Stop', onSelect: () => void stopDevice(device.id) } : { label: 'Start', onSelect: () => void startDevice(device.id) },
        { label: 'Duplicate', onSelect: () => void duplicateDevice(device, others) },
        { kind: 'separator' },
        { label: 'Delete', shortcut: 'Delete', danger: true, onSelect: () => void removeDevice(device, on) },
      ]}
    >
      <span className={styles['row']}>
        <StatusDot tone={dotOf(status)} label={phaseWords(device, status)} />
        <span className={styles['rowText']}>
          <span className={styles['rowLine']}>
            <span className={styles['rowName']}>{device.name}</span>
            {unsaved && <Badge tone="warn">Unsaved</Badge>}
            {answered > 0 && <span className={styles['number']}>{formatCompact(answered)} answered</span>}
          </span>
          <span className={styles['rowLine']}>
            <span className={styles['rowTag']}>{device.tag}</span>
            <span className={styles['number']}>{plural(device.resources.length, 'resource')}</span>
          </span>
        </span>
      </span>
    </ContextMenu>
  );
}
