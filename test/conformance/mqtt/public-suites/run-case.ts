import type { Duplex } from 'node:stream';
import { packetLength } from '../read-packet.ts';
import { dialTcp } from '../streams.ts';
import { ack, connect, pingreq, publish, type Level } from '../wire.ts';
import type { PacketCase, Step } from './packet-cases.ts';

/**
 * `strict`: the very bytes. `loose`: packets of the same types in the same order, and the same end (open or closed); a broker that
 * closes without the last words it may say (DISCONNECT, or CONNACK with an error: §4.13) has the same end.
 */
type Verdict = 'strict' | 'loose' | 'failed';

export interface CaseResult {
  readonly key: string;
  readonly version: number;
  readonly verdict: Verdict;
  /** Where it went wrong; empty unless it failed. */
  readonly reason: string;
  /** Hexadecimal, one packet after the other, and `closed` or `open`. */
  readonly expected: readonly string[];
  readonly received: readonly string[];
}

/** mosquitto's own runner waits two seconds as well. */
const patienceMs = 2000;

export async function runCase(port: number, one: PacketCase): Promise<CaseResult> {
  const wire = new Wire(await dialTcp(port));
  const expected: string[] = [];
  let strict = true;
  let reason = '';
  try {
    if (one.connect) await handshake(wire, one);
    for (const step of one.steps) {
      if (wire.endedSilently) throw new Error('the connection was closed too early');
      if (step.kind === 'send') wire.send(step.bytes);
      else if (step.kind === 'publish') await publishFromOutside(port, step);
      else {
        expected.push(step.bytes.toString('hex'));
        strict = (await receive(wire, step.bytes)) && strict;
      }
    }
    expected.push(one.endsClosed ? 'closed' : 'open');
    await (one.endsClosed ? endsClosed(wire) : staysOpen(wire));
  } catch (error) {
    reason = (error as Error).message;
  }
  wire.close();
  const verdict: Verdict = reason !== '' ? 'failed' : strict ? 'strict' : 'loose';
  return { key: one.key, version: one.version, verdict, reason, expected, received: wire.log };
}

async function handshake(wire: Wire, { key, version }: PacketCase): Promise<void> {
  const properties = version === 5 ? ([['receiveMaximum', 20]] as const) : [];
  wire.send(connect(version as Level, { clientId: key, keepAliveSeconds: 60, properties }));
  const connack = await wire.next();
  wire.log.length = 0;
  if (connack?.[0] !== 0x20 || connack[3] !== 0) throw new Error(`CONNECT was answered with ${connack?.toString('hex') ?? 'the end of the connection'}`);
}

/** Whether the bytes were the same. */
async function receive(wire: Wire, expected: Buffer): Promise<boolean> {
  const packet = await wire.next();
  if (!packet) {
    if (!isRefusal(expected)) throw new Error('the connection was closed instead of an answer');
    wire.endedSilently = true;
    return false;
  }
  if (packet[0] === undefined || packet[0] >> 4 !== (expected[0] ?? 0) >> 4) throw new Error('a packet of another type was received');
  return packet.equals(expected);
}

/** The remaining length of what is expected takes one byte. */
function isRefusal(expected: Buffer): boolean {
  return expected[0] === 0xe0 || (expected[0] === 0x20 && expected[3] !== 0);
}

async function endsClosed(wire: Wire): Promise<void> {
  if (wire.endedSilently) return;
  if (await wire.next('the end of the connection')) throw new Error('a further packet was received');
}

async function staysOpen(wire: Wire): Promise<void> {
  wire.send(pingreq);
  const answer = await wire.next();
  if (!answer) throw new Error('the connection was closed');
  if (answer.toString('hex') !== 'd000') throw new Error('a further packet was received');
  wire.log.splice(-1, 1, 'open');
}

async function publishFromOutside(port: number, { topic, qos, retain, payload }: Step & { readonly kind: 'publish' }): Promise<void> {
  const wire = new Wire(await dialTcp(port));
  wire.send(connect(4, { clientId: 'helper', keepAliveSeconds: 60 }));
  await wire.next();
  wire.send(publish(4, { topic, qos, retain, payload, id: 1 }));
  if (qos > 0) await wire.next();
  if (qos > 1) {
    wire.send(ack('pubrel', 1));
    await wire.next();
  }
  wire.close();
}

/** Packets as they come, unread: a case may make a broker send anything. */
class Wire {
  /** What was received, as {@link CaseResult.received}. */
  readonly log: string[] = [];
  /** Closed where the last words were expected. */
  endedSilently = false;
  readonly #stream: Duplex;
  #data = Buffer.alloc(0);
  #closed = false;
  #wake = (): void => undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => {
      this.#data = Buffer.concat([this.#data, chunk]);
      this.#wake();
    });
    stream.on('error', () => undefined);
    stream.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  send(bytes: Buffer): void {
    this.#stream.write(bytes);
  }

  close(): void {
    this.#stream.destroy();
  }

  /** The next packet, or `null` when the broker closed first. */
  async next(wanted = 'a packet'): Promise<Buffer | null> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const length = packetLength(this.#data);
      if (length !== null && this.#data.length >= length) {
        const packet = this.#data.subarray(0, length);
        this.#data = this.#data.subarray(length);
        this.log.push(packet.toString('hex'));
        return packet;
      }
      if (this.#closed) {
        this.log.push('closed');
        return null;
      }
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`${wanted} did not come within ${patienceMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
