import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import type { SourceOption } from '../../common/index.ts';
import { usualNamespace } from './coap-address.ts';
import { coapStore } from './coap-model.ts';

/** What the demo device answers (docs/broker.md). */
const demoState = { namespace: usualNamespace, subsystem: 'demo', target: 'DEMO_THERMOSTAT', method: 'GET', path: 'state' } as const;

/** Asks the demo device for its state. */
export function RequestDemoButton({ source }: { readonly source: SourceOption }): ReactElement {
  return (
    <Button
      size="small"
      onClick={() => {
        coapStore().select(source.id, demoState);
        coapStore().batches.setMode(source.id, 'once');
        void coapStore().send(source.id, null);
      }}
    >
      Request the demo device
    </Button>
  );
}
