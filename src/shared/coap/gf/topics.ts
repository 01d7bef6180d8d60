/** The topics of gf_mqtt_client: requests and responses of a device, in both of which it is the device that is named. */
const defaultNamespace = 'gf_int_v1';

export interface GfAddress {
  readonly subsystem: string;
  /** Tag of the device, in requests and in responses. */
  readonly target: string;
  readonly requestId: string;
}

export function gfRequestTopic({ subsystem, target, requestId }: GfAddress, namespace = defaultNamespace): string {
  return `${namespace}/${subsystem}/request/${target}/${requestId}`;
}

export function gfResponseTopic({ subsystem, target, requestId }: GfAddress, namespace = defaultNamespace): string {
  return `${namespace}/${subsystem}/response/${target}/${requestId}`;
}

/** All responses of a device. */
export function gfResponseFilter({ subsystem, target }: Omit<GfAddress, 'requestId'>, namespace = defaultNamespace): string {
  return `${namespace}/${subsystem}/response/${target}/+`;
}

/** What a device subscribes to, once. */
export function gfDeviceFilter(target: string, namespace = defaultNamespace): string {
  return `${namespace}/+/request/${target}/+`;
}

/** All requests and responses. */
export function gfObserverFilter(namespace = defaultNamespace): string {
  return `${namespace}/#`;
}

export type GfTopic = GfAddress & { readonly kind: 'request' | 'response' };

export function parseGfTopic(topic: string, namespace = defaultNamespace): GfTopic | null {
  if (!topic.startsWith(`${namespace}/`)) return null;
  const levels = topic.slice(namespace.length + 1).split('/');
  const [subsystem = '', kind, target = '', requestId = ''] = levels;
  if (levels.length !== 4 || (kind !== 'request' && kind !== 'response')) return null;
  return { kind, subsystem, target, requestId };
}

/** `null`: it can be a level of a topic. Anything else would send the request to another device, or to none. */
export function topicPartProblem(what: string, part: string): string | null {
  if (part === '') return `${what} is empty: the topic would have an empty level.`;
  const character = /[/+#]/.exec(part)?.[0] ?? (part.includes('\u0000') ? 'NUL' : undefined);
  return character === undefined ? null : `${what} contains "${character}", which has a meaning of its own in topics.`;
}

/** The namespace may have several levels. */
export function namespaceProblem(namespace: string): string | null {
  for (const level of namespace.split('/')) {
    const problem = topicPartProblem('The namespace', level);
    if (problem !== null) return problem;
  }
  return namespace.startsWith('$') ? 'The namespace begins with "$": brokers keep such topics to themselves (§4.7.2).' : null;
}
