import { BrokerCore, type BrokerCoreOptions } from '../../../../src/main/engine/broker/core/broker-core.ts';
import { withTurns } from '../sync-stream.ts';
import type { Level } from '../wire.ts';
import { HealthyPair } from './healthy-pair.ts';
import { SyncPeer } from './sync-peer.ts';

/** A core with a clock and turns of its own, and a healthy pair in it. */
export interface Lab {
  readonly core: BrokerCore;
  readonly pair: HealthyPair;
  /** Reasons of those sent away, by address. */
  readonly refused: ReadonlyMap<string, string>;
  /** One turn of the event loop; false: nothing was due. */
  turn(): boolean;
  /** Turns until nothing is due. */
  settle(): void;
  pass(ms: number): void;
  peer(name: string, level?: Level): SyncPeer;
}

/** Runs `work`; then nothing may have gone wrong inside, everybody sent away has been told of and counted, and the healthy pair is well. */
export function inLab(options: Partial<BrokerCoreOptions>, work: (lab: Lab) => void): void {
  withTurns((turn) => {
    let nowMs = 0;
    const bugs: unknown[] = [];
    const refused = new Map<string, string>();
    let count = 0;
    const core = new BrokerCore({ nowUs: () => nowMs * 1000, monotonicMs: () => nowMs, onBug: (error) => bugs.push(error), ...options });
    core.wheel.stop();
    core.onRefused(({ address, reason }) => {
      count += 1;
      refused.set(address, reason);
    });
    const settle = (): void => {
      while (turn());
    };
    const lab: Lab = {
      core,
      pair: new HealthyPair(core, turn),
      refused,
      turn,
      settle,
      pass(ms) {
        nowMs += ms;
        while (!core.wheel.advance());
      },
      peer: (name, level = 5) => new SyncPeer(core, level, name),
    };
    work(lab);
    if (bugs.length > 0) throw bugs[0];
    settle();
    lab.pair.exchange();
    if (core.counters.connectionsRefused !== count) throw new Error(`${core.counters.connectionsRefused} refusals were counted, ${count} told of`);
    for (const [address, reason] of refused) if (reason === '') throw new Error(`${address} was refused without a reason`);
  });
}
