import type { DialectId } from '../../../../shared/contract/rpc.ts';

/** The service and the method that a request is for: of a generic MQTT 5 request the last level of the topic is the method, if there is more than one. */
export function serviceOf(dialect: DialectId, topic: string, method: string): { readonly topic: string; readonly method: string } {
  if (dialect !== 'mqtt5') return { topic, method };
  const slash = topic.lastIndexOf('/');
  return slash < 0 ? { topic, method: '' } : { topic: topic.slice(0, slash), method: topic.slice(slash + 1) };
}
