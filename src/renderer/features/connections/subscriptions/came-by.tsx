import { useMemo, type ReactElement } from 'react';
import { SubscriptionMatcher } from '../../../../shared/connections/subscription-matcher.ts';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { Subscription } from '../../../../shared/contract/connections.ts';
import { ColorMark } from '../../../ui/color-picker.tsx';
import { connectionOf, useConnections } from '../../common/index.ts';
import styles from './subscriptions.module.css';

const none: readonly Subscription[] = [];

/** Finds the subscriptions of a source by which messages on a topic come. */
function useCameBy(source: SourceId): (topic: string, identifiers?: readonly number[]) => readonly Subscription[] {
  const connections = useConnections();
  const id = connectionOf(source);
  const subscriptions = id === null ? none : (connections?.profiles.find((profile) => profile.id === id)?.subscriptions ?? none);
  // Statuses change ten times a second, subscriptions hardly ever.
  const key = JSON.stringify(subscriptions);
  return useMemo(() => {
    const matcher = new SubscriptionMatcher(JSON.parse(key) as readonly Subscription[]);
    return (topic, identifiers) => matcher.matching(topic, identifiers);
  }, [key]);
}

interface CameByProps {
  readonly source: SourceId;
  readonly topic: string;
  /** Of one message; absent: of the topic. */
  readonly identifiers?: readonly number[] | undefined;
  /** Also those that have neither an alias nor a colour. */
  readonly all?: boolean;
}

/** The subscriptions by which messages came, with their colours. */
export function CameBy({ source, topic, identifiers, all = false }: CameByProps): ReactElement | null {
  const found = useCameBy(source)(topic, identifiers).filter(({ alias, color }) => all || alias !== '' || color !== null);
  if (found.length === 0) return null;
  return (
    <span className={styles.cameBy} role="group" aria-label="Came by">
      {found.slice(0, 5).map(({ filter, alias, color }) => (
        <span key={filter} className={styles.chip} title={`Subscription ${filter}`}>
          <ColorMark color={color} />
          <span className={alias === '' ? styles.chipFilter : undefined}>{alias === '' ? filter : alias}</span>
        </span>
      ))}
      {found.length > 5 && <span className={styles.note}>and {found.length - 5} more</span>}
    </span>
  );
}
