import type { CoapBridgeLog, CoapBridgeStatus, ToMqttBridge } from '../../../../shared/contract/coap-bridges.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { openCoapServer, type CoapServer } from '../udp/coap-server.ts';
import { freeUdpPort, udpPortProblem } from '../udp/port-problem.ts';
import { peerText } from '../udp-service/peer-text.ts';
import { BridgeJournal } from './bridge-journal.ts';
import type { BridgeActor, BridgeParts } from './bridge-parts.ts';
import { CarryToMqtt } from './carry-to-mqtt.ts';

/** Devices over MQTT as a CoAP server. The port is open from start to stop, also while the source is not connected. */
export class ToMqttActor implements BridgeActor<ToMqttBridge> {
  readonly #parts: BridgeParts;
  readonly #journal: BridgeJournal;
  readonly #carry: CarryToMqtt;
  #bridge: ToMqttBridge;
  #phase: 'stopped' | 'starting' | 'running' | 'failed' = 'stopped';
  #problem: Problem | null = null;
  #freePort: number | null = null;
  #server: CoapServer | undefined;
  #sourceWasUp = false;
  /** Grows with each start and stop. */
  #run = 0;

  constructor(bridge: ToMqttBridge, parts: BridgeParts) {
    const { now, clock, rpc, onChange } = parts;
    this.#bridge = bridge;
    this.#parts = parts;
    this.#journal = new BridgeJournal(now, onChange);
    this.#carry = new CarryToMqtt({ bridge: () => this.#bridge, journal: this.#journal, rpc, clock, onChange });
  }

  get bridge(): ToMqttBridge {
    return this.#bridge;
  }

  get isOn(): boolean {
    return this.#phase === 'starting' || this.#phase === 'running';
  }

  get port(): number {
    return this.#server?.local.port ?? this.#bridge.port;
  }

  status(): CoapBridgeStatus {
    const { id, source, host, device } = this.#bridge;
    const state = this.#parts.sessions.state(source);
    const waits = this.#phase === 'running' && state.phase !== 'up';
    const isOpen = !/^(127\.|::1$|localhost$)/i.test(host);
    return {
      id,
      phase: waits ? 'waiting' : this.#phase,
      problem: waits ? state.problem : this.#problem,
      freePort: this.#freePort,
      listensOn: this.#server ? `coap://${peerText(this.#server.local)}` : null,
      nextAttemptAt: null,
      warnings: isOpen ? [`Its UDP port can be reached from the network: whoever reaches it may ask ${device ? `"${device.tag}"` : 'every device'}.`] : [],
      ...this.#journal.counts,
      repeated: 0,
      ignored: 0,
      running: this.#carry.running,
    };
  }

  log(): CoapBridgeLog {
    return this.#journal.view();
  }

  clearLog(): void {
    this.#journal.clear();
  }

  update(bridge: ToMqttBridge): void {
    const before = this.#bridge;
    this.#bridge = bridge;
    const portOf = ({ host, port, maxBodyBytes }: ToMqttBridge): string => JSON.stringify([host, port, maxBodyBytes]);
    // Calls over another source, or of another device, are none of this bridge any more.
    if (JSON.stringify([before.source, before.namespace, before.device]) !== JSON.stringify([bridge.source, bridge.namespace, bridge.device]))
      this.#carry.stop();
    if (portOf(before) !== portOf(bridge)) {
      const wanted = this.isOn || this.#phase === 'failed';
      this.#close('stopped', null);
      if (wanted) this.start();
    }
    this.#sourceWasUp &&= before.source === bridge.source && (before.autoStart || !bridge.autoStart);
    this.sourceChanged();
  }

  start(): void {
    if (this.isOn) return;
    const { host, port, maxBodyBytes } = this.#bridge;
    const { clock, random, onBug } = this.#parts;
    this.#journal.start();
    this.#run += 1;
    const run = this.#run;
    this.#set('starting', null);
    openCoapServer({ host, port, maxBodyBytes, clock, random, handle: (request) => this.#carry.handle(request) }).then(
      (server) => {
        if (run !== this.#run) return server.close();
        this.#server = server;
        this.#set('running', null);
      },
      (error: unknown) => {
        if (run === this.#run) this.#failed(error, run).catch(onBug);
      },
    );
  }

  stop(problem: Problem | null = null): Promise<void> {
    this.#close(problem ? 'failed' : 'stopped', problem);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.stop();
  }

  sourceChanged(): void {
    const isUp = this.#parts.sessions.state(this.#bridge.source).phase === 'up';
    const cameUp = isUp && !this.#sourceWasUp;
    this.#sourceWasUp = isUp;
    // What failed is for the user to start.
    if (cameUp && this.#phase === 'stopped' && this.#bridge.autoStart) this.start();
    this.#parts.onChange();
  }

  async #failed(error: unknown, run: number): Promise<void> {
    const { host, port } = this.#bridge;
    const problem = udpPortProblem(error, { host, port });
    const free = problem.code === 'port-in-use' ? await freeUdpPort(host, port) : null;
    if (run !== this.#run) return;
    this.#set('failed', free === null ? problem : { ...problem, advice: `Use port ${free}, which is free, or stop what uses it.` });
    this.#freePort = free;
    this.#parts.onChange();
  }

  #close(phase: 'stopped' | 'failed', problem: Problem | null): void {
    this.#run += 1;
    this.#carry.stop();
    this.#server?.close();
    this.#server = undefined;
    this.#set(phase, problem);
  }

  #set(phase: 'stopped' | 'starting' | 'running' | 'failed', problem: Problem | null): void {
    this.#phase = phase;
    this.#problem = problem;
    this.#freePort = null;
    this.#parts.onChange();
  }
}
