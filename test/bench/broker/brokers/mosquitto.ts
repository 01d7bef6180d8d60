import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, mkdtempSync, rmSync, writeFileSync, constants } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { atExit } from '../at-exit.ts';
import { noTap, type RunningBroker } from './running-broker.ts';

export interface Mosquitto {
  readonly file: string;
  readonly version: string;
}

/** `null` when it is not installed. */
export function findMosquitto(): Mosquitto | null {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).concat('/usr/sbin', '/usr/local/sbin');
  const file = folders.map((folder) => path.join(folder, 'mosquitto')).find(isExecutable);
  if (file === undefined) return null;
  return { file, version: /^mosquitto version (\S+)/m.exec(spawnSync(file, ['-h'], { encoding: 'utf8' }).stdout)?.[1] ?? 'of unknown version' };
}

/** With nothing of its own in the way of a load: no queue limit, no file, each packet sent at once. */
function configuration(port: number): string {
  return `listener ${port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
max_inflight_messages 1000
set_tcp_nodelay true
log_dest none
`;
}

export async function startMosquitto({ file }: Mosquitto): Promise<RunningBroker> {
  const port = await freePort();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-bench-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  const keepFolder = atExit(removeFolder);
  const config = path.join(folder, 'mosquitto.conf');
  writeFileSync(config, configuration(port));
  const child = spawn(file, ['-c', config], { stdio: 'ignore' });
  const off = atExit(() => void child.kill('SIGKILL'));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve())).then(off);
  await listening(port, () => child.exitCode !== null);
  // It is only read at the start.
  removeFolder();
  keepFolder();
  return {
    name: 'mosquitto',
    port,
    pid: child.pid ?? 0,
    tapped: () => Promise.resolve(noTap),
    close: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** It says nowhere that it listens, so it is asked until it does. */
async function listening(port: number, hasExited: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const socket = net.connect({ host: '127.0.0.1', port });
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    if (hasExited() || performance.now() > deadline) throw new Error('mosquitto does not listen.');
    await setTimeout(20);
  }
}
