import type { DialectId } from '../../../shared/contract/rpc.ts';
import type { Dialect } from '../../../shared/rpc/dialect.ts';
import { dialects } from '../../../shared/rpc/dialects.ts';

export function dialectOf(id: DialectId): Dialect {
  const dialect = dialects.get(id);
  if (!dialect) throw new Error(`there is no dialect ${id}`);
  return dialect;
}

/** The service and the method that a request is for: of a generic MQTT 5 request the last level of the topic is the method, if there is more than one. */
export function serviceOf(dialect: DialectId, topic: string, method: string): { readonly topic: string; readonly method: string } {
  if (dialect !== 'mqtt5') return { topic, method };
  const slash = topic.lastIndexOf('/');
  return slash < 0 ? { topic, method: '' } : { topic: topic.slice(0, slash), method: topic.slice(slash + 1) };
}
