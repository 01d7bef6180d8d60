import { Plug } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { goTo, useConnections } from '../common/index.ts';
import { connect, disconnect } from './connection-actions.ts';
import { connectionsStore } from './connections-model.ts';

/** Connects from another place; a failure leads to the connection's own screen, where the reason stands. */
export function ConnectButton({ id }: { readonly id: string }): ReactElement {
  const phase = useConnections()?.statuses.find((status) => status.id === id)?.phase ?? 'disconnected';
  const start = async (): Promise<void> => {
    if (await connect(id)) return;
    connectionsStore().select(id);
    goTo('connections');
  };
  if (phase === 'connecting') return <Button onClick={() => disconnect(id)}>Abort</Button>;
  return (
    <Button variant="primary" icon={<Plug size={15} aria-hidden />} busy={phase === 'disconnecting'} onClick={() => void start()}>
      {phase === 'waiting' ? 'Try now' : 'Connect'}
    </Button>
  );
}
