import type { ReactElement } from 'react';
import { Tabs } from '../../ui/tabs.tsx';
import { Access } from './access/access.tsx';
import { BrokerBridges } from './bridges/bridges.tsx';
import { showBroker, useBrokerView, type BrokerViewName } from './broker-views.ts';
import { FaultsView } from './faults/faults-view.tsx';
import { HandlersView } from './handlers/handlers-view.tsx';
import { Overview } from './overview/overview.tsx';
import { RedisView } from './redis/redis-view.tsx';
import { PacketsView } from './packets/packets-view.tsx';

/** The local broker and everything that only its inside can show. `clients`: a feature of its own, as it shows messages, which know of the broker. */
export function BrokerPlace({ clients }: { readonly clients: ReactElement }): ReactElement {
  return (
    <Tabs<BrokerViewName>
      label="Broker"
      value={useBrokerView()}
      onChange={showBroker}
      tabs={[
        { value: 'overview', label: 'Overview', content: <Overview /> },
        { value: 'clients', label: 'Clients', content: clients },
        { value: 'access', label: 'Access', content: <Access /> },
        { value: 'packets', label: 'Packets', content: <PacketsView /> },
        { value: 'faults', label: 'Faults', content: <FaultsView /> },
        { value: 'handlers', label: 'Handlers', content: <HandlersView /> },
        { value: 'bridges', label: 'Bridges', content: <BrokerBridges /> },
        { value: 'redis', label: 'Redis', content: <RedisView /> },
      ]}
    />
  );
}
