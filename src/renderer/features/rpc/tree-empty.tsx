import { ArrowLeftRight, ListFilter, Plug, RadioTower, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { FailureCard, setDemoDevice, StartBrokerButton } from '../broker/index.ts';
import { connectionOf, useBrokerStatus, type SourceOption } from '../common/index.ts';
import { ConnectButton } from '../connections/index.ts';
import { rpcStore } from './rpc-model.ts';
import type { RpcTreeView } from './rpc-tree-view.ts';
import styles from './rpc.module.css';

interface TreeEmptyProps {
  readonly tree: RpcTreeView;
  readonly source: SourceOption;
  readonly onAdd: () => void;
  readonly onRetry: () => void;
}

/** Why there are no services, and the next step. */
export function TreeEmpty({ tree, source, onAdd, onRetry }: TreeEmptyProps): ReactElement {
  const broker = useBrokerStatus();
  const connection = connectionOf(source.id);
  if (tree.error) {
    return (
      <EmptyState
        icon={<TriangleAlert size={24} aria-hidden />}
        title="The services cannot be shown"
        text={`${tree.error.message} ${tree.error.advice ?? ''}`}
        actions={<Button onClick={onRetry}>Try again</Button>}
      />
    );
  }
  if (!tree.loaded) {
    return (
      <div className={styles.center}>
        <Spinner label="Loading services" />
      </div>
    );
  }
  if (tree.filter !== '') {
    return (
      <EmptyState
        icon={<ListFilter size={24} aria-hidden />}
        title="Nothing fits the filter"
        text="Type a part of a topic or of a method, in any case."
        actions={<Button onClick={() => rpcStore().setFilter('')}>Clear the filter</Button>}
      />
    );
  }
  const add = <Button onClick={onAdd}>Add a method …</Button>;
  if (connection === null && !source.live) {
    return (
      <EmptyState
        icon={<RadioTower size={24} aria-hidden />}
        title="The local broker is not running"
        text="Start it and connect devices to it. A demo device comes with it and answers calls."
        actions={<StartBrokerButton />}
      >
        {broker?.failure && <FailureCard failure={broker.failure} />}
      </EmptyState>
    );
  }
  if (connection !== null && !source.live) {
    return (
      <EmptyState
        icon={<Plug size={24} aria-hidden />}
        title={`${source.name} is ${source.state}`}
        text="Connect to make calls, and to see those of others on topics that are subscribed to."
        actions={<ConnectButton id={connection} />}
      />
    );
  }
  if (connection !== null) {
    return (
      <EmptyState
        icon={<ArrowLeftRight size={24} aria-hidden />}
        title="No calls seen yet"
        text="Write a call at the right. Calls of others appear by themselves when this connection subscribes to the topics of both, the request and its answer."
        actions={add}
      />
    );
  }
  return (
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
  );
}
