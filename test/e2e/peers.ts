import { spawn, type ChildProcess } from 'node:child_process';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { execute } from '../../tools/project.ts';
import { onPath } from '../../tools/system.ts';
import { freePort, stopProcess, test as base } from './workbench.ts';

/** What a connection may meet at the other end, on loopback and a port of its own; all of it goes with the test. */
export interface Peers {
  /** Answers each connection as told; resolves with the port. */
  tcp(onSocket: (socket: net.Socket) => void, port?: number): Promise<number>;
  http(): Promise<number>;
  /** TLS with a certificate that nobody knows. */
  tls(): Promise<number>;
  /** A broker that is not ours, with lines for its configuration. */
  mosquitto(...lines: readonly string[]): Promise<Mosquitto>;
  /** A file for a configuration line to name, such as one with passwords. */
  file(name: string, text: string): string;
  close(): Promise<void>;
}

interface Mosquitto {
  readonly port: number;
  stop(): Promise<void>;
  /** On the same port. */
  start(): Promise<void>;
}

export const hasMosquitto = (): boolean => onPath('mosquitto') !== undefined;
export const hasOpenssl = (): boolean => onPath('openssl') !== undefined;

/** A line of a password file as `mosquitto_passwd` writes it: PBKDF2 with SHA-512. */
export function mosquittoPassword(userName: string, password: string): string {
  const [salt, iterations] = [randomBytes(12), 101];
  return `${userName}:$7$${iterations}$${salt.toString('base64')}$${pbkdf2Sync(password, salt, iterations, 64, 'sha512').toString('base64')}\n`;
}

function createPeers(): Peers {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-peers-'));
  const closers: (() => Promise<unknown>)[] = [];

  const listen = async (server: net.Server, port = 0): Promise<number> => {
    const sockets = new Set<net.Socket>();
    server.on('connection', (socket: net.Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => sockets.delete(socket));
    });
    await once(server.listen(port, '127.0.0.1'), 'listening');
    closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    return (server.address() as net.AddressInfo).port;
  };

  const file = (name: string, text: string): string => {
    const target = path.join(folder, name);
    writeFileSync(target, text);
    return target;
  };

  return {
    file,
    tcp: (onSocket, port) => listen(net.createServer(onSocket), port),
    http: () => listen(http.createServer((_request, response) => response.writeHead(400).end('What do you want?'))),
    async tls() {
      const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      const made = await execute('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2', ...subject]);
      if (made.code !== 0) throw new Error(`openssl failed: ${made.stderr}`);
      const server = tls.createServer({ key: readFileSync(key), cert: readFileSync(cert) });
      // A client that speaks something else is what the test is about.
      server.on('tlsClientError', () => undefined);
      return listen(server);
    },
    async mosquitto(...lines) {
      const port = await freePort();
      // Started by root it would become a user that may not read the files here.
      const user = os.userInfo().username;
      const config = file(`mosquitto-${port}.conf`, [`listener ${port} 127.0.0.1`, `user ${user}`, ...lines, ''].join('\n'));
      let child: ChildProcess | undefined;
      const start = async (): Promise<void> => {
        child = spawn(onPath('mosquitto') ?? 'mosquitto', ['-c', config], { stdio: 'ignore' });
        await untilItListens(port, child);
      };
      const stop = async (): Promise<void> => {
        if (child) await stopProcess(child);
      };
      closers.push(stop);
      await start();
      return { port, start, stop };
    },
    async close() {
      for (const close of closers) await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilItListens(port: number, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const socket = net.connect(port, '127.0.0.1');
    const answered = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (answered) return;
  }
  throw new Error(`mosquitto ended with code ${child.exitCode}.`);
}

/** A test with others to connect to. */
export const test = base.extend<{ readonly peers: Peers }>({
  // Playwright wants the (empty) pattern of fixtures that this one builds on.
  // oxlint-disable-next-line no-empty-pattern
  peers: async ({}, use) => {
    const peers = createPeers();
    await use(peers);
    await peers.close();
  },
});
