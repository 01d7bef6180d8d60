import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawClient } from '../../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../../test/conformance/mqtt/streams.ts';
import type { ConnectFields, Level } from '../../../../../test/conformance/mqtt/wire.ts';
import { follow, Publisher, Subscriber } from '../../../../../test/support/qos-peers.ts';
import { SqlitePersistence } from './sqlite-persistence.ts';

/** The broker is killed so many times, each time with its clients in the middle of their work. */
const rounds = 24;
const windowSize = 40;

let folder = '';
let file = '';
let child: ChildProcess | undefined;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'kill-'));
  file = path.join(folder, 'broker.db');
});
afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function startBroker(): Promise<number> {
  const started = spawn(process.execPath, [`${import.meta.dirname}/../cli/cli.ts`, '--port', '0', '--persist', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  let printed = '';
  let complaint = '';
  started.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  for await (const text of started.stdout.setEncoding('utf8')) {
    printed += text as string;
    const found = /:(\d+)\n/.exec(printed);
    if (found) {
      expect(complaint).toBe('');
      return Number(found[1]);
    }
  }
  throw new Error(`The broker did not start. ${complaint}`);
}

async function killBroker(): Promise<void> {
  const killed = child as ChildProcess;
  const exit = once(killed, 'close');
  killed.kill('SIGKILL');
  await exit;
}

async function enter(port: number, level: Level, fields: ConnectFields): Promise<RawClient> {
  const client = new RawClient(await dialTcp(port), level);
  await client.connect(fields);
  return client;
}

const kept = (clientId: string, level: Level): ConnectFields => ({
  clientId,
  clean: false,
  ...(level === 5 ? { properties: [['sessionExpiryInterval', 0xffff_ffff]] } : {}),
});

it(`loses nothing it acknowledged and delivers QoS 2 exactly once, killed ${rounds} times`, { timeout: 300_000, retry: 0 }, async () => {
  const exact = new Publisher(2, 5, 'q2', windowSize);
  const atLeast = new Publisher(1, 4, 'q1', windowSize);
  const away = new Subscriber();
  const awayOnce = new Subscriber();
  const present = new Subscriber();
  const wills: string[] = [];

  let port = await startBroker();
  for (const [id, level] of [
    ['away', 4],
    ['away-once', 5],
    ['present', 5],
  ] as const) {
    const client = await enter(port, level, kept(id, level));
    await client.subscribe(
      id === 'away'
        ? [
            { filter: 'q1', qos: 1 },
            { filter: 'will', qos: 1 },
          ]
        : { filter: 'q2', qos: 2 },
    );
    client.drop();
  }

  for (let round = 1; round <= rounds; round += 1) {
    const will = `will-${round}`;
    await enter(port, 4, { clientId: 'doomed', will: { topic: 'will', payload: will, qos: 1 } });
    wills.push(will);
    const stateful = await enter(port, 5, kept('once', 5));
    const stateless = await enter(port, 4, { clientId: 'at-least' });
    const listener = await enter(port, 5, kept('present', 5));
    exact.resume(stateful);
    atLeast.resume(stateless);
    const retained = await enter(port, 4, { clientId: 'retainer' });
    await retained.publish({ topic: 'state', payload: `${round}`, qos: 1, retain: true });

    const takenBefore = exact.taken.length + atLeast.taken.length;
    const enough = takenBefore + 1 + Math.floor(Math.random() * 400);
    const isEnough = (): boolean => exact.taken.length + atLeast.taken.length >= enough;
    let kill = (): void => undefined;
    const killed = new Promise<void>((resolve) => (kill = resolve)).then(killBroker);
    const work = Promise.all([
      follow(listener, (packet) => present.handle(listener, packet)),
      follow(stateful, (packet) => {
        exact.handle(stateful, packet);
        exact.fill(stateful);
        if (isEnough()) kill();
      }),
      follow(stateless, (packet) => {
        atLeast.handle(stateless, packet);
        atLeast.fill(stateless);
        if (isEnough()) kill();
      }),
    ]);
    exact.fill(stateful);
    atLeast.fill(stateless);
    await Promise.all([killed, work]);

    port = await startBroker();
    const reader = await enter(port, 4, { clientId: 'reader' });
    await reader.subscribe('state');
    expect(await reader.receive()).toMatchObject({ payload: Buffer.from(`${round}`), retain: true });
    reader.drop();
    // Every other time, so that what waits outlives more than one crash.
    if (round % 2 === 1) continue;
    const first = await enter(port, 4, kept('away', 4));
    expect(first.connack?.sessionPresent).toBe(true);
    await away.drain(first, [...atLeast.taken, ...wills]);
    first.drop();
    const second = await enter(port, 5, kept('away-once', 5));
    await awayOnce.drain(second, exact.taken);
    second.drop();
  }

  // The last exchanges come to their end.
  const stateful = await enter(port, 5, kept('once', 5));
  exact.resume(stateful);
  await follow(
    stateful,
    (packet) => exact.handle(stateful, packet),
    () => exact.isIdle,
  );
  for (const [id, subscriber] of [
    ['away-once', awayOnce],
    ['present', present],
  ] as const) {
    const client = await enter(port, 5, kept(id, 5));
    await subscriber.drain(client, exact.taken);
    await client.disconnect();
    expect(subscriber.received.toSorted()).toEqual(exact.taken.toSorted());
  }
  expect(new Set(exact.taken).size).toBe(exact.taken.length);
  expect(exact.taken.length).toBeGreaterThan(rounds);

  const last = child as ChildProcess;
  const exit = once(last, 'close');
  last.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  // Nothing is left over that could come again, but for the reader that was away.
  const persistence = new SqlitePersistence({ file });
  const left = { deliveries: 0, incoming: 0 };
  const { problem } = await persistence.load(({ deliveries, incoming }) => {
    left.deliveries += deliveries.filter(({ qos }) => qos === 2).length;
    left.incoming += incoming.length;
  });
  await persistence.close();
  expect({ problem, ...left }).toEqual({ problem: null, deliveries: 0, incoming: 0 });
});
