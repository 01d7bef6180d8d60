import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { InterceptConnection } from '../../../../shared/contract/broker-intercepts.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import type { ConnectionInfo } from '../../broker/index.ts';
import { changesConnect, largestConnectBytes, readFirstPacket, rewriteConnect, unavailableConnack, type ConnectRewrite } from './rewrite-connect.ts';
import type { TrafficObserver } from './traffic-observer.ts';

/** What a device may send ahead while the remote is being reached. */
const earlyBytes = 65_536;
/** For the first packet of a device that is to be told that the remote is away. */
const answerPatienceMs = 5_000;
/** One side has ended its half, and nothing moves any more. */
const lingerMs = 30_000;
const remoteKeepAliveMs = 60_000;

export interface ForwarderOptions {
  readonly number: number;
  readonly device: Duplex;
  readonly info: ConnectionInfo;
  /** Opens the way to the remote. Rejects with a `DialFailure`. */
  readonly dial: (signal: AbortSignal) => Promise<Duplex>;
  readonly rewrite: ConnectRewrite;
  readonly unreachable: 'close' | 'unavailable';
  readonly observer: TrafficObserver;
  /** Unix ms. */
  readonly now: () => number;
  readonly onChange: () => void;
  /** The remote was not reached. */
  readonly onFailed: (problem: Problem) => void;
  /** Once; both sides are closed. */
  readonly onEnd: () => void;
}

export class DialFailure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** One connection of a device and its own to the remote broker. Bytes pass as they come, each side at the pace of the other; the end of one is the end of the other. */
export class Forwarder {
  readonly number: number;
  readonly #options: ForwarderOptions;
  readonly #device: Duplex;
  readonly #dialling = new AbortController();
  readonly #since: number;
  #remote: Duplex | null = null;
  #state: InterceptConnection['state'] = 'connecting';
  /** What came before it could be sent on; `null`: it is on its way. */
  #early: Uint8Array[] | null = [];
  #earlySize = 0;
  /** With fewer bytes nothing more is known of the first packet. */
  #needed = 0;
  #deviceEnded = false;
  #toRemote = 0;
  #toDevice = 0;
  #note: string | null = null;
  #reason: Problem | null = null;
  #endedAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #failure: Problem | null = null;

