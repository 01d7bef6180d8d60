import { utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import type { EngineStartOptions, FromEngineProcess, ToEngineProcess, VaultAnswer, VaultRequest } from '../engine/engine-process-protocol.ts';
import type { EngineEvents, EngineHandle } from './engine-supervisor.ts';

export interface EngineProcessOptions {
  readonly entryFile: string;
  readonly start: EngineStartOptions;
  readonly answerVault: (request: VaultRequest) => VaultAnswer;
  readonly onSettings: (settings: Extract<FromEngineProcess, { type: 'settings' }>['settings']) => void;
  /** A start that was refused for a reason to show to the user. */
  readonly onRefused: (error: Extract<FromEngineProcess, { type: 'failed' }>['error']) => void;
  readonly log: (line: string) => void;
}

export interface EngineProcess extends EngineHandle {
  /** Hands one page's port to the engine. Before the engine has started it waits there. */
  givePort(port: MessagePortMain): void;
}

/** Starts the engine in a process of its own. What comes from it is our own code talking, so it is typed, not validated. */
export function forkEngine(options: EngineProcessOptions, events: EngineEvents): EngineProcess {
  const child = utilityProcess.fork(options.entryFile, [], { serviceName: 'MQTT Workbench engine', stdio: 'inherit' });
  const send = (message: ToEngineProcess, ports: MessagePortMain[] = []): void => child.postMessage(message, ports);
  let pings = 0;

  child.on('message', (message: FromEngineProcess) => {
    switch (message.type) {
      case 'started':
        return events.ready();
      case 'failed':
        options.onRefused(message.error);
        return events.refused();
      case 'pong':
        return events.pong();
      case 'settings':
        return options.onSettings(message.settings);
      case 'vault':
        return send(options.answerVault(message));
      case 'bug':
        return options.log(`engine: ${message.where}: ${message.message}`);
      case 'stopped':
        // The exit follows.
        return;
    }
  });
  child.on('error', (type, location) => options.log(`engine: ${type} at ${location}`));
  child.once('exit', (code) => events.exited(code));
  send({ type: 'start', options: options.start });

  return {
    ping: () => send({ type: 'ping', id: (pings += 1) }),
    askToExit: () => send({ type: 'shutdown' }),
    kill: () => killForGood(child),
    givePort: (port) => send({ type: 'port' }, [port]),
  };
}

/** An engine that hangs cannot react to a polite signal. */
function killForGood(child: UtilityProcess): void {
  if (process.platform === 'win32' || child.pid === undefined) child.kill();
  else process.kill(child.pid, 'SIGKILL');
}
