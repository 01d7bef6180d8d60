import { ArrowRight, Cpu, Plus, Server } from 'lucide-react';
import type { ReactElement } from 'react';
import type { CoapBridge, CoapBridgeStatus } from '../../../../shared/contract/coap-bridges.ts';
import { useCommands } from '../../../app/commands.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { ContextMenu, Menu } from '../../../ui/menu.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { PanelTitle, Toolbar } from '../../../ui/toolbar.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { formatCompact, newId } from '../../common/index.ts';
import { addBridge, duplicateBridge, removeBridge, startBridge, stopBridge } from './bridge-actions.ts';
import { newToCoap, newToMqtt } from './bridge-draft.ts';
import { isOn, selectBridge, useBridges, useBridgeStatuses, useIsUnsaved, useSelectedBridge } from './bridge-model.ts';
import { BridgeView } from './bridge-view.tsx';
import { dotOf, phaseWords, wayWords } from './bridge-words.ts';
import styles from './bridges.module.css';

/** Ways between CoAP over UDP and devices over MQTT: the list of them, and the one that is looked at. */
export function Bridges(): ReactElement {
  const bridges = useBridges();
  const statuses = new Map(useBridgeStatuses()?.map((status) => [status.id, status]));
  const chosen = useSelectedBridge();
  const bridge = bridges?.find(({ id }) => id === chosen) ?? bridges?.[0];
  const toCoap = (): void => void addBridge(newToCoap(newId(), bridges ?? []));
  const toMqtt = (): void => void addBridge(newToMqtt(newId(), bridges ?? []));
  const about = { group: 'CoAP', place: 'coap', view: 'bridge', when: () => bridges !== undefined } as const;
  useCommands([
    { ...about, id: 'bridge.addServer', title: 'Add a bridge to a CoAP server', keywords: 'udp device gf', run: toCoap },
    { ...about, id: 'bridge.addPort', title: 'Add a bridge from a CoAP port', keywords: 'udp devices gf', run: toMqtt },
  ]);
  return (
    <Splitter
      id="coap-bridges"
      className={styles['split'] ?? ''}
      panels={[
        {
          id: 'bridges',
          defaultSize: 280,
          minSize: 200,
          maxSize: '50%',
          fixed: true,
          content: (
            <section className={styles['side']} aria-label="Bridges">
              <Toolbar
                label="Bridges"
                end={
                  <Menu
                    align="end"
                    trigger={<IconButton size="small" label="Add a bridge" icon={<Plus size={15} aria-hidden />} disabled={!bridges} />}
                    items={[
                      { label: 'A CoAP server as a device over MQTT', icon: <Server size={14} aria-hidden />, onSelect: toCoap },
                      { label: 'Devices over MQTT as a CoAP server', icon: <Cpu size={14} aria-hidden />, onSelect: toMqtt },
                    ]}
                  />
                }
              >
                <PanelTitle>Bridges</PanelTitle>
              </Toolbar>
              {bridges === undefined ? (
                <Loading label="Loading bridges" />
              ) : (
                <VirtualList
                  label="Bridges"
                  count={bridges.length}
                  getRow={(index) => bridges[index]}
                  keyOf={({ id }) => id}
                  rowHeightPx={48}
                  isSelected={({ id }) => id === bridge?.id}
                  onSelect={({ id }) => selectBridge(id)}
                  onRowKeyDown={(event, row) => {
                    if (event.key === 'Delete') void removeBridge(row, isOn(statuses.get(row.id)));
                  }}
                  renderRow={(row) => <BridgeRow bridge={row} status={statuses.get(row.id)} others={bridges} />}
                  empty={<EmptyState compact title="No bridges yet" text="Each is listed here with its state." />}
                />
              )}
            </section>
          ),
        },
        {
          id: 'bridge',
          minSize: 360,
          content: bridge ? (
            <BridgeView key={bridge.id} bridge={bridge} status={statuses.get(bridge.id)} others={bridges ?? []} />
          ) : bridges ? (
            <Beginning onToCoap={toCoap} onToMqtt={toMqtt} />
          ) : (
            <div />
          ),
        },
      ]}
    />
  );
}

/** What each kind is for, as long as there is none. */
function Beginning({ onToCoap, onToMqtt }: { readonly onToCoap: () => void; readonly onToMqtt: () => void }): ReactElement {
  return (
    <div className={styles['beginning']}>
      <h2 className={styles['beginTitle']}>Bring CoAP and MQTT together</h2>
      <div className={styles['cards']}>
        <section className={styles['card']} aria-label="A CoAP server as a device over MQTT">
          <Ends from="MQTT" to="CoAP" />
          <h3 className={styles['cardTitle']}>A CoAP server as a device over MQTT</h3>
          <p className={styles['cardText']}>
            Programs with gf_mqtt_client ask it by a tag, as any other device; each request is carried to the server over UDP, and its response comes back.
          </p>
          <Button variant="primary" onClick={onToCoap}>
            Add a CoAP server
          </Button>
        </section>
        <section className={styles['card']} aria-label="Devices over MQTT as a CoAP server">
          <Ends from="CoAP" to="MQTT" />
          <h3 className={styles['cardTitle']}>Devices over MQTT as a CoAP server</h3>
          <p className={styles['cardText']}>
            CoAP clients ask a UDP port of this machine for <code>/SUBSYSTEM/DEVICE/PATH</code>; each request is carried to that device, and its response comes
            back.
          </p>
          <Button variant="primary" onClick={onToMqtt}>
            Open a CoAP port
          </Button>
        </section>
      </div>
    </div>
  );
}

function Ends({ from, to }: { readonly from: string; readonly to: string }): ReactElement {
  return (
    <p className={styles['ends']} aria-hidden>
      <span>{from}</span>
      <ArrowRight size={16} />
      <span>{to}</span>
    </p>
  );
}

interface BridgeRowProps {
  readonly bridge: CoapBridge;
  readonly status: CoapBridgeStatus | undefined;
  readonly others: readonly CoapBridge[];
}

function BridgeRow({ bridge, status, others }: BridgeRowProps): ReactElement {
  const unsaved = useIsUnsaved(bridge.id);
  const on = isOn(status);
  const answered = status?.byCode.reduce((sum, { count }) => sum + count, 0) ?? 0;
  return (
    <ContextMenu
      items={() => [
        on ? { label: 'Stop', onSelect: () => void stopBridge(bridge.id) } : { label: 'Start', onSelect: () => void startBridge(bridge.id) },
        { label: 'Duplicate', onSelect: () => void duplicateBridge(bridge, others) },
        { kind: 'separator' },
        { label: 'Remove', shortcut: 'Delete', danger: true, onSelect: () => void removeBridge(bridge, on) },
      ]}
    >
      <span className={styles['row']}>
        <StatusDot tone={dotOf(status)} label={phaseWords(status)} />
        <span className={styles['rowText']}>
          <span className={styles['rowLine']}>
            <span className={styles['rowName']}>{bridge.name}</span>
            {unsaved && <Badge tone="warn">Unsaved</Badge>}
            {answered > 0 && <span className={styles['number']}>{formatCompact(answered)} answered</span>}
          </span>
          <span className={styles['rowLine']}>
            <span className={styles['rowWay']} title={wayWords(bridge, status)}>
              {wayWords(bridge, status)}
            </span>
          </span>
        </span>
      </span>
    </ContextMenu>
  );
}
