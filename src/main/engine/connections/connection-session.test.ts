import { expect, it } from 'vitest';
import { ConnectionSession, type ConnectionSessionOptions } from './connection-session.ts';

/** A broker that answers each SUBSCRIBE when the test says so. `subscribed`: what it holds, in the order of the packets. */
function open() {
  const subscribed = new Set<string>();
  const answers: ((granted: boolean) => void)[] = [];
  const link = {
    subscribe: (filter: string) =>
      new Promise((resolve) => {
        answers.push((granted) => {
          resolve({ grantedQos: granted ? 1 : null, reason: granted ? null : 'Refused.', reasonCode: granted ? 1 : 0x87 });
        });
        subscribed.add(filter);
      }),
    unsubscribe: (filter: string) => Promise.resolve(void subscribed.delete(filter)),
  };
  const options = { clientId: 'c', version: '5', link, publish: () => Promise.reject(new Error('not here')), covering: () => null, wants: () => false };
  return { session: new ConnectionSession(options as unknown as ConnectionSessionOptions), subscribed, answers };
}

it('keeps a filter that somebody asks for while another gives it back', async () => {
  const { session, subscribed, answers } = open();
  const first = session.subscribe('t', 1);
  answers[0]?.(true);
  await first;
  const second = session.subscribe('t', 1);
  await session.unsubscribe('t');
  answers[1]?.(true);
  await second;
  expect([...subscribed]).toEqual(['t']);
  await session.unsubscribe('t');
  expect([...subscribed]).toEqual([]);
});

it('gives a filter back that nobody holds any more when the next one was refused', async () => {
  const { session, subscribed, answers } = open();
  const first = session.subscribe('t', 1);
  answers[0]?.(true);
  await first;
  const second = session.subscribe('t', 1);
  await session.unsubscribe('t');
  answers[1]?.(false);
  await second;
  expect([...subscribed]).toEqual([]);
});
