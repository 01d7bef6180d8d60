import type { brokerHandlersContract } from '../../../shared/contract/broker-handlers.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { sendSnapshots, whenNewText } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function brokerHandlersHandlers({ broker, brokerHandlers }: Services): Handlers<typeof brokerHandlersContract> {
  const { files, changed } = brokerHandlers;
  return {
    'brokerHandlers.watch': (_input, sink) =>
      sendSnapshots(
        sink,
        whenNewText(() => files.view()),
        files.changed.subscribe,
      ),
    'brokerHandlers.status': (_input, sink) =>
      sendSnapshots(
        sink,
        whenNewText(() => broker.handlerStatus()),
        changed.subscribe,
      ),
    'brokerHandlers.log': (_input, sink) => {
      let sent: unknown;
      // Another object with each change.
      return sendSnapshots(
        sink,
        () => {
          const log = broker.handlerLog();
          if (log === sent) return undefined;
          sent = log;
          return log;
        },
        changed.subscribe,
      );
    },
    'brokerHandlers.clearLog': () => broker.clearHandlerLog(),
    'brokerHandlers.save': ({ handler, revision }) => files.save(handler, revision),
    'brokerHandlers.freeId': ({ name }) => ({ id: files.freeId(name) }),
    'brokerHandlers.remove': ({ id }) => files.remove(id),
    'brokerHandlers.order': ({ ids }) => files.order(ids),
    'brokerHandlers.restart': ({ id }) => broker.restartHandler(id),
    'brokerHandlers.try': ({ handler, event }) => brokerHandlers.try(handler, event),
  };
}
