import type { brokerContract } from '../../../shared/contract/broker.ts';
import type { brokerInsideContract } from '../../../shared/contract/broker-inside.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { Services } from './services.ts';
import { sendSnapshots } from '../snapshot-stream.ts';

export function brokerHandlers({ broker, brokerChanged, workspace }: Services): Handlers<typeof brokerContract & typeof brokerInsideContract> {
  return {
    async 'broker.start'(input) {
      const { settings } = workspace.view();
      const options = {
        engine: input.engine ?? settings.broker.engine,
        persistence: input.persistence ?? settings.broker.persistence,
        host: input.host ?? settings.broker.host,
        tcpPort: input.tcpPort === undefined ? settings.broker.tcpPort : input.tcpPort,
        webSocketPort: input.webSocketPort === undefined ? settings.broker.webSocketPort : input.webSocketPort,
        listeners: input.listeners ?? settings.broker.listeners,
        limits: input.limits ?? settings.broker.limits,
      };
      if (options.tcpPort === null && options.webSocketPort === null && !options.listeners.some(({ enabled }) => enabled)) {
        throw new CodedError('bad-input', 'With all listeners off nobody could reach the broker.', { advice: 'Give it a TCP port or a WebSocket port.' });
      }
      await broker.start(options);
      return broker.status();
    },
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
