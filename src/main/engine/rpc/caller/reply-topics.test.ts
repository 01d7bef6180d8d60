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
