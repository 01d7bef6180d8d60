import { useState, type ReactElement } from 'react';
import type { ConnectionStatus, DroppedMessage } from '../../../../shared/contract/connections.ts';
import { engineClient } from '../../../data/index.ts';
import { showError } from '../../../app/show-error.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { formatBytes, formatTimeNear, plural, useNow } from '../../common/index.ts';
import { previewBytes } from './preview-bytes.ts';
import styles from './page.module.css';

/** Messages that wait for the connection, and those that were too large for it. */
export function MessageCounts({ status }: { readonly status: ConnectionStatus }): ReactElement | null {
  const { id, queuedMessages, droppedMessages } = status;
  const [shown, setShown] = useState<readonly DroppedMessage[] | null>(null);
  const show = async (): Promise<void> => {
    try {
      setShown(await engineClient().call('connections.droppedMessages', { id }));
    } catch (error) {
      showError(error, 'The dropped messages could not be read');
    }
  };
  return (
    <>
      {queuedMessages > 0 && (
        <Banner inset title={`${plural(queuedMessages, 'message waits', 'messages wait')} for the connection`}>
          {queuedMessages === 1 ? 'It is' : 'They are'} published as soon as it is up. Disconnecting does not lose {queuedMessages === 1 ? 'it' : 'them'};
          quitting the workbench does.
        </Banner>
      )}
      {droppedMessages > 0 && (
        <Banner
          inset
          kind="warn"
          title={`${plural(droppedMessages, 'message was', 'messages were')} larger than this connection takes`}
          actions={
            <Button size="small" onClick={() => void show()}>
              Show them
            </Button>
          }
        >
          They were counted and dropped; the limit stands under Limits.
        </Banner>
      )}
      {shown && <DroppedDialog messages={shown} total={droppedMessages} onClose={() => setShown(null)} />}
    </>
  );
}

function DroppedDialog({
  messages,
  total,
  onClose,
}: {
  readonly messages: readonly DroppedMessage[];
  readonly total: number;
  readonly onClose: () => void;
}): ReactElement {
  const now = useNow(null);
  return (
    <Dialog
      open
      size="large"
      title="Messages that were too large"
      description={`The first bytes of ${messages.length < total ? `the last ${messages.length} of ${total}` : 'each'}, newest first.`}
      onOpenChange={(open) => !open && onClose()}
      footer={<Button onClick={onClose}>Close</Button>}
    >
      <ul className={styles.dropped} aria-label="Dropped messages">
        {messages.map((message, at) => (
          // Two may have come in the same millisecond.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={at} className={styles.droppedLine}>
            <span className={styles.droppedFacts}>
              <code data-selectable>{message.topic}</code>
              <span>
                {formatBytes(message.sizeBytes)}, {formatTimeNear(message.timeMs * 1000, now)}
              </span>
            </span>
            <code className={styles.head} data-selectable>
              {previewBytes(message.head)}
              {message.sizeBytes > message.head.length && ' …'}
            </code>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
