import type { ReactElement } from 'react';
import { SourceTabs } from '../common/index.ts';
import { coapStore, useSources } from './coap-model.ts';
import { CoapView } from './coap-view.tsx';

/** Requests to devices of gf_mqtt_client, over every source. */
export function CoapPlace(): ReactElement {
  return (
    <SourceTabs
      title="CoAP"
      {...useSources()}
      onChoose={(id) => coapStore().choose(id)}
      renderSource={(source) => <CoapView key={source.id} source={source} />}
    />
  );
}
