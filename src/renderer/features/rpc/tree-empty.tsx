import { ArrowLeftRight } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { setDemoDevice } from '../broker/index.ts';
import { connectionOf, useBrokerStatus, type SourceOption } from '../common/index.ts';
import { SourceEmpty } from '../connections/index.ts';
import { rpcStore } from './rpc-model.ts';
import type { RpcTreeView } from './rpc-tree-view.ts';

interface TreeEmptyProps {
  readonly tree: RpcTreeView;
  readonly source: SourceOption;
  readonly onAdd: () => void;
  readonly onRetry: () => void;
}

/** Why there are no services, and the next step. */
export function TreeEmpty({ tree, source, onAdd, onRetry }: TreeEmptyProps): ReactElement {
  const broker = useBrokerStatus();
  const add = <Button onClick={onAdd}>Add a method …</Button>;
  return (
    <SourceEmpty
      what="services"
      tree={tree}
      source={source}
      onRetry={onRetry}
      filter={tree.filter === '' ? null : { text: 'Type a part of a topic or of a method, in any case.', onClear: () => rpcStore().setFilter('') }}
      stopped="A demo device comes with it and answers calls."
      offline="Connect to make calls, and to see those of others on topics that are subscribed to."
    >
      {connectionOf(source.id) === null ? (
        <EmptyState
          icon={<ArrowLeftRight size={24} aria-hidden />}
          title="No calls seen yet"
          text="Whoever calls a method over this broker appears here, and who answers. Or make the first call yourself."
          actions={
            <>
              {!broker?.demoDevice.enabled && <Button onClick={() => setDemoDevice(true)}>Switch the demo device on</Button>}
              {add}
            </>
          }
        />
      ) : (
        <EmptyState
          icon={<ArrowLeftRight size={24} aria-hidden />}
          title="No calls seen yet"
          text="Write a call at the right. Calls of others appear by themselves when this connection subscribes to the topics of both, the request and its answer."
          actions={add}
        />
      )}
    </SourceEmpty>
  );
}
