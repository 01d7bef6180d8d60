import type { BrokerListener, BrokerOptions } from '../../../shared/contract/broker.ts';
import { createAedesEngine } from './aedes-engine.ts';
import type { BrokerEngine } from './broker-engine.ts';
import { BrokerCore } from './core/broker-core.ts';
import { SysTopics } from './core/sys-topics.ts';
import { openListeners } from './listeners.ts';
import type { CredentialStore } from './users/credentials.ts';
import { userHooks } from './users/user-hooks.ts';

declare const __APP_VERSION__: string | undefined;

export interface LocalBroker {
  readonly engine: BrokerEngine;
  readonly listeners: readonly BrokerListener[];
  /** Stops listening and ends every connection. Idempotent. */
  close(): Promise<void>;
}

/** The largest message taken from a client, fixed header not counted. */
const maxPacketBytes = 67_108_864;

export interface LocalBrokerExtras {
  /** Only they get in; aedes does not ask. Absent: everybody does. */
  readonly users?: CredentialStore;
}

/** An engine behind its listeners. Fails as a whole: nothing keeps listening when one port is taken. */
export async function openLocalBroker(options: BrokerOptions, extras: LocalBrokerExtras = {}): Promise<LocalBroker> {
  const nowUs = wallClockUs;
  const engine = options.engine === 'aedes' ? await createAedesEngine({ nowUs, maxPacketBytes }) : createCoreEngine(nowUs, extras);
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

function createCoreEngine(nowUs: () => number, { users }: LocalBrokerExtras): BrokerEngine {
  const core = new BrokerCore({ nowUs, maximumPacketSize: maxPacketBytes + 5, hooks: users ? userHooks(users) : {}, onBug: reportBug });
  // Tests run from the sources, where no version is built in.
  new SysTopics(core, `MQTT Workbench ${typeof __APP_VERSION__ === 'string' ? __APP_VERSION__ : 'development'}`).start();
  return core;
}

/** An error of ours that cost one connection; the stack goes to the log of the process. */
function reportBug(error: unknown): void {
  process.stderr.write(`broker core: ${error instanceof Error ? error.stack : String(error)}\n`);
}

/** Unix time in µs from the monotonic clock: successive messages never seem to go back in time. */
function wallClockUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
