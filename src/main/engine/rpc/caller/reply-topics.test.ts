import { expect, it, vi } from 'vitest';
import type { CallSession } from './call-session.ts';
import { ReplyTopics } from './reply-topics.ts';

it('asks again for a topic after a subscription that failed', async () => {
  const subscribe = vi.fn<CallSession['subscribe']>().mockRejectedValueOnce(new Error('not sent')).mockResolvedValue({ reason: null, reasonCode: 1 });
  const topics = new ReplyTopics({ covering: () => null, subscribe, unsubscribe: () => Promise.resolve() } as unknown as CallSession);
  const first = topics.hold('a/reply');
  await expect(first.subscribing).rejects.toThrow('not sent');
  const second = topics.hold('a/reply');
  await second.subscribing;
  expect(second.subscription()).toEqual({ filter: 'a/reply', askedQos: 1, grantedQos: 1 });
  expect(subscribe).toHaveBeenCalledTimes(2);
  topics.close();
});

it('shares one subscription among the responses of a device, and takes it for what it covers', async () => {
  vi.useFakeTimers();
  const subscribe = vi.fn<CallSession['subscribe']>().mockResolvedValue({ reason: null, reasonCode: 1 });
  const unsubscribe = vi.fn<CallSession['unsubscribe']>().mockResolvedValue();
  const topics = new ReplyTopics({ covering: () => null, subscribe, unsubscribe } as unknown as CallSession);
  const filter = 'gf/s/response/A/+';
  const first = topics.hold('gf/s/response/A/1', { filter });
  await first.subscribing;
  const second = topics.hold('gf/s/response/A/2', { filter });
  const exact = topics.hold('gf/s/response/A/3', { once: true });
  const other = topics.hold('gf/s/response/B/4', { once: true });
  await other.subscribing;
  expect(subscribe.mock.calls.map(([topic]) => topic)).toEqual([filter, 'gf/s/response/B/4']);
  expect([second, exact].map(({ subscription }) => subscription()?.filter)).toEqual([filter, filter]);
  for (const hold of [first, second, exact, other]) hold.release();
  expect(unsubscribe.mock.calls).toEqual([['gf/s/response/B/4']]);
  vi.advanceTimersByTime(30_000);
  expect(unsubscribe.mock.calls.at(-1)).toEqual([filter]);
  const again = topics.hold('gf/s/response/A/5', { once: true });
  await again.subscribing;
  expect(again.subscription()?.filter).toBe('gf/s/response/A/5');
  topics.close();
  vi.useRealTimers();
});
