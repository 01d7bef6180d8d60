import type { RetainedMessage, RetainedWanted } from '../../../../shared/contract/broker-lists.ts';
import type { Handlers } from '../../../../shared/ipc/serve.ts';
import type { StreamSink } from '../../../../shared/ipc/stream-sink.ts';
import type { BrokerWorkerContract } from '../broker-contract.ts';
import type { BrokerEngine } from '../broker-engine.ts';
import { Slices } from './slices.ts';

/** What goes out in one item of an export. */
const sliceMessages = 200;
const sliceBytes = 1_048_576;
/** Larger payloads do not fit into what carries them to a page; they go without. */
const exportedBytes = 33_554_432;
/** How often a long deletion says how far it is, in messages. */
const tellEvery = 500;

type ListOperation =
  | 'clientPage'
  | 'clientDetail'
  | 'sessionPage'
  | 'subscriptionPage'
  | 'queuePage'
  | 'discardQueued'
  | 'endSession'
  | 'retainedPage'
  | 'retainedMessage'
  | 'exportRetained'
  | 'deleteRetained';

/** The lists of the broker that runs; `engine` throws `broker-not-running`. */
export function listHandlers(engine: () => BrokerEngine): Pick<Handlers<BrokerWorkerContract>, ListOperation> {
  return {
    clientPage: (query) => engine().lists.clients(query),
    clientDetail: ({ clientId }) => engine().lists.client(clientId),
    sessionPage: (query) => engine().lists.sessions(query),
    subscriptionPage: (query) => engine().lists.subscriptions(query),
    queuePage: (query) => engine().lists.queue(query),
    discardQueued: (input) => ({ discarded: engine().lists.discardQueued(input) }),
    endSession: ({ clientId }) => engine().lists.endSession(clientId),
    retainedPage: (query) => engine().lists.retained(query),
    retainedMessage: ({ topic, maxBytes }) => engine().lists.retainedMessage(topic, maxBytes),
    exportRetained: (wanted, sink) => run(sink, exportRetained(engine(), wanted, sink)),
    deleteRetained: (wanted, sink) => run(sink, deleteRetained(engine(), wanted, sink)),
  };
}

/** A reader that leaves makes `send` fail, which ends the work. */
function run<T>(sink: StreamSink<T>, work: Promise<void>): () => void {
  work.then(
    () => sink.end(),
    (error: unknown) => sink.fail(error),
  );
  return () => undefined;
}

async function exportRetained(
  engine: BrokerEngine,
  wanted: RetainedWanted,
  sink: StreamSink<{ readonly messages: readonly RetainedMessage[] }>,
): Promise<void> {
  const slices = new Slices();
  let messages: RetainedMessage[] = [];
  let bytes = 0;
  for (const topic of engine.lists.retainedTopics(wanted)) {
    const message = topic === null ? null : engine.lists.retainedMessage(topic, exportedBytes + 1);
    if (message !== null) {
      const isTooLarge = message.sizeBytes > exportedBytes;
      messages.push(isTooLarge ? { ...message, payload: new Uint8Array(0) } : message);
      bytes += isTooLarge ? 0 : message.sizeBytes;
    }
    if (messages.length >= sliceMessages || bytes >= sliceBytes) {
      await sink.send({ messages });
      messages = [];
      bytes = 0;
    }
    if (slices.due) await slices.pause();
    if (sink.signal.aborted) return;
  }
  await sink.send({ messages });
}

/** As a client would: so everybody who has subscribed learns of it. */
async function deleteRetained(engine: BrokerEngine, wanted: RetainedWanted, sink: StreamSink<{ readonly deleted: number }>): Promise<void> {
  const slices = new Slices();
  let deleted = 0;
  for (const topic of engine.lists.retainedTopics(wanted)) {
    // The broker's own would be back in a moment.
    if (topic !== null && !topic.startsWith('$SYS/')) {
      await engine.publish({ topic, payload: new Uint8Array(0), qos: 0, retain: true });
      deleted += 1;
      if (deleted % tellEvery === 0) await sink.send({ deleted });
    }
    if (slices.due) await slices.pause();
    if (sink.signal.aborted) break;
  }
  engine.lists.retainedChanged();
  await sink.send({ deleted });
}
