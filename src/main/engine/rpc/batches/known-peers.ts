import type { KnownPeer, PeersQuery } from '../../../../shared/contract/rpc-batches.ts';
import { batchLimits } from '../../../../shared/rpc/batch-limits.ts';
import { compileFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { clientOfTopic } from '../../../../shared/rpc/presence.ts';
import type { MethodIndex } from '../methods/method-index.ts';
import { matchesPattern } from '../name-pattern.ts';

/** The services of a source that speak the dialect and fit the filter. */
export function knownPeers(
  index: MethodIndex,
  { dialect, method, filter }: Omit<PeersQuery, 'source'>,
  presenceOf: (clientId: string) => KnownPeer['presence'] = () => null,
): { readonly peers: readonly KnownPeer[]; readonly known: number } {
  const fits = matcherOf(filter);
  const all = index.services().filter((service) => dialect === 'auto' || service.dialect === dialect);
  const peers = all
    .filter(({ topic }) => fits(topic))
    .slice(0, batchLimits.peers)
    .map((service) => ({
      dialect: service.dialect,
      topic: service.topic,
      hasMethod: service.methods.has(method),
      presence: presenceOf(clientOfTopic(service.topic)),
    }));
  return { peers, known: all.length };
}

/** `+` and `#` as in topic filters, `*` for any characters; without any of them a part of the topic. */
function matcherOf(text: string): (topic: string) => boolean {
  const patterns = text.split(/[\s,]+/).filter((pattern) => pattern !== '');
  if (patterns.length === 0) return () => true;
  const matchers = patterns.map((pattern): ((topic: string) => boolean) => {
    if (pattern.includes('*')) return (topic) => matchesPattern(pattern, topic);
    if (/(^|\/)(\+|#)(\/|$)/.test(pattern)) return compileFilter(pattern);
    return (topic) => topic.includes(pattern);
  });
  return (topic) => matchers.some((matches) => matches(topic));
}
