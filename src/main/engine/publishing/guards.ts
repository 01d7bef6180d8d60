import type { ConnectionProfile } from '../../../shared/contract/connections.ts';
import { pikaMessageWarnings } from '../../../shared/connections/pika-limits.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { guardPeers } from '../guard-peers.ts';
import type { OutgoingMessage } from './send-message.ts';

/** Throws what a person can publish all the same, knowing it: `would-silence-peer` or `risky-publish`. */
export type PublishGuard = (message: OutgoingMessage, profile: ConnectionProfile | null) => void;

/** Asked about each message, in this order. */
export const publishGuards: readonly PublishGuard[] = [({ topic, payload }) => guardPeers(topic, payload), guardPika];

/** A device with pika-mqtt cuts or drops what is too large for it, without a word. */
function guardPika(message: OutgoingMessage, profile: ConnectionProfile | null): void {
  if (!profile?.pikaPeers) return;
  const [first, ...others] = pikaMessageWarnings(message);
  if (!first) return;
  const more = others.map(({ message: words }) => words).join(' ');
  throw new CodedError('risky-publish', `${first.message}${more === '' ? '' : ` ${more}`}`, { advice: first.advice });
}

/** One retained message is one that somebody has to clear: on many topics they are easily made and hard to get rid of. */
export function guardManyRetained(topics: number | 'ever new'): void {
  if (typeof topics === 'number' && topics < 2) return;
  const where = topics === 'ever new' ? 'a topic of its own' : `one of ${topics.toLocaleString('en-GB')} topics`;
  throw new CodedError('risky-publish', `Each of these messages is retained on ${where}: the broker keeps them all, for ever.`, {
    advice: 'Publish them without Retain, or on one topic. To be rid of them, each topic has to be cleared.',
  });
}
