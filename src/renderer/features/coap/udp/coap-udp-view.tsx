import type { ReactElement } from 'react';
import { Splitter } from '../../../ui/splitter.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { formatCount } from '../../common/index.ts';
import { coapUdpStore, useCoapUdp } from './coap-udp-model.ts';
import { HistoryPanel } from './history-panel.tsx';
import { MessageLogPanel } from './message-log-panel.tsx';
import { isUnderWay } from './observation-state.ts';
import { ObservedPanel } from './observed-panel.tsx';
import { RequestBuilder } from './request-builder.tsx';
import { ResponsePanel } from './response-panel.tsx';
import { ServersPanel } from './servers-panel.tsx';
import styles from './coap-udp.module.css';

/** CoAP over UDP: servers that are known, a request, and what became of it. */
export function CoapUdpView(): ReactElement {
  const view = useCoapUdp((state) => state.view);
  const observing = useCoapUdp((state) => state.observations.filter(isUnderWay).length);
  return (
    <Splitter
      id="coap-udp"
      panels={[
        { id: 'servers', defaultSize: 260, minSize: 180, maxSize: '45%', fixed: true, content: <ServersPanel /> },
        {
          id: 'request',
          minSize: 420,
          content: (
            <Splitter
              id="coap-udp-request"
              orientation="vertical"
              panels={[
                { id: 'builder', defaultSize: '46%', minSize: 180, content: <RequestBuilder /> },
                {
                  id: 'outcome',
                  minSize: 140,
                  content: (
                    <Tabs
                      className={styles['outcome'] ?? ''}
                      label="Outcome"
                      value={view}
                      onChange={(next) => coapUdpStore().show(next)}
                      tabs={[
                        { value: 'response', label: 'Response', content: <ResponsePanel /> },
                        {
                          value: 'observed',
                          label: 'Observed',
                          badge: observing > 0 ? <span className={styles['count']}>{formatCount(observing)}</span> : undefined,
                          content: <ObservedPanel />,
                        },
                        { value: 'history', label: 'History', content: <HistoryPanel /> },
                        { value: 'messages', label: 'Messages', content: <MessageLogPanel /> },
                      ]}
                    />
                  ),
                },
              ]}
            />
          ),
        },
      ]}
    />
  );
}
