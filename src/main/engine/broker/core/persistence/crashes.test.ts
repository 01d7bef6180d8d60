import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { dialCore } from '../../../../../../test/support/core-client.ts';
import { FakePersistence } from '../../../../../../test/support/fake-persistence.ts';
import { follow, Publisher, Subscriber } from '../../../../../../test/support/qos-peers.ts';
import type { RawClient } from '../../../../../../test/conformance/mqtt/raw-client.ts';
import type { Received } from '../../../../../../test/conformance/mqtt/read-packet.ts';
import { connect } from '../../../../../../test/conformance/mqtt/wire.ts';
import { below, seeded, type Random } from '../../../../../shared/mqtt/packet/packet-samples.ts';
import { BrokerCore } from '../broker-core.ts';

/** CRASH_SEED=N plays the history of that seed alone, CRASH_COUNT=N that many from seed 1. */
const { CRASH_SEED: only, CRASH_COUNT: count = '200' } = process.env;
const seeds = only === undefined ? Array.from({ length: Number(count) }, (_, at) => at + 1) : [Number(only)];
const crashes = 6;

/** Whoever has a session that is kept: what it does with a packet, and what it does first on a connection. */
interface Peer {
  readonly clientId: string;
  begin(client: RawClient): void;
  handle(client: RawClient, packet: Received): void;
}

class World {
  kept = new FakePersistence();
  core!: BrokerCore;
  readonly #random: Random;
  readonly bugs: unknown[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  async start(): Promise<void> {
    this.core = new BrokerCore({
      nowUs: () => Date.now() * 1000,
      persistence: this.kept,
      maximumInflight: 1 + below(this.#random, 8),
      onBug: (error) => this.bugs.push(error),
    });
    await this.core.restore();
  }

  /** In one instant: what is kept stays, and nobody hears of the broker again. */
  async crash(clients: readonly RawClient[]): Promise<void> {
    const [core, lost] = [this.core, this.kept];
    this.kept = lost.copy();
    for (const client of clients) client.drop();
    lost.failure = null;
    lost.release();
    await core.close();
  }

  async enter(clientId: string): Promise<RawClient> {
    const client = dialCore(this.core, 4);
    client.send(connect(4, { clientId, clean: false }));
    await client.expectPacket('connack');
    return client;
  }

  /** Lets everything go on a little; now and then the disk is slow, full, or fine again. */
  async wander(): Promise<void> {
    for (let turns = below(this.#random, 40); turns > 0; turns -= 1) {
      await setImmediate();
      const luck = below(this.#random, 30);
      if (luck === 0) this.kept.isSlow = true;
      else if (luck <= 3) this.kept.release();
      else if (luck === 4) this.kept.failure = this.kept.failure === null ? 'the disk is full' : null;
    }
  }

  async end(): Promise<void> {
    await this.core.close();
  }
}

async function play(seed: number): Promise<void> {
  const random = seeded(seed);
  const world = new World(random);
  const exact = new Publisher(2, 4, 'exact', 5);
  const least = new Publisher(1, 4, 'least', 5);
  const once = new Subscriber();
  const again = new Subscriber();
  const publisher = (clientId: string, side: Publisher): Peer => ({
    clientId,
    begin(client) {
      side.resume(client);
      side.fill(client);
    },
    handle(client, packet) {
      side.handle(client, packet);
      side.fill(client);
    },
  });
  const subscriber = (clientId: string, side: Subscriber): Peer => ({
    clientId,
    begin: () => undefined,
    handle: (client, packet) => side.handle(client, packet),
  });
  const peers = [publisher('exact', exact), publisher('least', least), subscriber('once', once), subscriber('again', again)];

  await world.start();
  for (const [clientId, filter, qos] of [
    ['once', 'exact', 2],
    ['again', '+', 1],
  ] as const) {
    const client = await world.enter(clientId);
    await client.subscribe({ filter, qos });
    client.drop();
  }
  for (let crash = 0; crash < crashes; crash += 1) {
    const there = peers.filter(() => below(random, 4) > 0);
    const clients: RawClient[] = [];
    const work: Promise<void>[] = [];
    for (const { clientId, begin, handle } of there) {
      const client = await world.enter(clientId);
      clients.push(client);
      begin(client);
      work.push(follow(client, (packet) => handle(client, packet)));
    }
    await world.wander();
    await Promise.all([world.crash(clients), ...work]);
    await world.start();
  }

  // In the end everybody comes to rest.
  for (const [clientId, side] of [
    ['exact', exact],
    ['least', least],
  ] as const) {
    const client = await world.enter(clientId);
    side.resume(client);
    await follow(
      client,
      (packet) => side.handle(client, packet),
      () => side.isIdle,
    );
  }
  const readers = [await world.enter('once'), await world.enter('again')] as const;
  await once.drain(readers[0], exact.taken);
  await again.drain(readers[1], [...exact.taken, ...least.taken]);
  // What was sent and not acknowledged may be there as well.
  const rest = [follow(readers[0], (packet) => once.handle(readers[0], packet)), follow(readers[1], (packet) => again.handle(readers[1], packet))];
  await expect.poll(() => world.kept.deliveries.size + world.kept.messages.size + world.kept.incoming.size, { interval: 5 }).toBe(0);
  for (const reader of readers) reader.drop();
  await Promise.all(rest);
  expect(once.received.toSorted()).toEqual(exact.taken.toSorted());
  expect(world.bugs).toEqual([]);
  await world.end();
}

it(
  `loses nothing it acknowledged and delivers QoS 2 once in ${seeds.length} random histories of ${crashes} crashes each`,
  { timeout: 300_000, retry: 0 },
  async () => {
    for (const seed of seeds) {
      try {
        await play(seed);
      } catch (error) {
        throw new Error(`CRASH_SEED=${seed} plays it again.`, { cause: error });
      }
    }
  },
);
