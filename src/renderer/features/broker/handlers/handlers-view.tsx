import { Braces } from 'lucide-react';
import type { ReactElement } from 'react';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { useBrokerStatus } from '../../common/index.ts';
import { HandlerEditor } from './handler-editor.tsx';
import { HandlerList } from './handler-list.tsx';
import { addHandler } from './handlers-actions.ts';
import { useHandlers, useHandlersState, useHandlersStatus } from './handlers-model.ts';
import { ImportButton } from './import-button.tsx';
import { LowerPanel } from './lower-panel.tsx';
import { templates } from './templates.ts';
import styles from './handlers.module.css';

const none: ReadonlySet<string> = new Set();

/** Scripts inside the local broker: which there are, the one that is edited, and what they say. */
export function HandlersView(): ReactElement {
  const known = useHandlers();
  const status = useHandlersStatus();
  const engine = useBrokerStatus()?.engine;
  const { selected } = useHandlersState();
  if (known === undefined) return <Loading label="Loading handlers" />;
  const { rows, files } = known;
  const chosen = rows.find(({ saved }) => saved.id === selected) ?? rows[0];
  return (
    <div className={styles.view}>
      <h1 className="visually-hidden">Handlers of the local broker</h1>
      {engine === 'aedes' && (
        <Banner kind="warn" title="The engine aedes runs no handlers.">
          The workbench’s own engine does; choose it in the overview.
        </Banner>
      )}
      {files.problem && (
        <Banner kind="warn" title={files.problem.message}>
          {files.problem.advice}
        </Banner>
      )}
      {chosen === undefined ? (
        <EmptyState
          icon={<Braces size={28} aria-hidden />}
          title="Let scripts handle what clients do"
          text="A handler answers a SUBSCRIBE, changes, drops or refuses messages, or decides who may connect. It is a few lines of JavaScript in a sandbox: what it does wrong holds up nobody."
          actions={
            <>
              {templates.slice(0, 3).map((template, at) => (
                <Button
                  key={template.name}
                  variant={at === 0 ? 'primary' : 'secondary'}
                  size="large"
                  title={template.about}
                  onClick={() => void addHandler(template, none)}
                >
                  {template.name}
                </Button>
              ))}
              <ImportButton size="large" />
            </>
          }
        />
      ) : (
        <Splitter
          id="broker-handlers"
          className={styles.split ?? ''}
          panels={[
            {
              id: 'list',
              defaultSize: 320,
              minSize: 220,
              maxSize: '50%',
              fixed: true,
              content: <HandlerList rows={rows} status={status} selected={chosen.saved.id} folder={files.folder} />,
            },
            {
              id: 'handler',
              minSize: 400,
              content: (
                <Splitter
                  id="broker-handler-console"
                  orientation="vertical"
                  panels={[
                    { id: 'editor', defaultSize: '62%', minSize: 180, content: <HandlerEditor key={chosen.saved.id} row={chosen} status={status} /> },
                    { id: 'console', minSize: 120, content: <LowerPanel key={chosen.saved.id} row={chosen} status={status} /> },
                  ]}
                />
              ),
            },
          ]}
        />
      )}
    </div>
  );
}
