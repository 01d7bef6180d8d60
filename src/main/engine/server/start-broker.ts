import type { BrokerOptions, BrokerStatus } from '../../../shared/contract/broker.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Services } from './services.ts';

type Given = { readonly [K in keyof BrokerOptions]?: BrokerOptions[K] | undefined };

/** Starts the local broker with its profile; what is given goes before that. Rejects with `invalid-state` for a profile that cannot be used. */
export async function startBroker({ broker, workspace }: Pick<Services, 'broker' | 'workspace'>, given: Given): Promise<BrokerStatus> {
  const { brokerProfiles } = workspace;
  await brokerProfiles.refresh();
  const problem = brokerProfiles.problem();
  if (problem !== null) throw new CodedError('invalid-state', problem, { advice: 'Mend the profile of the broker, or choose another one.' });
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const options: BrokerOptions = { ...workspace.view().settings.broker, ...chosen };
  if (options.tcpPort === null && options.webSocketPort === null && options.listeners?.some(({ enabled }) => enabled) !== true) {
    throw new CodedError('bad-input', 'With all listeners off nobody could reach the broker.', { advice: 'Give it a TCP port or a WebSocket port.' });
  }
  await broker.start(options);
  return broker.status();
}
