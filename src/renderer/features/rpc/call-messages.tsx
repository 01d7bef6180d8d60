import { ListTree, Users } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { CallDetail } from '../../../shared/contract/rpc.ts';
import { Banner } from '../../ui/banner.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { Select } from '../../ui/select.tsx';
import { formatBytes, formatTime } from '../common/index.ts';
import { detectFormat, PayloadView, propertyFacts, WhoGotMessage, type PayloadFormat } from '../messages/index.ts';
import { showInHistory } from './rpc-actions.ts';
import { messageName, messagesOf } from './rpc-words.ts';
import styles from './answer.module.css';

const formats = [
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
] as const;

/** The request and its answers as they were on the wire. */
export function CallMessages({ detail }: { readonly detail: CallDetail }): ReactElement {
  const all = messagesOf(detail);
  const [chosen, setChosen] = useState(0);
  const [isAsked, setAsked] = useState(false);
  const [picked, setPicked] = useState<PayloadFormat | null>(null);
  const message = all[Math.min(chosen, all.length - 1)];
  const complete = message !== undefined && message.payload.length >= message.sizeBytes;
  if (!message) return <EmptyState compact title="No messages" text="The bytes of this call are not known." />;
  const isBrokers = detail.source === 'broker' && message.messageId > 0;
  const properties = propertyFacts(message);
  const format = picked ?? detectFormat(message.payload, complete);
  return (
    <>
      <div className={styles.messageLine}>
        <Select
          className={styles.messageChoice}
          size="small"
          label="Message"
          labelHidden
          value={String(Math.min(chosen, all.length - 1))}
          onChange={(next) => setChosen(Number(next))}
          options={all.map((one, at) => ({ value: String(at), label: messageName(at, detail.request !== null), detail: formatBytes(one.sizeBytes) }))}
        />
        <span className={styles.messageFacts}>
          <code title={message.topic} data-selectable>
            {message.topic}
          </code>
          <span>QoS {message.qos}</span>
          <span>{formatBytes(message.sizeBytes)}</span>
          <time>{formatTime(message.timeUs)}</time>
        </span>
        {message.messageId > 0 && (
          <IconButton
            size="small"
            label="Show in the topic’s history"
            icon={<ListTree size={14} aria-hidden />}
            onClick={() => void showInHistory(detail.source, message)}
          />
        )}
        {isBrokers && (
          <IconButton size="small" label="Who got it" pressed={isAsked} icon={<Users size={14} aria-hidden />} onClick={() => setAsked(!isAsked)} />
        )}
        <SegmentedControl size="small" label="Show the message as" value={format} onChange={setPicked} segments={formats} />
      </div>
      {properties.length > 0 && (
        <div className={styles.properties}>
          <KeyValueTable compact label="MQTT 5 properties" rows={properties} />
        </div>
      )}
      {isAsked && isBrokers && (
        <div className={styles.receivers}>
          <WhoGotMessage id={message.messageId} />
        </div>
      )}
      {!complete && <Banner title={`The first ${formatBytes(message.payload.length)} of ${formatBytes(message.sizeBytes)} are kept with the call`} />}
      <PayloadView label="Message" payload={message.payload} complete={complete} format={format} onShowHex={() => setPicked('hex')} />
    </>
  );
}
