import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { endBrokerCommands, portOf as listening, runBrokerCommand as run } from '../../../../../test/support/broker-command.ts';
import { dialMqtt, publishPacket } from '../../../../../test/support/raw-mqtt.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'packets-'));
afterEach(() => {
  endBrokerCommands();
  rmSync(folder, { recursive: true, force: true });
});

it('writes every packet into the file of --packets, and says where that cannot be', async () => {
  const file = path.join(folder, 'packets.txt');
  const running = run('--port', '0', '--packets', file);
  const peer = await dialMqtt(await listening(running), { clientId: 'a' });
  peer.send(publishPacket('t', 'x'), Buffer.of(0xc0, 0));
  await peer.next();
  running.child.kill('SIGTERM');
  expect(await running.exit).toBe(0);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  expect(lines.map((line) => line.split(' ').slice(0, 2).join(' ')).slice(0, 5)).toEqual([
    'client CONNECT',
    'server CONNACK',
    'client PUBLISH',
    'client PINGREQ',
    'server PINGRESP',
  ]);
  expect(lines[2]).toBe('client PUBLISH 4 00017478');

  const wrong = run('--port', '0', '--packets', path.join(folder, 'missing', 'x.pcapng'));
  expect(await wrong.exit).toBe(1);
  expect(wrong.stderr).toContain('The packets cannot be written into');
});
