import type { ReactElement } from 'react';
import { Tabs } from '../../ui/tabs.tsx';
import { showBroker, useBrokerView, type BrokerViewName } from './broker-views.ts';
import { Clients } from './clients/clients.tsx';
import { Overview } from './overview/overview.tsx';
import { PacketsView } from './packets/packets-view.tsx';

/** The local broker and everything that only its inside can show. */
export function BrokerPlace(): ReactElement {
  return (
    <Tabs<BrokerViewName>
      label="Broker"
      value={useBrokerView()}
      onChange={showBroker}
      tabs={[
        { value: 'overview', label: 'Overview', content: <Overview /> },
        { value: 'clients', label: 'Clients', content: <Clients /> },
        { value: 'packets', label: 'Packets', content: <PacketsView /> },
      ]}
    />
  );
}
