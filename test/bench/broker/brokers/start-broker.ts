import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { atExit } from '../at-exit.ts';
import type { HostRequest, HostStarted } from './host-process.ts';
import { startMosquitto, type Mosquitto } from './mosquitto.ts';
import type { BrokerName, RunningBroker, TapFacts } from './running-broker.ts';

export interface StartOptions {
  readonly mosquitto: Mosquitto | null;
  /** A folder for processor profiles of brokers that run on Node; `null`: none are made. */
  readonly profileFolder: string | null;
}

/** A fresh broker in a process of its own, listening on a free port of the loopback interface. */
export function startBroker(name: BrokerName, { mosquitto, profileFolder }: StartOptions): Promise<RunningBroker> {
  if (name !== 'mosquitto') return startHost(name, profileFolder);
  if (mosquitto === null) throw new Error('mosquitto is not installed.');
  return startMosquitto(mosquitto);
}

async function startHost(name: BrokerName, profileFolder: string | null): Promise<RunningBroker> {
  const execArgv = profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const child = fork(fileURLToPath(new URL('./host-process.ts', import.meta.url)), [name], { execArgv });
  const off = atExit(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(off);
  const answer = async (): Promise<unknown> => {
    const failed = exited.then(() => Promise.reject(new Error(`The process of the broker “${name}” ended.`)));
    const [message] = (await Promise.race([once(child, 'message'), failed])) as [unknown];
    return message;
  };
  const { port } = (await answer()) as HostStarted;
  return {
    name,
    port,
    pid: child.pid ?? 0,
    tapped: () => {
      child.send('tapped' satisfies HostRequest);
      return answer() as Promise<TapFacts>;
    },
    close: async () => {
      if (child.connected) child.send('close' satisfies HostRequest);
      await exited;
    },
  };
}
