import type { SourceId } from '../../../../shared/contract/common.ts';
import type { CallRecord } from './call-record.ts';

/** Ids of fewer characters are numbers that many callers count through, each for itself: they mean a call only together with its reply topic. */
const strongKeyLength = 8;

export function isStrongKey(key: string): boolean {
  return key.length >= strongKeyLength;
}

interface SourceLinks {
  /** By an id that is one of a kind. */
  readonly strong: Map<string, CallRecord>;
  /** By reply topic and id. */
  readonly weak: Map<string, CallRecord>;
}

/** The newest call with each id: where answers find their requests. */
export class CallLinks {
  readonly #sources = new Map<SourceId, SourceLinks>();

  /** With an id that is one of a kind, maybe one that expects its answer on another topic. */
  find(source: SourceId, replyTopic: string, key: string): CallRecord | undefined {
    const links = this.#sources.get(source);
    if (!links) return undefined;
    return isStrongKey(key) ? links.strong.get(key) : links.weak.get(weakKey(replyTopic, key));
  }

  set(call: CallRecord): void {
    let links = this.#sources.get(call.source);
    if (!links) this.#sources.set(call.source, (links = { strong: new Map(), weak: new Map() }));
    if (isStrongKey(call.key)) links.strong.set(call.key, call);
    else links.weak.set(weakKey(call.replyTo, call.key), call);
  }

  /** Unless a newer call has taken its place. */
  delete(call: CallRecord): void {
    const links = this.#sources.get(call.source);
    if (!links) return;
    const [map, key] = isStrongKey(call.key) ? [links.strong, call.key] : [links.weak, weakKey(call.replyTo, call.key)];
    if (map.get(key) === call) map.delete(key);
  }
}

const weakKey = (replyTopic: string, key: string): string => `${replyTopic}\u0000${key}`;
