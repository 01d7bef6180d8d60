import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onPath } from '../../../tools/system.ts';

/** A broker in a process of its own, listening on 127.0.0.1. */
export interface BrokerProcess {
  readonly port: number;
  /** False once the process ended by itself. */
  readonly alive: boolean;
  stop(): Promise<void>;
}

const startLimitMs = 15_000;

/** Runs a script that prints `listening on mqtt://127.0.0.1:PORT` (or only the port) when it is ready. */
export async function startNodeBroker(script: string, args: readonly string[]): Promise<BrokerProcess> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint = (complaint + chunk).slice(-4000)));
  const port = await new Promise<number>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${script} did not listen within ${startLimitMs} ms. ${complaint}`)), startLimitMs);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
      const found = /:(\d+)\s/.exec(printed);
      if (!found) return;
      clearTimeout(limit);
      resolve(Number(found[1]));
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      reject(new Error(`${script} ended with code ${code}. ${complaint}`));
    });
    child.once('error', reject);
  });
  return processOf(child, port, () => undefined);
}

export const hasMosquitto = (): boolean => onPath('mosquitto') !== undefined;

/** `files` are written beside the configuration; `{folder}` in a line stands for where. `ofListener`: lines that are about its one listener. `place`: to come back to, and left as it is. */
export async function startMosquitto(
  lines: readonly string[],
  files: Readonly<Record<string, string>> = {},
  ofListener: readonly string[] = [],
  place?: { readonly folder: string; readonly port: number },
): Promise<BrokerProcess> {
  const folder = place?.folder ?? mkdtempSync(path.join(os.tmpdir(), 'conformance-mosquitto-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  for (let attempt = 1; ; attempt += 1) {
    const port = place?.port ?? (await freePort());
    const config = path.join(folder, 'mosquitto.conf');
    // Started by root it would become a user that may not read the files here.
    const user = `user ${os.userInfo().username}`;
    // With WebSocket listeners alone it does not start, and with an IPv6 socket for one it listens on all addresses.
    const isWebSocket = ofListener.includes('protocol websockets');
    const beside = isWebSocket ? [`listener ${await freePort()} 127.0.0.1`] : [];
    const all = [...lines, user, ...beside, `listener ${port} 127.0.0.1`, ...ofListener, ...(isWebSocket ? ['socket_domain ipv4'] : [])];
    writeFileSync(config, `${all.join('\n').replaceAll('{folder}', folder)}\n`);
    const child = spawn(onPath('mosquitto') ?? 'mosquitto', ['-c', config], { stdio: 'ignore' });
    child.once('error', () => undefined);
    if (await listensBeforeItEnds(port, child)) return processOf(child, port, () => place ?? rmSync(folder, { recursive: true, force: true }));
    // Somebody else may have taken the port that was free a moment ago.
    if (attempt === 3) throw new Error(`mosquitto ended with code ${child.exitCode}. Is it installed, and does it know these lines?\n${all.join('\n')}`);
  }
}

function processOf(child: ChildProcess, port: number, cleanUp: () => void): BrokerProcess {
  const ended = once(child, 'exit');
  return {
    port,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const limit = setTimeout(() => child.kill('SIGKILL'), 3000);
        await ended;
        clearTimeout(limit);
      }
      cleanUp();
    },
  };
}

async function listensBeforeItEnds(port: number, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.pid !== undefined) {
    const socket = net.connect(port, '127.0.0.1');
    const answered = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (answered) return true;
    await delay(5);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
