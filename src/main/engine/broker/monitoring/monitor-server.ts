import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { BrokerFacts } from './broker-facts.ts';
import { monitorAnswer } from './monitor-answer.ts';

export interface MonitorServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves health and metrics to this machine alone. Rejects with `port-taken` or `address-refused`. */
export async function startMonitorServer(port: number, facts: () => BrokerFacts): Promise<MonitorServer> {
  const server = http.createServer((request, response) => {
    const send = (status: number, contentType: string, body: string, more: Readonly<Record<string, string>> = {}): void => {
      const headers = {
        'Content-Type': contentType,
        'Content-Length': Buffer.byteLength(body),
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      };
      response.writeHead(status, { ...headers, ...more }).end(request.method === 'HEAD' ? '' : body);
    };
    const refuse = (status: number, sentence: string, more?: Readonly<Record<string, string>>): void =>
      send(status, 'text/plain; charset=utf-8', `${sentence}\n`, more);
    // A name of somebody else's that points here: a web page could read what is answered to it.
    if (!/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(request.headers.host ?? '')) return refuse(403, 'Ask for 127.0.0.1.');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'There is only something to read.', { Allow: 'GET, HEAD' });
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const answer = monitorAnswer(path, request.headers.accept ?? '', facts(), Date.now(), true);
    if (!answer) return refuse(404, 'There is /health, /metrics and /metrics.json.');
    send(answer.status, answer.contentType, answer.body);
  });
  server.headersTimeout = 10_000;
  server.maxConnections = 64;
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new CodedError('port-taken', `Port ${port} for --metrics is taken: another program listens there.`);
    throw new CodedError('address-refused', `Port ${port} for --metrics cannot be opened (${code ?? String(error)}).`);
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
