import type { TraceEvent } from '../../../../shared/contract/broker-inside.ts';
import type { Off } from '../../../../shared/ipc/transport.ts';
import type { BrokerInside } from '../broker-engine.ts';
import type { BrokerCore } from './broker-core.ts';
import { PacketTap, type PacketListener } from './packet-tap.ts';

/** What the core tells of its inside. While nobody listens, all that is left of it in the hot path is a look at two fields that are `null`. */
export class CoreInside implements BrokerInside {
  readonly #core: BrokerCore;
  readonly #traceListeners = new Set<(event: TraceEvent) => void>();

  constructor(core: BrokerCore) {
    this.#core = core;
  }

  onTrace(listener: (event: TraceEvent) => void): Off {
    const core = this.#core;
    this.#traceListeners.add(listener);
    core.trace = this.#tellAll;
    return () => {
      this.#traceListeners.delete(listener);
      if (this.#traceListeners.size === 0) core.trace = null;
    };
  }

  readonly #tellAll = (event: TraceEvent): void => {
    for (const listener of this.#traceListeners) listener(event);
  };

  onPacket(listener: PacketListener, clientId: string | null): Off {
    const core = this.#core;
    const tap = (core.packetTap ??= new PacketTap(core.options.nowUs));
    const stop = tap.follow(listener, clientId);
    return () => {
      stop();
      if (tap.isIdle && core.packetTap === tap) core.packetTap = null;
    };
  }
}
