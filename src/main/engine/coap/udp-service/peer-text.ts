import type { Peer } from '../udp/datagrams.ts';

/** `127.0.0.1:5683`, `[::1]:5683` */
export function peerText({ address, port }: Peer): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
