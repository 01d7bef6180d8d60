import type { BrokerListener, BrokerOptions } from '../../../shared/contract/broker.ts';
import { createAedesEngine } from './aedes-engine.ts';
import type { BrokerEngine } from './broker-engine.ts';
import { BrokerCore } from './core/broker-core.ts';
import { SysTopics } from './core/sys-topics.ts';
import { openListeners } from './listeners/open-listeners.ts';
import type { CredentialStore } from './users/credentials.ts';
import { userHooks } from './users/user-hooks.ts';

declare const __APP_VERSION__: string | undefined;

export interface LocalBroker {
  readonly engine: BrokerEngine;
  readonly listeners: readonly BrokerListener[];
  /** Stops listening and ends every connection. Idempotent. */
  close(): Promise<void>;
}

/** The largest packet taken from a client, fixed header included: 64 MiB of topic and payload. */
const maximumPacketSize = 67_108_864 + 5;
/** For everything a connection has to do before MQTT; CONNECT then has as much time again. */
const arrivalTimeoutMs = 10_000;

export interface LocalBrokerExtras {
  /** Only they get in; aedes does not ask. Absent: everybody does. */
  readonly users?: CredentialStore;
}

/** An engine behind its listeners. Fails as a whole: nothing keeps listening when one port is taken. */
export async function openLocalBroker(options: BrokerOptions, extras: LocalBrokerExtras = {}): Promise<LocalBroker> {
  const nowUs = wallClockUs;
  const engine = options.engine === 'aedes' ? await createAedesEngine({ nowUs, maximumPacketSize }) : createCoreEngine(nowUs, extras);
  try {
    const listeners = await openListeners(options, {
      accept: (stream, info) => engine.handle(stream, info),
      onRefused: (refusal) => engine.reportRefusal(refusal),
      maximumPacketSize,
      arrivalTimeoutMs,
    });
    const close = async (): Promise<void> => {
      listeners.close();
      await engine.close();
    };
    return { engine, listeners: listeners.addresses, close };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function createCoreEngine(nowUs: () => number, { users }: LocalBrokerExtras): BrokerEngine {
  const core = new BrokerCore({ nowUs, maximumPacketSize, hooks: users ? userHooks(users) : {}, onBug: reportBug });
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
