import type { ReactElement } from 'react';
import { Badge } from '../../../ui/badge.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Card, formatCount, Page, useBrokerClients, useBrokerStatus } from '../../common/index.ts';
import { StartBrokerButton } from '../overview/start-broker-button.tsx';
import { ClientTable } from './client-table.tsx';
import { RefusalCard } from './refusal-card.tsx';

/** Who is connected to the local broker, and whom it turned away. */
export function Clients(): ReactElement {
  const status = useBrokerStatus();
  const clients = useBrokerClients();
  const running = status?.phase === 'running';
  return (
    <Page title="Clients" wide>
      {!running && <EmptyState title="The broker does not run" text="Its clients are shown here while it does." actions={<StartBrokerButton />} />}
      {running && clients && (
        <Card title="Connected clients" titleAside={<Badge>{formatCount(Math.max(clients.length, status.clientCount))}</Badge>} flush>
          <ClientTable clients={clients} total={status.clientCount} />
        </Card>
      )}
      <RefusalCard />
    </Page>
  );
}
