import { showError } from '../../app/show-error.ts';
import type { BrokerOptions } from '../../../shared/contract/broker.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { engineClient } from '../../data/index.ts';
import { act } from '../common/index.ts';

/** Starts the local broker; answers whether it runs. A failure also stays on the broker's own screen, with its way out. */
export async function startBroker(options: Partial<BrokerOptions> = {}): Promise<boolean> {
  try {
    const status = await engineClient().call('broker.start', options);
    if (status.phase === 'running') return true;
    if (status.failure) showError(new CodedError('invalid-state', status.failure.message, { advice: status.failure.advice }), 'The broker did not start');
  } catch (error) {
    showError(error, 'The broker did not start');
  }
  return false;
}

export function stopBroker(): void {
  void act(engineClient().call('broker.stop', undefined), 'The broker could not be stopped');
}

export function setDemoDevice(enabled: boolean): void {
  void act(engineClient().call('broker.setDemoDevice', { enabled }), 'The demo device could not be switched');
}
