import { once } from 'node:events';
import net from 'node:net';
import { SocksClient } from 'socks';
import { TransportError } from './transport-error.ts';

interface Destination {
  readonly host: string;
  readonly port: number;
}

export interface ProxyAccess extends Destination {
  readonly kind: 'http' | 'socks5';
  readonly username: string;
  readonly password: string | undefined;
}

const maxProxyAnswerBytes = 65_536;

/** A TCP connection. `noDelay`: Nagle's algorithm would hold small QoS 1 packets back for about 44 ms each. */
export async function dial({ host, port }: Destination, signal: AbortSignal): Promise<net.Socket> {
  signal.throwIfAborted();
  const socket = net.connect({ host, port, noDelay: true });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    giveUp(socket);
    throw error;
  }
}

/** What it still has to say goes to nobody. */
function giveUp(socket: net.Socket): void {
  socket.on('error', () => undefined);
  socket.destroy();
}

/** A byte stream to the destination through a proxy, which looks up the name itself. */
export async function dialThrough(proxy: ProxyAccess, destination: Destination, signal: AbortSignal): Promise<net.Socket> {
  let socket: net.Socket;
  try {
    socket = await dial(proxy, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new TransportError(
      'WB_PROXY_UNREACHABLE',
      `The proxy at ${proxy.host}:${proxy.port} cannot be reached (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
      {
        cause: error,
      },
    );
  }
  try {
    await (proxy.kind === 'http' ? connectHttp(socket, proxy, destination, signal) : connectSocks(socket, proxy, destination, signal));
    return socket;
  } catch (error) {
    giveUp(socket);
    throw error;
  }
}

/** HTTP CONNECT (RFC 9110 §9.3.6). */
async function connectHttp(socket: net.Socket, proxy: ProxyAccess, { host, port }: Destination, signal: AbortSignal): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const credentials = Buffer.from(`${proxy.username}:${proxy.password ?? ''}`).toString('base64');
  const authorization = proxy.username === '' ? '' : `Proxy-Authorization: Basic ${credentials}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
  const head = await readHead(socket, signal);
  const status = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r\n/.exec(head);
  if (!status) throw new TransportError('WB_PROXY_NOT_HTTP', `What answers at ${proxy.host}:${proxy.port} is no HTTP proxy.`);
  const code = Number(status[1]);
  if (code === 407) throw new TransportError('WB_PROXY_CREDENTIALS', `The proxy at ${proxy.host}:${proxy.port} asks for a user name and password (HTTP 407).`);
  if (code < 200 || code > 299)
    throw new TransportError(
      'WB_PROXY_REFUSED',
      `The proxy at ${proxy.host}:${proxy.port} refused the way to ${authority}: HTTP ${code}${status[2] ? ` ${status[2]}` : ''}.`,
    );
}

/** The head of the answer; what follows it stays in the socket. */
async function readHead(socket: net.Socket, signal: AbortSignal): Promise<string> {
  let head = Buffer.alloc(0);
  for (;;) {
    const end = head.indexOf('\r\n\r\n');
    if (end >= 0) {
      if (head.length > end + 4) socket.unshift(head.subarray(end + 4));
      return head.subarray(0, end + 2).toString('latin1');
    }
    if (head.length > maxProxyAnswerBytes) throw new TransportError('WB_PROXY_NOT_HTTP', 'The proxy sends an answer without end.');
    const chunk = socket.read() as Buffer | null;
    if (chunk) head = Buffer.concat([head, chunk]);
    else if (socket.readableEnded || socket.destroyed) throw new TransportError('WB_PROXY_CLOSED', 'The proxy closed the connection without an answer.');
    else await Promise.race([once(socket, 'readable', { signal }), once(socket, 'end', { signal }), once(socket, 'close', { signal })]);
  }
}

/** SOCKS 5 (RFC 1928), with a user name and password (RFC 1929) where there are some. */
async function connectSocks(socket: net.Socket, proxy: ProxyAccess, destination: Destination, signal: AbortSignal): Promise<void> {
  const stop = (): void => void socket.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await SocksClient.createConnection({
      command: 'connect',
      destination,
      existing_socket: socket,
      // The time-out of the connection covers it.
      timeout: 2 ** 31 - 1,
      proxy: { host: proxy.host, port: proxy.port, type: 5, ...(proxy.username === '' ? {} : { userId: proxy.username, password: proxy.password ?? '' }) },
    });
  } catch (error) {
    const { message } = error as Error;
    const where = `The proxy at ${proxy.host}:${proxy.port}`;
    if (/authentication/i.test(message)) throw new TransportError('WB_PROXY_CREDENTIALS', `${where} asks for another user name or password.`, { cause: error });
    if (/rejected connection/i.test(message))
      throw new TransportError(
        'WB_PROXY_REFUSED',
        `${where} refused the way to ${destination.host}:${destination.port} (${/- (\w+)/.exec(message)?.[1] ?? message}).`,
        {
          cause: error,
        },
      );
    throw new TransportError('WB_PROXY_NOT_SOCKS', `What answers at ${proxy.host}:${proxy.port} is no SOCKS 5 proxy.`, { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
