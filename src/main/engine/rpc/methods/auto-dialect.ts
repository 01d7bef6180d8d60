import type { DialectChoice } from '../../../../shared/contract/rpc.ts';
import type { ServiceEntry } from './method-index.ts';

/** Which dialect a call to a topic is made in, unless the caller says: the one that was last heard there. `services`: those on the topic. */
export function chooseDialect(topic: string, services: readonly ServiceEntry[]): DialectChoice {
  const seen = services
    .map((service) => {
      let [calls, lastAt] = [0, 0];
      for (const method of service.methods.values()) {
        calls += method.calls;
        lastAt = Math.max(lastAt, method.lastAt);
      }
      return { dialect: service.dialect, calls, lastAt };
    })
    .toSorted((a, b) => b.lastAt - a.lastAt || b.calls - a.calls);
  const [newest] = seen;
  if (newest) return { dialect: newest.dialect, because: newest.lastAt > 0 ? 'seen' : 'told', seen };
  // The fixed topic of a node of mqttxx 4.x.
  if (/^rpc\/r\/./.test(topic)) return { dialect: 'mqttxx4', because: 'topic', seen };
  return { dialect: 'mqttxx2', because: 'default', seen };
}
