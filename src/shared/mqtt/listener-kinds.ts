/** How a client reaches the broker: plain or over TLS, bare or inside WebSocket frames, or through a socket file of this machine. */
export const listenerKinds = ['tcp', 'tls', 'ws', 'wss', 'unix'] as const;
export type ListenerKind = (typeof listenerKinds)[number];

export const listenerKindWords: Readonly<Record<ListenerKind, string>> = {
  tcp: 'TCP',
  tls: 'TLS',
  ws: 'WebSocket',
  wss: 'Secure WebSocket',
  unix: 'Unix socket',
};

const schemes = { tcp: 'mqtt', tls: 'mqtts', ws: 'ws', wss: 'wss' } as const;

/** The address a client on this machine can use: listening on "all addresses" is not one. */
export function listenerUrl(listener: { readonly kind: Exclude<ListenerKind, 'unix'>; readonly host: string; readonly port: number }): string {
  const { kind, host, port } = listener;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `${schemes[kind]}://${reachable}:${port}`;
}

export function unixUrl(path: string): string {
  return `unix://${path.startsWith('/') ? '' : '/'}${path}`;
}

/** The listener for a client without certificates and without a proxy, TCP before WebSocket: the demo device is one. */
export function plainListener<T extends { readonly kind: ListenerKind; readonly proxyProtocol?: true }>(listeners: readonly T[]): T | undefined {
  const plain = listeners.filter(({ proxyProtocol }) => proxyProtocol !== true);
  return plain.find(({ kind }) => kind === 'tcp') ?? plain.find(({ kind }) => kind === 'ws');
}

const everywhere = new Set(['0.0.0.0', '::']);

/** Where a listener is: a host and a port, or a path. */
type Place = { readonly kind: Exclude<ListenerKind, 'unix'>; readonly host: string; readonly port: number } | { readonly kind: 'unix'; readonly path: string };

/** Whether two listeners want the same port or path, so that only one of them can have it. Port 0 is never the same. */
export function shareAPlace(one: Place, other: Place): boolean {
  if (one.kind === 'unix' || other.kind === 'unix') return one.kind === 'unix' && other.kind === 'unix' && one.path === other.path;
  return one.port !== 0 && one.port === other.port && (one.host === other.host || everywhere.has(one.host) || everywhere.has(other.host));
}

/** Where the user name of a client with a certificate comes from. `connect`: the client says it. `subject`: as a whole (RFC 4514), the others the first of their kind: Common Name; e-mail address, DNS name or URI of the Subject Alternative Names. */
export const userSources = ['connect', 'common-name', 'subject', 'email', 'dns', 'uri'] as const;
export type UserSource = (typeof userSources)[number];
