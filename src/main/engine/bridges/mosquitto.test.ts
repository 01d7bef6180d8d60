import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasMosquitto, startMosquitto, type BrokerProcess } from '../../../../test/conformance/mqtt/broker-process.ts';
import { onPath } from '../../../../tools/system.ts';
import { interceptSchema } from '../../../shared/contract/broker-intercepts.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { createIntercepts } from './intercept/intercepts.ts';
import { bridge, closeAll, closers, device, until, workbenchBroker } from '../../../../test/support/bridge-bench.ts';
import { needs } from '../../../../test/support/needs.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bridge-mosquitto-'));
});
afterEach(async () => {
  await closeAll();
  rmSync(folder, { recursive: true, force: true });
});

/** mosquitto and its clients are installed. */
const hasClients = hasMosquitto() && onPath('mosquitto_sub') !== undefined && onPath('mosquitto_pub') !== undefined;
const lines = ['allow_anonymous true', 'persistence true', 'persistence_location {folder}/', 'max_queued_messages 100000'];

async function mosquitto(port?: number, more: readonly string[] = []): Promise<BrokerProcess> {
  const place = port === undefined ? undefined : { port, folder };
  const broker = await startMosquitto(
    [...lines, ...more].map((line) => line.replaceAll('{folder}', folder)),
    {},
    [],
    place,
  );
  closers.push(() => broker.stop());
  return broker;
}

function run(program: string, args: readonly string[]): { child: ChildProcess; lines: string[]; ended: Promise<unknown> } {
  const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const printed: string[] = [];
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    printed.push(...parts);
  });
  const ended = once(child, 'close');
  closers.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, lines: printed, ended };
}

describe('an intercept before mosquitto', () => {
  needs(hasClients, 'mosquitto and its clients are not installed');

  test.each(['mqttv311', 'mqttv5'])('mosquitto_pub and mosquitto_sub with %s do not notice', async (version) => {
    const broker = await mosquitto();
    const messages: MessageRecord[] = [];
    const intercepts = createIntercepts({
      intercepts: [
        interceptSchema.parse({
          id: 'i',
          name: 'i',
          listener: { kind: 'tcp', id: 'i', port: 0 },
          remote: { kind: 'address', uri: `mqtt://127.0.0.1:${broker.port}` },
        }),
      ],
      connections: { access: () => Promise.reject(new CodedError('not-found')) },
      fill: async (profile, secrets) => ({ profile, secrets, hide: (text) => text }),
      password: async () => undefined,
      now: Date.now,
      onMessages: (_id, records) => messages.push(...records),
    });
    closers.push(() => intercepts.close());
    await intercepts.start('i');
    const port = /:(\d+)$/.exec(intercepts.statuses()[0]?.url ?? '')?.[1] ?? '';
    const at = ['-h', '127.0.0.1', '-p', port, '-V', version];
    const subscriber = run('mosquitto_sub', [...at, '-i', 'sub', '-t', 'lab/#', '-q', '2', '-v']);
    await until(() => intercepts.connections('i')?.rows.some(({ clientId }) => clientId === 'sub'));
    const size = 300_000;
    const publisher = run('mosquitto_pub', [...at, '-i', 'pub', '-t', 'lab/a', '-q', '2', '-m', 'x'.repeat(100_000)]);
    await publisher.ended;
    expect(publisher.child.exitCode).toBe(0);
    await run('mosquitto_pub', [...at, '-i', 'pub', '-t', 'lab/b', '-q', '1', '-m', 'last']).ended;
    await until(() => subscriber.lines.includes('lab/b last'));
    expect(subscriber.lines[0]?.length).toBe('lab/a '.length + 100_000);
    expect(messages.map(({ topic, direction, publisher: from, qos }) => `${direction} ${topic} ${from} ${qos}`).toSorted()).toEqual([
      'in lab/a pub 2',
      'in lab/b pub 1',
      'out lab/a null 2',
      'out lab/b null 1',
    ]);
    expect(intercepts.connections('i')?.rows.every(({ violation }) => violation === null)).toBe(true);
    expect(intercepts.statuses()).toMatchObject([{ unread: 0, failed: 0, total: 3 }]);
    expect(intercepts.statuses()[0]?.bytesToRemote).toBeLessThan(size);
    // It dies: so do the connections, and the page says why.
    await broker.stop();
    await until(() => intercepts.statuses()[0]?.open === 0);
    expect(intercepts.statuses()[0]?.problem?.message).toMatch(/remote broker/);
  });
});

describe('mosquitto at the other end of a bridge', () => {
  needs(hasClients, 'mosquitto and its clients are not installed');

  test.each(['5', '3.1.1'] as const)('both ways with MQTT %s, through its restart, nothing of QoS 1 is lost and nothing goes round', async (version) => {
    const first = await mosquitto();
    const { port } = first;
    await first.stop();
    let remote = await mosquitto(port);
    const local = await workbenchBroker();
    const { status, connected } = bridge(local, port, { version, rules: [{ direction: 'both', filter: 't/#', qos: 1 }] });
    const near = await device(local.port, ['t/far/#']);
    await connected();
    expect(status().guard).toBe(version === '5' ? 'no-local' : 'private');
    const far = run('mosquitto_sub', ['-h', '127.0.0.1', '-p', String(port), '-V', 'mqttv311', '-i', 'far', '-c', '-q', '1', '-t', 't/near']);
    await until(async () => {
      await near.publish('t/near', 'ready');
      return far.lines.includes('ready');
    });
    const wanted = Array.from({ length: 300 }, (_, at) => `m${at}`);
    for (const [at, text] of wanted.entries()) {
      await near.publish('t/near', text);
      if (at === 100) await remote.stop();
      if (at === 200) remote = await mosquitto(port);
    }
    await until(() => status().phase === 'connected' && status().queued === 0);
    await until(() => wanted.every((text) => far.lines.includes(text)));
    const publisher = run('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), '-q', '1', '-t', 't/far/x', '-m', 'back']);
    await publisher.ended;
    await until(() => near.messages.length > 0);
    expect(near.texts()).toEqual(['t/far/x=back']);
    expect(status()).toMatchObject({ dropped: 0, refused: 0, messagesIn: 1 });
    expect(status().messagesOut).toBeGreaterThanOrEqual(301);
  });

  test('mosquitto’s own bridge, with its mark, brings to the workbench and takes from it', async () => {
    const local = await workbenchBroker();
    const near = await device(local.port, ['t/#']);
    const broker = await mosquitto(undefined, [
      'connection wb',
      `address 127.0.0.1:${local.port}`,
      'topic t/# both 1',
      'notifications false',
      'restart_timeout 1',
    ]);
    await until(() => local.broker.engine.clients().length === 2);
    const far = run('mosquitto_sub', ['-h', '127.0.0.1', '-p', String(broker.port), '-q', '1', '-t', 't/#', '-v']);
    await until(async () => {
      await near.publish('t/probe', 'p');
      return far.lines.length > 0;
    });
    const before = near.messages.length;
    await run('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(broker.port), '-q', '1', '-t', 't/x', '-m', 'once']).ended;
    await until(() => near.texts().includes('t/x=once'));
    await near.publish('t/end', 'e');
    await until(() => far.lines.includes('t/end e'));
    expect(
      near
        .texts()
        .slice(before)
        .filter((text) => text === 't/x=once'),
    ).toHaveLength(1);
    expect(far.lines.filter((line) => line === 't/x once')).toHaveLength(1);
  });
});
