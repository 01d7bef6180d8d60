import { Radio } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ExampleCommands, setDemoDevice, showBroker } from '../broker/index.ts';
import { connectionOf, goTo, isIntercept, useBrokerStatus, useConnections, type SourceOption } from '../common/index.ts';
import { connectionsStore, SourceEmpty } from '../connections/index.ts';
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
  const id = connectionOf(source.id);
  return (
    <SourceEmpty
      what="topics"
      tree={view}
      source={source}
      onRetry={onRetry}
      filter={
        view.totals.topicCount === 0
          ? null
          : {
              title: 'No topic fits the filter',
              text: 'Type a part of a topic, in any case. With + or # it is an MQTT filter and has to fit whole topics.',
              onClear: () => topicsStore().setFilter(''),
            }
      }
      stopped="A demo device comes with it, so there is something to see at once."
      offline="Topics appear when it is connected and something is published that it subscribes to."
      offlineActions={id !== null && <Button onClick={() => showSettings(id)}>Settings</Button>}
    >
      {isIntercept(source.id) ? <InterceptEmpty source={source} /> : id === null ? <BrokerEmpty /> : <ConnectionEmpty id={id} />}
    </SourceEmpty>
  );
}

function showSettings(id: string): void {
  connectionsStore().select(id);
  goTo('connections');
}

function InterceptEmpty({ source }: { readonly source: SourceOption }): ReactElement {
  return (
    <EmptyState
      icon={<Radio size={24} aria-hidden />}
      title="No message has passed yet"
      text={`${source.name} is ${source.state}. What devices send and receive through it appears here by itself.`}
      actions={<Button onClick={() => showBroker('bridges')}>Show the intercept</Button>}
    />
  );
}

function BrokerEmpty(): ReactElement {
  const status = useBrokerStatus();
  return (
    <EmptyState
      icon={<Radio size={24} aria-hidden />}
      title="Waiting for messages"
      text="Whatever is published to the local broker appears here by itself."
      actions={status?.demoDevice.enabled === false ? <Button onClick={() => setDemoDevice(true)}>Switch the demo device on</Button> : undefined}
    >
      {status && (
        <div className={styles.examples}>
          <ExampleCommands listeners={status.listeners} />
        </div>
      )}
    </EmptyState>
  );
}

function ConnectionEmpty({ id }: { readonly id: string }): ReactElement {
  const profile = useConnections()?.profiles.find((entry) => entry.id === id);
  const filters = (profile?.subscriptions ?? []).filter(({ enabled }) => enabled);
  return filters.length === 0 ? (
    <EmptyState
      icon={<Radio size={24} aria-hidden />}
      title="No subscriptions yet"
      text="Messages come only for topics that were subscribed to. Choose a filter as narrow as you need: on a busy broker # means everything."
      actions={
        <Button variant="primary" onClick={() => showSettings(id)}>
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
      actions={<Button onClick={() => showSettings(id)}>Subscriptions</Button>}
    />
  );
}
