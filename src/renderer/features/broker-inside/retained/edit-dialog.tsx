import { useState, type ReactElement } from 'react';
import type { RetainedMessage } from '../../../../shared/contract/broker-lists.ts';
import type { Qos } from '../../../../shared/contract/common.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import { encodePublishPayload } from '../../../../shared/payload/publish-payload.ts';
import { decodeText, hasBinaryControls } from '../../../../shared/payload/utf8-text.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { act } from '../../common/index.ts';
import { insideStore } from '../inside-store.ts';
import styles from '../inside.module.css';
import { refreshLists } from '../polled-list.ts';
import { publishable, publishRetained } from './retained-actions.ts';

type Format = 'text' | 'hex';

const qualities = [
  { value: '0', label: 'QoS 0' },
  { value: '1', label: 'QoS 1' },
  { value: '2', label: 'QoS 2' },
] as const;

const toHex = (payload: Uint8Array): string => Array.from(payload, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

function asText(payload: Uint8Array): { readonly format: Format; readonly text: string } {
  const { text, invalidAt } = decodeText(payload);
  return invalidAt === null && !hasBinaryControls(text) ? { format: 'text', text } : { format: 'hex', text: toHex(payload) };
}

interface EditDialogProps {
  /** With its whole payload. */
  readonly message: RetainedMessage;
  readonly onClose: () => void;
}

/** A retained message, changed and published again: everybody who has subscribed gets it. */
export function EditDialog({ message, onClose }: EditDialogProps): ReactElement {
  const [first] = useState(() => asText(message.payload));
  const [topic, setTopic] = useState(message.topic);
  const [text, setText] = useState(first.text);
  const [format, setFormat] = useState(first.format);
  const [qos, setQos] = useState(String(message.qos));
  const [busy, setBusy] = useState(false);
  const encoded = encodePublishPayload(format, text);
  const topicProblem = validateTopicName(topic);
  const problem =
    'bytes' in encoded ? (encoded.bytes.length === 0 ? 'An empty payload would delete the message. Use Delete for that.' : undefined) : encoded.problem;
  // What is no text cannot be shown as one without loss.
  const isText = 'bytes' in encoded && asText(encoded.bytes).format === 'text';
  const formats = [
    { value: 'text', label: 'Text', disabled: !isText },
    { value: 'hex', label: 'Hex' },
  ] as const;
  const change = (to: Format): void => {
    if ('bytes' in encoded) setText(to === 'hex' ? toHex(encoded.bytes) : decodeText(encoded.bytes).text);
    setFormat(to);
  };
  const publish = async (): Promise<void> => {
    if (!('bytes' in encoded)) return;
    setBusy(true);
    const isDone = await act(
      publishRetained({ ...publishable(message), topic, payload: encoded.bytes, qos: Number(qos) as Qos }),
      'The message could not be published',
    );
    setBusy(false);
    if (!isDone) return;
    insideStore.setState({ retainedTopic: topic });
    refreshLists();
    onClose();
  };
  return (
    <Dialog
      open
      persistent
      onOpenChange={(open) => !open && onClose()}
      title="Edit and publish again"
      description="Everybody who has subscribed gets it. With another topic it is a further message."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={problem !== undefined || topicProblem !== null} onClick={() => void publish()}>
            Publish
          </Button>
        </>
      }
    >
      <div className={styles['form']}>
        <TextField
          label="Topic"
          mono
          value={topic}
          onChange={setTopic}
          error={topicProblem === null ? undefined : `${topicProblem.message} ${topicProblem.advice}`}
        />
        <div className={styles['formRow']}>
          <SegmentedControl label="Write the payload as" value={format} onChange={change} segments={formats} />
          <SegmentedControl label="Quality of service" value={qos} onChange={setQos} segments={qualities} />
        </div>
        <TextArea label="Payload" mono rows={10} value={text} onChange={setText} error={problem} />
      </div>
    </Dialog>
  );
}
