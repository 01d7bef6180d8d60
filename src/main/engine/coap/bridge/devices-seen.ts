import type { ToMqttBridge } from '../../../../shared/contract/coap-bridges.ts';
import { normalPath, pathSegments } from '../../../../shared/coap/mock/paths.ts';
import { matchesLink } from '../../../../shared/coap/mock/discovery.ts';
import { formatLinkFormat, type WebLink } from '../../../../shared/coap/udp/link-format.ts';
import type { RpcService } from '../../rpc/index.ts';

const maxLinks = 2000;

/**
 * What `/.well-known/core` lists: resources of devices that were seen to answer a request over MQTT, by whomever it was made. Devices cannot be asked for
 * what they have. `title` names the methods.
 */
export function devicesSeen(rpc: Pick<RpcService, 'servicesOf'>, { source, namespace, device }: ToMqttBridge, query: readonly string[]): string {
  const links: WebLink[] = [];
  for (const { topic, methods } of rpc.servicesOf(source, 'gf')) {
    if (!topic.startsWith(`${namespace}/`)) continue;
    const [subsystem = '', kind, tag = '', ...more] = topic.slice(namespace.length + 1).split('/');
    if (kind !== 'request' || more.length > 0) continue;
    if (device && (device.subsystem !== subsystem || device.tag !== tag)) continue;
    const byPath = new Map<string, Set<string>>();
    for (const { name, lastCode } of methods) {
      const space = name.indexOf(' ');
      const path = normalPath(name.slice(space + 1).split('?')[0] ?? '');
      // What is not there, or does not take the method, is no resource.
      if (lastCode === null || lastCode === 404 || lastCode === 405 || space < 0) continue;
      byPath.set(path, (byPath.get(path) ?? new Set()).add(name.slice(0, space)));
    }
    for (const [path, names] of byPath) {
      const target = `/${[...(device ? [] : [subsystem, tag]), ...pathSegments(path)].map(encodeURIComponent).join('/')}`;
      const link: WebLink = { target, attributes: [['title', [...names].toSorted().join(' ')]] };
      if (links.length < maxLinks && query.every((argument) => matchesLink(link, argument))) links.push(link);
    }
  }
  return formatLinkFormat(links);
}
