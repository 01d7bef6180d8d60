import type { DialectId } from '../../../shared/contract/rpc.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { rpcError } from '../../../shared/rpc/rpc-error.ts';
import { localCallerId } from './caller/local-session.ts';
import type { RpcPeers } from './peers/index.ts';
import type { CallBook } from './calls/call-book.ts';
import type { DialectRegistry } from './dialects/index.ts';
import { readDescriptor, type Descriptor } from './descriptor.ts';
import { mayBeCall, recognise, type TopicKnowledge } from './recognise.ts';

export interface ObserverParts {
  readonly book: CallBook;
  readonly dialects: DialectRegistry;
  /** The dialect of the service that listens on a topic. */
  readonly spokenOn: (source: SourceId, topic: string) => DialectId | undefined;
  readonly peers: Pick<RpcPeers, 'seen' | 'event'> | undefined;
  readonly onDescriptor: (source: SourceId, descriptor: Descriptor) => void;
}

/** Looks at one message, and notes what it means for the calls. `by` and `client`: as in `CallBook.answer`. */
export function observe(
  { book, dialects, peers, spokenOn, onDescriptor }: ObserverParts,
  source: SourceId,
  record: MessageRecord,
  by: 'tap' | 'client',
  client?: string,
): void {
  if (by === 'tap' && source === 'broker' && ((record.publisher === localCallerId && book.numbered(record)) || book.numberedAnswer(record))) return;
  const knowledge: TopicKnowledge = {
    awaited: book.awaitedOn(source, record.topic),
    spoken: spokenOn(source, record.topic),
    own: dialects.plausible(record.topic, record.payload),
  };
  const descriptor = record.retain ? readDescriptor(record) : null;
  if (descriptor) onDescriptor(source, descriptor);
  if (!mayBeCall(record, knowledge)) return;
  const found = recognise(record, knowledge, dialects);
  if (!found) return;
  const { dialect, parsed } = found;
  switch (parsed.kind) {
    case 'request':
      // The client of own calls sees nothing of requests but what the tap shows as well.
      if (by === 'client') break;
      book.request(source, dialect, record, parsed);
      // The local broker knows better who it was.
      if (record.publisher === null && !record.retain) peers?.seen(source, parsed.callerId, record.timeUs / 1000);
      break;
    case 'response':
      book.answer(source, dialect, record, parsed, by, client);
      break;
    case 'invalid':
      if (parsed.key !== undefined && knowledge.awaited !== undefined) {
        const error = rpcError('INVALID_RPC_RESPONSE', 'remote', `The answer cannot be read: ${parsed.reason}.`);
        book.answer(source, dialect, record, { key: parsed.key, outcome: { error } }, by, client);
      } else if (by === 'tap') book.unreadable(source, dialect, record, parsed.reason);
      break;
    case 'event':
      // A retained one is from the past, and comes again with each subscription.
      if (by === 'tap' && !(record.retain && source !== 'broker')) peers?.event(source, dialect, record, parsed);
      break;
    default:
  }
}
