import { useCommands } from '../../app/commands.ts';
import { goTo, useBrokerStatus } from '../common/index.ts';
import { showBroker } from './broker-views.ts';
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
    {
      id: 'broker.access',
      title: 'Users and rules of the local broker',
      group: 'Broker',
      keywords: 'access acl login password',
      run: () => showBroker('access'),
    },
    // The view puts its own in their place while it is shown; so their keys can be seen and changed before.
    {
      ...{ id: 'broker.saveAccess', title: 'Save login and rules', group: 'Broker', place: 'broker', view: 'access', shortcut: 'Mod+S' },
      when: () => false,
      run: () => undefined,
    },
    { ...{ id: 'broker.addRule', title: 'Add a rule', group: 'Broker', place: 'broker', view: 'access' }, when: () => false, run: () => undefined },
    { id: 'broker.handlers', title: 'Handlers of the local broker', group: 'Broker', keywords: 'scripts', run: () => showBroker('handlers') },
    // Its key can be seen and changed while the view is not shown, which replaces it.
    {
      id: 'brokerHandlers.save',
      title: 'Save the handler of the broker',
      group: 'Broker',
      place: 'broker',
      view: 'handlers',
      shortcut: 'Mod+S',
      when: () => false,
      run: () => undefined,
    },
    { id: 'broker.bridges', title: 'Intercepts and bridges to other brokers', group: 'Broker', keywords: 'proxy forward', run: () => showBroker('bridges') },
    {
      id: 'brokerBridges.save',
      title: 'Save the intercept or bridge',
      group: 'Broker',
      place: 'broker',
      view: 'bridges',
      shortcut: 'Mod+S',
      when: () => false,
      run: () => undefined,
    },
  ]);
  return null;
}
