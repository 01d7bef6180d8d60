import { isFaultOn, noFaults, type ActiveFault, type FaultConfig } from '../../../../shared/broker/faults/fault-rules.ts';
import type { MqttdKeys } from '../../../../shared/broker/faults/mqttd-keys.ts';
import type { FaultHit, FaultReport } from '../../../../shared/contract/broker-faults.ts';
import type { ConnectPacket } from '../../../../shared/mqtt/packet/packets.ts';
import { systemClock, type FaultClock } from './fault-clock.ts';
import type { FaultHost, LinkFaults, LinkPlan } from './fault-host.ts';
import { FaultLink } from './fault-link.ts';
import { matchesScope, RuleRuntime } from './rule-runtime.ts';

/** Who of the clients is the workbench itself. */
export interface OwnClients {
  readonly proves: (connect: ConnectPacket) => boolean;
  readonly has: (clientId: string) => boolean;
}

export interface FaultPlanOptions {
  readonly clock?: FaultClock;
  readonly own?: OwnClients;
  /** Unix ms. */
  readonly now?: () => number;
  /** Asked at each connection: the keys of mqttd as a file has them now. */
  readonly readKeys?: () => MqttdKeys;
  /** What `report` says has changed. */
  readonly onChange?: () => void;
}

/** What may be held back of all connections together, and of one in one direction. */
const mostHeldBytes = 67_108_864;
const lanesLimitBytes = 16_777_216;
const keptHits = 100;
const listedClients = 100;
/** A packet that waits costs more than its bytes. */
const packetCost = 100;

const nobody: OwnClients = { proves: () => false, has: () => false };
const disconnectsForCurl: MqttdKeys = { dialect: 'c' };

/** All faults of a broker: which are on, for whom, and what they have done. */
export class FaultPlan implements LinkPlan {
  readonly clock: FaultClock;
  readonly #options: FaultPlanOptions;
  readonly #own: OwnClients;
  readonly #links = new Set<FaultLink>();
  #config: FaultConfig = noFaults;
  #runtimes = new Map<string, RuleRuntime>();
  #hits: FaultHit[] = [];
  #hitCount = 0;
  #heldPackets = 0;
  #heldBytes = 0;
  #hurried = 0;

  constructor(options: FaultPlanOptions = {}) {
    this.#options = options;
    this.clock = options.clock ?? systemClock;
    this.#own = options.own ?? nobody;
  }

  /** Whether a new connection has to be looked at. */
  get isOn(): boolean {
    return this.#options.readKeys !== undefined || isFaultOn(this.#config);
  }

  /** Grows smaller while much is held: together no more than the memory there is for it. */
  get lanesLimitBytes(): number {
    return this.#heldBytes + this.#heldPackets * packetCost > mostHeldBytes ? 0 : lanesLimitBytes;
  }

