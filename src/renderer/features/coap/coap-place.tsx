import type { ReactElement } from 'react';
import { Tabs } from '../../ui/tabs.tsx';
import { SaveCallProvider, type SavableCall } from '../rpc/index.ts';
import { SourcePicker } from '../common/index.ts';
import { Bridges } from './bridge/bridges.tsx';
import { showCoap, useCoapView, type CoapViewName } from './coap-views.ts';
import { MockDevices } from './mock/mock-devices.tsx';
import { coapStore, useSources } from './mqtt/coap-model.ts';
import { CoapView } from './mqtt/coap-view.tsx';
import { PipelineView } from './pipeline/pipeline-view.tsx';
import { CoapUdpView } from './udp/coap-udp-view.tsx';

/** Requests and responses in CoAP's terms: over MQTT, over UDP, the devices that answer them, and handlers. */
export function CoapPlace({ onSaveCall }: { readonly onSaveCall: (call: SavableCall) => void }): ReactElement {
  const view = useCoapView();
  const { sources, current } = useSources();
  return (
    <SaveCallProvider value={onSaveCall}>
      <h1 className="visually-hidden">CoAP</h1>
      <Tabs<CoapViewName>
        label="CoAP"
        value={view}
        onChange={showCoap}
        actions={(view === 'mqtt' || view === 'handlers') && <SourcePicker sources={sources} current={current} onChoose={(id) => coapStore().choose(id)} />}
        tabs={[
          { value: 'mqtt', label: 'Over MQTT', content: <CoapView key={current.id} source={current} /> },
          { value: 'udp', label: 'Over UDP', content: <CoapUdpView /> },
          { value: 'mock', label: 'Mock devices', content: <MockDevices /> },
          { value: 'handlers', label: 'Handlers', content: <PipelineView key={current.id} source={current} /> },
          { value: 'bridge', label: 'Bridges', content: <Bridges /> },
        ]}
      />
    </SaveCallProvider>
  );
}
