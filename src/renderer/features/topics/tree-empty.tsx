import { ListFilter, Plug, Radio, RadioTower, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { ExampleCommands, setDemoDevice, StartBrokerButton, FailureCard } from '../broker/index.ts';
import { connectionOf, goTo, useBrokerStatus, useConnections, type SourceOption } from '../common/index.ts';
import { connectionsStore, ConnectButton } from '../connections/index.ts';
import type { TopicView } from './topic-view.ts';
import { topicsStore } from './topics-model.ts';
import styles from './topics.module.css';

interface TreeEmptyProps {
  readonly view: TopicView;
  readonly source: SourceOption;
  readonly onRetry: () => void;
}

/** Why the tree is empty, and the next step. */
export function TreeEmpty({ view, source, onRetry }: TreeEmptyProps): ReactElement {
  if (view.error) {
    return (
      <EmptyState
        icon={<TriangleAlert size={24} aria-hidden />}
        title="The topics cannot be shown"
        text={`${view.error.message} ${view.error.advice ?? ''}`}
        actions={<Button onClick={onRetry}>Try again</Button>}
      />
    );
  }
  if (!view.loaded) {
    return (
      <div className={styles.center}>
        <Spinner label="Loading topics" />
      </div>
    );
  }
  if (view.totals.topicCount > 0) {
    return (
      <EmptyState
        icon={<ListFilter size={24} aria-hidden />}
        title="No topic fits the filter"
        text="Type a part of a topic, in any case. With + or # it is an MQTT filter and has to fit whole topics."
        actions={<Button onClick={() => topicsStore().setFilter('')}>Clear the filter</Button>}
      />
    );
  }
  const id = connectionOf(source.id);
  return id === null ? <BrokerEmpty /> : <ConnectionEmpty id={id} source={source} />;
}

function BrokerEmpty(): ReactElement {
  const status = useBrokerStatus();
  if (status?.phase === 'running') {
    return (
      <EmptyState
        icon={<Radio size={24} aria-hidden />}
        title="Waiting for messages"
        text="Whatever is published to the local broker appears here by itself."
        actions={status.demoDevice.enabled ? undefined : <Button onClick={() => setDemoDevice(true)}>Switch the demo device on</Button>}
      >
        <div className={styles.examples}>
          <ExampleCommands listeners={status.listeners} />
        </div>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<RadioTower size={24} aria-hidden />}
      title="The local broker is not running"
      text="Start it and connect devices to it. A demo device comes with it, so there is something to see at once."
      actions={<StartBrokerButton />}
    >
      {status?.failure && <FailureCard failure={status.failure} />}
    </EmptyState>
  );
}

function ConnectionEmpty({ id, source }: { readonly id: string; readonly source: SourceOption }): ReactElement {
  const profile = useConnections()?.profiles.find((entry) => entry.id === id);
  const showSettings = (): void => {
    connectionsStore().select(id);
    goTo('connections');
  };
  if (!source.live) {
    return (
      <EmptyState
        icon={<Plug size={24} aria-hidden />}
        title={`${source.name} is ${source.state}`}
        text="Topics appear when it is connected and something is published that it subscribes to."
        actions={
          <>
            <ConnectButton id={id} />
            <Button onClick={showSettings}>Settings</Button>
          </>
        }
      />
    );
  }
  const filters = (profile?.subscriptions ?? []).filter(({ enabled }) => enabled);
  return filters.length === 0 ? (
    <EmptyState
      icon={<Radio size={24} aria-hidden />}
      title="No subscriptions yet"
      text="Messages come only for topics that were subscribed to. Choose a filter as narrow as you need: on a busy broker # means everything."
      actions={
        <Button variant="primary" onClick={showSettings}>
          Add a subscription
        </Button>
      }
    />
  ) : (
    <EmptyState
      icon={<Radio size={24} aria-hidden />}
      title="Waiting for messages"
      text={`Subscribed to ${filters
        .slice(0, 3)
        .map(({ filter }) => filter)
        .join(', ')}${filters.length > 3 ? ` and ${filters.length - 3} more` : ''}.`}
      actions={<Button onClick={showSettings}>Subscriptions</Button>}
    />
  );
}
