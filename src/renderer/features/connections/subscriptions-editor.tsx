import { Pencil, Plus, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { Qos } from '../../../shared/contract/common.ts';
import type { ConnectionStatus, Subscription } from '../../../shared/contract/connections.ts';
import { newSubscription } from '../../../shared/connections/new-profile.ts';
import { validateTopicFilter } from '../../../shared/mqtt/topic-filter.ts';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Switch } from '../../ui/switch.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toasts } from '../../ui/toast.tsx';
import { useFirst } from '../common/index.ts';
import styles from './connections.module.css';
import { asksForEverything, putSubscription, subscriptionRows, type SubscriptionRow } from './subscription-rows.ts';

const levels = [
  { value: '0', label: '0' },
  { value: '1', label: '1' },
  { value: '2', label: '2' },
] as const;

export interface SubscriptionsEditorProps {
  readonly subscriptions: readonly Subscription[];
  readonly status: ConnectionStatus | undefined;
  /** Takes effect at once on a live connection. */
  readonly onChange: (subscriptions: readonly Subscription[]) => void;
}

/** What a connection subscribes to, and what the broker granted. */
export function SubscriptionsEditor({ subscriptions, status, onChange }: SubscriptionsEditorProps): ReactElement {
  const [editing, setEditing] = useState<number | 'new' | null>(null);
  const rows = subscriptionRows(subscriptions, status);
  const { shown, more } = useFirst(rows, 100);
  const latest = useRef(subscriptions);
  useEffect(() => {
    latest.current = subscriptions;
  });
  const remove = (index: number, entry: Subscription): void => {
    onChange(subscriptions.filter((_, at) => at !== index));
    toasts.show({
      title: `“${entry.filter}” is no longer subscribed`,
      action: {
        label: 'Undo',
        run: () => {
          const back = putSubscription(latest.current, entry);
          if ('list' in back) onChange(back.list);
        },
      },
    });
  };
  const put = (entry: Subscription, index?: number): string | undefined => {
    const result = putSubscription(subscriptions, entry, index);
    if ('problem' in result) return result.problem;
    onChange(result.list);
    if (index !== undefined) setEditing(null);
    return undefined;
  };
  return (
    <div>
      {rows.length > 0 && (
        <ul className={styles.subscriptions} aria-label="Subscriptions">
          {shown.map((row, index) =>
            editing === index ? (
              <li key={row.subscription.filter} className={styles.subscriptionEdit}>
                <SubscriptionForm initial={row.subscription} submitLabel="Apply" onSubmit={(entry) => put(entry, index)} onCancel={() => setEditing(null)} />
              </li>
            ) : (
              <SubscriptionLine
                key={row.subscription.filter}
                row={row}
                onToggle={(enabled) => void put({ ...row.subscription, enabled }, index)}
                onEdit={() => setEditing(index)}
                onRemove={() => remove(index, row.subscription)}
              />
            ),
          )}
        </ul>
      )}
      {more}
      {rows.length === 0 && editing === null && (
        <EmptyState
          compact
          title="No subscriptions yet"
          text="Without one, this connection can publish but receives nothing. Subscribe to the topics you need: a filter for everything is unwelcome on shared brokers."
        />
      )}
      <div className={styles.subscriptionAdd}>
        {editing === 'new' ? (
          <SubscriptionForm initial={newSubscription('')} submitLabel="Subscribe" onSubmit={(entry) => put(entry)} onCancel={() => setEditing(null)} />
        ) : (
          <Button icon={<Plus size={14} aria-hidden />} onClick={() => setEditing('new')}>
            Add subscription
          </Button>
        )}
      </div>
    </div>
  );
}

interface LineProps {
  readonly row: SubscriptionRow;
  readonly onToggle: (enabled: boolean) => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

function SubscriptionLine({ row, onToggle, onEdit, onRemove }: LineProps): ReactElement {
  const { filter, qos, enabled } = row.subscription;
  return (
    <li className={styles.subscription}>
      <StatusDot tone={row.tone} />
      <code className={styles.filter} data-selectable data-off={!enabled || undefined}>
        {filter}
      </code>
      <Badge title="Asked quality of service">QoS {qos}</Badge>
      <span className={styles.outcome} data-tone={row.tone}>
        {row.outcome}
      </span>
      <Switch label={<span className="visually-hidden">Subscribe to {filter}</span>} checked={enabled} onChange={onToggle} />
      <IconButton size="small" label={`Edit ${filter}`} icon={<Pencil size={14} aria-hidden />} onClick={onEdit} />
      <IconButton size="small" label={`Remove ${filter}`} icon={<Trash2 size={14} aria-hidden />} onClick={onRemove} />
      {row.reason !== null && <p className={styles.reason}>{row.reason}</p>}
    </li>
  );
}

interface FormProps {
  readonly initial: Subscription;
  readonly submitLabel: string;
  /** Answers what is wrong, or nothing. */
  readonly onSubmit: (entry: Subscription) => string | undefined;
  readonly onCancel: () => void;
}

function SubscriptionForm({ initial, submitLabel, onSubmit, onCancel }: FormProps): ReactElement {
  const [filter, setFilter] = useState(initial.filter);
  const [qos, setQos] = useState<Qos>(initial.qos);
  const [refused, setRefused] = useState<string | undefined>();
  const invalid = filter === '' ? undefined : (validateTopicFilter(filter) ?? undefined);
  const error = refused ?? (invalid && `${invalid.message} ${invalid.advice}`);
  const submit = (): void => {
    if (filter === '') return setRefused('Enter a topic filter, such as sensors/+/temperature or building/#.');
    if (invalid) return;
    const problem = onSubmit({ ...initial, filter, qos });
    setRefused(problem);
    if (problem === undefined) setFilter('');
  };
  return (
    <form
      className={styles.subscriptionForm}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <TextField
        className={styles.grow}
        label="Topic filter"
        value={filter}
        onChange={(next) => {
          setFilter(next);
          setRefused(undefined);
        }}
        error={error}
        hint={
          asksForEverything(filter)
            ? 'This asks for every message. Some brokers refuse it or throw the client out.'
            : '+ stands for one level, # at the end for all below'
        }
        mono
        autoFocus
      />
      <div className={styles.qosField}>
        <span className={styles.storedLabel}>QoS</span>
        <SegmentedControl
          label="Quality of service"
          value={String(qos) as '0' | '1' | '2'}
          onChange={(next) => setQos(Number(next) as Qos)}
          segments={levels}
        />
      </div>
      <div className={styles.subscriptionButtons}>
        <Button type="submit" variant="primary" disabled={invalid !== undefined}>
          {submitLabel}
        </Button>
        <Button variant="ghost" onClick={onCancel}>
          {initial.filter === '' ? 'Done' : 'Cancel'}
        </Button>
      </div>
    </form>
  );
}
