import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import net from 'node:net';
import type { Problem } from '../../../../shared/contract/common.ts';

/** Why a server has no port. */
export function udpPortProblem(error: unknown, { host, port }: { readonly host: string; readonly port: number }): Problem {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return { code: 'port-in-use', message: `The UDP port ${where} is in use.`, advice: 'Choose another one, or 0 for any that is free.' };
    case 'EACCES':
      return { code: 'port-refused', message: `The system does not let the workbench open the UDP port ${where}.`, advice: 'Choose one from 1024 on.' };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EINVAL':
      return { code: 'bad-input', message: `"${host}" is no address of this machine.`, advice: 'Use 127.0.0.1 or ::1, or an address of this machine.' };
    default:
      return { code: 'port-refused', message: `The UDP port ${where} cannot be opened (${code || String(error)}).`, advice: 'Choose another address or port.' };
  }
}

/** One that could be had instead of a port that is taken, near it; `null`: none was found. */
export async function freeUdpPort(host: string, port: number): Promise<number | null> {
  for (let candidate = port + 1; candidate <= Math.min(port + 20, 65_535); candidate += 1) {
    const socket = createSocket(net.isIPv6(host) ? 'udp6' : 'udp4');
    try {
      socket.bind(candidate, host);
      await once(socket, 'listening');
      return candidate;
    } catch {
      // Taken as well.
    } finally {
      socket.close();
    }
  }
  return null;
}
