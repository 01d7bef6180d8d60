import type { Duplex } from 'node:stream';
import type {
  InterceptConnection,
  InterceptConnections,
  InterceptStatus,
  Intercept as InterceptOptions,
} from '../../../../shared/contract/broker-intercepts.ts';
import type { FaultConfig } from '../../../../shared/broker/faults/fault-rules.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import type { TappedConnection } from '../../../../shared/messages/tapped-packet.ts';
import {
  FaultPlan,
  faultyStream,
  openOneListener,
  toBrokerFailure,
  withLabFilesOf,
  type ConnectionInfo,
  type FindLabFiles,
  type OpenListener,
} from '../../broker/index.ts';
import { explainFailure, openTransport, type TransportStage } from '../../connections/index.ts';
import { atEndOfTurn } from '../../mqtt-client/index.ts';
import { remoteText, type RemoteAccess } from '../remote-access.ts';
import { PacketFeed } from './packet-feed.ts';
import { DialFailure, Forwarder } from './forwarder.ts';
import type { SplitterBudget } from './packet-splitter.ts';
import { TrafficObserver } from './traffic-observer.ts';

const arrivalTimeoutMs = 10_000;
/** A WebSocket frame is collected as a whole. */
const largestFrameBytes = 64 * 1024 * 1024;
/** The last connections that ended stay to be seen. */
const endedKept = 50;
const listedAtMost = 500;

export interface InterceptParts {
  readonly access: (intercept: InterceptOptions) => Promise<RemoteAccess>;
  /** What CONNECT is to say as its password; `undefined`: as the device sent it. */
  readonly password: (intercept: InterceptOptions) => Promise<string | undefined>;
  readonly labFiles?: FindLabFiles | undefined;
  /** Unix ms. */
  readonly now: () => number;
  /** `id` of the records is 0. */
  readonly onMessages: (intercept: InterceptOptions, records: MessageRecord[]) => void;
  readonly onChange: () => void;
  /** Those that are on now. */
  readonly faults: () => FaultConfig;
  /** For packets of all connections that have not come whole. */
  readonly budget: SplitterBudget;
}

/** A listener and the connections that it forwards to a remote broker. */
export class Intercept {
  readonly options: InterceptOptions;
  /** The same for all settings of this intercept. */
  readonly packets: PacketFeed;
  readonly #parts: InterceptParts;
  readonly #plan: FaultPlan;
  #phase: InterceptStatus['phase'] = 'stopped';
  #problem: Problem | null = null;
  #freePort: number | null = null;
  #listener: OpenListener | undefined;
  #remote: string | null = null;
  #run = 0;
  readonly #open = new Map<number, Forwarder>();
  #ended: InterceptConnection[] = [];
  #total = 0;
  #numbers = 0;
  #failed = 0;
  #refused = 0;
  #unread = 0;
  #messages = 0;
  #endedBytes = { toRemote: 0, toDevices: 0 };
  #waiting: MessageRecord[] = [];

  constructor(options: InterceptOptions, parts: InterceptParts, packets = new PacketFeed()) {
    this.options = options;
    this.packets = packets;
    this.#parts = parts;
    this.#plan = new FaultPlan({ now: parts.now, onChange: parts.onChange });
    this.faultsChanged();
  }

  status(): InterceptStatus {
    let bytesToRemote = this.#endedBytes.toRemote;
    let bytesToDevices = this.#endedBytes.toDevices;
    for (const forwarder of this.#open.values()) {
      const { bytesToRemote: up, bytesToDevice: down } = forwarder.snapshot();
      bytesToRemote += up;
      bytesToDevices += down;
    }
    return {
      id: this.options.id,
      phase: this.#phase,
      problem: this.#problem,
      freePort: this.#freePort,
      url: this.#listener?.address.url ?? null,
      remote: this.#remote,
      open: this.#open.size,
      total: this.#total,
      failed: this.#failed,
      refused: this.#refused,
      bytesToRemote,
      bytesToDevices,
      messages: this.#messages,
      faultHits: this.#plan.report().hitCount,
      unread: this.#unread,
    };
  }

