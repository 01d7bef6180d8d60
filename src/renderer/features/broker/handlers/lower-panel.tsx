import type { ReactElement } from 'react';
import type { HandlersStatus } from '../../../../shared/contract/broker-handlers.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { useStreamValue } from '../../../data/index.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { LogView, useBrokerStatus } from '../../common/index.ts';
import { clearConsole, restartHandler } from './handlers-actions.ts';
import { setHandlers, statusOf, useHandlersState, type HandlerRow, type LowerView } from './handlers-model.ts';
import { TryHandler } from './try-handler.tsx';
import styles from './handlers.module.css';

interface LowerPanelProps {
  readonly row: HandlerRow;
  readonly status: HandlersStatus | undefined;
}

/** What handlers print and where they fail, a try without clients, and what a handler keeps. */
export function LowerPanel({ row, status }: LowerPanelProps): ReactElement {
  const { lower, ownLines, drafts } = useHandlersState();
  const { id, handler: file } = row.saved;
  const handler = drafts[id]?.handler ?? file;
  return (
    <Tabs<LowerView>
      label="What handlers do"
      value={lower}
      onChange={(next) => setHandlers({ lower: next })}
      actions={lower === 'console' ? <Checkbox label="This handler only" checked={ownLines} onChange={(next) => setHandlers({ ownLines: next })} /> : undefined}
      tabs={[
        { value: 'console', label: 'Console', content: <Console only={ownLines ? id : null} /> },
        { value: 'try', label: 'Try', content: handler === null ? <p className={styles.note}>This file cannot be used.</p> : <TryHandler handler={handler} /> },
        { value: 'state', label: 'State', content: <State id={id} status={status} /> },
      ]}
    />
  );
}

function Console({ only }: { readonly only: string | null }): ReactElement {
  const log = useStreamValue('brokerHandlers.log', undefined);
  const live = log && {
    forgotten: log.forgotten,
    lines: log.lines
      .filter(({ id }) => only === null || id === only)
      .map(({ at, name, level, text, line, times }) => ({ at, method: name, level, text: line === null ? text : `Line ${line}: ${text}`, times })),
  };
  return <LogView live={live} onClear={clearConsole} about="What handlers write with log() stands here, and their errors with the line." />;
}

function State({ id, status }: { readonly id: string; readonly status: HandlersStatus | undefined }): ReactElement {
  const isRunning = useBrokerStatus()?.phase === 'running';
  const text = statusOf(status, id)?.state ?? '{}';
  return (
    <section className={styles.stateView} aria-label="State">
      <div className={styles.stateBar}>
        <p className={styles.note}>What the handler keeps in “state”, until the broker stops.</p>
        <Button size="small" disabled={!isRunning || text === '{}'} onClick={() => void restartHandler(id)}>
          Empty it
        </Button>
      </div>
      <CodeView label="State of the handler" value={readable(text)} language="json" gutter={false} />
    </section>
  );
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
