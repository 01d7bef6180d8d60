import { afterEach, expect, it, vi } from 'vitest';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { openLocalBroker, type LocalBroker } from '../../broker/local-broker.ts';
import { LocalSession, type LocalSessionOptions } from './local-session.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function open(
  more: Partial<LocalSessionOptions> = {},
  changed: Partial<BrokerStatus> = {},
): Promise<{ readonly broker: LocalBroker; readonly session: LocalSession; readonly received: string[] }> {
  const broker = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null, listeners: [] });
  cleanups.push(() => broker.close());
  const status = { phase: 'running', engine: 'workbench', listeners: broker.listeners, ...changed } as BrokerStatus;
  const received: string[] = [];
  const onMessages = (records: readonly MessageRecord[]): void => void received.push(...records.map(({ topic }) => topic));
  const session = new LocalSession(status, { now: Date.now, onMessages, ...more });
  cleanups.push(() => session.close());
  return { broker, session, received };
}
const message = (topic: string) => ({ topic, payload: new TextEncoder().encode('{}'), qos: 1 as const });

it('connects by itself, and hears what it subscribed to', async () => {
  const { session, received } = await open();
  expect(await session.subscribe('a/reply', 1)).toMatchObject({ reason: null, grantedQos: 1 });
  expect(await session.publish(message('a/reply'))).toMatchObject({ noSubscribers: false });
  expect(await session.publish(message('a/nobody'))).toMatchObject({ noSubscribers: true });
  await expect.poll(() => received).toEqual(['a/reply']);
  await session.unsubscribe('a/reply');
  expect(await session.publish(message('a/reply'))).toMatchObject({ noSubscribers: true });
});

it('leaves when there was nothing to call for a while, and not while there is', async () => {
  const { session } = await open({ idleMs: 30 });
  const onEnd = vi.fn<() => void>();
  session.onEnd(onEnd);
  session.hold();
  session.hold();
  await session.subscribe('a/reply', 1);
  session.release();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(session.isOver).toBe(false);
  session.release();
  await expect.poll(() => session.isOver).toBe(true);
  expect(onEnd).toHaveBeenCalledTimes(1);
  // Whoever comes late is told at once.
  session.onEnd(onEnd);
  expect(onEnd).toHaveBeenCalledTimes(2);
});

it('leaves as well when the call it was opened for could not be made', async () => {
  const { session } = await open({ idleMs: 30 });
  await expect.poll(() => session.isOver).toBe(true);
});

it('says when the broker goes', async () => {
  const { broker, session } = await open();
  await session.subscribe('a/reply', 1);
  const ended = new Promise((resolve) => session.onEnd(resolve));
  await broker.close();
  expect(await ended).toMatchObject({ message: expect.any(String) as unknown });
  expect(session.isOver).toBe(true);
});

it('needs a broker that runs, and a listener it can use', async () => {
  await expect(open({}, { phase: 'stopped' })).rejects.toMatchObject({ code: 'broker-not-running' });
  await expect(open({}, { listeners: [] })).rejects.toMatchObject({ code: 'invalid-state' });
});
