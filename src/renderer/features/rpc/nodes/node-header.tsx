import { MoreHorizontal, Play, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { RpcNode, RpcNodeStatus } from '../../../../shared/contract/rpc-nodes.ts';
import { Badge, StatusDot, type Tone } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { Tooltip } from '../../../ui/tooltip.tsx';
import { copyText, formatCompact, formatCount, formatDuration, useNow, type SourceOption } from '../../common/index.ts';
import { discardAll, duplicateNode, removeNode, startNode, stopNode } from './node-actions.ts';
import { useDialectWords } from '../own-dialects.ts';
import { isOn, phaseWords, sourceWords, stateLine } from './node-words.ts';
import { useNodeState } from './nodes-model.ts';
import { unsavedParts } from './nodes-store.ts';
import styles from './nodes.module.css';

interface NodeHeaderProps {
  readonly node: RpcNode;
  readonly status: RpcNodeStatus | undefined;
  readonly source: SourceOption;
  readonly others: readonly RpcNode[];
}

/** Name, state and counters of a node, and what starts and stops it. */
export function NodeHeader({ node, status, source, others }: NodeHeaderProps): ReactElement {
  const { name: dialectName } = useDialectWords();
  const phase = status?.phase ?? 'stopped';
  const on = isOn(phase);
  const unsaved = useNodeState(node.id, (state) => unsavedParts(node, state).length > 0);
  const toggle = (): void => void (on ? stopNode(node.id) : startNode(node.id));
  useCommands([
    {
      id: 'rpc.toggleNode',
      title: on ? `Stop the node ${node.name}` : `Start the node ${node.name}`,
      group: 'RPC',
      place: 'rpc',
      shortcut: 'Mod+Shift+U',
      keywords: 'serve run',
      run: toggle,
    },
  ]);
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        <h2 className={styles.name}>{node.name}</h2>
        <p className={styles.stateLine} role="status">
          <StatusDot tone={phaseWords(phase).tone} />
          <span className={styles.state} title={stateLine(node, status, source)}>
            {stateLine(node, status, source)}
          </span>
          {unsaved && <Badge tone="warn">Unsaved changes</Badge>}
        </p>
      </div>
      <NodeCounters status={status} />
      <div className={styles.headerButtons}>
        <Tooltip text={on ? 'Stop answering' : `Answer calls over ${sourceWords(source)}`} shortcut="Mod+Shift+U">
          {on ? (
            <Button icon={<Square size={13} aria-hidden />} onClick={toggle}>
              Stop
            </Button>
          ) : (
            <Button variant="primary" icon={<Play size={14} aria-hidden />} onClick={toggle}>
              Start
            </Button>
          )}
        </Tooltip>
        <Menu
          align="end"
          trigger={<IconButton label="More of the node" icon={<MoreHorizontal size={16} aria-hidden />} />}
          items={[
            { label: 'Duplicate', onSelect: () => void duplicateNode(node, others) },
            { label: 'Copy the topic', disabled: node.topic === '', onSelect: () => void copyText(node.topic) },
            { label: 'Discard all that is not saved …', disabled: !unsaved, onSelect: () => void discardAll(node) },
            { kind: 'separator' },
            { label: 'Delete', danger: true, onSelect: () => void removeNode(node, on) },
          ]}
        />
      </div>
      <p className={styles.facts}>
        <span>{node.dialect === 'auto' ? 'Any dialect' : dialectName(node.dialect)}</span>
        {status?.clientId != null && (
          <span title="Client id in use">
            as <code>{status.clientId}</code>
          </span>
        )}
        {status?.subscriptions.map(({ filter, grantedQos }) => (
          <span key={filter} title="Subscribed for requests, with the quality of service the broker granted">
            <code>{filter}</code> {grantedQos === null ? 'not granted' : `QoS ${grantedQos}`}
          </span>
        ))}
        {status?.runningSince != null && <Since at={status.runningSince} />}
        {status?.nextAttemptAt != null && <NextAttempt at={status.nextAttemptAt} />}
      </p>
    </header>
  );
}

function Since({ at }: { readonly at: number }): ReactElement {
  const now = useNow(1000);
  return <span>for {formatDuration(now - at)}</span>;
}

function NextAttempt({ at }: { readonly at: number }): ReactElement {
  const now = useNow(500);
  return <span>tries again in {formatDuration(Math.max(0, at - now))}</span>;
}

interface Counter {
  readonly key: keyof RpcNodeStatus;
  readonly label: string;
  readonly tone: Tone;
  readonly meaning: string;
  /** Shown also while it is 0. */
  readonly always?: boolean;
}

const counters: readonly Counter[] = [
  { key: 'served', label: 'served', tone: 'ok', meaning: 'Answered with a result since the node was started last', always: true },
  { key: 'denied', label: 'denied', tone: 'warn', meaning: 'Refused by a permission rule', always: true },
  { key: 'failed', label: 'failed', tone: 'bad', meaning: 'Answered with an error by the method', always: true },
  { key: 'dropped', label: 'dropped', tone: 'warn', meaning: 'Not answered on purpose (faults)', always: true },
  { key: 'unknownMethods', label: 'unknown', tone: 'warn', meaning: 'For a method that the node does not have' },
  { key: 'unanswerable', label: 'without reply topic', tone: 'warn', meaning: 'Carried out without an answer, as they name no topic for it' },
  { key: 'repeated', label: 'repeated', tone: 'neutral', meaning: 'Delivered again within 60 s: answered as the first time, not carried out again' },
  { key: 'refused', label: 'refused', tone: 'bad', meaning: 'Refused as too many were being worked out' },
  { key: 'unreadable', label: 'unreadable', tone: 'warn', meaning: 'Messages that cannot be read as a request; the log has the reason' },
  { key: 'running', label: 'at work', tone: 'info', meaning: 'Requests being worked out now, or waiting for their delay' },
  { key: 'pendingCalls', label: 'calls waiting', tone: 'info', meaning: 'Calls made as this node that wait for their answers' },
];

function NodeCounters({ status }: { readonly status: RpcNodeStatus | undefined }): ReactElement {
  const shown = counters.flatMap((counter) => {
    const value = status?.[counter.key];
    return typeof value === 'number' && (value > 0 || counter.always) ? [{ ...counter, value }] : [];
  });
  return (
    <dl className={styles.counters} aria-label="Requests">
      {shown.map(({ key, label, tone, meaning, value }) => (
        <div key={key} className={styles.counter} title={`${formatCount(value)} ${label}: ${meaning}`}>
          <dt>{label}</dt>
          <dd data-tone={value === 0 ? 'neutral' : tone}>{formatCompact(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
