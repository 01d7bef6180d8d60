import { useState, type ReactElement } from 'react';
import type { BrokerHandler, TriedMessage, TryResult, WirePayload } from '../../../../shared/contract/broker-handlers.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { outcomeWords } from './handler-words.ts';
import { tryHandler } from './handlers-actions.ts';
import { firstEvent, setTried, useHandlersState } from './handlers-model.ts';
import styles from './try.module.css';

/** Asks a handler, saved or not, about something that no client has done. */
export function TryHandler({ handler }: { readonly handler: BrokerHandler }): ReactElement {
  const known = useHandlersState().tried[handler.id];
  const event = known?.event ?? firstEvent(handler);
  const result = known?.result ?? null;
  const [busy, setBusy] = useState(false);
  const { on } = handler;
  const isTopic = on === 'publish' || on === 'subscribe';
  const edit = (part: Partial<typeof event>): void => setTried(handler.id, { ...event, ...part }, null);
  const run = async (): Promise<void> => {
    setBusy(true);
    await tryHandler(handler, event);
    setBusy(false);
  };
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Try the handler">
      <form
        className={styles.form}
        aria-label="What the handler is tried with"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void run();
        }}
      >
        <div className={styles.fields}>
          {isTopic && (
            <TextField
              className={styles.topic}
              label={on === 'publish' ? 'Topic of the message' : 'Filter of the subscription'}
              mono
              size="small"
              value={event.topic}
              onChange={(topic) => edit({ topic })}
            />
          )}
          <TextField className={styles.client} label="Of the client" mono size="small" value={event.clientId} onChange={(clientId) => edit({ clientId })} />
          {isTopic && (
            <div className={styles.part} role="group" aria-label="QoS">
              <span className={styles.label}>QoS</span>
              <SegmentedControl
                label="QoS"
                size="small"
                value={String(event.qos)}
                onChange={(qos) => edit({ qos: Number(qos) as 0 | 1 | 2 })}
                segments={[
                  { value: '0', label: '0' },
                  { value: '1', label: '1' },
                  { value: '2', label: '2' },
                ]}
              />
            </div>
          )}
          {on === 'publish' && <Checkbox label="Retain" checked={event.retain} onChange={(retain) => edit({ retain })} />}
          <Button type="submit" variant="primary" size="small" busy={busy} disabled={isTopic && event.topic === ''}>
            Try
          </Button>
        </div>
        {on === 'publish' && (
          <TextArea
            label="Payload of the message"
            mono
            rows={2}
            value={'text' in event.payload ? event.payload.text : ''}
            onChange={(text) => edit({ payload: { text } })}
          />
        )}
      </form>
      {result === null ? (
        <p className={styles.note}>No client notices: what the handler would send is listed here.</p>
      ) : (
        <Result handler={handler} result={result} />
      )}
    </div>
  );
}

function Result({ handler, result }: { readonly handler: BrokerHandler; readonly result: TryResult }): ReactElement {
  const { outcome, message, sent, error, console, elapsedMs, passedBy, state } = result;
  return (
    <section className={styles.result} aria-label="Result" aria-live="polite">
      <p className={styles.outcome} data-bad={outcome === 'failed' || undefined}>
        {outcomeWords(handler, result)}
        {passedBy === null && outcome !== 'failed' && (
          <span className={styles.elapsed}>{elapsedMs < 10 ? elapsedMs.toFixed(1) : Math.round(elapsedMs)} ms</span>
        )}
      </p>
      {error && (
        <p className={styles.error}>
          {error.line !== null && <strong>Line {error.line}: </strong>}
          {error.message} {error.advice}
        </p>
      )}
      {message && <Shown message={message} />}
      {sent.length > 0 && (
        <>
          {handler.on !== 'subscribe' && <p className={styles.label}>It also sends</p>}
          <ol className={styles.sent} aria-label="Messages it sends">
            {sent.map((one, at) => (
              // oxlint-disable-next-line react/no-array-index-key -- they have no identity
              <li key={at}>
                <Shown message={one} />
              </li>
            ))}
          </ol>
        </>
      )}
      {console.length > 0 && (
        <pre className={styles.console} aria-label="Console of the try" tabIndex={0} data-selectable>
          {console.join('\n')}
        </pre>
      )}
      {state !== '{}' && passedBy === null && (
        <p className={styles.label}>
          Its state would be <code data-selectable>{state.length > 300 ? `${state.slice(0, 300)}…` : state}</code>
        </p>
      )}
    </section>
  );
}

function Shown({ message: { topic, payload, qos, retain, to } }: { readonly message: TriedMessage }): ReactElement {
  return (
    <div className={styles.message}>
      <p className={styles.messageHead}>
        <code data-selectable>{topic}</code>
        <span>
          QoS {qos}
          {retain && ', retained'}
          {to !== null && `, to ${to} alone`}
        </span>
      </p>
      <pre className={styles.payload} data-selectable>
        {textOf(payload)}
      </pre>
    </div>
  );
}

const shownLength = 4000;

function textOf(payload: WirePayload): string {
  if ('text' in payload) return payload.text.length > shownLength ? `${payload.text.slice(0, shownLength)}…` : payload.text;
  return Array.from(atob(payload.base64).slice(0, 500), (unit) => unit.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
}
