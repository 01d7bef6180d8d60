import { MoreHorizontal, Play, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { findResponseCode } from '../../../../shared/coap/gf/response-codes.ts';
import type { MockDevice, MockDeviceStatus } from '../../../../shared/contract/mock-devices.ts';
import { useStreamValue } from '../../../data/index.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { StartBrokerButton } from '../../broker/index.ts';
import { LogView, formatCount } from '../../common/index.ts';
import { DeviceSettingsForm } from './device-settings.tsx';
import { clearLog, duplicateDevice, removeDevice, resetDevice, startDevice, stopDevice } from './mock-actions.ts';
import { isOn, setDevice, useDeviceState, type DeviceTab } from './mock-model.ts';
import { codeWords } from '../mqtt/response-facts.ts';
import { dotOf, passedOverWords, phaseWords } from './mock-words.ts';
import { ResourcesPanel } from './resources-panel.tsx';
import styles from './mock-devices.module.css';

interface DeviceViewProps {
  readonly device: MockDevice;
  readonly status: MockDeviceStatus | undefined;
  readonly others: readonly MockDevice[];
}

/** One device: how it is, its resources, its log and its settings. Give it the device's id as key. */
export function DeviceView({ device, status, others }: DeviceViewProps): ReactElement {
  const { tab, drafts, settings } = useDeviceState(device.id);
  const log = useStreamValue('mockDevices.log', tab === 'log' ? { id: device.id } : null);
  const on = isOn(status);
  const unsaved = Object.keys(drafts).length;
  return (
    <section className={styles['view']} aria-label={`Mock device ${device.name}`}>
      <header className={styles['header']}>
        <div className={styles['heading']}>
          <h2 className={styles['name']}>{device.name}</h2>
          <p className={styles['stateLine']} role="status">
            <StatusDot tone={dotOf(status)} />
            <span className={styles['state']} title={phaseWords(device, status)} data-selectable>
              {phaseWords(device, status)}
            </span>
          </p>
        </div>
        <Codes device={device} status={status} />
        <div className={styles['headerButtons']}>
          {on ? (
            <Button icon={<Square size={13} aria-hidden />} onClick={() => void stopDevice(device.id)}>
              Stop
            </Button>
          ) : (
            <Button variant="primary" icon={<Play size={14} aria-hidden />} onClick={() => void startDevice(device.id)}>
              Start
            </Button>
          )}
          <Menu
            align="end"
            trigger={<IconButton label="More of the device" icon={<MoreHorizontal size={16} aria-hidden />} />}
            items={[
              { label: 'Duplicate', onSelect: () => void duplicateDevice(device, others) },
              { label: 'Reset all states …', onSelect: () => void resetDevice(device) },
              { kind: 'separator' },
              { label: 'Delete', danger: true, onSelect: () => void removeDevice(device, on) },
            ]}
          />
        </div>
      </header>
      <News status={status} />
      <Tabs<DeviceTab>
        label="Mock device"
        value={tab}
        onChange={(next) => setDevice(device.id, { tab: next })}
        tabs={[
          {
            value: 'resources',
            label: 'Resources',
            badge: unsaved > 0 ? <Badge tone="warn">{unsaved} unsaved</Badge> : <Badge>{formatCount(device.resources.length)}</Badge>,
            content: <ResourcesPanel device={device} status={status} />,
          },
          {
            value: 'log',
            label: 'Log',
            content: (
              <LogView
                live={log}
                onClear={() => clearLog(device.id)}
                about="Requests with their responses stand here, what scripts write, and what was passed over."
              />
            ),
          },
          {
            value: 'settings',
            label: 'Settings',
            badge: settings === null ? undefined : <Badge tone="warn">Unsaved</Badge>,
            content: <DeviceSettingsForm device={device} />,
          },
        ]}
      />
    </section>
  );
}

/** Since the start: responses by code, and what was not answered or is not yet. */
function Codes({ device, status }: Pick<DeviceViewProps, 'device' | 'status'>): ReactElement {
  const counts = [
    ...(status?.byCode ?? []).map(({ code, count }) => ({ label: String(code), count, tone: codeWords(code).tone, title: codeTitle(code) })),
    ...others.flatMap(({ key, label, title }) => {
      const count = status?.[key] ?? 0;
      return count === 0 ? [] : [{ label, count, tone: 'neutral' as const, title }];
    }),
  ];
  const { retained = 0, otherSubsystem = 0 } = status?.passedOver ?? {};
  const why = passedOverWords({ retained, otherSubsystem }, device.subsystems);
  return (
    <dl className={styles['codes']} aria-label="Responses">
      {counts.map(({ label, count, tone, title }) => (
        <div key={label} title={`${title}: ${formatCount(count)}`}>
          <dt>{label}</dt>
          <dd data-tone={tone}>{formatCount(count)}</dd>
        </div>
      ))}
      {why !== null && (
        <div>
          <dt>passed over</dt>
          <dd data-tone="warn">
            <Tooltip text={`${why} The log has each of them.`}>
              <button
                type="button"
                className={styles['count']}
                aria-label={`${formatCount(retained + otherSubsystem)}: show the log`}
                onClick={() => setDevice(device.id, { tab: 'log' })}
              >
                {formatCount(retained + otherSubsystem)}
              </button>
            </Tooltip>
          </dd>
        </div>
      )}
    </dl>
  );
}

const codeTitle = (code: number): string => findResponseCode(code)?.title ?? 'A code that no peer lists';

const others = [
  { key: 'dropped', label: 'not answered', title: 'Not answered on purpose' },
  { key: 'repeated', label: 'repeated', title: 'Delivered again within 60 s: answered as the first time' },
  { key: 'running', label: 'running', title: 'Being worked out now, or waiting for their delay' },
] as const;

function News({ status }: { readonly status: MockDeviceStatus | undefined }): ReactElement {
  const problems = [status?.mqtt, status?.udp].flatMap((way) => (way?.problem ? [{ ...way.problem, failed: way.phase === 'failed' }] : []));
  return (
    <>
      {problems.map(({ code, message, advice, failed }) => (
        <Banner key={message} kind={failed ? 'bad' : 'warn'} title={message} actions={code === 'broker-not-running' ? <StartBrokerButton /> : undefined}>
          {advice}
        </Banner>
      ))}
      {status?.warnings.map((warning) => (
        <Banner key={warning} kind="warn" title={warning} />
      ))}
    </>
  );
}
