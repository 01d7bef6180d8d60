/** The namespace of gf_mqtt_client, which no option of its clients changes. */
export const usualNamespace = 'gf_int_v1';

/** A device within a subsystem: what a service of the dialect `gf` is. */
export interface DeviceAddress {
  readonly namespace: string;
  readonly subsystem: string;
  /** Tag of the device. */
  readonly target: string;
}

/** As the engine names it: the topic of its requests, without their ids. */
export const serviceTopic = ({ namespace, subsystem, target }: DeviceAddress): string => `${namespace}/${subsystem}/request/${target}`;

/** `null`: not the topic of a device. */
export function addressOf(service: string): DeviceAddress | null {
  const [, namespace, subsystem, target] = /^(.+)\/([^/]+)\/request\/([^/]+)$/.exec(service) ?? [];
  return namespace === undefined || subsystem === undefined || target === undefined ? null : { namespace, subsystem, target };
}

/** `PUT target` as method and path. */
export function splitMethod(name: string): { readonly method: string; readonly path: string } {
  const space = name.indexOf(' ');
  return space < 0 ? { method: name, path: '' } : { method: name.slice(0, space), path: name.slice(space + 1) };
}
