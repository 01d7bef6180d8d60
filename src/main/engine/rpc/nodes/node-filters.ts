import type { MqttVersion } from '../../../../shared/contract/common.ts';
import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import { compileFilter } from '../../../../shared/mqtt/topic-filter.ts';

/** What a node subscribes to for its requests. */
export interface NodeFilters {
  /** Empty: it serves nothing. */
  readonly filters: readonly string[];
  /** `topic`: one of the node itself. `below`: a level below, where only requests of generic MQTT 5 are. */
  readonly placeOf: (topic: string) => 'topic' | 'below' | null;
}

export function nodeFilters({ dialect, topic }: RpcNode, clientId: string, version: MqttVersion): NodeFilters {
  const own = topic === '' && dialect === 'mqttxx4' ? `rpc/r/${clientId}` : dialect === 'gf' && /\/request\/[^/]+$/.test(topic) ? `${topic}/+` : topic;
  if (own === '') return { filters: [], placeOf: () => null };
  const hasBelow = (dialect === 'mqtt5' || (dialect === 'auto' && version === '5')) && !/(^|\/)#$/.test(own);
  const below = own.endsWith('/') ? `${own}+` : `${own}/+`;
  const isOwn = matcherOf(own);
  const isBelow = hasBelow ? matcherOf(below) : () => false;
  return {
    filters: hasBelow ? [own, below] : [own],
    placeOf: (name) => (isOwn(name) ? 'topic' : isBelow(name) ? 'below' : null),
  };
}

/** Of a shared subscription, the filter itself. */
function matcherOf(filter: string): (topic: string) => boolean {
  const shared = /^\$share\/[^/]+\/(.+)$/s.exec(filter);
  return compileFilter(shared?.[1] ?? filter);
}
