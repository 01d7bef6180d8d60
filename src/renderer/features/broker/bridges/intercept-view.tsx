import { MoreHorizontal, Play, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import type { InterceptStatus, InterceptView as View } from '../../../../shared/contract/broker-intercepts.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { CopyButton, CopyLine, formatBytes, formatCount, useConnections } from '../../common/index.ts';
import { showBroker } from '../broker-views.ts';
import { removeIntercept, startIntercept, stopIntercept, takePort } from './bridges-actions.ts';
import { isInterceptOn, setBridge, useBridgeState, type BridgeTab } from './bridges-model.ts';
import { interceptPhase, interceptTone, remoteWords, tryIt } from './bridges-words.ts';
import { InterceptConnections } from './intercept-connections.tsx';
import { InterceptSettings } from './intercept-settings.tsx';
import { Amounts } from './amounts.tsx';
import styles from './bridges.module.css';

interface Props {
  readonly view: View;
  readonly status: InterceptStatus | undefined;
}

/** One intercept: how it is, whose bytes pass, and its settings. Give it the intercept's id as key. */
export function InterceptView({ view, status }: Props): ReactElement {
  const { tab, draft } = useBridgeState(view.id);
  const connections = useConnections();
  const on = isInterceptOn(status);
  const line = status?.url ? tryIt(status.url, view.listener.kind) : null;
  return (
    <section className={styles.view} aria-label={`Intercept ${view.name}`}>
      <header className={styles.header}>
        <div className={styles.heading}>
          <h2 className={styles.name}>{view.name}</h2>
          <p className={styles.stateLine} role="status">
            <StatusDot tone={interceptTone(status)} />
            <span className={styles.state} data-selectable>
              {interceptPhase(status)}
              {status?.url ? ` on ${status.url}` : ''} → {status?.remote ?? remoteWords(view.remote, connections)}
            </span>
            {status?.url && <CopyButton text={status.url} label="Copy the address for devices" />}
          </p>
        </div>
        <Amounts
          label="Traffic"
          rows={[
            { name: 'open', value: formatCount(status?.open ?? 0), title: `${formatCount(status?.total ?? 0)} connections since the start` },
            { name: 'to remote', value: formatBytes(status?.bytesToRemote ?? 0) },
            { name: 'to devices', value: formatBytes(status?.bytesToDevices ?? 0) },
            { name: 'messages', value: formatCount(status?.messages ?? 0) },
            ...(status && status.failed > 0
              ? [{ name: 'failed', value: formatCount(status.failed), tone: 'bad' as const, title: 'Connections that did not reach the remote broker' }]
              : []),
            ...(status && status.faultHits > 0
              ? [{ name: 'faults', value: formatCount(status.faultHits), tone: 'warn' as const, title: 'Times that faults struck' }]
              : []),
            ...(status && status.refused > 0
              ? [{ name: 'refused', value: formatCount(status.refused), tone: 'warn' as const, title: 'Devices that the listener turned away' }]
              : []),
            ...(status && status.unread > 0
              ? [{ name: 'unread', value: formatCount(status.unread), title: 'Packets that passed without being read: malformed, or too large' }]
              : []),
          ]}
        />
        <div className={styles.headerButtons}>
          {on ? (
            <Button icon={<Square size={13} aria-hidden />} onClick={() => void stopIntercept(view.id)}>
              Stop
            </Button>
          ) : (
            <Button variant="primary" icon={<Play size={14} aria-hidden />} onClick={() => void startIntercept(view.id)}>
              Start
            </Button>
          )}
          <Menu
            align="end"
            trigger={<IconButton label="More of the intercept" icon={<MoreHorizontal size={16} aria-hidden />} />}
            items={[
              { label: 'Show packets', onSelect: () => showBroker('packets') },
              { kind: 'separator' },
              { label: 'Delete', danger: true, onSelect: () => void removeIntercept(view, on) },
            ]}
          />
        </div>
      </header>
      {status?.problem && (
        <Banner
          kind={status.phase === 'failed' ? 'bad' : 'warn'}
          title={status.problem.message}
          actions={
            status.freePort === null ? undefined : (
              <Button size="small" onClick={() => void takePort(view, status.freePort ?? 0)}>
                Use port {status.freePort}
              </Button>
            )
          }
        >
          {status.problem.advice}
        </Banner>
      )}
      {line && (
        <div className={styles.tryLine}>
          <span className={styles.label}>Try it</span>
          <CopyLine text={line} label="Copy the command" />
        </div>
      )}
      <Tabs<BridgeTab>
        label="Intercept"
        value={tab}
        onChange={(next) => setBridge(view.id, { tab: next })}
        tabs={[
          { value: 'state', label: 'Connections', content: <InterceptConnections view={view} status={status} /> },
          {
            value: 'settings',
            label: 'Settings',
            badge: draft === null ? undefined : <Badge tone="warn">Unsaved</Badge>,
            content: <InterceptSettings view={view} />,
          },
        ]}
      />
    </section>
  );
}
