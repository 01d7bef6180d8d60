import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { BrokerCore } from './broker-core.ts';

it('closes although a connection fails while it is ended', async () => {
  const core = new BrokerCore({ nowUs: () => Date.now() * 1000 });
  const stream = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => done(),
    final: (done) => void setImmediate(done, new Error('the socket is not open')),
  });
  core.handle(stream, { transport: 'ws', address: 'memory:1' });
  await expect(core.close()).resolves.toBeUndefined();
  expect(stream.destroyed).toBe(true);
});
