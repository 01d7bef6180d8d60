import { MoreHorizontal, Play, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { findResponseCode } from '../../../../shared/coap/gf/response-codes.ts';
import type { CoapBridge, CoapBridgeStatus } from '../../../../shared/contract/coap-bridges.ts';
import { Badge, StatusDot, type Tone } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { StartBrokerButton } from '../../broker/index.ts';
import { formatCount } from '../../common/index.ts';
import { askBridge } from './ask-bridge.ts';
import { duplicateBridge, removeBridge, startBridge, stopBridge, takePort } from './bridge-actions.ts';
import { BridgeLog } from './bridge-log.tsx';
import { isOn, setBridge, useBridgeState, type BridgeTab } from './bridge-model.ts';
import { BridgeSettings } from './bridge-settings.tsx';
import { directionWords, dotOf, phaseWords, wayWords } from './bridge-words.ts';
import styles from './bridges.module.css';

interface BridgeViewProps {
  readonly bridge: CoapBridge;
  readonly status: CoapBridgeStatus | undefined;
  readonly others: readonly CoapBridge[];
}

/** One bridge: how it is, what it has carried, and its settings. Give it the bridge's id as key. */
export function BridgeView({ bridge, status, others }: BridgeViewProps): ReactElement {
  const { tab, draft } = useBridgeState(bridge.id);
  const on = isOn(status);
  return (
    <section className={styles['view']} aria-label={`Bridge ${bridge.name}`}>
      <header className={styles['header']}>
        <div className={styles['heading']}>
          <h2 className={styles['name']}>{bridge.name}</h2>
          <p className={styles['stateLine']}>
            <span className={styles['state']} title={wayWords(bridge, status)} data-selectable>
              {directionWords[bridge.direction]}: {wayWords(bridge, status)}
            </span>
          </p>
          <p className={styles['stateLine']} role="status">
            <StatusDot tone={dotOf(status)} />
            <span className={styles['state']} title={phaseWords(status)} data-selectable>
              {phaseWords(status)}
            </span>
          </p>
        </div>
        <Counts status={status} />
        <div className={styles['headerButtons']}>
          {on ? (
            <Button icon={<Square size={13} aria-hidden />} onClick={() => void stopBridge(bridge.id)}>
              Stop
            </Button>
          ) : (
            <Button variant="primary" icon={<Play size={14} aria-hidden />} onClick={() => void startBridge(bridge.id)}>
              Start
            </Button>
          )}
          <Menu
            align="end"
            trigger={<IconButton label="More of the bridge" icon={<MoreHorizontal size={16} aria-hidden />} />}
            items={[
              { label: bridge.direction === 'to-coap' ? 'Ask it over MQTT' : 'Ask it over UDP', onSelect: () => askBridge(bridge, status) },
              { kind: 'separator' },
              { label: 'Duplicate', onSelect: () => void duplicateBridge(bridge, others) },
              { kind: 'separator' },
              { label: 'Remove', danger: true, onSelect: () => void removeBridge(bridge, on) },
            ]}
          />
        </div>
      </header>
      <News bridge={bridge} status={status} />
      <Tabs<BridgeTab>
        label="Bridge"
        value={tab}
        onChange={(next) => setBridge(bridge.id, { tab: next })}
        tabs={[
          { value: 'log', label: 'Log', content: <BridgeLog bridge={bridge} status={status} /> },
          {
            value: 'settings',
            label: 'Settings',
            badge: draft === null ? undefined : <Badge tone="warn">Unsaved</Badge>,
            content: <BridgeSettings bridge={bridge} />,
          },
        ]}
      />
    </section>
  );
}

const toneOf = (code: number): Tone => (code >= 500 ? 'bad' : code >= 400 ? 'warn' : 'ok');

const meanings = {
  refused: 'Answered without being carried: too large, too many, or not to be understood',
  unanswered: 'The other side gave no response',
  repeated: 'Delivered again within 60 s: answered as the first time',
  ignored: 'Passed over: retained, or of another subsystem',
  running: 'Under way now',
} as const;

/** Responses since the start, by code. */
function Counts({ status }: { readonly status: CoapBridgeStatus | undefined }): ReactElement {
  const shown = [
    ...(status?.byCode ?? []).map(({ code, count }) => ({
      key: String(code),
      count,
      tone: toneOf(code),
      title: findResponseCode(code)?.title ?? 'of CoAP alone',
    })),
    ...(Object.keys(meanings) as (keyof typeof meanings)[]).flatMap((key) => {
      const count = status?.[key] ?? 0;
      return count === 0 ? [] : [{ key, count, tone: 'neutral' as const, title: meanings[key] }];
    }),
  ];
  return (
    <dl className={styles['codes']} aria-label="Responses">
      {shown.map(({ key, count, tone, title }) => (
        <div key={key} title={`${title}: ${formatCount(count)}`}>
          <dt>{key}</dt>
          <dd data-tone={tone}>{formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

function News({ bridge, status }: { readonly bridge: CoapBridge; readonly status: CoapBridgeStatus | undefined }): ReactElement {
  const { problem = null, freePort = null, warnings = [], phase } = status ?? {};
  const action =
    freePort !== null ? (
      <Button size="small" onClick={() => void takePort(bridge, freePort)}>
        Use port {freePort}
      </Button>
    ) : problem?.code === 'broker-not-running' ? (
      <StartBrokerButton />
    ) : undefined;
  return (
    <>
      {problem && (
        <Banner kind={phase === 'failed' ? 'bad' : 'warn'} title={problem.message} actions={action}>
          {problem.advice}
        </Banner>
      )}
      {warnings.map((warning) => (
        <Banner key={warning} kind="warn" title={warning} />
      ))}
    </>
  );
}
