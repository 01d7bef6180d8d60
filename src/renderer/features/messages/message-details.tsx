import { Workflow } from 'lucide-react';
import type { ReactElement } from 'react';
import { describeHazard } from '../../../shared/coap/gf/describe-hazard.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { isIntercept, jumpToSequence, useModel } from '../common/index.ts';
import { CameBy } from '../connections/index.ts';
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
  const isWhole = detail.payload.byteLength === detail.sizeBytes;
  const hazard = isWhole ? describeHazard(detail.topic, detail.payload) : null;
  return (
    <div className={styles.details}>
      {hazard && (
        <Banner inset kind="warn" title={hazard.message}>
          {hazard.advice}
        </Banner>
      )}
      <KeyValueTable compact label="Message" rows={messageFacts(detail, isIntercept(session.source))} />
      {detail.direction === 'in' && session.source.startsWith('connection:') && (
        <CameBy all source={session.source} topic={detail.topic} identifiers={detail.properties?.subscriptionIdentifiers} />
      )}
      <div className={styles.ofCall}>
        <CallOfMessage source={session.source} messageId={detail.id} />
        <Button size="small" icon={<Workflow size={13} aria-hidden />} onClick={() => jumpToSequence(session.source, [detail.id], `Message ${detail.topic}`)}>
          Show as sequence
        </Button>
      </div>
      {session.source === 'broker' && <WhoGotSection target={session.shown} />}
      <h3 className={styles.detailsTitle}>MQTT 5 properties</h3>
      {properties.length > 0 ? <KeyValueTable compact label="MQTT 5 properties" rows={properties} /> : <p className={styles.none}>This message has none.</p>}
    </div>
  );
}
