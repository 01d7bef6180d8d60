import { expect, it } from 'vitest';
import { RefusalLog } from './refusal-log.ts';

const refusal = (change: object = {}) => ({
  clientId: 'meter',
  transport: 'tcp' as const,
  address: '10.0.0.1:50000',
  reason: 'The password is wrong.',
  ...change,
});

it('counts up what comes again from another port, and shows it first', () => {
  let now = 0;
  const log = new RefusalLog(() => (now += 1));
  log.add(refusal());
  log.add(refusal({ clientId: null, reason: 'No CONNECT.' }));
  log.add(refusal({ address: '10.0.0.1:50001' }));
  expect(log.snapshot()).toEqual({
    total: 3,
    notKept: 0,
    denied: 0,
    overLimit: 0,
    recent: [
      { ...refusal({ address: '10.0.0.1:50001' }), count: 2, firstAt: 1, lastAt: 3 },
      { ...refusal({ clientId: null, reason: 'No CONNECT.' }), count: 1, firstAt: 2, lastAt: 2 },
    ],
  });
});

it('keeps the newest of very many', () => {
  const log = new RefusalLog(() => 0);
  for (let at = 0; at < 10_000; at += 1) log.add(refusal({ clientId: `flood-${at}` }));
  const { total, recent } = log.snapshot();
  expect(total).toBe(10_000);
  expect(recent).toHaveLength(200);
  expect(recent[0]?.clientId).toBe('flood-9999');
});

it('counts messages that were not kept apart from clients, one line for each client, with the newest topic', () => {
  const log = new RefusalLog(() => 0);
  log.add(refusal());
  for (let at = 0; at < 1000; at += 1) log.add(refusal({ reason: 'Not kept.', notKeptTopic: `t/${at}` }));
  expect(log.snapshot()).toMatchObject({ total: 1, notKept: 1000, recent: [{ reason: 'Not kept.', notKeptTopic: 't/999', count: 1000 }, { count: 1 }] });
});

it('has one line for each topic a client may not use, and one for all that go beyond its share', () => {
  const log = new RefusalLog(() => 5);
  const deny = (clientId: string, topic: string): void =>
    log.add({ clientId, transport: 'tcp', address: '127.0.0.1:1', reason: `May not publish to “${topic}”.`, denied: { action: 'publish', topic } });
  deny('quiet', 'a');
  for (let at = 0; at < 5000; at += 1) deny('loud', `t/${at % 1000}`);
  const { total, denied, recent } = log.snapshot();
  expect([total, denied, recent.length]).toEqual([0, 5001, 22]);
  expect(recent[0]).toMatchObject({ clientId: 'loud', reason: 'May not publish to further topics.', denied: { action: 'publish', topic: null }, count: 4900 });
  expect(recent.find(({ reason }) => reason.includes('t/7”'))?.count).toBe(5);
  expect(recent.at(-1)).toMatchObject({ clientId: 'quiet', count: 1 });
});
