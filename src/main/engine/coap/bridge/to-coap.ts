import type { CoapBridgeLog, CoapBridgeStatus, ToCoapBridge } from '../../../../shared/contract/coap-bridges.ts';
import type { Problem } from '../../../../shared/contract/common.ts';
import { NodeActor } from '../../rpc/index.ts';
import { gfNode, GfService } from '../gf-service.ts';
import { BridgeJournal } from './bridge-journal.ts';
import type { BridgeActor, BridgeParts } from './bridge-parts.ts';
import { CarryToCoap } from './carry-to-coap.ts';

/** A CoAP server as a device over MQTT. Its session is kept as that of an RPC node is. */
export class ToCoapActor implements BridgeActor<ToCoapBridge> {
  readonly #journal: BridgeJournal;
  readonly #carry: CarryToCoap;
  readonly #gf: GfService;
  readonly #mqtt: NodeActor;
  readonly #parts: BridgeParts;
  #bridge: ToCoapBridge;
  #refusal: Problem | null = null;

  constructor(bridge: ToCoapBridge, parts: BridgeParts) {
    const { now, clock, onChange } = parts;
    this.#bridge = bridge;
    this.#parts = parts;
    const current = (): ToCoapBridge => this.#bridge;
    const journal = new BridgeJournal(now, onChange);
    const carry = new CarryToCoap({ ...parts, bridge: current, journal });
    const log = {
      add: (level: 'debug' | 'info' | 'log' | 'warn' | 'error', _method: string, text: string) =>
        journal.note(level === 'warn' || level === 'error' ? level : 'info', text),
    };
    const gf = new GfService({ device: current, server: carry, log, now, clock, onChange });
    this.#journal = journal;
    this.#carry = carry;
    this.#gf = gf;
    this.#mqtt = new NodeActor(this.#node(), { ...parts, functions: () => ({}), pendingCalls: () => 0, service: () => gf });
  }

  get bridge(): ToCoapBridge {
    return this.#bridge;
  }

  get isOn(): boolean {
    const { phase } = this.#mqtt.status();
    return phase !== 'stopped' && phase !== 'failed';
  }

  get port(): null {
    return null;
  }

  status(): CoapBridgeStatus {
    const { phase, problem, subscriptions, nextAttemptAt, warnings } = this.#mqtt.status();
    // It may have started by itself since.
    const refusal = phase === 'stopped' ? this.#refusal : null;
    return {
      id: this.#bridge.id,
      phase: refusal ? 'failed' : phase,
      problem: refusal ?? problem,
      freePort: null,
      listensOn: subscriptions.find(({ grantedQos }) => grantedQos !== null)?.filter ?? null,
      nextAttemptAt,
      warnings,
      ...this.#journal.counts,
      repeated: this.#gf.repeated,
      ignored: this.#gf.ignored,
      running: this.#carry.running,
    };
  }

  log(): CoapBridgeLog {
    return this.#journal.view();
  }

  clearLog(): void {
    this.#journal.clear();
  }

  update(bridge: ToCoapBridge): void {
    const before = this.#bridge;
    this.#bridge = bridge;
    if (before.target !== bridge.target || before.nstart !== bridge.nstart) this.#carry.stop();
    this.#mqtt.update(this.#node());
  }

  start(): void {
    this.#refusal = null;
    if (!this.isOn) this.#journal.start();
    this.#mqtt.start();
  }

  async stop(problem: Problem | null = null): Promise<void> {
    this.#refusal = problem;
    this.#carry.stop();
    await this.#mqtt.stop();
    this.#parts.onChange();
  }

  async close(): Promise<void> {
    this.#carry.stop();
    await this.#mqtt.close();
  }

  sourceChanged(): void {
    this.#mqtt.sourceChanged();
  }

  #node(): ReturnType<typeof gfNode> {
    const { id, name, source, clientId, autoStart } = this.#bridge;
    return gfNode(this.#bridge, { id, name, source, clientId, autoStart });
  }
}
