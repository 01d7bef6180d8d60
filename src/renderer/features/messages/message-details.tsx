import type { ReactElement } from 'react';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { useModel } from '../common/index.ts';
import { CallOfMessage } from './call-of-message.tsx';
import { messageFacts, propertyFacts } from './message-facts.ts';
import type { MessageSession } from './message-session.ts';
import styles from './messages.module.css';
import { WhoGotSection } from './who-got-section.tsx';

/** Everything known about the shown message besides its value. */
export function MessageDetails({ session }: { readonly session: MessageSession }): ReactElement {
  useModel(session.shown.notifier);
  const { detail } = session.shown.state;
  if (!detail) return <p className={styles.noDetails}>No message is shown.</p>;
  const properties = propertyFacts(detail);
  return (
    <div className={styles.details}>
      <KeyValueTable compact label="Message" rows={messageFacts(detail)} />
      <CallOfMessage source={session.source} messageId={detail.id} />
      {session.source === 'broker' && <WhoGotSection shown={session.shown} />}
      <h3 className={styles.detailsTitle}>MQTT 5 properties</h3>
      {properties.length > 0 ? <KeyValueTable compact label="MQTT 5 properties" rows={properties} /> : <p className={styles.none}>This message has none.</p>}
    </div>
  );
}
