import { Route } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Loading } from '../../../ui/loading.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import type { SourceOption } from '../../common/index.ts';
import { DefaultHandler } from './default-handler.tsx';
import { HandlerEditor } from './handler-editor.tsx';
import { HandlerList } from './handler-list.tsx';
import { addExample, addHandler } from './pipeline-actions.ts';
import { defaultId, usePipeline, usePipelineState } from './pipeline-model.ts';
import { TracePanel } from './trace-panel.tsx';
import styles from './pipeline.module.css';

/** Handlers of one source: their list, the one that is edited, and what they do with messages. Give it the source's id as key. */
export function PipelineView({ source }: { readonly source: SourceOption }): ReactElement {
  const pipeline = usePipeline(source.id);
  const { selected } = usePipelineState(source.id);
  if (pipeline === undefined) return <Loading label="Loading handlers" />;
  if (pipeline === null) {
    return (
      <EmptyState
        icon={<Route size={28} aria-hidden />}
        title="Handle messages as gf_mqtt_client does"
        text="Handlers take requests and responses one after the other, in the order of their list: each may change a message, answer it, raise an exception or stop it. What each of them did is traced step by step, up to what the caller gets."
        actions={
          <>
            <Button variant="primary" size="large" onClick={() => void addExample(source.id)}>
              Add a working example
            </Button>
            <Button size="large" onClick={() => void addHandler(source.id, null, 'request')}>
              Request handler
            </Button>
            <Button size="large" onClick={() => void addHandler(source.id, null, 'response')}>
              Response handler
            </Button>
          </>
        }
      />
    );
  }
  const handler = selected === defaultId ? undefined : (pipeline.handlers.find(({ id }) => id === selected) ?? pipeline.handlers[0]);
  return (
    <Splitter
      id="coap-handlers"
      className={styles.split ?? ''}
      panels={[
        {
          id: 'list',
          defaultSize: 320,
          minSize: 240,
          maxSize: '50%',
          fixed: true,
          content: <HandlerList source={source} pipeline={pipeline} selected={handler?.id ?? defaultId} />,
        },
        {
          id: 'handler',
          minSize: 400,
          content: (
            <Splitter
              id="coap-handler-trace"
              orientation="vertical"
              panels={[
                {
                  id: 'editor',
                  defaultSize: '52%',
                  minSize: 150,
                  content: handler ? <HandlerEditor key={handler.id} pipeline={pipeline} handler={handler} /> : <DefaultHandler />,
                },
                { id: 'trace', minSize: 120, content: <TracePanel source={source} pipeline={pipeline} /> },
              ]}
            />
          ),
        },
      ]}
    />
  );
}
