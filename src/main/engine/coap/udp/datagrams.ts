import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import net from 'node:net';
import os from 'node:os';
import { CoapFailure } from './coap-failure.ts';
import { isMulticast } from '../../../../shared/coap/udp/multicast-address.ts';

/** A UDP endpoint. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

export interface DatagramHooks {
  received(bytes: Uint8Array, from: Peer): void;
  /** The peer cannot be reached, or the socket is of no use any more. */
  failed(failure: CoapFailure): void;
}

/** A UDP socket, as the message layer uses it. */
export interface Datagrams {
  readonly local: Peer;
  send(bytes: Uint8Array, to: Peer): void;
  close(): void;
}

/** Looks up a name. Throws a CoapFailure. */
export async function resolvePeer(host: string, port: number): Promise<Peer> {
  let address: string;
  try {
    ({ address } = await lookup(host));
  } catch {
    throw new CoapFailure('unreachable', `The host "${host}" was not found.`, 'Check its spelling, or write its IP address.');
  }
  // A message that many would have to acknowledge at once is not to be sent (RFC 7252 §8.1).
  if (isMulticast(address)) throw new CoapFailure('unreachable', `${address} is a multicast address, for all servers of a network at once.`, multicastAdvice);
  return { address, port };
}

export const multicastAdvice = 'Multicast is off. Turn it on for this request, or give the address of one server.';

/** Connected to one peer: what others send is not seen, and a closed port shows at once instead of after all retransmissions. */
export async function openConnected(peer: Peer, hooks: DatagramHooks): Promise<Datagrams> {
  const socket = createSocket(net.isIPv6(peer.address) ? 'udp6' : 'udp4');
  try {
    socket.connect(peer.port, peer.address);
    await once(socket, 'connect');
  } catch (error) {
    socket.close();
    throw explain(error, peer);
  }
  return adapt(socket, hooks, peer);
}

/** Bound to a port, for servers. Port 0: any. Rejects when the port cannot be had. */
export async function openBound(port: number, host: string, hooks: DatagramHooks): Promise<Datagrams> {
  const socket = createSocket(net.isIPv6(host) ? 'udp6' : 'udp4');
  try {
    socket.bind(port, host);
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  return adapt(socket, hooks, null);
}

/** To ask a group of servers. `networkInterface`: a name or an address of this machine; `null`: the system chooses. Throws a CoapFailure. */
export async function openMulticast(group: string, networkInterface: string | null, hooks: DatagramHooks): Promise<Datagrams> {
  const [address = group, zone] = group.split('%');
  const family = net.isIPv6(address) ? 'IPv6' : 'IPv4';
  const by = networkInterface ?? zone;
  const chosen = by === undefined ? null : interfaceOf(by, family);
  if (by !== undefined && chosen === null)
    throw new CoapFailure('unreachable', `"${by}" is no network interface of this machine with ${family}.`, `There is ${interfaceNames(family) || 'none'}.`);
  const socket = createSocket(family === 'IPv6' ? 'udp6' : 'udp4');
  try {
    socket.bind(0);
    await once(socket, 'listening');
    if (chosen) socket.setMulticastInterface(chosen);
  } catch (error) {
    socket.close();
    throw explain(error, null);
  }
  return adapt(socket, hooks, null);
}

/** As the system wants it named; `null`: there is none. */
function interfaceOf(by: string, family: 'IPv4' | 'IPv6'): string | null {
  for (const [name, addresses] of Object.entries(os.networkInterfaces())) {
    const found = addresses?.find((one) => one.family === family && (one.address === by || name === by));
    if (found) return family === 'IPv4' ? found.address : `::%${name}`;
  }
  return null;
}

function interfaceNames(family: string): string {
  return Object.entries(os.networkInterfaces())
    .filter(([, addresses]) => addresses?.some((one) => one.family === family))
    .map(([name]) => name)
    .join(', ');
}

function adapt(socket: Socket, hooks: DatagramHooks, connectedTo: Peer | null): Datagrams {
  let open = true;
  socket.on(
    'message',
    ({ buffer, byteOffset, byteLength }, { address, port }) => open && hooks.received(new Uint8Array(buffer, byteOffset, byteLength), { address, port }),
  );
  socket.on('error', (error) => open && hooks.failed(explain(error, connectedTo)));
  const { address, port } = socket.address();
  return {
    local: { address, port },
    send(bytes, to) {
      if (!open) return;
      const sent = (error: Error | null): void => {
        if (error && open) hooks.failed(explain(error, to));
      };
      if (connectedTo) socket.send(bytes, sent);
      else socket.send(bytes, to.port, to.address, sent);
    },
    close() {
      if (!open) return;
      open = false;
      socket.close();
    },
  };
}

function explain(error: unknown, peer: Peer | null): CoapFailure {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  const where = peer ? ` at ${net.isIPv6(peer.address) ? `[${peer.address}]` : peer.address}:${peer.port}` : '';
  switch (code) {
    case 'ECONNREFUSED':
      return new CoapFailure(
        'unreachable',
        `Nothing listens on the UDP port${where}.`,
        'Check the port, and that the device or server is running; 5683 is the usual one.',
      );
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EADDRNOTAVAIL':
      return new CoapFailure('unreachable', `There is no way to the address${where} (${code}).`, 'Check the address and the network of this machine.');
    case 'EMSGSIZE':
      return new CoapFailure('too-large', `The message is larger than a UDP datagram can be${where}.`, 'Send it in smaller blocks.');
    default:
      return new CoapFailure(
        'unreachable',
        `The network refused the message${where} (${code}).`,
        'Check the address, the network and the firewall of this machine.',
      );
  }
}
