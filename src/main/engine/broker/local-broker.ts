import type { BrokerListener, BrokerOptions } from '../../../shared/contract/broker.ts';
import { createAedesEngine } from './aedes-engine.ts';
import type { BrokerEngine } from './broker-engine.ts';
import { openListeners } from './listeners.ts';

export interface LocalBroker {
  readonly engine: BrokerEngine;
  readonly listeners: readonly BrokerListener[];
  /** Stops listening and ends every connection. Idempotent. */
  close(): Promise<void>;
}

/** The largest message taken from a client, fixed header not counted. */
const maxPacketBytes = 67_108_864;

/** An engine behind its listeners. Fails as a whole: nothing keeps listening when one port is taken. */
export async function openLocalBroker(options: BrokerOptions, nowUs: () => number = wallClockUs): Promise<LocalBroker> {
  const engine = await createAedesEngine({ nowUs, maxPacketBytes });
  try {
    const listeners = await openListeners(options, maxPacketBytes + 5, (stream, info) => engine.handle(stream, info));
    const close = async (): Promise<void> => {
      await listeners.close();
      await engine.close();
    };
    return { engine, listeners: listeners.addresses, close };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Unix time in µs from the monotonic clock: successive messages never seem to go back in time. */
function wallClockUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
