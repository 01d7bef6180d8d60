import type { FaultAction } from '../../../../shared/broker/faults/fault-rules.ts';
import type { PacketFault } from '../../../../shared/messages/tapped-packet.ts';
import { briefBytes } from '../core/own-bytes.ts';
import type { FaultClock } from './fault-clock.ts';
import type { RuleRuntime } from './rule-runtime.ts';

type Direction = 'in' | 'out';

interface Kept {
  readonly direction: Direction;
  readonly bytes: Uint8Array;
  readonly rule: RuleRuntime;
  /** Packets that have still to overtake it; `Infinity`: it is frozen. */
  left: number;
  readonly cancel: () => void;
}

export interface WithheldOptions {
  readonly clock: FaultClock;
  readonly limitBytes: () => number;
  readonly pass: (direction: Direction, bytes: Uint8Array, fault: PacketFault) => void;
  /** So many packets and bytes more (or fewer) are held. */
  readonly held: (packets: number, bytes: number) => void;
  /** One had to be let go before its time. */
  readonly hurried: () => void;
}

const mostPackets = 10_000;
const nothing = (): void => undefined;

/** Packets of a connection that others may overtake: frozen ones, and those that wait for some others to go first. */
export class Withheld {
  readonly #options: WithheldOptions;
  /** The oldest first. */
  readonly #kept = new Set<Kept>();
  #bytes = 0;

  constructor(options: WithheldOptions) {
    this.#options = options;
  }

  /** Until the rule is off. */
  freeze(rule: RuleRuntime, direction: Direction, packet: Uint8Array): void {
    this.#keep({ direction, bytes: briefBytes(packet), rule, left: Infinity, cancel: nothing });
  }

  setAside(rule: RuleRuntime, direction: Direction, packet: Uint8Array, { after, maxMs }: Extract<FaultAction, { kind: 'reorder' }>): void {
    const kept: Kept = {
      direction,
      bytes: briefBytes(packet),
      rule,
      left: after,
      cancel: this.#options.clock.after(maxMs, () => this.#letGo(kept)),
    };
    this.#keep(kept);
  }

  /** A packet has gone past. */
  overtaken(direction: Direction): void {
    for (const kept of this.#kept) {
      if (kept.direction !== direction || kept.left === Infinity) continue;
      kept.left -= 1;
      if (kept.left <= 0) this.#letGo(kept);
    }
  }

  hasAsides(direction: Direction): boolean {
    for (const kept of this.#kept) if (kept.direction === direction && kept.left !== Infinity) return true;
    return false;
  }

  /** Those that wait for others, of one direction or of both. */
  letAsidesGo(direction?: Direction): void {
    for (const kept of this.#kept) if (kept.left !== Infinity && (direction === undefined || kept.direction === direction)) this.#letGo(kept);
  }

  /** All but what rules that are on keep frozen. */
  release(on: ReadonlySet<RuleRuntime>): void {
    for (const kept of this.#kept) if (kept.left !== Infinity || !on.has(kept.rule)) this.#letGo(kept);
  }

  /** What is held is lost. */
  clear(): void {
    for (const { cancel } of this.#kept) cancel();
    this.#options.held(-this.#kept.size, -this.#bytes);
    this.#kept.clear();
    this.#bytes = 0;
  }

  #keep(kept: Kept): void {
    this.#kept.add(kept);
    this.#hold(1, kept.bytes.byteLength);
    while (this.#kept.size > mostPackets || (this.#bytes > 0 && this.#bytes > this.#options.limitBytes())) {
      const [oldest] = this.#kept;
      if (oldest === undefined) return;
      this.#options.hurried();
      this.#letGo(oldest);
    }
  }

  #letGo(kept: Kept): void {
    if (!this.#kept.delete(kept)) return;
    kept.cancel();
    this.#hold(-1, -kept.bytes.byteLength);
    this.#options.pass(kept.direction, kept.bytes, { rule: kept.rule.label, effect: kept.left === Infinity ? 'delayed' : 'reordered' });
  }

  #hold(packets: number, bytes: number): void {
    this.#bytes += bytes;
    this.#options.held(packets, bytes);
  }
}
