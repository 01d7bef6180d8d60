import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { CoapClient, type CoapRequest, type CoapResponse } from '../../src/main/engine/coap/udp/coap-client.ts';
import { defaultTransmission, type Transmission } from '../../src/main/engine/coap/udp/transmission.ts';
import { methodCodes, type CoapMethod } from '../../src/shared/coap/udp/packet.ts';
import { parseCoapUri } from '../../src/shared/coap/udp/uri.ts';
import { execute } from '../../tools/project.ts';
import { onPath } from '../../tools/system.ts';

/** The programs of Debian's libcoap3-bin, or why there are none. */
export function findLibcoap(): { readonly client: string; readonly server: string } | { readonly missing: string } {
  const client = onPath('coap-client-notls');
  const server = onPath('coap-server-notls');
  return client !== undefined && server !== undefined
    ? { client, server }
    : { missing: 'libcoap3-bin (coap-client-notls, coap-server-notls) is not installed' };
}

export function newCoapClient(transmission: Partial<Transmission> = {}): CoapClient {
  return new CoapClient({
    clock: () => performance.now(),
    random: Math.random,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    transmission: { ...defaultTransmission, ...transmission },
  });
}

export function coapRequest(address: string, method: CoapMethod, more: Partial<CoapRequest> = {}): CoapRequest {
  const read = parseCoapUri(address);
  if ('problem' in read) throw new Error(read.problem);
  const { host, port, path, query } = read.uri;
  const text = (number: number) => (value: string) => ({ number, value: new TextEncoder().encode(value) });
  return {
    host,
    port,
    type: 'CON',
    code: methodCodes[method],
    options: [...path.map(text(11)), ...query.map(text(15)), ...(more.options ?? [])],
    payload: new Uint8Array(0),
    timeoutMs: 30_000,
    blockSize: 1024,
    maxBodyBytes: 1_000_000,
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'options')),
  };
}

export const requestWith = (client: CoapClient, request: CoapRequest): Promise<CoapResponse> =>
  client.request(request, { signal: AbortSignal.timeout(60_000) });

export interface LibcoapServer {
  /** `coap://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  close(): Promise<unknown>;
}

/** The example server, when it answers. It has `/`, `/time`, `/async` and `/example_data`, and takes up to ten more by PUT. */
export async function startLibcoapServer(program: string, ...more: readonly string[]): Promise<LibcoapServer> {
  const port = await freeUdpPort();
  const child = spawn(program, ['-A', '127.0.0.1', '-p', String(port), '-d', '10', '-v', '3', ...more], { stdio: 'ignore' });
  const close = (): Promise<unknown> => end(child);
  const url = `coap://127.0.0.1:${port}`;
  const deadline = performance.now() + 20_000;
  for (;;) {
    const client = newCoapClient({ ackTimeoutMs: 100 });
    try {
      await requestWith(client, coapRequest(`${url}/`, 'GET', { timeoutMs: 2000 }));
      return { url, port, close };
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadline) {
        await close();
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      client.close();
    }
  }
}

/** What the example client prints, and says beside. It ends with 0 whatever the response is. */
export async function runLibcoapClient(program: string, ...args: readonly string[]): Promise<{ readonly out: string; readonly said: string }> {
  const { stdout, stderr, code } = await execute(program, ['-B', '30', ...args]);
  if (code !== 0) throw new Error(`coap-client ended with ${code}: ${stderr}`);
  return { out: stdout, said: stderr.trim() };
}

async function freeUdpPort(): Promise<number> {
  const socket = dgram.createSocket('udp4');
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill();
  await closed;
}
