import { MoreHorizontal, Play, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { carriesFrom, subscriptionOf } from '../../../../shared/broker/bridges/topic-rules.ts';
import type { TopicBridgeStatus, TopicBridgeView as View } from '../../../../shared/contract/topic-bridges.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { formatBytes, formatCount, formatDuration, plural, useConnections, useNow } from '../../common/index.ts';
import { StartBrokerButton } from '../overview/start-broker-button.tsx';
import { Amounts } from './amounts.tsx';
import { exportConf, removeTopicBridge, startTopicBridge, stopTopicBridge } from './bridges-actions.ts';
import { isTopicBridgeOn, setBridge, useBridgeState, type BridgeTab } from './bridges-model.ts';
import { guardWords, remoteWords, topicPhase, topicTone } from './bridges-words.ts';
import { TopicBridgeSettings } from './topic-bridge-settings.tsx';
import styles from './bridges.module.css';

interface Props {
  readonly view: View;
  readonly status: TopicBridgeStatus | undefined;
}

/** One bridge: how it is, what each rule has carried, and its settings. Give it the bridge's id as key. */
export function TopicBridgeView({ view, status }: Props): ReactElement {
  const { tab, draft } = useBridgeState(view.id);
  const connections = useConnections();
  const now = useNow(1000);
  const on = isTopicBridgeOn(status);
  const next = status?.nextAttemptAt ?? null;
  return (
    <section className={styles.view} aria-label={`Bridge ${view.name}`}>
      <header className={styles.header}>
        <div className={styles.heading}>
          <h2 className={styles.name}>{view.name}</h2>
          <p className={styles.stateLine} role="status">
            <StatusDot tone={topicTone(status)} />
            <span className={styles.state} data-selectable>
              {topicPhase(status)} · Local broker ⇄ {status?.remote ?? remoteWords(view.remote, connections)}
            </span>
          </p>
        </div>
        <Amounts
          label="Carried"
          rows={[
            { name: 'in', value: formatCount(status?.messagesIn ?? 0), title: formatBytes(status?.bytesIn ?? 0) },
            { name: 'out', value: formatCount(status?.messagesOut ?? 0), title: formatBytes(status?.bytesOut ?? 0) },
            { name: 'waiting', value: formatCount(status?.queued ?? 0), title: formatBytes(status?.queuedBytes ?? 0) },
            ...(status && status.dropped > 0
              ? [
                  {
                    name: 'dropped',
                    value: formatCount(status.dropped),
                    tone: 'bad' as const,
                    title: 'There was no more room, or QoS 0 while the other side was away',
                  },
                ]
              : []),
            ...(status && status.looped > 0
              ? [{ name: 'returned', value: formatCount(status.looped), tone: 'warn' as const, title: 'Not carried again: they had been here before' }]
              : []),
            ...(status && status.refused > 0
              ? [{ name: 'refused', value: formatCount(status.refused), tone: 'bad' as const, title: 'A broker did not take them' }]
              : []),
          ]}
        />
        <div className={styles.headerButtons}>
          {on ? (
            <Button icon={<Square size={13} aria-hidden />} onClick={() => void stopTopicBridge(view.id)}>
              Stop
            </Button>
          ) : (
            <Button variant="primary" icon={<Play size={14} aria-hidden />} onClick={() => void startTopicBridge(view.id)}>
              Start
            </Button>
          )}
          <Menu
            align="end"
            trigger={<IconButton label="More of the bridge" icon={<MoreHorizontal size={16} aria-hidden />} />}
            items={[
              { label: 'Export for mosquitto', onSelect: () => void exportConf([view]) },
              { kind: 'separator' },
              { label: 'Delete', danger: true, onSelect: () => void removeTopicBridge(view, on) },
            ]}
          />
        </div>
      </header>
      {status?.problem && (
        <Banner
          kind={status.phase === 'failed' ? 'bad' : 'warn'}
          title={status.problem.message}
          actions={status.problem.code === 'broker-not-running' ? <StartBrokerButton size="small" /> : undefined}
        >
          {[status.problem.advice, next === null ? null : `It is tried again in ${formatDuration(Math.max(0, next - now))}.`].filter(Boolean).join(' ')}
        </Banner>
      )}
      <Tabs<BridgeTab>
        label="Bridge"
        value={tab}
        onChange={(chosen) => setBridge(view.id, { tab: chosen })}
        tabs={[
          { value: 'state', label: 'Rules', content: <RuleStates view={view} status={status} now={now} /> },
          {
            value: 'settings',
            label: 'Settings',
            badge: draft === null ? undefined : <Badge tone="warn">Unsaved</Badge>,
            content: <TopicBridgeSettings view={view} />,
          },
        ]}
      />
    </section>
  );
}

const arrows = { in: '←', out: '→', both: '⇄' } as const;
const ways = { in: 'from the remote to the local broker', out: 'from the local to the remote broker', both: 'both ways' } as const;

/** What each rule has carried since the start. */
function RuleStates({ view, status, now }: Props & { readonly now: number }): ReactElement {
  const { rules } = view;
  return (
    <div className={styles.log}>
      <p className={styles.omitted}>
        {plural(rules.length, 'rule')}
        {status?.connectedAt ? `, connected for ${formatDuration(Math.max(0, now - status.connectedAt))} with MQTT ${status.version ?? ''}` : ''}.{' '}
        {status?.guard ? guardWords[status.guard] : ''}
      </p>
      <VirtualList
        className={styles.logList ?? ''}
        label="Rules"
        count={rules.length}
        getRow={(index) => (rules[index] ? { rule: rules[index], at: index } : undefined)}
        keyOf={({ at }) => at}
        rowHeightPx={30}
        renderRow={({ rule, at }) => {
          const state = status?.rules[at];
          return (
            <span className={styles.ruleLine} title={state?.refused ?? ways[rule.direction]}>
              <span className={styles.topic}>{subscriptionOf(rule, 'local')}</span>
              <span className={styles.arrow} role="img" aria-label={ways[rule.direction]}>
                {arrows[rule.direction]}
              </span>
              <span className={styles.topic}>{subscriptionOf(rule, 'remote')}</span>
              {state?.refused ? <Badge tone="bad">refused</Badge> : <span className={styles.amount}>QoS {rule.qos}</span>}
              <span className={styles.amount}>{carriesFrom(rule, 'remote') ? `${formatCount(state?.in ?? 0)} in` : ''}</span>
              <span className={styles.amount}>{carriesFrom(rule, 'local') ? `${formatCount(state?.out ?? 0)} out` : ''}</span>
            </span>
          );
        }}
      />
    </div>
  );
}
