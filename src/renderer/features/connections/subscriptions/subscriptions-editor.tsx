import { Plus } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { MqttVersion } from '../../../../shared/contract/common.ts';
import type { ConnectionStatus, Subscription } from '../../../../shared/contract/connections.ts';
import { newSubscription } from '../../../../shared/connections/new-profile.ts';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { useFirst } from '../../common/index.ts';
import { SubscriptionForm } from './subscription-form.tsx';
import { SubscriptionLine } from './subscription-line.tsx';
import { putSubscription, subscriptionRows } from './subscription-rows.ts';
import styles from './subscriptions.module.css';

export interface SubscriptionsEditorProps {
  readonly subscriptions: readonly Subscription[];
  readonly status: ConnectionStatus | undefined;
  readonly version: MqttVersion;
  /** Takes effect at once on a live connection. */
  readonly onChange: (subscriptions: readonly Subscription[]) => void;
}

/** What a connection subscribes to, and what the broker granted. */
export function SubscriptionsEditor({ subscriptions, status, version, onChange }: SubscriptionsEditorProps): ReactElement {
  const [editing, setEditing] = useState<number | 'new' | null>(null);
  const broker = status?.broker ?? null;
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
              <li key={row.subscription.filter} className={styles.edit}>
                <SubscriptionForm
                  {...{ version, broker }}
                  initial={row.subscription}
                  submitLabel="Apply"
                  onSubmit={(entry) => put(entry, index)}
                  onCancel={() => setEditing(null)}
                />
              </li>
            ) : (
              <SubscriptionLine
                key={row.subscription.filter}
                {...{ row, version, broker }}
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
      <div className={styles.add}>
        {editing === 'new' ? (
          <SubscriptionForm
            {...{ version, broker }}
            initial={newSubscription('')}
            submitLabel="Subscribe"
            onSubmit={(entry) => put(entry)}
            onCancel={() => setEditing(null)}
          />
        ) : (
          <Button icon={<Plus size={14} aria-hidden />} onClick={() => setEditing('new')}>
            Add subscription
          </Button>
        )}
      </div>
    </div>
  );
}
