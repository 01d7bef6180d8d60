import type { packetsContract } from '../../../shared/contract/packets.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { OpenPacketsView } from '../packets/index.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import { OpenViews } from './open-views.ts';
import type { Services } from './services.ts';

const mostClients = 500;

export function packetsHandlers({ packets, packetsChanged }: Services): Handlers<typeof packetsContract> {
  const views = new OpenViews<OpenPacketsView>('the packets');
  return {
    'packets.status': (_input, sink) => sendSnapshots(sink, () => packets.status(), packetsChanged.subscribe),
    'packets.record': ({ source, on }) => packets.record(source, on),
    'packets.clear': () => packets.clear(),
    'packets.setLimits': (limits) => packets.setLimits(limits),
    'packets.clients': ({ source }) => packets.clients(source, mostClients),
    'packets.list'({ viewId, filter, ...window }, sink) {
      let changed = (): void => undefined;
      const { view, close } = views.open(viewId, () => packets.view(filter, window, () => changed()));
      const stop = sendSnapshots(
        sink,
        () => view.frame(),
        (listener) => {
          changed = listener;
          return () => undefined;
        },
      );
      return () => {
        stop();
        close();
        view.close();
      };
    },
    'packets.setWindow': ({ viewId, ...window }) => views.find(viewId).setWindow(window),
    async 'packets.export'({ filter, format, secrets }, sink) {
      await packets.export(filter, { format, secrets }, sink);
    },
    'packets.sequence': (of) => packets.sequence(of),
    'packets.get': ({ seq }) => packets.detail(seq),
  };
}
