import { History } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { GfPipeline, RecordedMessage } from '../../../../shared/contract/coap-pipeline.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { engineClient } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Menu, type MenuEntry } from '../../../ui/menu.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { act, formatTime, type SourceOption } from '../../common/index.ts';
import { exampleDevice, tryMessage } from './pipeline-actions.ts';
import { setTried, usePipelineState } from './pipeline-model.ts';
import { TraceSteps } from './trace-steps.tsx';
import styles from './trace.module.css';

const requestId = '16fd2706-8baf-433b-82eb-8c7fada847da';

function example(kind: 'request' | 'response', { namespace, device }: GfPipeline): { readonly topic: string; readonly text: string } {
  const header = { path: 'gains', request_id: requestId, correlation_id: null };
  const message =
    kind === 'request'
      ? { header: { method: 'GET', ...header, source: 'me', token: null }, body: null, timestamp: 1745534869619 }
      : { header: { response_code: 404, ...header }, body: 'no such path', timestamp: '1745534869619' };
  return { topic: `${namespace}/demo/${kind}/${device || exampleDevice}/${requestId}`, text: JSON.stringify(message, null, 2) };
}

interface TryMessageProps {
  readonly source: SourceOption;
  readonly pipeline: GfPipeline;
  /** Messages traced so far: with each there may be another recorded one. */
  readonly seen: number;
}

/** A message by hand, or one that was recorded, through the handlers as they are saved. Nothing is published. */
export function TryMessage({ source, pipeline, seen }: TryMessageProps): ReactElement {
  const { tried } = usePipelineState(source.id);
  const { topic, text, awaited, trace } = tried;
  const [busy, setBusy] = useState(false);
  const [recorded, setRecorded] = useState<readonly RecordedMessage[] | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    const read = engineClient()
      .call('coapPipeline.recorded', { source: source.id })
      .then(({ messages }) => wanted && setRecorded(messages));
    void act(read, 'Recorded requests could not be read');
    return () => void (wanted = false);
  }, [source.id, seen]);
  const fill = (message: { readonly topic: string; readonly text: string }, waits: boolean): void =>
    setTried(source.id, { topic: message.topic, text: message.text, awaited: waits, trace: null });
  const items: readonly MenuEntry[] = [
    { label: 'Example: a request', onSelect: () => fill(example('request', pipeline), false) },
    { label: 'Example: a 404', onSelect: () => fill(example('response', pipeline), true) },
    { kind: 'heading', label: recorded === undefined ? 'Recorded: loading …' : recorded.length === 0 ? 'No requests recorded' : 'Recorded' },
    ...(recorded ?? []).map((one): MenuEntry => ({
      label: `${one.kind === 'request' ? '→' : '←'} ${one.label.slice(0, 80)}`,
      detail: formatTime(one.timeUs),
      onSelect: () => fill({ topic: one.topic, text: readable(one.text) }, one.kind === 'response'),
    })),
  ];
  const run = async (): Promise<void> => {
    setBusy(true);
    await tryMessage(source.id, tried);
    setBusy(false);
  };
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Trace a message">
      <form
        className={styles.tryForm}
        aria-label="Message to trace"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <div className={styles.tryHead}>
          <TextField
            className={styles.topicField}
            label="Topic"
            labelHidden
            mono
            size="small"
            value={topic}
            onChange={(next) => setTried(source.id, { topic: next })}
            placeholder={`${pipeline.namespace}/SUBSYSTEM/response/DEVICE/ID`}
          />
          <Menu
            align="end"
            trigger={
              <Button size="small" icon={<History size={13} aria-hidden />}>
                Choose
              </Button>
            }
            items={items}
          />
          <Button type="submit" size="small" variant="primary" busy={busy} disabled={topic === ''}>
            Trace
          </Button>
        </div>
        <div className={styles.tryText}>
          <CodeView
            label="Payload to trace"
            value={text}
            language="json"
            gutter={false}
            marks={false}
            onChange={(next) => setTried(source.id, { text: next })}
          />
        </div>
        <Checkbox label="A call of this client waits for it" checked={awaited} onChange={(next) => setTried(source.id, { awaited: next })} />
      </form>
      {trace ? (
        <TraceSteps trace={trace} />
      ) : (
        <p className={styles.faint}>Nothing is published: the message only goes through the handlers as they are saved.</p>
      )}
    </div>
  );
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
