import { afterEach, expect, it, test, vi } from 'vitest';
import { endBrokerCommands, portOf as listening, runBrokerCommand as run } from '../../../../../test/support/broker-command.ts';
import { dialMqtt, publishPacket } from '../../../../../test/support/raw-mqtt.ts';
import { readIntercepts } from './cli-intercepts.ts';

afterEach(() => endBrokerCommands());

it('forwards with --intercept to another broker, and says when that is gone', async () => {
  const remote = run('--port', '0');
  const remotePort = await listening(remote);
  const near = run('--port', '0', '--intercept', `0=mqtt://127.0.0.1:${remotePort}`);
  await listening(near);
  await vi.waitFor(() => expect(near.stdout).toContain(`to mqtt://127.0.0.1:${remotePort}`), { timeout: 20_000 });
  const port = Number(/intercept mqtt:\/\/127\.0\.0\.1:(\d+) to/.exec(near.stdout)?.[1]);
  const device = await dialMqtt(port, { clientId: 'through' });
  device.send(publishPacket('t', 'x', { qos: 1 }));
  expect([...(await device.next())]).toEqual([0x40, 2, 0, 1]);
  remote.child.kill('SIGTERM');
  expect(await remote.exit).toBe(0);
  await device.closed();
  await vi.waitFor(() => expect(near.stderr).toContain('remote broker'), { timeout: 20_000 });
  near.child.kill('SIGTERM');
  expect(await near.exit).toBe(0);
});

test.each([
  ['1884', /needs PORT=URL/],
  ['99999=mqtt://h', /needs PORT=URL/],
  ['1884=http://h', /--intercept 1884: "http:\/\/" is a web address/],
  ['1884=mqtt://u:p@h', /Leave user name and password out/],
])('says what is wrong with %s', (given, message) => {
  expect(() => readIntercepts({ intercept: [given] })).toThrow(message);
});
