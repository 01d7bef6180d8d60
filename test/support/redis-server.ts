import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onPath } from '../../tools/system.ts';

/** Where it is absent the test says so. */
export const hasRedis = (): boolean => onPath('redis-server') !== undefined;

/** A real redis-server on loopback, at a port of its own. */
export class RedisServer {
  readonly port: number;
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), 'redis-'));
  readonly #options: readonly string[];
  #child: ChildProcess | null = null;

  private constructor(port: number, options: readonly string[]) {
    this.port = port;
    this.#options = options;
  }

  static async start(...options: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** On the same port, with what it has saved. */
  async start(): Promise<void> {
    const child = spawn(
      'redis-server',
      ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', '', '--appendonly', 'no', ...this.#options],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#child = child;
    let printed = '';
    for await (const text of child.stdout.setEncoding('utf8')) {
      printed += text as string;
      if (/Ready to accept connections/.test(printed)) break;
      if (child.exitCode !== null) throw new Error(`redis-server did not start: ${printed}`);
    }
    child.stdout.resume();
    await this.#reachable();
  }

  async #reachable(): Promise<void> {
    for (;;) {
      const socket = net.connect(this.port, '127.0.0.1');
      try {
        await once(socket, 'connect');
        return;
      } catch {
        await wait(20);
      } finally {
        socket.destroy();
      }
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** At once, as in a power failure. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGKILL');
    await exit;
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
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
