import type { BrokerEngineName, BrokerPhase } from '../../../shared/contract/broker.ts';

export const phaseWords: Readonly<Record<BrokerPhase, { readonly tone: 'ok' | 'busy' | 'off' | 'bad'; readonly title: string; readonly short: string }>> = {
  stopped: { tone: 'off', title: 'The local broker is stopped', short: 'Broker stopped' },
  starting: { tone: 'busy', title: 'The local broker is starting', short: 'Broker starting' },
  running: { tone: 'ok', title: 'The local broker is running', short: 'Broker running' },
  stopping: { tone: 'busy', title: 'The local broker is stopping', short: 'Broker stopping' },
  failed: { tone: 'bad', title: 'The local broker could not start', short: 'Broker failed' },
};

export const engineWords: Readonly<Record<BrokerEngineName, { readonly name: string; readonly speaks: string }>> = {
  workbench: { name: 'Workbench', speaks: 'MQTT 3.1, 3.1.1 and 5' },
  aedes: { name: 'aedes', speaks: 'MQTT 3.1 and 3.1.1' },
};
