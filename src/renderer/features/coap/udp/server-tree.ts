import type { CoapUdpResource, CoapUdpServer } from '../../../../shared/contract/coap-udp.ts';
import type { TreeRowInfo } from '../../../ui/tree-keys.ts';

export interface ServerRow {
  readonly key: string;
  readonly server: CoapUdpServer;
  /** `null`: the server itself. */
  readonly resource: CoapUdpResource | null;
  /** Title or resource type, and whether it can be observed. */
  readonly kind: string;
  readonly info: TreeRowInfo;
}

/** Servers, and below each its resources unless it is closed. */
export function treeRows(servers: readonly CoapUdpServer[], closed: ReadonlySet<string>): readonly ServerRow[] {
  return servers.flatMap((server, at) => {
    const expanded = server.resources.length === 0 ? undefined : !closed.has(server.uri);
    const head: ServerRow = {
      key: server.uri,
      server,
      resource: null,
      kind: '',
      info: { key: server.uri, level: 1, expanded, positionInSet: at + 1, setSize: servers.length, label: server.uri },
    };
    if (expanded !== true) return [head];
    const rows = server.resources.map((resource, place): ServerRow => {
      const key = `${server.uri}${resource.path}`;
      return {
        key,
        server,
        resource,
        kind: kindOf(resource),
        info: { key, level: 2, expanded: undefined, positionInSet: place + 1, setSize: server.resources.length, label: resource.path },
      };
    });
    return [head, ...rows];
  });
}

function kindOf({ attributes }: CoapUdpResource): string {
  const value = (name: string): string | null => attributes.find(([known]) => known === name)?.[1] ?? null;
  const observable = attributes.some(([name]) => name === 'obs');
  return [value('title') ?? value('rt'), observable ? 'observable' : null].filter(Boolean).join(', ');
}
