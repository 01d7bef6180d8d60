import { Cpu } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { setDemoDevice } from '../../broker/index.ts';
import { connectionOf, useBrokerStatus, type SourceOption } from '../../common/index.ts';
import { SourceEmpty } from '../../connections/index.ts';
import type { RpcTreeView } from '../../rpc/index.ts';
import { coapStore } from './coap-model.ts';
import { RequestDemoButton } from './request-demo.tsx';

interface DevicesEmptyProps {
  readonly tree: RpcTreeView;
  readonly source: SourceOption;
  readonly onRetry: () => void;
}

/** Why there are no devices, and the next step. */
export function DevicesEmpty({ tree, source, onRetry }: DevicesEmptyProps): ReactElement {
  const broker = useBrokerStatus();
  return (
    <SourceEmpty
      what="devices"
      tree={tree}
      source={source}
      onRetry={onRetry}
      filter={tree.filter === '' ? null : { text: 'Type a part of a tag, a subsystem or a path, in any case.', onClear: () => coapStore().setFilter('') }}
      stopped="A demo device comes with it and takes requests."
      offline="Connect to send requests, and to see those of others on topics that are subscribed to."
    >
      {connectionOf(source.id) === null ? (
        <EmptyState
          icon={<Cpu size={24} aria-hidden />}
          title="No devices seen yet"
          text="Every device of gf_mqtt_client that is asked something over this broker appears here, with its paths. Or ask one yourself."
          actions={
            broker?.demoDevice.enabled ? <RequestDemoButton source={source} /> : <Button onClick={() => setDemoDevice(true)}>Switch the demo device on</Button>
          }
        />
      ) : (
        <EmptyState
          icon={<Cpu size={24} aria-hidden />}
          title="No devices seen yet"
          text="Write a request at the right. Devices that others ask appear by themselves when this connection subscribes to gf_int_v1/#."
        />
      )}
    </SourceEmpty>
  );
}
