import type { Qos } from '../contract/common.ts';
import type { ConnectionProfile } from '../contract/connection-profile.ts';

type PublishDefaults = ConnectionProfile['publishDefaults'];

/** Where a field comes from: said with the message, the entry of its topic, or the default. */
type From = 'message' | 'topic' | 'default';

export interface ResolvedPublish {
  readonly qos: Qos;
  readonly qosFrom: From;
  readonly retain: boolean;
  readonly retainFrom: From;
}

const bare: PublishDefaults = { qos: 0, retain: false, topics: [] };

/** As distmqtt does it: what is said goes first, then the entry of exactly this topic, field by field, then the default. `null`: the local broker, which has none. */
export function resolvePublish(
  defaults: PublishDefaults | null,
  topic: string,
  said: { readonly qos: Qos | null; readonly retain: boolean | null },
): ResolvedPublish {
  const { qos, retain, topics } = defaults ?? bare;
  // Where a topic stands there twice, the later entry has taken the place of the earlier one, as in a mapping.
  const entry = topics.findLast((one) => one.topic === topic);
  return {
    qos: said.qos ?? entry?.qos ?? qos,
    qosFrom: said.qos !== null ? 'message' : entry && entry.qos !== null ? 'topic' : 'default',
    retain: said.retain ?? entry?.retain ?? retain,
    retainFrom: said.retain !== null ? 'message' : entry && entry.retain !== null ? 'topic' : 'default',
  };
}
