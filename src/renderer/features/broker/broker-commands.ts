import { useCommands } from '../../app/commands.ts';
import { goTo, useBrokerStatus } from '../common/index.ts';
import { setDemoDevice, startBroker, stopBroker } from './broker-actions.ts';

/** What can be done with the local broker from every place. */
export function BrokerCommands(): null {
  const status = useBrokerStatus();
  const phase = status?.phase;
  const demo = status?.demoDevice.enabled === true;
  useCommands([
    {
      id: 'broker.start',
      title: 'Start local broker',
      group: 'Broker',
      shortcut: 'Mod+Shift+B',
      when: () => phase === 'stopped' || phase === 'failed',
      run: async () => {
        // The broker's own screen says why it did not.
        if (!(await startBroker())) goTo('broker');
      },
    },
    { id: 'broker.stop', title: 'Stop local broker', group: 'Broker', when: () => phase === 'running', run: stopBroker },
    {
      id: 'broker.demoDevice',
      title: demo ? 'Switch the demo device off' : 'Switch the demo device on',
      group: 'Broker',
      keywords: 'simulated thermostat',
      when: () => status !== undefined,
      run: () => setDemoDevice(!demo),
    },
  ]);
  return null;
}
