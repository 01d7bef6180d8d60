import type { Socket } from 'node:net';

/** `192.0.2.1:1883`, `[2001:db8::1]:1883`. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Who is at the other end, as far as the network says. */
export function peerAddress(socket: Socket): string {
  const { remoteAddress, remotePort } = socket;
  // A client that has left already has no address any more, and one at a Unix socket never had one.
  return remoteAddress === undefined || remotePort === undefined ? 'local' : hostAndPort(remoteAddress, remotePort);
}
