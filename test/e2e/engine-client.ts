import { WebSocket } from 'ws';
import type { EngineContract } from '../../src/shared/contract/index.ts';
import { connect, type Client } from '../../src/shared/ipc/connect.ts';
import { wsTransport } from '../../src/shared/ipc/ws-transport.ts';

/** A second peer of a running headless host, authorised as a browser would be: token → cookie → WebSocket. */
export async function engineClient(url: string): Promise<Client<EngineContract>> {
  const answer = await fetch(url, { redirect: 'manual' });
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  if (!cookie) throw new Error(`The host gave no cookie for its token (${answer.status}).`);
  const { origin, host, protocol } = new URL(url);
  const address = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/engine`;
  return connect<EngineContract>({
    open: () =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(address, { headers: { cookie, origin }, maxPayload: 64 * 1024 * 1024 });
        socket.binaryType = 'arraybuffer';
        socket.once('open', () => resolve(wsTransport(socket, { maxFrameBytes: 64 * 1024 * 1024, maxBufferedBytes: 256 * 1024 * 1024 })));
        socket.once('error', reject);
      }),
  });
}
