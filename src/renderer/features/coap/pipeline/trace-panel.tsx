import { Eraser, FlaskConical } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { GfPipeline, PipelineTraceDetail, PipelineTraceRow } from '../../../../shared/contract/coap-pipeline.ts';
import { engineClient, useStreamValue } from '../../../data/index.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { PanelTitle, Toolbar } from '../../../ui/toolbar.tsx';
import { VirtualList } from '../../../ui/virtual-list.tsx';
import { LogView, formatCount, formatTime, type SourceOption } from '../../common/index.ts';
import { clearLog, clearTraces, requestExample } from './pipeline-actions.ts';
import { setPipeline, usePipelineState } from './pipeline-model.ts';
import { rowWords } from './pipeline-words.ts';
import { TraceSteps } from './trace-steps.tsx';
import { TryMessage } from './try-message.tsx';
import styles from './trace.module.css';

interface TracePanelProps {
  readonly source: SourceOption;
  readonly pipeline: GfPipeline;
}

/** Messages that went through the handlers, newest first, and the steps of one of them; or of a message by hand. */
export function TracePanel({ source, pipeline }: TracePanelProps): ReactElement {
  const { trace } = usePipelineState(source.id);
  const traces = useStreamValue('coapPipeline.traces', { source: source.id });
  const log = useStreamValue('coapPipeline.log', trace === 'log' ? { source: source.id } : null);
  const rows = traces?.rows ?? [];
  const total = traces?.total ?? 0;
  const shown = trace === 'newest' ? rows[0]?.id : trace === 'by-hand' || trace === 'log' ? undefined : trace;
  const show = (next: typeof trace): void => setPipeline(source.id, { trace: next });
  const canRequest = pipeline.enabled && source.live && pipeline.handlers.some(({ kind, enabled }) => kind === 'request' && enabled);
  return (
    <section className={styles.panel} aria-label="Traces">
      <Toolbar
        label="Traces"
        end={
          <>
            {canRequest && (
              <Button size="small" onClick={() => void requestExample(source.id, pipeline)}>
                Request GET gains
              </Button>
            )}
            <Button
              size="small"
              icon={<FlaskConical size={13} aria-hidden />}
              aria-pressed={trace === 'by-hand'}
              onClick={() => show(trace === 'by-hand' ? 'newest' : 'by-hand')}
            >
              Trace a message
            </Button>
            <Button size="small" aria-pressed={trace === 'log'} onClick={() => show(trace === 'log' ? 'newest' : 'log')}>
              Log
            </Button>
            <IconButton
              size="small"
              label="Clear the traces"
              icon={<Eraser size={14} aria-hidden />}
              disabled={rows.length === 0}
              onClick={() => void clearTraces(source.id)}
            />
          </>
        }
      >
        <PanelTitle>Traces</PanelTitle>
        <span role="status" className={styles.total}>
          {total === 0 ? '' : total === rows.length ? formatCount(total) : `the last ${formatCount(rows.length)} of ${formatCount(total)}`}
        </span>
      </Toolbar>
      <Splitter
        id="coap-traces"
        className={styles.split ?? ''}
        panels={[
          {
            id: 'messages',
            defaultSize: 300,
            minSize: 180,
            maxSize: '60%',
            fixed: true,
            content: (
              <VirtualList
                label="Traced messages"
                count={rows.length}
                getRow={(index) => rows[index]}
                keyOf={({ id }) => id}
                rowHeightPx={44}
                isSelected={({ id }) => id === shown}
                onSelect={({ id }) => show(id)}
                renderRow={(row) => <TraceRow row={row} />}
                empty={
                  <EmptyState
                    compact
                    title="No messages yet"
                    text={
                      pipeline.enabled
                        ? 'Requests to the device, and responses to your own requests, are traced here.'
                        : 'Switch the handlers on to trace live messages.'
                    }
                  />
                }
              />
            ),
          },
          {
            id: 'steps',
            minSize: 240,
            content:
              trace === 'by-hand' ? (
                <TryMessage source={source} pipeline={pipeline} seen={total} />
              ) : trace === 'log' ? (
                <LogView live={log} onClear={() => clearLog(source.id)} about="What scripts write, their errors, and what was passed over stand here." />
              ) : shown === undefined ? (
                <EmptyState
                  compact
                  title="Step by step"
                  text="What each handler did with a message stands here: matched or why not, changed, raised, returned, stopped – and what the caller gets."
                  actions={<Button onClick={() => show('by-hand')}>Trace a message by hand</Button>}
                />
              ) : (
                <LiveTrace key={shown} source={source} id={shown} />
              ),
          },
        ]}
      />
    </section>
  );
}

function TraceRow({ row }: { readonly row: PipelineTraceRow }): ReactElement {
  const { text, tone } = rowWords(row);
  return (
    <span className={styles.row}>
      <span className={styles.rowLine}>
        <span className={styles.rowLabel} title={row.label}>
          {row.kind === 'response' ? '←' : '→'} {row.label}
        </span>
        <Badge tone={tone}>{text}</Badge>
      </span>
      <span className={styles.rowLine}>
        <span className={styles.rowDevice}>{row.device}</span>
        <span className={styles.faint}>
          {row.ran} ran · {formatTime(row.at * 1000)}
        </span>
      </span>
    </span>
  );
}

/** A trace does not change; which one is shown does. */
function LiveTrace({ source, id }: { readonly source: SourceOption; readonly id: number }): ReactElement {
  const [detail, setDetail] = useState<PipelineTraceDetail | 'gone' | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    engineClient()
      .call('coapPipeline.traceDetail', { source: source.id, id })
      .then(
        (found) => wanted && setDetail(found),
        () => wanted && setDetail('gone'),
      );
    return () => void (wanted = false);
  }, [source.id, id]);
  if (detail === undefined) return <Loading label="Loading the trace" />;
  if (detail === 'gone') return <EmptyState compact title="This trace is gone" text="It was cleared, or made room for newer ones." />;
  const { topic, text, sizeBytes } = detail.message;
  return (
    <div className={styles.scroll} tabIndex={0} role="group" aria-label="Trace of the message">
      <div className={styles.message}>
        <p className={styles.topic} data-selectable>
          {topic}
        </p>
        <details>
          <summary className={styles.summary}>Message, {formatCount(sizeBytes)} bytes</summary>
          <pre className={styles.json} data-selectable>
            {text}
          </pre>
        </details>
      </div>
      <TraceSteps trace={detail} />
    </div>
  );
}
