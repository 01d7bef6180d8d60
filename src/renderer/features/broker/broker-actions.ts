import { showError } from '../../app/show-error.ts';
import type { BrokerOptions } from '../../../shared/contract/broker.ts';
import { engineClient } from '../../data/index.ts';
import { act } from '../common/index.ts';

/** Starts the local broker; answers whether it runs. Why not stands wherever it can be started, with the way out. */
export async function startBroker(options: Partial<BrokerOptions> = {}): Promise<boolean> {
  try {
    return (await engineClient().call('broker.start', options)).phase === 'running';
  } catch (error) {
    showError(error, 'The broker did not start');
    return false;
  }
}

export function stopBroker(): void {
  void act(engineClient().call('broker.stop', undefined), 'The broker could not be stopped');
}

/** Its clients are disconnected; most come back by themselves. */
export async function restartBroker(): Promise<void> {
  if (await act(engineClient().call('broker.stop', undefined), 'The broker could not be stopped')) await startBroker();
}

export function setDemoDevice(enabled: boolean): void {
  void act(engineClient().call('broker.setDemoDevice', { enabled }), 'The demo device could not be switched');
}
