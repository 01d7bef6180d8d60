import type { brokerListsContract } from '../../../shared/contract/broker-lists.ts';
import type { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import type { Services } from './services.ts';

export function brokerListsHandlers({ broker: { lists, inside } }: Services): Handlers<typeof brokerListsContract> {
  return {
    'broker.clientList': lists.clients,
    'broker.client': lists.client,
    'broker.sessions': lists.sessions,
    'broker.subscriptions': lists.subscriptions,
    'broker.queue': lists.queue,
    'broker.discardQueued': lists.discardQueued,
    'broker.endSession': lists.endSession,
    'broker.lastMessages': ({ search }) => inside.lastMessages(search),
    'broker.retained': lists.retained,
    'broker.retainedMessage': lists.retainedMessage,
    'broker.exportRetained': (wanted, sink) => lists.exportRetained(wanted, passedOn(sink)),
    'broker.deleteRetained': (wanted, sink) => lists.deleteRetained(wanted, passedOn(sink)),
  };
}

/** Reads one stream into another, at the pace of whoever reads that one. */
function passedOn<T>(sink: StreamSink<T>): { readonly item: (item: T) => Promise<void>; readonly end: (error: CodedError | undefined) => void } {
  return {
    // The only rejection is `cancelled`: the reader has gone.
    item: (item) => sink.send(item).catch(() => undefined),
    end: (error) => (error === undefined ? sink.end() : sink.fail(error)),
  };
}
