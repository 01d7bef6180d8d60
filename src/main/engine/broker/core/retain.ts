import type { BrokerCore } from './broker-core.ts';
import type { Message } from './message.ts';
import type { Session } from './session.ts';

/** Keeps a message for those who subscribe later, or forgets the one there was (§3.3.1.3). */
export function retain(core: BrokerCore, message: Message, from: Session | null): void {
  const { topic } = message;
  if (message.payload.byteLength > 0) {
    if (isFullOfRetained(core, topic)) return notKept(core, message, from);
    message.keep();
    core.retainedMessages.set(topic, message, message, core.nowMs);
  } else if (core.retainedMessages.delete(topic) === undefined) return;
  // What the broker says of itself is true of this run only.
  if (core.journal !== null && !topic.startsWith('$SYS/')) core.journal.retained(topic, message.payload.byteLength === 0 ? null : message);
}

/** What the broker says of itself always has its place. */
export function isFullOfRetained({ options, retainedMessages, nowMs }: BrokerCore, topic: string): boolean {
  const { maximumRetainedMessages, maximumRetainedBytes } = options;
  const { size, bytes } = retainedMessages;
  if (size < maximumRetainedMessages && bytes < maximumRetainedBytes) return false;
  return !topic.startsWith('$SYS/') && (bytes >= maximumRetainedBytes || !retainedMessages.get(topic, nowMs));
}

function notKept(core: BrokerCore, { topic, publisher }: Message, from: Session | null): void {
  core.counters.retainedRefused += 1;
  const { transport = 'tcp', address = '' } = from?.connection?.info ?? {};
  // The same words for every topic, so that a flood of different ones is one line.
  const reason = 'The broker holds as many retained messages as it may: new ones are delivered but not kept.';
  core.reportDenial({ clientId: publisher, transport, address, reason, notKeptTopic: topic.slice(0, 200) });
}
