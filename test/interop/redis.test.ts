import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { hasMosquittoClients } from '../e2e/workbench.ts';
import { killBrokersOfRedis, startClusteredBroker, type ClusteredBroker } from '../support/redis-kill.ts';
import { hasRedis, RedisServer } from '../support/redis-server.ts';

const run = promisify(execFile);
const rounds = 25;

async function mosquitto(command: 'pub' | 'sub', { port }: ClusteredBroker, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(`mosquitto_${command}`, ['-h', '127.0.0.1', '-p', String(port), ...args], { timeout: 40_000 });
  return stdout.trim();
}

async function kill({ child }: ClusteredBroker): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

it.skipIf(!hasRedis())(
  `nothing is lost and QoS 2 comes once, one of two brokers killed ${rounds} times (redis-server is needed)`,
  { timeout: 900_000, retry: 0 },
  async () => {
    await expect(killBrokersOfRedis(rounds)).resolves.toBeUndefined();
  },
);

it.skipIf(!hasRedis() || !hasMosquittoClients())(
  'mosquitto’s clients go from a broker that dies to another one (redis-server and mosquitto-clients are needed)',
  async () => {
    const server = await RedisServer.start();
    const [one, other] = [await startClusteredBroker(server.url), await startClusteredBroker(server.url)];
    const mover = ['-c', '-i', 'mover', '-q', '2', '-t', 'job/#'];
    try {
      await mosquitto('sub', one, ...mover, '-E');
      await mosquitto('pub', other, '-q', '2', '-t', 'job/1', '-m', 'before');
      await mosquitto('pub', one, '-q', '1', '-r', '-t', 'state', '-m', 'kept');
      await mosquitto('pub', one, '-q', '1', '-t', 'job/2', '-m', 'at the one that dies');
      await kill(one);
      await mosquitto('pub', other, '-q', '1', '-t', 'job/3', '-m', 'after');
      // Messages of different QoS and publishers have no order among each other (§4.6).
      const received = await mosquitto('sub', other, ...mover, '-C', '3', '-W', '30');
      expect(received.split('\n').toSorted()).toEqual(['after', 'at the one that dies', 'before']);
      expect(await mosquitto('sub', other, '-t', 'state', '-C', '1', '-W', '30')).toBe('kept');
    } finally {
      for (const { child } of [one, other]) child.kill('SIGKILL');
      await server.close();
    }
  },
);

it.skipIf(!hasRedis() || !hasMosquittoClients())(
  'a Redis that stands still for longer than a broker may be silent makes nobody dead (redis-server and mosquitto-clients are needed)',
  async () => {
    const server = await RedisServer.start();
    const [one, other] = [await startClusteredBroker(server.url), await startClusteredBroker(server.url)];
    const reader = ['-c', '-i', 'reader', '-q', '1', '-t', 'x'];
    try {
      await mosquitto('sub', one, ...reader, '-E');
      const heard = mosquitto('sub', one, ...reader, '-C', '2', '-W', '40');
      await mosquitto('pub', other, '-q', '1', '-t', 'x', '-m', 'before');
      server.signal('SIGSTOP');
      const published = mosquitto('pub', other, '-q', '1', '-t', 'x', '-m', 'meanwhile');
      await wait(6000);
      server.signal('SIGCONT');
      await published;
      expect(await heard).toBe('before\nmeanwhile');
      expect([one, other].map(({ child }) => child.exitCode)).toEqual([null, null]);
    } finally {
      for (const { child } of [one, other]) child.kill('SIGKILL');
      await server.close();
    }
  },
);
