import { afterEach, expect, it } from 'vitest';
import { connectToCore } from '../../../../../test/support/core-client.ts';
import { BrokerCore } from './broker-core.ts';
import type { CoreHooks } from './hooks.ts';

const cores: BrokerCore[] = [];
afterEach(async () => {
  for (const core of cores.splice(0)) await core.close();
});

function startCore(hooks: CoreHooks, bugs: unknown[] = []): BrokerCore {
  const core = new BrokerCore({ nowUs: () => Date.now() * 1000, hooks, onBug: (error) => bugs.push(error) });
  cores.push(core);
  return core;
}

it('tells who comes and goes, what is subscribed and what is published, in order', async () => {
  const news: unknown[] = [];
  const core = startCore({
    connected: ({ clientId, username, version, info }, sessionPresent) => news.push(['connected', clientId, username, version, info.address, sessionPresent]),
    disconnected: ({ clientId }, ended) => news.push(['disconnected', clientId, ended]),
    subscribed: (clientId, { filter, qos }) => news.push(['subscribed', clientId, filter, qos]),
    unsubscribed: (clientId, filter) => news.push(['unsubscribed', clientId, filter]),
    published: ({ number, topic, publisher, qos }) => news.push(['published', number, topic, publisher, qos]),
  });
  const client = await connectToCore(core, { clientId: 'a', username: 'alice', will: { topic: 'gone' } }, 4);
  await client.subscribe({ filter: 'x/#', qos: 1 });
  await client.publish({ topic: 'y', qos: 1 });
  await client.unsubscribe('x/#', 'never');
  await core.publish({ topic: 'z', payload: new Uint8Array(0), qos: 0, retain: false });
  client.drop();
  await expect.poll(() => news.length).toBe(7);
  expect(news).toEqual([
    ['connected', 'a', 'alice', '3.1.1', 'memory', false],
    ['subscribed', 'a', 'x/#', 1],
    ['published', 1, 'y', 'a', 1],
    ['unsubscribed', 'a', 'x/#'],
    ['published', 2, 'z', null, 0],
    ['disconnected', 'a', 'lost'],
    ['published', 3, 'gone', 'a', 0],
  ]);
});

it('asks before a message, a subscription and a delivery, retained ones and wills included', async () => {
  const secret = (_clientId: string, topic: string): boolean => !topic.startsWith('secret');
  const core = startCore({
    authorizePublish: (_clientId, topic) => topic !== 'forbidden',
    authorizeSubscribe: (_clientId, { filter }) => filter !== 'forbidden',
    authorizeDeliver: secret,
  });
  const reader = await connectToCore(core, 'reader');
  expect((await reader.subscribe(['#', 'forbidden'])).codes).toEqual([2, 0x87]);
  const writer = await connectToCore(core, { clientId: 'writer', will: { topic: 'forbidden', payload: 'will' } });
  expect((await writer.publish({ topic: 'forbidden', qos: 1 })).code).toBe(0x87);
  expect((await writer.publish({ topic: 'secret/1', payload: 'x', qos: 1, retain: true })).code).toBe(0x10);
  await writer.publish({ topic: 'open', payload: 'x', qos: 1, retain: true });
  expect((await reader.receive()).topic).toBe('open');
  await reader.subscribe({ filter: '#', qos: 0 });
  expect((await reader.receive()).topic).toBe('open');
  writer.drop();
  await expect.poll(() => core.clients().length).toBe(1);
  await reader.expectNothing();
});

it('takes an authorisation that throws for a no, goes on without news that throw, and reports both', async () => {
  const bugs: unknown[] = [];
  const fail = (): never => {
    throw new Error('broken hook');
  };
  const core = startCore({ connected: fail, subscribed: fail, published: fail, authorizePublish: (_id, topic) => (topic === 'b' ? fail() : true) }, bugs);
  const client = await connectToCore(core, 'a');
  await client.subscribe('#');
  expect((await client.publish({ topic: 'b', qos: 1 })).code).toBe(0x87);
  await client.publish({ topic: 'c' });
  expect((await client.receive()).topic).toBe('c');
  expect(bugs).toHaveLength(4);
});
