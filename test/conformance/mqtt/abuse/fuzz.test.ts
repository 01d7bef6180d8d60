import process from 'node:process';
import { expect, it } from 'vitest';
import { BrokerCore } from '../../../../src/main/engine/broker/core/broker-core.ts';
import type { Connection } from '../../../../src/main/engine/broker/core/connection.ts';
import { encodePacket } from '../../../../src/shared/mqtt/packet/encoder.ts';
import { mutated, relabelled } from '../../../../src/shared/mqtt/packet/packet-damage.ts';
import type { Packet } from '../../../../src/shared/mqtt/packet/packets.ts';
import { below, packetTypesOf, pick, samplePacket, seeded, type Random } from '../../../../src/shared/mqtt/packet/packet-samples.ts';
import { packetLength, readPacket } from '../read-packet.ts';
import { SyncStream, withTurns } from '../sync-stream.ts';
import type { Level } from '../wire.ts';
import { HealthyPair } from './healthy-pair.ts';
import { usedHeapMiB } from './memory.ts';

/** FUZZ_SEED=N and FUZZ_COUNT=N look elsewhere, and for longer. */
const { FUZZ_SEED: seed = '20260401', FUZZ_COUNT: count = '200000' } = process.env;
const connectionsAtOnce = 40;
const clientIds = Array.from({ length: 30 }, (_, at) => `stranger-${at}`);

/** Somebody who sends packets, most of them damaged. */
class Stranger {
  readonly name: string;
  readonly stream: SyncStream;
  readonly level: Level;
  connection: Connection | undefined;
  left = false;
  readonly #random: Random;
  /** Whether its CONNECT was in order; only then it is known how to read what it gets. */
  #sane = false;
  #connected = false;
  #unparsed = Buffer.alloc(0);
  readonly #reads: boolean;
  #last = '';

