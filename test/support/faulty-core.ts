import { everyPacket } from '../../src/shared/broker/faults/fault-presets.ts';
import type { ActiveFault, FaultAction, FaultProfile, FaultWhere } from '../../src/shared/broker/faults/fault-rules.ts';
import { noFaults } from '../../src/shared/broker/faults/fault-rules.ts';
import { BrokerCore } from '../../src/main/engine/broker/core/broker-core.ts';
import type { BrokerCoreOptions } from '../../src/main/engine/broker/core/broker-core.ts';
import { CoreFaults } from '../../src/main/engine/broker/faults/core-faults.ts';
import type { FaultClock } from '../../src/main/engine/broker/faults/fault-clock.ts';
import { FaultPlan, type FaultPlanOptions } from '../../src/main/engine/broker/faults/fault-plan.ts';
import type { TappedPacket } from '../../src/shared/messages/tapped-packet.ts';

/** A clock that goes on when it is told to. */
export class HandClock implements FaultClock {
  #now = 0;
  #waiting: { readonly at: number; readonly run: () => void }[] = [];

  nowMs(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const one = { at: this.#now + ms, run };
    this.#waiting.push(one);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== one);
    };
  }

  get pending(): number {
    return this.#waiting.length;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#waiting.filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined) break;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }
}

export const faultRule = (action: FaultAction, where: Partial<FaultWhere> = {}, id = action.kind): FaultProfile['rules'][number] => ({
  id,
  name: '',
  enabled: true,
  where: { ...everyPacket, ...where },
  action,
});

export const faultProfile = (rules: FaultProfile['rules'], more: Partial<FaultProfile> = {}): FaultProfile => ({
  id: 'p',
  name: 'Lab',
  description: '',
  seed: 7,
  rules,
  ...more,
});

export const activeFault = (profile: FaultProfile, more: Partial<ActiveFault> = {}): ActiveFault => ({
  id: 'a',
  profile,
  scope: { kind: 'all' },
  includeOwn: false,
  ...more,
});

/** A core with faults, a clock for them, and all that its tap tells. */
export function faultyCore(options: FaultPlanOptions = {}, coreOptions: Partial<BrokerCoreOptions> = {}) {
  const clock = new HandClock();
  const bugs: unknown[] = [];
  const core = new BrokerCore({ nowUs: () => Date.now() * 1000, onBug: (error) => bugs.push(error), ...coreOptions });
  const plan = new FaultPlan({ clock, ...options });
  const faults = new CoreFaults(core, plan);
  const packets: TappedPacket[] = [];
  core.inside.onPacket((packet) => packets.push({ ...packet, bytes: Uint8Array.from(packet.bytes) }), null);
  const refusals: string[] = [];
  core.onRefused(({ reason }) => refusals.push(reason));
  return {
    core,
    clock,
    plan,
    packets,
    refusals,
    bugs,
    on: (...active: readonly ActiveFault[]) => faults.configure({ active, curlListeners: [] }),
    configure: faults.configure.bind(faults),
    off: () => faults.configure(noFaults),
  };
}
