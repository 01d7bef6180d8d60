import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dialMqtt } from '../test/support/raw-mqtt.ts';

const bootstrap = pathToFileURL(path.join(import.meta.dirname, 'bootstrap.mjs')).href;
const runsTheBroker = `import(${JSON.stringify(bootstrap)}).then(({ run }) => run('src/main/engine/broker/cli/cli.ts', ['--port', '0']))`;
const { npm_lifecycle_event: _event, ...outsideNpm } = process.env;
const insideNpm = { ...outsideNpm, npm_lifecycle_event: 'broker' };

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  /** The exit code of the child, when it and all it started have ended. */
  readonly allEnded: Promise<number | null>;
  signalGroup(signal: NodeJS.Signals): void;
}

const groups: Started[] = [];
afterEach(() => {
  for (const group of groups.splice(0)) {
    try {
      group.signalGroup('SIGKILL');
    } catch {
      // All of it has ended.
    }
  }
});

async function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Started> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env, detached: true });
  const allEnded = once(child, 'close').then(([code]) => code as number | null);
  const signalGroup = (signal: NodeJS.Signals): void => void process.kill(-(child.pid as number), signal);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  groups.push({ child, port: 0, allEnded, signalGroup });
  await vi.waitFor(() => expect(output).toContain('\n'), { timeout: 25_000, interval: 10 });
  return { child, port: Number(/:(\d+)\n$/.exec(output)?.[1]), allEnded, signalGroup };
}

/** As a script of npm runs it: below a shell that waits for it and passes no signal on. */
const startUnderShell = (env: NodeJS.ProcessEnv): Promise<Started> => start('sh', ['-c', '"$0" -e "$1"; exit $?', process.execPath, runsTheBroker], env);

describe('a program that is run for someone', () => {
  beforeEach(({ skip }) => skip(process.platform === 'win32', 'there are no POSIX signals on Windows'));

  it('is ended properly when npm has ended the shell above it; one that was started without npm stays', async () => {
    const [ofNpm, direct] = await Promise.all([startUnderShell(insideNpm), startUnderShell(outsideNpm)]);
    const peer = await dialMqtt(ofNpm.port, { clientId: 'a' });
    for (const { child } of [ofNpm, direct]) child.kill('SIGTERM');
    await peer.closed();
    await ofNpm.allEnded;
    const stays = await dialMqtt(direct.port, { clientId: 'b' });
    direct.signalGroup('SIGTERM');
    await stays.closed();
    await direct.allEnded;
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('ends cleanly when %s reaches it twice: as one of a group, and passed on by its starter', async (signal) => {
    const started = await start(process.execPath, ['-e', runsTheBroker], outsideNpm);
    const peer = await dialMqtt(started.port, { clientId: 'a' });
    started.signalGroup(signal);
    await peer.closed();
    expect(await started.allEnded).toBe(0);
  });
});