  constructor(name: string, random: Random) {
    this.name = name;
    this.#random = random;
    this.level = pick(random, [3, 4, 5, 5] as const);
    this.#reads = random() < 0.9;
    this.stream = new SyncStream(16_384, (bytes) => this.#read(bytes));
  }

  /** What it sent last, for whoever looks into a failure. */
  get last(): string {
    return this.#last;
  }

  /** The connection breaks, on its side. */
  leave(): void {
    this.left = true;
    this.stream.destroy();
  }

  /** Sends something; answers whether that was damaged. */
  act(): boolean {
    if (this.#reads) this.stream.take();
    if (!this.#connected && this.#random() < 0.7) {
      this.#connected = true;
      this.#sane = true;
      const connect = { ...this.#sample('connect'), clientId: pick(this.#random, clientIds) };
      this.#send(encodePacket(this.#random() < 0.8 ? ({ ...connect, properties: null } as Packet) : connect, this.level));
      return false;
    }
    this.#connected = true;
    const type = pick(this.#random, packetTypesOf(this.level, this.#random() < 0.1));
    const original = encodePacket(this.#sample(type), this.level);
    if (this.#sane && this.#random() < 0.4 && type !== 'connect') {
      this.#send(original);
      return false;
    }
    const changed = mutated(this.#random, original);
    this.#send(this.#random() < 0.7 ? relabelled(changed, (original[1] ?? 0) < 0x80 ? 2 : 3) : changed);
    return true;
  }

  #sample(type: Packet['type']): Packet {
    return samplePacket(this.#random, type, this.level, false);
  }

  #send(bytes: Uint8Array): void {
    this.#last = Buffer.from(bytes).toString('hex');
    const cut = this.#random() < 0.2 ? below(this.#random, bytes.length) : 0;
    if (cut > 0) this.stream.deliver(bytes.slice(0, cut));
    this.stream.deliver(bytes.slice(cut));
  }

  /** Whatever a stranger sends, what it gets is in order. */
  #read(bytes: Uint8Array): void {
    if (!this.#sane) return;
    this.#unparsed = Buffer.concat([this.#unparsed, bytes]);
    for (;;) {
      const length = packetLength(this.#unparsed);
      if (length === null || this.#unparsed.length < length) return;
      readPacket(this.#unparsed.subarray(0, length), this.level);
      this.#unparsed = this.#unparsed.subarray(length);
    }
  }
}

it(`goes on through ${count} damaged packets, with a reason for everyone it sends away`, { timeout: 300_000 }, () => {
  const random = seeded(Number(seed));
  /** By address. */
  const reasons = new Map<string, string[]>();
  const bugs: unknown[] = [];
  let nowMs = 0;
  let damaged = 0;
  let refusals = 0;
  const heaps: number[] = [];
  withTurns((turn) => {
    const settle = (): void => {
      while (turn());
    };
    const core = new BrokerCore({
      nowUs: () => nowMs * 1000,
      monotonicMs: () => nowMs,
      onBug: (error) => bugs.push(error),
      maximumPacketSize: 30_000,
      maximumConnectSize: 5000,
      maximumSessions: 100,
      maximumQueuedMessages: 200,
      maximumQueuedBytes: 500_000,
      outputLimitBytes: 100_000,
      receiveMaximum: 20,
      maximumInflight: 50,
      hooks: {
        beginAuthentication: () => ({
          step: () =>
            pick(random, [
              { kind: 'challenge', data: Uint8Array.of(1) },
              { kind: 'success', username: 'x', data: null },
              { kind: 'failure', reason: 'malformed', message: 'no' },
            ] as const),
        }),
      },
    });
    core.wheel.stop();
    core.onRefused(({ address, reason }) => {
      refusals += 1;
      reasons.get(address)?.push(reason);
    });
    const pair = new HealthyPair(core, turn);
    const strangers: Stranger[] = [];
    let arrived = 0;
    for (let round = 0; damaged < Number(count); round += 1) {
      const place = below(random, connectionsAtOnce);
      let stranger = strangers[place];
      if (!stranger || !stranger.stream.writable) {
        if (stranger) checkEnd(stranger, reasons);
        stranger?.stream.destroy();
        arrived += 1;
        strangers[place] = stranger = new Stranger(`stranger ${arrived}`, random);
        reasons.set(stranger.name, []);
        core.handle(stranger.stream.asDuplex(), { transport: 'tcp', address: stranger.name });
        stranger.connection = [...core.connections].at(-1);
      }
      if (stranger.act()) damaged += 1;
      if (random() < 0.02) stranger.leave();
      if (random() < 0.2) turn();
      if (bugs.length > 0) throw new Error(`seed ${seed}, round ${round}: ${stranger.last}`, { cause: bugs[0] });
      if (round % 50 === 0) pair.exchange();
      if (round % 500 === 0) {
        nowMs += below(random, 4000);
        while (!core.wheel.advance());
      }
      if (damaged % 50_000 === 0) heaps[damaged / 50_000] ??= usedHeapMiB();
    }
    settle();
    pair.exchange();
    expect(core.counters.connectionsRefused).toBe(refusals);
    expect(core.sessions.size).toBeLessThanOrEqual(100);
    expect(core.connections.size).toBeLessThanOrEqual(connectionsAtOnce + 2);
    // Enough came through and enough was refused to mean something.
    expect(refusals).toBeGreaterThan(damaged / 4);
    expect(core.counters.packetsReceived).toBeGreaterThan(damaged / 4);
  });
  expect((heaps.at(-1) ?? 0) - (heaps[1] ?? 0)).toBeLessThan(40);
});

function checkEnd({ name, left, last, connection }: Stranger, reasons: Map<string, string[]>): void {
  const own = reasons.get(name) ?? [];
  reasons.delete(name);
  if (left) return;
  const isOrderly = connection?.endedBy === 'client-said-goodbye' || connection?.endedBy === 'taken-over';
  if (own.length !== (isOrderly ? 0 : 1) || own[0] === '') {
    throw new Error(`seed ${seed}: ${name} was sent away (${connection?.endedBy}) for ${own.length} reasons (${own.join(' | ')}) after ${last.slice(0, 400)}`);
  }
}
