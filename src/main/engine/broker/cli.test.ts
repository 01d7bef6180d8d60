import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import process from 'node:process';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dialMqtt, publishPacket, subscribePacket } from '../../../../test/support/raw-mqtt.ts';

interface Running {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
  readonly exit: Promise<number | null>;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [`${import.meta.dirname}/cli.ts`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const running: Running = { child, stdout: '', stderr: '', exit: once(child, 'close').then(([code]) => code as number | null) };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (running.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (running.stderr += text));
  return running;
}

async function listening(running: Running): Promise<number> {
  await vi.waitFor(() => expect(running.stdout).toContain('\n'), { timeout: 15_000, interval: 10 });
  return Number(/^listening on mqtt:\/\/127\.0\.0\.1:(\d+)\n$/.exec(running.stdout)?.[1]);
}

describe('npm run broker', () => {
  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('says once that it listens, serves, and ends cleanly on %s with clients connected', async (signal) => {
    const running = run('--port', '0', '--ws-port', '0');
    const port = await listening(running);
    const peer = await dialMqtt(port, { clientId: 'a' });
    peer.send(subscribePacket(['t']), publishPacket('t', 'x'));
    await peer.next();
    expect(await peer.next()).toEqual(publishPacket('t', 'x'));
    running.child.kill(signal);
    expect(await running.exit).toBe(0);
    await peer.closed();
    expect(running.stdout.split('\n')).toHaveLength(2);
    expect(running.stderr).toBe('');
  });

  it.each([
    [['--port', 'abc'], '--port needs a port number'],
    [['--port', '65536'], '--port needs a port number'],
    [['--ws-port', '-1'], 'ws-port'],
    [['--host', ''], '--host needs'],
    [['--nope'], '--nope'],
    [['extra'], 'extra'],
  ])('explains the wrong arguments %j and ends with 2', async (args, text) => {
    const running = run(...args);
    expect(await running.exit).toBe(2);
    expect(running.stderr).toContain(text);
    expect(running.stderr).toContain('Usage: npm run broker');
    expect(running.stdout).toBe('');
  });

  it('explains a taken port and ends with 1', async () => {
    const blocker = net.createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as net.AddressInfo;
    const running = run('--port', String(port));
    expect(await running.exit).toBe(1);
    blocker.close();
    expect(running.stderr).toMatch(new RegExp(`^The MQTT \\(TCP\\) port ${port} on 127\\.0\\.0\\.1 is taken: .*\\n$`));
  });

  it('explains itself', async () => {
    const running = run('--help');
    expect(await running.exit).toBe(0);
    expect(running.stdout).toContain('--ws-port');
  });
});
