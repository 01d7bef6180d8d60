import { Cpu, ListFilter, Plug, RadioTower, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Spinner } from '../../../ui/spinner.tsx';
import { FailureCard, setDemoDevice, StartBrokerButton } from '../../broker/index.ts';
import { connectionOf, useBrokerStatus, type SourceOption } from '../../common/index.ts';
import { ConnectButton } from '../../connections/index.ts';
import type { RpcTreeView } from '../../rpc/index.ts';
import { coapStore } from './coap-model.ts';
import { RequestDemoButton } from './request-demo.tsx';
import styles from './coap.module.css';

interface DevicesEmptyProps {
  readonly tree: RpcTreeView;
  readonly source: SourceOption;
  readonly onRetry: () => void;
}

/** Why there are no devices, and the next step. */
export function DevicesEmpty({ tree, source, onRetry }: DevicesEmptyProps): ReactElement {
  const broker = useBrokerStatus();
  const connection = connectionOf(source.id);
  if (tree.error) {
    return (
      <EmptyState
        icon={<TriangleAlert size={24} aria-hidden />}
        title="The devices cannot be shown"
        text={`${tree.error.message} ${tree.error.advice ?? ''}`}
        actions={<Button onClick={onRetry}>Try again</Button>}
      />
    );
  }
  if (!tree.loaded) {
    return (
      <div className={styles.center}>
        <Spinner label="Loading devices" />
      </div>
    );
  }
  if (tree.filter !== '') {
    return (
      <EmptyState
        icon={<ListFilter size={24} aria-hidden />}
        title="Nothing fits the filter"
        text="Type a part of a tag, a subsystem or a path, in any case."
        actions={<Button onClick={() => coapStore().setFilter('')}>Clear the filter</Button>}
      />
    );
  }
  if (connection === null && !source.live) {
    return (
      <EmptyState
        icon={<RadioTower size={24} aria-hidden />}
        title="The local broker is not running"
        text="Start it and connect devices to it. A demo device comes with it and takes requests."
        actions={<StartBrokerButton />}
      >
        {broker?.failure && <FailureCard failure={broker.failure} />}
      </EmptyState>
    );
  }
  if (connection !== null && !source.live) {
    return (
      <EmptyState
        icon={<Plug size={24} aria-hidden />}
        title={`${source.name} is ${source.state}`}
        text="Connect to send requests, and to see those of others on topics that are subscribed to."
        actions={<ConnectButton id={connection} />}
      />
    );
  }
  if (connection !== null) {
    return (
      <EmptyState
        icon={<Cpu size={24} aria-hidden />}
        title="No devices seen yet"
        text="Write a request at the right. Devices that others ask appear by themselves when this connection subscribes to gf_int_v1/#."
      />
    );
  }
  return (
    <EmptyState
      icon={<Cpu size={24} aria-hidden />}
      title="No devices seen yet"
      text="Every device of gf_mqtt_client that is asked something over this broker appears here, with its paths. Or ask one yourself."
      actions={
        broker?.demoDevice.enabled ? <RequestDemoButton source={source} /> : <Button onClick={() => setDemoDevice(true)}>Switch the demo device on</Button>
      }
    />
  );
}
