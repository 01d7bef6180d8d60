import { lazy, Suspense, type ReactElement } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Toolbar } from '../../ui/toolbar.tsx';
import { formatCount, Page, useBrokerRefusals, useBrokerStatus } from '../common/index.ts';
import { RefusalCard, StartBrokerButton } from '../broker/index.ts';
import { ClientList } from './client-list.tsx';
import { showPart, useInside, type InsidePart } from './inside-store.ts';
import styles from './inside.module.css';
import { LastMessages } from './last-messages.tsx';
import { RetainedView } from './retained/retained-view.tsx';
import { SessionList } from './session-list.tsx';
import { SubscriptionList } from './subscription-list.tsx';

const Charts = lazy(() => import('./charts/charts.tsx').then(({ Charts: content }) => ({ default: content })));

const parts: readonly { readonly value: InsidePart; readonly label: string }[] = [
  { value: 'clients', label: 'Clients' },
  { value: 'subscriptions', label: 'Subscriptions' },
  { value: 'sessions', label: 'Sessions' },
  { value: 'retained', label: 'Retained' },
  { value: 'messages', label: 'Messages' },
  { value: 'charts', label: 'Charts' },
  { value: 'refused', label: 'Refused' },
];

/** The inside of the local broker: who is connected, what waits for whom, what is kept, and how much is going on. */
export function Clients(): ReactElement {
  const status = useBrokerStatus();
  const refusals = useBrokerRefusals();
  const part = useInside((state) => state.part);
  const running = status?.phase === 'running';
  const turnedAway = (refusals?.total ?? 0) + (refusals?.denied ?? 0) + (refusals?.overLimit ?? 0);
  return (
    <div className={styles['place']}>
      <h1 className="visually-hidden">Clients</h1>
      <Toolbar
        label="Inside the broker"
        end={
          <>
            {turnedAway > 0 && part !== 'refused' && <Badge tone="warn">{formatCount(turnedAway)} refused</Badge>}
            {running && <span className={styles['muted']}>{formatCount(status.clientCount)} connected</span>}
          </>
        }
      >
        <SegmentedControl label="Show" size="small" value={part} onChange={showPart} segments={parts} />
      </Toolbar>
      {!running && part !== 'charts' && part !== 'refused' && part !== 'messages' ? (
        <EmptyState title="The broker does not run" text="What is inside it is shown here while it does." actions={<StartBrokerButton />} />
      ) : (
        <Part part={part} />
      )}
    </div>
  );
}

function Part({ part }: { readonly part: InsidePart }): ReactElement {
  switch (part) {
    case 'clients':
      return <ClientList />;
    case 'subscriptions':
      return <SubscriptionList />;
    case 'sessions':
      return <SessionList />;
    case 'retained':
      return <RetainedView />;
    case 'messages':
      return <LastMessages />;
    case 'charts':
      return (
        <Suspense fallback={<Loading label="Loading the charts" />}>
          <Charts />
        </Suspense>
      );
    case 'refused':
      return (
        <Page title="Refused clients" wide>
          <RefusalCard />
        </Page>
      );
  }
}