  connections(): InterceptConnections {
    const room = Math.max(0, listedAtMost - this.#ended.length);
    const newest = [...this.#open.values()].slice(-room).toReversed();
    return { rows: [...newest.map((forwarder) => forwarder.snapshot()), ...this.#ended], omitted: this.#open.size - newest.length };
  }

  /** Other faults are on. */
  faultsChanged(): void {
    if (this.options.faults) this.#plan.configure(this.#parts.faults(), []);
  }

  /** Resolves when it listens. Rejects with the reason, which the status has as well. */
  async start(): Promise<void> {
    if (this.#phase === 'running' || this.#phase === 'starting') return;
    const run = (this.#run += 1);
    this.#phase = 'starting';
    this.#problem = null;
    this.#freePort = null;
    this.#forget();
    this.#parts.onChange();
    try {
      const listener = await openOneListener(withLabFilesOf(this.options.listener, this.#parts.labFiles), {
        accept: (stream, info) => this.#accept(stream, info),
        onRefused: ({ reason, address }) => this.#refuse(address, reason),
        maximumPacketSize: largestFrameBytes,
        arrivalTimeoutMs,
      });
      if (run !== this.#run) {
        listener.close();
        return;
      }
      this.#listener = listener;
      this.#phase = 'running';
      void this.#lookAtRemote(run);
    } catch (error) {
      if (run !== this.#run) return;
      const { freePort, ...failure } = toBrokerFailure(error);
      this.#phase = 'failed';
      this.#problem = { code: failure.code, message: failure.message, advice: failure.advice };
      this.#freePort = freePort ?? null;
      throw error;
    } finally {
      this.#parts.onChange();
    }
  }

  /** Ends the listener and every connection. */
  stop(): void {
    this.#run += 1;
    this.#listener?.close();
    this.#listener = undefined;
    for (const forwarder of this.#open.values()) forwarder.end({ code: 'stopped', message: 'The intercept was stopped.' });
    this.#phase = 'stopped';
    this.#problem = null;
    this.#freePort = null;
    this.#parts.onChange();
  }

  endConnection(number: number): void {
    const forwarder = this.#open.get(number);
    if (!forwarder) throw new CodedError('not-found', 'That connection has ended already.');
    forwarder.end({ code: 'ended-here', message: 'It was ended here.' });
  }

  #forget(): void {
    this.#ended = [];
    this.#total = 0;
    this.#failed = 0;
    this.#refused = 0;
    this.#unread = 0;
    this.#messages = 0;
    this.#endedBytes = { toRemote: 0, toDevices: 0 };
  }

  /** So that the page can say where it leads before the first device comes. */
  async #lookAtRemote(run: number): Promise<void> {
    const access = await this.#parts.access(this.options);
    if (run !== this.#run) return;
    if ('failure' in access) this.#problem = withoutFinal(access.failure);
    else this.#remote = remoteText(access);
    this.#parts.onChange();
  }

  #refuse(address: string, reason: string): void {
    this.#refused += 1;
    this.#problem = { code: 'device-refused', message: `A device at ${address} was turned away: ${reason}` };
    this.#parts.onChange();
  }

  #accept(stream: Duplex, info: ConnectionInfo): void {
    const onRefused = ({ address, reason }: { readonly address: string; readonly reason: string }): void => this.#refuse(address, reason);
    const faulty = this.options.faults && this.#plan.isOn ? faultyStream({ stream, info, plan: this.#plan, onRefused }) : null;
    this.#take(faulty ?? stream, info);
  }

  #take(device: Duplex, info: ConnectionInfo): void {
    const { now, onChange, budget } = this.#parts;
    this.#total += 1;
    const number = (this.#numbers += 1);
    const { address, transport, listener = null } = info;
    const tapped = (): TappedConnection => ({ connection: number, transport, address, listener });
    const observer = new TrafficObserver(
      {
        nowUs: () => now() * 1000,
        unread: () => (this.#unread += 1),
        packet: (packet) => this.packets.tell({ ...packet, connection: number }, tapped),
        message: (record) => this.#record(record),
      },
      budget,
    );
    // What came before the forwarder is there waits in the stream.
    device.pause();
    device.on('error', () => device.destroy());
    void this.#parts.password(this.options).then((password) => {
      if (device.destroyed) return;
      const { username, clientId } = this.options.rewrite;
      const forwarder = new Forwarder({
        number,
        device,
        info,
        observer,
        now,
        onChange,
        dial: (signal) => this.#dial(signal),
        rewrite: { username: username ?? undefined, clientId: clientId ?? undefined, password },
        unreachable: this.options.unreachable,
        onFailed: (problem) => {
          this.#failed += 1;
          this.#problem = problem;
          onChange();
        },
        onEnd: () => {
          const { clientId, level } = observer;
          const end = forwarder.snapshot().reason?.message ?? 'The connection ended.';
          const packet = { timeUs: now() * 1000, connection: number, clientId, direction: 'in', level, bytes: new Uint8Array(0), end } as const;
          this.packets.tell(packet, tapped);
          this.#over(forwarder);
        },
      });
      this.#open.set(number, forwarder);
      device.resume();
      if (this.#phase !== 'running') forwarder.end({ code: 'stopped', message: 'The intercept was stopped.' });
      onChange();
    });
  }

  #over(forwarder: Forwarder): void {
    this.#open.delete(forwarder.number);
    const last = forwarder.snapshot();
    this.#endedBytes.toRemote += last.bytesToRemote;
    this.#endedBytes.toDevices += last.bytesToDevice;
    this.#ended.unshift(last);
    if (this.#ended.length > endedKept) this.#ended.pop();
    if (last.reason?.code === 'remote-lost' || last.reason?.code === 'remote-closed') this.#problem = last.reason;
    this.#parts.onChange();
  }

  async #dial(signal: AbortSignal): Promise<Duplex> {
    const access = await this.#parts.access(this.options);
    signal.throwIfAborted();
    if ('failure' in access) throw new DialFailure(withoutFinal(access.failure));
    this.#remote = remoteText(access);
    const { uri, profile } = access;
    const slow = new AbortController();
    const timer = setTimeout(() => slow.abort(), profile.connectTimeoutSeconds * 1000);
    let stage: TransportStage = 'connecting';
    try {
      const { stream } = await openTransport(access, (next) => (stage = next), AbortSignal.any([signal, slow.signal]));
      // It can be reached again.
      if (this.#problem && this.#problem.code !== 'device-refused') this.#problem = null;
      return stream;
    } catch (error) {
      signal.throwIfAborted();
      const { message, code } = error as NodeJS.ErrnoException;
      const why = slow.signal.aborted ? { timedOut: true } : { error: { message, code } };
      throw new DialFailure(withoutFinal(explainFailure({ uri, stage, proxy: profile.proxy, ...why })));
    } finally {
      clearTimeout(timer);
    }
  }

  #record(record: MessageRecord): void {
    this.#messages += 1;
    if (!this.options.record) return;
    if (this.#waiting.length === 0) atEndOfTurn(() => this.#flush());
    this.#waiting.push(record);
  }

  #flush(): void {
    const records = this.#waiting;
    this.#waiting = [];
    this.#parts.onMessages(this.options, records);
  }
}

const withoutFinal = ({ code, message, advice }: Problem): Problem => ({ code, message, advice });
