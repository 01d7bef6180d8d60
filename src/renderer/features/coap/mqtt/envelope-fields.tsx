import type { ReactElement } from 'react';
import { NumberField } from '../../../ui/number-field.tsx';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { formatTimeout } from '../../rpc/index.ts';
import { usualNamespace } from './coap-address.ts';
import type { DraftProblems, RequestDraft } from './request-draft.ts';
import styles from './request-builder.module.css';

interface EnvelopeFieldsProps {
  readonly id: string;
  readonly draft: RequestDraft;
  readonly problems: DraftProblems;
  readonly onChange: (change: Partial<RequestDraft>) => void;
}

/** What most requests leave as it is. */
export function EnvelopeFields({ id, draft, problems, onChange }: EnvelopeFieldsProps): ReactElement {
  return (
    <div id={id} className={styles.fields}>
      <NumberField
        label="Time-out"
        unit="s"
        min={0}
        max={86_400}
        size="small"
        value={draft.timeoutMs === null ? null : draft.timeoutMs / 1000}
        onChange={(seconds) => onChange({ timeoutMs: seconds === null ? null : Math.round(seconds * 1000) })}
        error={problems.timeout}
      />
      <Select
        size="small"
        label="QoS of the request"
        value={draft.qos}
        onChange={(qos) => onChange({ qos })}
        options={[
          { value: '0', label: 'QoS 0', detail: 'as gf_mqtt_client' },
          { value: '1', label: 'QoS 1' },
          { value: '2', label: 'QoS 2' },
        ]}
      />
      <Select
        size="small"
        label="Methods as"
        value={draft.methodAs}
        onChange={(methodAs) => onChange({ methodAs })}
        options={[
          { value: 'word', label: 'Words', detail: 'from 0.1.3' },
          { value: 'integer', label: 'Integers', detail: 'up to 0.1.2' },
        ]}
      />
      <Select
        size="small"
        label="Responses by"
        value={draft.responses}
        onChange={(responses) => onChange({ responses })}
        options={[
          { value: 'exact', label: 'A subscription each', detail: 'as gf_mqtt_client' },
          { value: 'standing', label: 'One for the device', detail: 'kept for 30 s' },
        ]}
      />
      <Text label="Token" value={draft.token} onChange={(token) => onChange({ token })} placeholder="null" error={problems.token} />
      <Text
        label="Correlation id"
        value={draft.correlationId}
        onChange={(correlationId) => onChange({ correlationId })}
        placeholder="null"
        error={problems.correlationId}
      />
      <Text label="Source" value={draft.callerId} onChange={(callerId) => onChange({ callerId })} placeholder="the client id" error={problems.callerId} />
      <Text
        label="Request id"
        value={draft.requestId}
        onChange={(requestId) => onChange({ requestId })}
        placeholder="a new UUID each time"
        error={problems.requestId}
      />
      <Text
        label="Namespace"
        value={draft.namespace}
        onChange={(namespace) => onChange({ namespace })}
        placeholder={usualNamespace}
        error={problems.namespace}
      />
    </div>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder: string;
  readonly error?: string | undefined;
}

const Text = (props: TextProps): ReactElement => <TextField {...props} mono size="small" maxLength={1000} />;

/** What differs from the usual, in a line. */
export function envelopeWords({ timeoutMs, qos, methodAs, token, correlationId, callerId, requestId, namespace, responses }: RequestDraft): string {
  return [
    timeoutMs === null ? 'no time-out' : `time-out ${formatTimeout(timeoutMs)}`,
    `QoS ${qos}`,
    ...(responses === 'standing' ? ['one subscription for all responses'] : []),
    ...(methodAs === 'integer' ? ['integer methods'] : []),
    ...(token === '' ? [] : ['token']),
    ...(correlationId === '' ? [] : [`correlation id ${correlationId}`]),
    ...(callerId === '' ? [] : [`source ${callerId}`]),
    ...(requestId === '' ? [] : ['own request id']),
    ...(namespace === usualNamespace ? [] : [namespace]),
  ].join(' · ');
}
