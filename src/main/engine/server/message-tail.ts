import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageRow, MessageTail } from '../../../shared/contract/messages.ts';
import type { StreamCleanup } from '../../../shared/ipc/serve.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import type { Services } from './services.ts';

const maxCatchUpRows = 200;

interface TailInput {
  readonly source: SourceId;
  readonly topic: string;
  readonly afterId?: number | undefined;
}

type TailServices = Pick<Services, 'store' | 'tails' | 'lastMessageId'>;

/** New messages of one topic. With `afterId`, first what the history holds since that message: nothing is missed over a reconnect. */
export async function openTail(services: TailServices, input: TailInput, sink: StreamSink<MessageTail>): Promise<StreamCleanup> {
  const { source, topic, afterId } = input;
  let caughtUp = afterId === undefined;
  const upTo = services.lastMessageId();
  const close = services.tails.open(source, topic, {
    ready: () => caughtUp && sink.ready,
    send: (tail) => {
      sink.send(tail).catch(() => {});
    },
  });
  if (afterId === undefined || afterId >= upTo) {
    caughtUp = true;
    return close;
  }
  try {
    const missed = await readMissed(services.store, { source, topic, afterId, upTo });
    if (missed.rows.length > 0) await sink.send(missed);
  } catch (error) {
    close();
    throw error;
  }
  caughtUp = true;
  return close;
}

interface Missed {
  readonly source: SourceId;
  readonly topic: string;
  readonly afterId: number;
  readonly upTo: number;
}

async function readMissed(store: TailServices['store'], { source, topic, afterId, upTo }: Missed): Promise<MessageTail> {
  const page = await store.history({ source, topic, offset: 0, limit: maxCatchUpRows, atOrBefore: upTo });
  const rows = page.rows.filter((row) => row.id > afterId).toReversed();
  if (rows.length < maxCatchUpRows) return { rows, omitted: 0 };
  const isNewer = async (offset: number): Promise<boolean> => {
    const [row]: readonly MessageRow[] = (await store.history({ source, topic, offset, limit: 1, atOrBefore: upTo })).rows;
    return row !== undefined && row.id > afterId;
  };
  // The list is ordered by id, so a binary search finds how many were missed without reading them.
  let low = maxCatchUpRows;
  let high = page.total;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isNewer(middle)) low = middle + 1;
    else high = middle;
  }
  return { rows, omitted: low - maxCatchUpRows };
}
