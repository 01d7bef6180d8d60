import type { CoapUdpResource, CoapUdpServer } from '../../../../shared/contract/coap-udp.ts';
import { coapUdpLimits } from '../../../../shared/coap/udp/limits.ts';
import type { WebLink } from '../../../../shared/coap/udp/link-format.ts';
import { formatCoapUri, parseCoapUri, type CoapUri } from '../../../../shared/coap/udp/uri.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';

interface Server {
  readonly host: string;
  readonly port: number;
  lastSeenAt: number;
  discoveredAt: number | null;
  readonly resources: Map<string, CoapUdpResource>;
  leftOut: number;
}

const noAttributes: readonly (readonly [string, string | null])[] = [];
/** Of attributes of one link. */
const maxAttributeCharacters = 4000;

/** What has answered, and the resources that are known of it. In memory alone. */
export class KnownServers {
  readonly changed: Notifier = createNotifier();
  readonly #now: () => number;
  /** Those heard of last at the end. */
  readonly #servers = new Map<string, Server>();
  #resources = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  list(): readonly CoapUdpServer[] {
    return [...this.#servers.values()]
      .map(({ host, port, lastSeenAt, discoveredAt, resources, leftOut }) => ({
        uri: originOf({ host, port }),
        lastSeenAt,
        discoveredAt,
        resources: [...resources.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1)),
        leftOut,
      }))
      .toSorted((one, other) => other.lastSeenAt - one.lastSeenAt);
  }

  /** A response came to a request for the resource. */
  responded(uri: CoapUri, code: number): void {
    const server = this.#heardOf(uri);
    const path = pathOf(uri);
    const known = server.resources.get(path);
    // A wrong path is no resource; what was there once stays, with what it says now.
    const kind = code >> 5;
    if (known || kind === 2) this.#put(server, { path, attributes: known?.attributes ?? noAttributes, lastCode: code });
    this.changed.notify();
  }

  discovered(uri: CoapUri, links: readonly WebLink[]): void {
    const server = this.#heardOf(uri);
    const before = new Map(server.resources);
    this.#resources -= server.resources.size;
    server.resources.clear();
    server.leftOut = 0;
    server.discoveredAt = this.#now();
    for (const { target, attributes } of links) {
      const path = localPath(target, uri);
      if (path === null) continue;
      const length = attributes.reduce((sum, [name, value]) => sum + name.length + (value?.length ?? 0), 0);
      this.#put(server, { path, attributes: length > maxAttributeCharacters ? noAttributes : attributes, lastCode: before.get(path)?.lastCode ?? null });
    }
    // What answers, but is not listed.
    for (const [path, resource] of before) {
      if (resource.attributes.length === 0 && resource.lastCode !== null && !server.resources.has(path)) this.#put(server, resource);
    }
    this.changed.notify();
  }

  /** False: it was not known. */
  forget(uri: CoapUri): boolean {
    const gone = this.#drop(originOf(uri));
    if (gone) this.changed.notify();
    return gone;
  }

  #heardOf(uri: CoapUri): Server {
    const key = originOf(uri);
    const server: Server = this.#servers.get(key) ?? { host: uri.host, port: uri.port, lastSeenAt: 0, discoveredAt: null, resources: new Map(), leftOut: 0 };
    server.lastSeenAt = this.#now();
    this.#servers.delete(key);
    this.#servers.set(key, server);
    if (this.#servers.size > coapUdpLimits.servers) {
      const [oldest] = this.#servers.keys();
      if (oldest !== undefined) this.#drop(oldest);
    }
    return server;
  }

  #put(server: Server, resource: CoapUdpResource): void {
    if (!server.resources.has(resource.path)) {
      if (this.#resources >= coapUdpLimits.resources) {
        server.leftOut += 1;
        return;
      }
      this.#resources += 1;
    }
    server.resources.set(resource.path, resource);
  }

  #drop(key: string): boolean {
    this.#resources -= this.#servers.get(key)?.resources.size ?? 0;
    return this.#servers.delete(key);
  }
}

function originOf({ host, port }: Pick<CoapUri, 'host' | 'port'>): string {
  return formatCoapUri({ host, port, path: [], query: [] }).replace(/\/$/, '');
}

function pathOf({ path }: CoapUri): string {
  return formatCoapUri({ host: 'h', port: 5683, path, query: [] }).slice('coap://h'.length);
}

/** A link may lead elsewhere: `null` (RFC 6690 §2.1). */
function localPath(target: string, server: CoapUri): string | null {
  const absolute = target.startsWith('coap://') ? target : `${originOf(server)}${target.startsWith('/') ? '' : '/'}${target}`;
  if (/^[a-z][a-z0-9+.-]*:/i.test(target) && !target.startsWith('coap://')) return null;
  const parsed = parseCoapUri(absolute);
  if ('problem' in parsed || originOf(parsed.uri) !== originOf(server)) return null;
  const { query } = parsed.uri;
  return formatCoapUri({ ...parsed.uri, host: 'h', port: 5683, query }).slice('coap://h'.length);
}
