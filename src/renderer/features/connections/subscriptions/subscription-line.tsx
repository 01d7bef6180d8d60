import { Pencil, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import type { MqttVersion } from '../../../../shared/contract/common.ts';
import type { BrokerCapabilities } from '../../../../shared/contract/connections.ts';
import { Badge, StatusDot } from '../../../ui/badge.tsx';
import { ColorMark } from '../../../ui/color-picker.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Switch } from '../../../ui/switch.tsx';
import { formatCount } from '../../common/index.ts';
import type { SubscriptionRow } from './subscription-rows.ts';
import { optionWords, subscriptionWarnings } from './subscription-words.ts';
import styles from './subscriptions.module.css';

interface SubscriptionLineProps {
  readonly row: SubscriptionRow;
  readonly version: MqttVersion;
  readonly broker: BrokerCapabilities | null;
  readonly onToggle: (enabled: boolean) => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

export function SubscriptionLine({ row, version, broker, onToggle, onEdit, onRemove }: SubscriptionLineProps): ReactElement {
  const { filter, qos, enabled, alias, color } = row.subscription;
  // What came of it is said by the broker or the engine.
  const warnings = row.reason === null && enabled ? subscriptionWarnings(row.subscription, version, broker) : [];
  const dropped = row.dropped === 0 ? '' : `, ${formatCount(row.dropped)} dropped`;
  return (
    <li className={styles.subscription}>
      <StatusDot tone={row.tone} />
      <span className={styles.name}>
        <ColorMark color={color} />
        {alias !== '' && <strong className={styles.alias}>{alias}</strong>}
        <code className={styles.filter} data-selectable data-off={!enabled || undefined}>
          {filter}
        </code>
        {optionWords(row.subscription).map((words) => (
          <Badge key={words}>{words}</Badge>
        ))}
      </span>
      <Badge title="Asked quality of service">QoS {qos}</Badge>
      <span className={styles.outcome} data-tone={row.tone} title={row.received === 0 ? undefined : `${formatCount(row.received)} messages came${dropped}`}>
        {row.outcome}
        {row.received > 0 && <span className={styles.count}>{` · ${formatCount(row.received)}${dropped}`}</span>}
      </span>
      <Switch label={<span className="visually-hidden">Subscribe to {filter}</span>} checked={enabled} onChange={onToggle} />
      <IconButton size="small" label={`Edit ${filter}`} icon={<Pencil size={14} aria-hidden />} onClick={onEdit} />
      <IconButton size="small" label={`Remove ${filter}`} icon={<Trash2 size={14} aria-hidden />} onClick={onRemove} />
      {row.reason !== null && (
        <p className={styles.reason} data-tone={row.tone}>
          {row.reason}
        </p>
      )}
      {warnings.map((words) => (
        <p key={words} className={styles.reason} data-tone="warn">
          {words}
        </p>
      ))}
    </li>
  );
}
