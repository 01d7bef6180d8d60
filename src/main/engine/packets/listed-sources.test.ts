import { once } from 'node:events';
import net from 'node:net';
import { Aedes } from 'aedes';
import { expect, test } from 'vitest';
import { connectionProfileSchema } from '../../../shared/contract/connections.ts';
import { createConnections } from '../connections/index.ts';
import { createPackets } from './index.ts';

const patience = { timeout: 20_000, interval: 20 };

test('a connection is a source as long as it exists: what it exchanges with its broker is recorded over reconnects', async () => {
  const broker = await Aedes.createBroker();
  const server = net.createServer((socket) => broker.handle(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  let profiles = [
    connectionProfileSchema.parse({ id: 'c', name: 'Plant', uri: `mqtt://127.0.0.1:${port}`, version: '3.1.1', clientId: 'bench', username: 'me' }),
  ];
  const connections = createConnections({
    ...{ profiles, secrets: async () => ({}), now: Date.now, random: Math.random },
    ...{ onMessages: () => undefined, onNotification: () => undefined, onChange: () => undefined },
  });
  const packets = createPackets({
    ...{ inside: { followPackets: () => () => undefined }, onStatus: () => undefined, appVersion: 'test' },
    messages: { message: async () => null, whoGot: () => null },
  });
  const refresh = packets.offerListed({ kind: 'connection', list: () => profiles, follow: (id, listener) => connections.followPackets(id, listener) });
  expect(packets.status().sources.map(({ id, name }) => `${id} ${name}`)).toEqual(['broker Local broker', 'connection:c Plant']);
  const rows = () => {
    const view = packets.view({ source: 'connection:c' }, { first: 0, count: 100, follow: true }, () => undefined);
    const found = view.frame()?.rows ?? [];
    view.close();
    return found;
  };

  packets.record('connection:c', true);
  for (const run of [1, 2]) {
    await connections.connect('c');
    await expect.poll(() => connections.statuses()[0]?.phase, patience).toBe('connected');
    await connections.publish('c', { topic: 't', payload: new Uint8Array(5000), qos: 1, retain: false });
    await connections.disconnect('c');
    await expect.poll(() => rows().filter(({ end }) => end !== null).length, patience).toBe(run);
  }
  const told = rows().map(({ connection, direction, type, size, clientId }) => `${connection} ${direction} ${type} ${type === 3 ? size : ''} ${clientId}`);
  const run = (at: number): readonly string[] => [
    ...[`${at} in 1  bench`, `${at} out 2  bench`, `${at} in 3 5008 bench`, `${at} out 4  bench`, `${at} in 14  bench`, `${at} in 0  bench`],
  ];
  expect(told).toEqual([...run(1), ...run(2)]);

  profiles = profiles.map((profile) => ({ ...profile, name: 'Plant 2' }));
  refresh();
  expect(packets.status().sources[1]).toMatchObject({ name: 'Plant 2', recording: true, packets: 12 });
  profiles = [];
  refresh();
  expect(packets.status().sources.map(({ id }) => id)).toEqual(['broker']);
  expect(rows()).toHaveLength(12);
  packets.close();
  await connections.close();
  await new Promise<void>((resolve) => broker.close(resolve));
  server.close();
});
