import type { brokerContract } from '../../../shared/contract/broker.ts';
import type { brokerInsideContract } from '../../../shared/contract/broker-inside.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { Services } from './services.ts';
import { startBroker } from './start-broker.ts';
import { sendSnapshots } from '../snapshot-stream.ts';

export function brokerHandlers({ broker, brokerChanged, workspace }: Services): Handlers<typeof brokerContract & typeof brokerInsideContract> {
  return {
    'broker.start': (input) => startBroker({ broker, workspace }, input),
    async 'broker.stop'() {
      await broker.stop();
      return broker.status();
    },
    'broker.status': (_input, sink) => sendSnapshots(sink, () => broker.status(), brokerChanged.subscribe),
    'broker.clients': (_input, sink) => sendSnapshots(sink, () => broker.clients(), brokerChanged.subscribe),
    'broker.refusals': (_input, sink) => sendSnapshots(sink, () => broker.refusals(), brokerChanged.subscribe),
    async 'broker.disconnectClient'({ clientId, ...options }) {
      await broker.disconnectClient(clientId, options);
    },
    'broker.tracing': (_input, sink) =>
      sendSnapshots(
        sink,
        () => broker.inside.tracing(),
        (changed) => broker.inside.trace(changed),
      ),
    'broker.whoGot': ({ id }) => broker.inside.whoGot(id),
    'broker.whoGotNumber': ({ number }) => broker.inside.whoGotNumber(number),
    'broker.packets': (input, sink) => broker.inside.followPackets(input, (batch) => sink.send(batch).catch(() => undefined)),
    // The setting is the switch; the engine follows it.
    'broker.setDemoDevice': ({ enabled }) => workspace.updateSettings({ demoDevice: enabled }),
  };
}