  constructor(options: ForwarderOptions) {
    const { device } = options;
    this.number = options.number;
    this.#options = options;
    this.#device = device;
    this.#since = options.now();
    // Each half ends on its own, as it does between the two themselves.
    device.allowHalfOpen = true;
    device.on('data', (chunk: Uint8Array) => this.#fromDevice(chunk));
    device.on('end', () => this.#deviceEnd());
    device.on('error', (error: NodeJS.ErrnoException) => this.#broken('device', error));
    device.on('close', () => this.#closed('device'));
    device.on('drain', () => this.#remote?.resume());
    void this.#dial();
  }

  get isOver(): boolean {
    return this.#state === 'closed';
  }

  snapshot(): InterceptConnection {
    const { info, observer } = this.#options;
    return {
      number: this.number,
      address: info.address,
      transport: info.transport,
      clientId: observer.clientId,
      version: observer.version,
      state: this.#state,
      since: this.#since,
      endedAt: this.#endedAt,
      bytesToRemote: this.#toRemote,
      bytesToDevice: this.#toDevice,
      pendingBytes: this.#earlySize + this.#device.writableLength + (this.#remote?.writableLength ?? 0),
      askedAt: this.#state === 'closed' ? null : observer.askedAt,
      violation: observer.violation ?? this.#note,
      reason: this.#reason,
    };
  }

  /** Ends both sides now. */
  end(reason: Problem): void {
    this.#because(reason);
    this.#dialling.abort();
    this.#device.destroy();
    this.#remote?.destroy();
  }

  async #dial(): Promise<void> {
    const { dial, onFailed } = this.#options;
    try {
      const remote = await dial(this.#dialling.signal);
      if (this.#device.destroyed) {
        // What it still has to say goes to nobody.
        remote.on('error', () => undefined);
        remote.destroy();
      } else this.#open(remote);
    } catch (error) {
      if (this.#dialling.signal.aborted || this.#device.destroyed) return;
      const problem = error instanceof DialFailure ? error.problem : { code: 'internal', message: error instanceof Error ? error.message : String(error) };
      this.#failure = problem;
      this.#because(problem);
      onFailed(problem);
      this.#refuse();
    }
  }

  /** The remote cannot be reached: the device's connection ends as that to the remote did, or with an answer before. */
  #refuse(): void {
    if (this.#options.unreachable === 'close' || this.#deviceEnded) return reset(this.#device);
    if (this.#earlySize > 0 && this.#earlySize < this.#needed) return;
    const first = readFirstPacket(Buffer.concat(this.#early ?? []));
    if (first.kind === 'other') return reset(this.#device);
    if (first.kind === 'incomplete') {
      this.#needed = first.needed;
      this.#timer ??= setTimeout(() => reset(this.#device), answerPatienceMs);
      this.#device.resume();
      return;
    }
    clearTimeout(this.#timer);
    // What else it sends is read and forgotten: with unread bytes the system would reset the connection, and the answer might be lost.
    this.#early = [];
    this.#earlySize = 0;
    this.#device.resume();
    this.#device.end(unavailableConnack(first.packet));
    this.#timer = setTimeout(() => this.#device.destroy(), answerPatienceMs);
  }

  #open(remote: Duplex): void {
    this.#remote = remote;
    remote.allowHalfOpen = true;
    if (remote instanceof net.Socket) remote.setKeepAlive(true, remoteKeepAliveMs);
    remote.on('data', (chunk: Uint8Array) => this.#fromRemote(chunk));
    remote.on('end', () => this.#remoteEnd());
    remote.on('error', (error: NodeJS.ErrnoException) => this.#broken('remote', error));
    remote.on('close', () => this.#closed('remote'));
    remote.on('drain', () => {
      if (this.#early === null) this.#device.resume();
    });
    this.#state = 'open';
    this.#options.onChange();
    this.#sendEarly();
  }

  #fromDevice(chunk: Uint8Array): void {
    this.#options.observer.fromDevice(chunk);
    if (this.#early === null) return this.#toRemoteSide(chunk);
    this.#early.push(chunk);
    this.#earlySize += chunk.length;
    if (this.#failure) {
      if (this.#device.writableEnded) this.#early = [];
      else this.#refuse();
    } else if (this.#remote) this.#sendEarly();
    else if (this.#earlySize >= (changesConnect(this.#options.rewrite) ? largestConnectBytes : earlyBytes)) this.#device.pause();
    this.#options.onChange();
  }

  /** Sends what had to wait; CONNECT as it is to be. */
  #sendEarly(): void {
    const { rewrite } = this.#options;
    if (this.#earlySize < this.#needed && !this.#deviceEnded) return;
    let bytes: Uint8Array = Buffer.concat(this.#early ?? []);
    if (changesConnect(rewrite)) {
      const first = readFirstPacket(bytes);
      if (first.kind === 'incomplete' && bytes.length < largestConnectBytes && !this.#deviceEnded) {
        this.#needed = first.needed;
        return this.#goOn();
      }
      if (first.kind === 'connect') {
        const changed = rewriteConnect(first.packet, rewrite);
        if (typeof changed === 'string') this.#note = `CONNECT went on unchanged: ${changed}`;
        else bytes = Buffer.concat([changed, bytes.subarray(first.length)]);
      } else this.#note = `CONNECT went on unchanged: ${first.kind === 'other' ? first.why : 'it is too large'}.`;
    }
    this.#early = null;
    this.#earlySize = 0;
    this.#goOn();
    if (bytes.length > 0) this.#toRemoteSide(bytes);
    if (this.#deviceEnded) this.#remote?.end();
  }

  #goOn(): void {
    if (this.#device.isPaused()) this.#device.resume();
  }

  #toRemoteSide(chunk: Uint8Array): void {
    const remote = this.#remote;
    if (!remote?.writable) return;
    this.#toRemote += chunk.length;
    if (!remote.write(chunk)) this.#device.pause();
    this.#options.onChange();
  }

  #fromRemote(chunk: Uint8Array): void {
    this.#options.observer.fromRemote(chunk);
    this.#toDevice += chunk.length;
    if (this.#device.writable && !this.#device.write(chunk)) this.#remote?.pause();
    this.#options.onChange();
  }

  #deviceEnd(): void {
    this.#deviceEnded = true;
    if (this.#failure) return void this.#device.end();
    this.#because({ code: 'device-closed', message: 'The device closed the connection.' });
    this.#closing();
    // A WebSocket has no half that could go on.
    if (!(this.#device instanceof net.Socket)) this.#device.end();
    if (this.#early === null) this.#remote?.end();
    else if (this.#remote) this.#sendEarly();
    else if (this.#earlySize === 0) {
      // Nobody waits for the remote any more.
      this.#dialling.abort();
      this.#device.end();
    }
  }

  #remoteEnd(): void {
    this.#because({ code: 'remote-closed', message: 'The remote broker closed the connection.' });
    this.#closing();
    this.#device.end();
  }

  #closing(): void {
    if (this.#state === 'open') this.#state = 'closing';
    this.#options.onChange();
    let seen = -1;
    const look = (): void => {
      const moved = this.#toRemote + this.#toDevice - this.#device.writableLength - (this.#remote?.writableLength ?? 0);
      if (moved === seen) {
        this.#device.destroy();
        this.#remote?.destroy();
        return;
      }
      seen = moved;
      this.#timer = setTimeout(look, lingerMs);
    };
    clearTimeout(this.#timer);
    look();
  }

  /** An error of the network on one side. */
  #broken(side: 'device' | 'remote', { code, message }: NodeJS.ErrnoException): void {
    const who = side === 'device' ? 'The device' : 'The remote broker';
    const words =
      code === 'ECONNRESET' || code === 'EPIPE'
        ? `${who} broke the connection off (${code}).`
        : code === 'ETIMEDOUT'
          ? `${who} does not answer any more: the network gave the connection up.`
          : `The connection to ${side === 'device' ? 'the device' : 'the remote broker'} broke: ${message}.`;
    const advice = side === 'remote' ? 'See whether the broker is up and what its log says; the device may connect again.' : undefined;
    this.#because({ code: `${side}-lost`, message: words, advice });
    const other = side === 'device' ? this.#remote : this.#device;
    if (side === 'device') this.#dialling.abort();
    if (other) reset(other);
  }

  #closed(side: 'device' | 'remote'): void {
    if (side === 'device') {
      this.#dialling.abort();
      const remote = this.#remote;
      if (remote && !remote.destroyed) {
        if (!remote.writableEnded) {
          this.#because({ code: 'device-lost', message: 'The connection of the device ended.' });
          remote.destroy();
        } else if (this.#device.errored) remote.destroy();
        // Nobody is there to read what it still sends.
        else remote.resume();
      }
    } else if (!this.#device.destroyed && !this.#device.writableEnded) {
      this.#because({ code: 'remote-lost', message: 'The connection to the remote broker ended.' });
      reset(this.#device);
    }
    if (!this.#device.destroyed || this.#remote?.destroyed === false || this.#state === 'closed') return;
    clearTimeout(this.#timer);
    this.#state = 'closed';
    this.#endedAt = this.#options.now();
    this.#options.observer.end();
    this.#early = null;
    this.#earlySize = 0;
    this.#options.onEnd();
  }

  #because(reason: Problem): void {
    this.#reason ??= reason;
  }
}

/** Ends a connection the hard way where its network has one: the peer is not to take it for a proper end. */
function reset(stream: Duplex): void {
  if (stream.destroyed) return;
  if (stream instanceof net.Socket && !(stream instanceof tls.TLSSocket)) {
    try {
      stream.resetAndDestroy();
      return;
    } catch {
      // Not over TCP.
    }
  }
  stream.destroy();
}
