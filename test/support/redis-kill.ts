import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { expect } from 'vitest';
import { projectFolder } from '../../tools/project.ts';
import { RawClient } from '../conformance/mqtt/raw-client.ts';
import { dialTcp } from '../conformance/mqtt/streams.ts';
import { connect, pingreq, type ConnectFields, type Level } from '../conformance/mqtt/wire.ts';
import { follow, Publisher, Subscriber } from './qos-peers.ts';
import { RedisServer } from './redis-server.ts';

const windowSize = 20;

export interface ClusteredBroker {
  readonly child: ChildProcess;
  readonly port: number;
}

/** The broker alone, in a process of its own, with a Redis it shares. */
export async function startClusteredBroker(url: string, ...options: readonly string[]): Promise<ClusteredBroker> {
  const cli = path.join(projectFolder, 'src/main/engine/broker/cli/cli.ts');
  const child = spawn(process.execPath, [cli, '--port', '0', '--redis', url, '--redis-lease', '0.6', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  let printed = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    printed += text as string;
    const found = /:(\d+)\n/.exec(printed);
    if (found !== null) return { child, port: Number(found[1]) };
  }
  throw new Error(`The broker did not start. ${complaint}`);
}

/** A client that waits for its session to come from a dead broker. */
async function enter(port: number, level: Level, fields: ConnectFields): Promise<RawClient> {
  const client = new RawClient(await dialTcp(port), level);
  client.send(connect(level, fields));
  client.connack = await client.expectPacket('connack', 30_000);
  expect(client.connack.code).toBe(0);
  return client;
}

const kept = (clientId: string): ConnectFields => ({ clientId, clean: false, properties: [['sessionExpiryInterval', 0xffff_ffff]] });

/** Each message comes to one of them. */
async function drainTogether(clients: readonly RawClient[], subscribers: readonly Subscriber[], wanted: number): Promise<void> {
  const isDone = (): boolean => subscribers.reduce((sum, { received }) => sum + received.length, 0) >= wanted;
  // Whoever gets nothing more looks again with each answer.
  const timer = setInterval(() => clients.forEach((client) => client.send(pingreq)), 100);
  try {
    await Promise.all(clients.map((client, at) => follow(client, (packet) => subscribers[at]?.handle(client, packet), isDone)));
    for (const [at, client] of clients.entries()) await subscribers[at]?.drain(client, []);
  } finally {
    clearInterval(timer);
  }
}

/**
 * One of two brokers is killed in the middle of the work, again and again, and all clients go to the other: nothing that was acknowledged may be
 * lost, QoS 2 comes once, and so do wills.
 */
export async function killBrokersOfRedis(rounds: number): Promise<void> {
  const server = await RedisServer.start();
  const brokers: ClusteredBroker[] = [];
  const startBroker = async (): Promise<ClusteredBroker> => {
    const broker = await startClusteredBroker(server.url);
    brokers.push(broker);
    return broker;
  };
  try {
    const exact = new Publisher(2, 5, 'q2', windowSize);
    const atLeast = new Publisher(1, 5, 'q1', windowSize);
    const exactReader = new Subscriber();
    const atLeastReader = new Subscriber();
    const awayReader = new Subscriber();
    const wills: string[] = [];

    let doomed = await startBroker();
    let other = await startBroker();
    for (const [id, filters] of [
      ['exact-reader', ['q2']],
      ['at-least-reader', ['q1']],
      ['away-reader', ['q2', 'wills']],
    ] as const) {
      const client = await enter(doomed.port, 5, kept(id));
      await client.subscribe(filters.map((filter) => ({ filter, qos: 2 as const })));
      await client.disconnect();
    }

    const shares = [new Subscriber(), new Subscriber()] as const;
    for (const [at, { port }] of [doomed, other].entries()) {
      const client = await enter(port, 5, kept(`share-${at}`));
      await client.subscribe({ filter: '$share/both/q2', qos: 2 });
      await client.disconnect();
    }

    for (let round = 1; round <= rounds; round += 1) {
      // Publishers at the one that dies and readers at the other, and the other way round.
      const [atDoomed, atOther] = [doomed.port, other.port];
      const isSwapped = round % 2 === 0;
      const will = `will-${round}`;
      const lost = await enter(atDoomed, 5, { clientId: `lost-${round}`, will: { topic: 'wills', payload: will, qos: 2 } });
      wills.push(will);
      const clients = {
        exact: await enter(isSwapped ? atOther : atDoomed, 5, kept('exact')),
        atLeast: await enter(isSwapped ? atOther : atDoomed, 5, { clientId: 'at-least' }),
        exactReader: await enter(isSwapped ? atDoomed : atOther, 5, kept('exact-reader')),
        atLeastReader: await enter(isSwapped ? atDoomed : atOther, 5, kept('at-least-reader')),
      };
      exact.resume(clients.exact);
      atLeast.resume(clients.atLeast);
      const enough = exact.taken.length + atLeast.taken.length + 100 + Math.floor(Math.random() * 300);
      let stop = (): void => undefined;
      const dead = new Promise<void>((resolve) => (stop = resolve)).then(async () => {
        const exit = once(doomed.child, 'exit');
        doomed.child.kill('SIGKILL');
        await exit;
        // Those at the broker that lives go as well.
        for (const client of Object.values(clients)) client.drop();
        lost.drop();
      });
      const work = Promise.all([
        follow(clients.exactReader, (packet) => exactReader.handle(clients.exactReader, packet)),
        follow(clients.atLeastReader, (packet) => atLeastReader.handle(clients.atLeastReader, packet)),
        follow(clients.exact, (packet) => {
          exact.handle(clients.exact, packet);
          exact.fill(clients.exact);
          if (exact.taken.length + atLeast.taken.length >= enough) stop();
        }),
        follow(clients.atLeast, (packet) => {
          atLeast.handle(clients.atLeast, packet);
          atLeast.fill(clients.atLeast);
          if (exact.taken.length + atLeast.taken.length >= enough) stop();
        }),
      ]);
      exact.fill(clients.exact);
      atLeast.fill(clients.atLeast);
      await Promise.all([dead, work]);
      doomed = other;
      other = await startBroker();
    }

    const [last, first] = [await enter(other.port, 5, kept('exact')), await enter(doomed.port, 5, kept('exact-reader'))];
    exact.resume(last);
    await follow(
      last,
      (packet) => exact.handle(last, packet),
      () => exact.isIdle,
    );
    await exactReader.drain(first, exact.taken);
    const second = await enter(other.port, 5, kept('at-least-reader'));
    await atLeastReader.drain(second, atLeast.taken);
    const third = await enter(other.port, 5, kept('away-reader'));
    await awayReader.drain(third, [...exact.taken, ...wills]);
    expect(exactReader.received.toSorted()).toEqual(exact.taken.toSorted());
    expect(awayReader.received.toSorted()).toEqual([...exact.taken, ...wills].toSorted());
    const members = [await enter(doomed.port, 5, kept('share-0')), await enter(other.port, 5, kept('share-1'))] as const;
    await drainTogether(members, shares, exact.taken.length);
    expect(shares.flatMap(({ received }) => received).toSorted()).toEqual(exact.taken.toSorted());
    expect(exact.taken.length).toBeGreaterThan(rounds * 10);
  } finally {
    for (const { child } of brokers) child.kill('SIGKILL');
    await server.close();
  }
}