  /** A new connection; `null`: no fault can be for it. */
  open(host: FaultHost): FaultLink | null {
    if (!this.isOn || !this.#mayConcern(host.listener)) return null;
    const link = new FaultLink(host, this);
    this.#links.add(link);
    return link;
  }

  /** Connections that are there when faults are turned on: `link` of one, `null` where it has none; `attach` makes one for it. */
  configure(config: FaultConfig, connections: Iterable<{ readonly host: FaultHost; readonly link: FaultLink | null; attach(link: FaultLink): void }>): void {
    this.#config = config;
    const before = this.#runtimes;
    this.#runtimes = new Map(
      config.active.flatMap((active) =>
        active.profile.rules
          .filter(({ enabled }) => enabled)
          .map((rule): [string, RuleRuntime] => {
            const key = JSON.stringify([active.id, active.scope, active.includeOwn, active.profile.name, active.profile.seed, rule]);
            return [key, before.get(key) ?? new RuleRuntime(rule, active, key)];
          }),
      ),
    );
    const fresh = new Set([...this.#runtimes.values()].filter(({ key }) => !before.has(key)));
    if (!isFaultOn(config)) {
      this.#hits = [];
      this.#hitCount = 0;
      this.#hurried = 0;
    }
    for (const link of [...this.#links]) this.#renew(link, fresh);
    for (const { host, link, attach } of connections) {
      if (link !== null || !this.#concerns(host)) continue;
      const opened = this.open(host);
      if (opened === null) continue;
      attach(opened);
      if (host.clientId !== null) this.#renew(opened, fresh);
    }
    this.#changed();
  }

  /** Who has not said yet who it is may be anybody. */
  #concerns({ clientId, listener }: FaultHost): boolean {
    if (clientId === null) return true;
    const { rules, play } = this.choose(null, clientId, listener);
    return rules.length > 0 || play !== null;
  }

  #renew(link: FaultLink, fresh: ReadonlySet<RuleRuntime>): void {
    const { clientId, listener } = link;
    if (clientId === null) {
      if (!this.isOn) link.end();
      return;
    }
    const faults = this.choose(null, clientId, listener);
    if (faults.rules.length === 0 && faults.play === null) link.end();
    else link.setFaults(faults, fresh);
  }

  choose(connect: ConnectPacket | null, clientId: string, listener: string | undefined): LinkFaults {
    const isOwn = connect === null ? this.#own.has(clientId) : this.#own.proves(connect);
    const on = this.#config.active.filter(({ scope, includeOwn }) => (includeOwn || !isOwn) && matchesScope(scope, clientId, listener));
    const ids = new Set(on.map(({ id }) => id));
    const rules = [...this.#runtimes.values()].filter((rule) => ids.has(rule.activation) && rule.matchesClient(clientId, listener));
    return { rules: rules.map((rule) => rule.forClient(clientId)), play: this.#play(on, isOwn, listener) };
  }

  #play(on: readonly ActiveFault[], isOwn: boolean, listener: string | undefined): LinkFaults['play'] {
    const withKeys = on.find(({ profile }) => profile.keys !== undefined)?.profile;
    if (withKeys?.keys !== undefined) return { keys: withKeys.keys, label: `${withKeys.name}: mqttd` };
    if (isOwn) return null;
    if (this.#options.readKeys !== undefined) return { keys: this.#options.readKeys(), label: 'mqttd' };
    return listener !== undefined && this.#config.curlListeners.includes(listener) ? { keys: disconnectsForCurl, label: 'curl mode' } : null;
  }

  #mayConcern(listener: string | undefined): boolean {
    const { active, curlListeners } = this.#config;
    if (this.#options.readKeys !== undefined || (listener !== undefined && curlListeners.includes(listener))) return true;
    return active.some(({ scope }) => scope.kind !== 'listener' || scope.listener === listener);
  }

  struck(rule: RuleRuntime, clientId: string | null, direction: 'in' | 'out', what: string): void {
    this.#hitCount += 1;
    this.#hits.push({ at: (this.#options.now ?? Date.now)(), rule: rule.label, clientId, direction, what });
    if (this.#hits.length >= keptHits * 2) this.#hits = this.#hits.slice(-keptHits);
    this.#changed();
  }

  held(packets: number, bytes: number): void {
    this.#heldPackets += packets;
    this.#heldBytes += bytes;
    if (packets !== 0) this.#changed();
  }

  hurried(): void {
    this.#hurried += 1;
  }

  left(link: FaultLink): void {
    if (this.#links.delete(link)) this.#changed();
  }

  report(): FaultReport {
    const clients = new Map<string, readonly string[]>();
    let total = 0;
    for (const { clientId, labels } of this.#links) {
      if (clientId === null || labels.length === 0) continue;
      // Of a client that is being taken over there are two for a moment.
      if (clients.has(clientId)) continue;
      total += 1;
      if (clients.size < listedClients) clients.set(clientId, labels);
    }
    return {
      rules: [...this.#runtimes.values()].map(({ activation, rule, hits }) => ({ activation, rule: rule.id, hits })),
      hitCount: this.#hitCount,
      hits: this.#hits.slice(-keptHits).toReversed(),
      held: { packets: this.#heldPackets, bytes: this.#heldBytes },
      hurried: this.#hurried,
      affected: { total, clients: [...clients].map(([clientId, faults]) => ({ clientId, faults })) },
    };
  }

  #changed(): void {
    this.#options.onChange?.();
  }
}
