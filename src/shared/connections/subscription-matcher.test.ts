import { expect, test } from 'vitest';
import { newSubscription } from './new-profile.ts';
import { SubscriptionMatcher } from './subscription-matcher.ts';

const all = newSubscription('#', { identifier: 1 });
const room = newSubscription('room/+', { identifier: 2 });
const shared = newSubscription('$share/g/room/a');
const off = newSubscription('room/a', { enabled: false });

test('a message came by every enabled subscription whose filter matches', () => {
  const matcher = new SubscriptionMatcher([all, room, shared, off]);
  expect(matcher.matching('room/a', undefined)).toEqual([all, room, shared]);
  expect(matcher.matching('$SYS/x', undefined)).toEqual([]);
  expect(matcher.matching('room/b', [])).toEqual([all, room]);
});

test('identifiers say which of them it was, unless they say nothing that is known here', () => {
  const matcher = new SubscriptionMatcher([all, room, shared, off]);
  expect(matcher.matching('room/a', [2])).toEqual([room]);
  expect(matcher.matching('room/a', [2, 1])).toEqual([room, all]);
  expect(matcher.matching('room/a', [77])).toEqual([all, room, shared]);
  const twin = newSubscription('other', { identifier: 2 });
  expect(new SubscriptionMatcher([room, twin]).matching('room/a', [2])).toEqual([room]);
});

test('many topics do not grow what it remembers without end, nor change what it finds', () => {
  const matcher = new SubscriptionMatcher([room]);
  for (let at = 0; at < 25_000; at += 1) expect(matcher.matching(`room/${at}`, undefined)).toHaveLength(1);
});
