import { Duplex } from 'node:stream';
import type { FaultEnding } from '../../../../shared/broker/faults/fault-rules.ts';
import type { ConnectionInfo, Refusal } from '../broker-engine.ts';
import type { FaultHost } from './fault-host.ts';
import type { FaultLink } from './fault-link.ts';
import type { FaultPlan } from './fault-plan.ts';
import { PacketFramer } from './packet-framer.ts';
import { resetStream } from './reset-stream.ts';

const largestPacket = 268_435_460;
/** Bytes that may wait for the client before the engine is asked to wait. */
const mostWaitingBytes = 1_048_576;
/** For the client to take what was sent and to close its side. */
const lingerMs = 3000;

export interface FaultyStreamOptions {
  readonly stream: Duplex;
  readonly info: ConnectionInfo;
  readonly plan: FaultPlan;
  readonly onRefused: (refusal: Refusal) => void;
}

/**
 * A connection for an engine that knows nothing of faults: what it reads and writes has been through the rules. `null` where no fault can be for it.
 * Only for connections that come while faults are on.
 */
export function faultyStream(options: FaultyStreamOptions): Duplex | null {
  const host = new StreamHost(options);
  const link = options.plan.open(host);
  return link === null ? null : new FaultyStream(options.stream, host, link);
}

/** What is known of a connection without its engine. */
class StreamHost implements FaultHost {
  readonly clientId = null;
  /** aedes speaks no other. */
  readonly level = 4;
  readonly packetLimit = largestPacket;
  readonly isBetweenPackets = true;
  readonly #options: FaultyStreamOptions;
  upper: FaultyStream | undefined;
  isLinked = true;

  constructor(options: FaultyStreamOptions) {
    this.#options = options;
  }

  get listener(): string | undefined {
    return this.#options.info.listener;
  }

  write(bytes: Uint8Array): void {
    if (this.#options.stream.writable) this.#options.stream.write(bytes);
  }

  deliver(bytes: Uint8Array): void {
    this.upper?.deliver(bytes);
  }

  setReading(isReading: boolean): void {
    if (isReading) this.#options.stream.resume();
    else this.#options.stream.pause();
  }

  madeRoom(): void {
    this.upper?.madeRoom();
  }

  close({ how }: FaultEnding): void {
    // DISCONNECT of a server is known to MQTT 5 only.
    if (how === 'reset') resetStream(this.#options.stream);
    else this.leave();
    this.upper?.destroy();
  }

  leave(): void {
    const { stream } = this.#options;
    if (stream.destroyed) return;
    stream.end();
    stream.resume();
    const timer = setTimeout(() => stream.destroy(), lingerMs);
    stream.once('close', () => clearTimeout(timer));
  }

  tap(): void {
    // aedes shows no packets.
  }

  refused(clientId: string | null, reason: string): void {
    const { info, onRefused } = this.#options;
    const { transport, address, listener } = info;
    onRefused({ clientId, transport, address, ...(listener === undefined ? {} : { listener }), reason });
  }

  unlink(): void {
    this.isLinked = false;
  }
}

/** The engine's side of such a connection. */
class FaultyStream extends Duplex {
  readonly #stream: Duplex;
  readonly #host: StreamHost;
  readonly #link: FaultLink;
  /** The engine may write parts of packets. */
  readonly #framer = new PacketFramer(largestPacket);
  #written: (() => void) | null = null;

  constructor(stream: Duplex, host: StreamHost, link: FaultLink) {
    super();
    this.#stream = stream;
    this.#host = host;
    this.#link = link;
    host.upper = this;
    stream.on('data', (chunk: Buffer) => this.#read(chunk));
    stream.on('drain', () => this.madeRoom());
    stream.on('end', () => link.inputEnded(() => this.#inputEnded()));
    stream.on('error', () => stream.destroy());
    stream.on('close', () =>
      link.inputEnded(() => {
        link.closed();
        this.destroy();
      }),
    );
  }

  /** A bug in there costs this connection. */
  #read(chunk: Buffer): void {
    try {
      if (this.#host.isLinked) this.#link.read(chunk);
      else this.deliver(chunk);
    } catch (error) {
      this.#stream.destroy(error instanceof Error ? error : undefined);
    }
  }

  #inputEnded(): void {
    if (!this.destroyed && !this.readableEnded) this.push(null);
  }

  deliver(bytes: Uint8Array): void {
    if (!this.destroyed && !this.push(bytes)) this.#stream.pause();
  }

  /** Less waits for the client: the engine may go on. */
  madeRoom(): void {
    const written = this.#written;
    if (written === null || this.#isBackedUp) return;
    this.#written = null;
    written();
  }

  get #isBackedUp(): boolean {
    return !this.#stream.destroyed && (this.#stream.writableNeedDrain || this.#link.heldBytes > mostWaitingBytes);
  }

  override _read(): void {
    if (!this.#host.isLinked || !this.#link.keepsPaused) this.#stream.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#framer.push(chunk);
    for (let packet = this.#framer.next(); packet !== undefined; packet = this.#framer.next()) {
      if (this.#host.isLinked) this.#link.send(packet);
      else this.#host.write(packet);
    }
    if (this.#framer.isRaw) this.#host.write(this.#framer.takeRest());
    if (this.#isBackedUp) this.#written = done;
    else done();
  }

  override _final(done: () => void): void {
    this.#end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#end();
    done(error);
  }

  /** What was sent before still goes its way. */
  #end(): void {
    const leave = (): void => this.#host.leave();
    if (this.#host.isLinked) this.#link.ending(this.#stream.destroyed || this.#stream.readableEnded, leave);
    else leave();
  }
}
