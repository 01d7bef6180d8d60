import type { ReactElement } from 'react';
import type { DialectCheck, DialectReading } from '../../../../shared/contract/rpc-dialects.ts';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { readParams } from '../params-form.ts';
import styles from './dialects.module.css';
import type { Samples } from './use-dialect-check.ts';

interface DialectTestProps {
  readonly samples: Samples;
  readonly onSamples: (samples: Samples) => void;
  /** `null`: the profile has problems, or nothing was asked yet. */
  readonly check: DialectCheck | null;
}

/** What a message would be read as, and what a call would send. */
export function DialectTest({ samples, onSamples, check }: DialectTestProps): ReactElement {
  const { message, call } = samples;
  const setMessage = (change: Partial<Samples['message']>): void => onSamples({ ...samples, message: { ...message, ...change } });
  const setCall = (change: Partial<Samples['call']>): void => onSamples({ ...samples, call: { ...call, ...change } });
  const params = readParams(call.params);
  return (
    <div className={styles['fields']}>
      <section className={styles['test']} aria-label="Try a message">
        <h3>What would this message be read as?</h3>
        <TextField
          label="Topic of the message"
          size="small"
          mono
          value={message.topic}
          onChange={(topic) => setMessage({ topic })}
          placeholder="edge/pump/request"
        />
        <TextArea
          label="Payload"
          mono
          rows={3}
          value={message.payload}
          onChange={(payload) => setMessage({ payload })}
          placeholder='{"id": 1, "method": "start"}'
        />
        <div className={styles['outcome']} role="status">
          {check?.reading ? <Reading reading={check.reading} /> : <span className={styles['faint']}>A topic and a payload to try it with.</span>}
        </div>
      </section>
      <section className={styles['test']} aria-label="Preview a request">
        <h3>What would a call send?</h3>
        <div className={styles['pair']}>
          <TextField label="Topic of the call" size="small" mono value={call.topic} onChange={(topic) => setCall({ topic })} placeholder="edge/pump" />
          <TextField label="Method of the call" size="small" mono value={call.method} onChange={(method) => setCall({ method })} placeholder="start" />
        </div>
        <TextField
          label="Params of the call"
          size="small"
          mono
          value={call.params}
          onChange={(text) => setCall({ params: text })}
          error={'problem' in params ? params.problem : undefined}
          placeholder="none, or JSON"
        />
        <div className={styles['outcome']} role="status">
          {check?.request == null ? (
            <span className={styles['faint']}>A topic and a method to try it with.</span>
          ) : 'problem' in check.request ? (
            <span className={styles['bad']}>{check.request.problem}</span>
          ) : (
            <Facts
              facts={[
                ['to', check.request.topic],
                ['payload', check.request.payload],
                ['answer to', check.request.replyTo],
              ]}
            />
          )}
        </div>
      </section>
    </div>
  );
}

const words: Readonly<Record<DialectReading['kind'], readonly [label: string, tone: Tone]>> = {
  request: ['Request', 'ok'],
  response: ['Answer', 'ok'],
  invalid: ['Damaged', 'bad'],
  other: ['Not of this dialect', 'neutral'],
};

function Reading({ reading }: { readonly reading: DialectReading }): ReactElement {
  const [label, tone] = words[reading.kind];
  return (
    <>
      <Badge tone={tone}>{label}</Badge>
      <Facts facts={factsOf(reading)} />
    </>
  );
}

function factsOf(reading: DialectReading): readonly (readonly [string, string])[] {
  switch (reading.kind) {
    case 'request':
      return [
        ['service', reading.topic],
        ['method', reading.method],
        ['params', JSON.stringify(reading.params)],
        ['id', reading.requestId],
        ['answer to', reading.replyTo || 'nowhere: the request does not say'],
        ...(reading.callerId === '' ? [] : [['caller', reading.callerId] as const]),
      ];
    case 'response':
      return [['id', reading.requestId], reading.errorText === undefined ? ['result', JSON.stringify(reading.result ?? null)] : ['error', reading.errorText]];
    default:
      return [['because', reading.reason]];
  }
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, string])[] }): ReactElement {
  return (
    <dl className={styles['facts']}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-selectable>{value.length > 400 ? `${value.slice(0, 400)}…` : value}</dd>
        </div>
      ))}
    </dl>
  );
}
