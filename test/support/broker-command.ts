import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { expect, vi } from 'vitest';

export interface BrokerCommand {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
  readonly exit: Promise<number | null>;
}

const children: ChildProcess[] = [];

/** `npm run broker -- …` without npm. */
export function runBrokerCommand(...args: readonly string[]): BrokerCommand {
  const command = path.join(import.meta.dirname, '../../src/main/engine/broker/cli/cli.ts');
  const child = spawn(process.execPath, [command, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  const running: BrokerCommand = { child, stdout: '', stderr: '', exit: once(child, 'close').then(([code]) => code as number | null) };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (running.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (running.stderr += text));
  return running;
}

/** The port of MQTT over TCP, once it listens. */
export async function portOf(running: BrokerCommand): Promise<number> {
  await vi.waitFor(() => expect(running.stdout).toContain('\n'), { timeout: 15_000, interval: 10 });
  return Number(/^listening on mqtt:\/\/127\.0\.0\.1:(\d+)\n/.exec(running.stdout)?.[1]);
}

/** For `afterEach`. */
export function endBrokerCommands(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL');
}
