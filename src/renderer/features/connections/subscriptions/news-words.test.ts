import { expect, it } from 'vitest';
import type { SubscriptionNotification } from '../../../../shared/contract/connections.ts';
import { newsWords } from './news-words.ts';

const news = (text: string | Uint8Array, more: Partial<SubscriptionNotification> = {}): SubscriptionNotification => {
  const head = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return { id: 'c', connection: 'Lab', filter: 'door/+', alias: '', color: null, topic: 'door/a', head, sizeBytes: head.length, timeMs: 0, more: 0, ...more };
};

it('says by which subscription, on which topic, what', () => {
  expect(newsWords(news('it is\n  open'), String)).toEqual({ title: 'door/+ · Lab', text: 'door/a: it is open' });
  expect(newsWords(news('x', { alias: 'Door', more: 3 }), String)).toEqual({ title: 'Door · Lab', text: 'door/a: x (and 3 more before it)' });
});

it('shows no bytes that are no text, and no more than a line', () => {
  expect(newsWords(news(Uint8Array.of(0, 255)), String).text).toBe('door/a: 2 bytes');
  expect(newsWords(news(''), String).text).toBe('door/a: empty');
  expect(newsWords(news('é'.repeat(128), { sizeBytes: 5000 }), String).text).toHaveLength('door/a: '.length + 128);
});
