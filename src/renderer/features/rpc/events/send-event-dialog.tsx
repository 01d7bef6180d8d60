import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import type { RpcEventRow } from '../../../../shared/contract/rpc-peers.ts';
import type { EngineContract } from '../../../../shared/contract/index.ts';
import type { InputOf } from '../../../../shared/ipc/contract.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import type { EventForm } from '../../../../shared/rpc/events.ts';
import { engineClient } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { act, type SourceOption } from '../../common/index.ts';
import styles from '../lists.module.css';
import { readParams } from '../params-form.ts';

type SendInput = InputOf<EngineContract['rpcEvents.send']>;

const forms: readonly { readonly value: EventForm; readonly label: string; readonly detail: string }[] = [
  { value: 'mqttxx2', label: 'mqttxx 3', detail: 'JSON envelope' },
  { value: 'mqttxx4', label: 'mqttxx 4', detail: 'user properties, MQTT 5' },
  { value: 'raw', label: 'Data alone', detail: 'mqttxx 3, no type' },
];

interface SendEventDialogProps {
  readonly source: SourceOption;
  /** The event to start from. */
  readonly like: RpcEventRow | null;
  readonly onClose: () => void;
}

/** Sends an event in the form of a dialect; stays open for the next one. */
export function SendEventDialog({ source, like, onClose }: SendEventDialogProps): ReactElement {
  const [form, setForm] = useState<EventForm>(like?.dialect === 'mqttxx4' ? 'mqttxx4' : 'mqttxx2');
  const [topic, setTopic] = useState(like?.topic ?? '');
  const [eventType, setEventType] = useState(like?.eventType ?? '');
  const [data, setData] = useState('');
  const [from, setFrom] = useState(like?.from || 'mqtt-workbench');
  const [reveal, setReveal] = useState(false);
  const [busy, setBusy] = useState(false);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const formId = useId();
  const likeId = like?.id;
  useEffect(() => {
    if (likeId === undefined) return;
    engineClient()
      .call('rpcEvents.detail', { id: likeId })
      .then(
        (found) => found && !found.tooLong && setData(JSON.stringify(found.data, null, 2)),
        () => undefined,
      );
  }, [likeId]);
  const value = readParams(data);
  const problems = {
    topic: topic === '' ? 'Enter the topic to send it to.' : validateTopicName(topic)?.message,
    eventType: form !== 'raw' && eventType === '' ? 'Enter a type, such as door.open.' : undefined,
    data: 'problem' in value ? value.problem : undefined,
  };
  const send = async (): Promise<void> => {
    setReveal(true);
    if (busy || 'problem' in value || problems.topic !== undefined || problems.eventType !== undefined) return;
    setBusy(true);
    setSentTo(null);
    const event: SendInput = { source: source.id, form, topic, eventType, data: value.value as SendInput['data'], from };
    const sent = await act(engineClient().call('rpcEvents.send', event), 'The event could not be sent');
    setBusy(false);
    if (sent) setSentTo(topic);
  };
  return (
    <Dialog
      open
      persistent
      size="medium"
      title="Send an event"
      description={`Over ${source.name}, with QoS 0. Nobody answers an event.`}
      initialFocus={first}
      onOpenChange={(open) => !open && onClose()}
      footer={
        <>
          <span className={styles['sent']} role="status">
            {sentTo !== null && `Sent to ${sentTo}`}
          </span>
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" form={formId} variant="primary" busy={busy}>
            Send
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className={styles['dialogForm']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div className={styles['pair']}>
          <Select label="Form" value={form} onChange={setForm} options={forms} />
          <TextField
            label="Topic"
            mono
            value={topic}
            onChange={setTopic}
            error={reveal || topic !== '' ? problems.topic : undefined}
            placeholder="edge/door_1/events"
            inputRef={first}
          />
        </div>
        <div className={styles['pair']}>
          <TextField
            label="Type"
            mono
            maxLength={1000}
            value={eventType}
            onChange={setEventType}
            disabled={form === 'raw'}
            error={reveal ? problems.eventType : undefined}
            placeholder="door.open"
          />
          <TextField label="Source" mono maxLength={1000} value={from} onChange={setFrom} disabled={form === 'raw'} hint="Who says it; nobody checks it." />
        </div>
        <TextArea
          label="Data"
          mono
          rows={6}
          value={data}
          onChange={setData}
          error={reveal || data !== '' ? problems.data : undefined}
          placeholder='none, or JSON such as { "open": true }'
        />
      </form>
    </Dialog>
  );
}
