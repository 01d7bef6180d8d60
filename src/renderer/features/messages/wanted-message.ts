import type { SourceId } from '../../../shared/contract/common.ts';

interface Wanted {
  readonly source: SourceId;
  readonly topic: string;
  readonly id: number;
}

let wanted: Wanted | null = null;
const listeners = new Set<() => void>();

/** Shows a message of the history as soon as its topic is open. A later wish takes its place. */
export function wantMessage(source: SourceId, topic: string, id: number): void {
  wanted = { source, topic, id };
  for (const listener of listeners) listener();
}

/** Tells of the message that is wanted on an open topic, once; returns what ends it. */
export function onWantedMessage(source: SourceId, topic: string, show: (id: number) => void): () => void {
  const look = (): void => {
    if (wanted?.source !== source || wanted.topic !== topic) return;
    const { id } = wanted;
    wanted = null;
    show(id);
  };
  listeners.add(look);
  look();
  return () => void listeners.delete(look);
}
