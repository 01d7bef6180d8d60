import { expect, it } from 'vitest';
import type { MessageRecord } from '../../../../shared/messages/record.ts';
import { LastMessages } from './last-messages.ts';

const record = (topic: string, publisher: string | null = 'p'): MessageRecord => ({
  id: 0,
  timeUs: 1,
  topic,
  payload: new Uint8Array(100).fill(7),
  qos: 0,
  retain: false,
  dup: false,
  direction: 'in',
  publisher,
  properties: null,
});
const batch = (from: number, count: number): readonly MessageRecord[] => Array.from({ length: count }, (_, at) => record(`t/${from + at}`));

it('keeps the newest, with ids and the beginning of the payload', () => {
  const last = new LastMessages(3);
  expect(last.list()).toEqual([]);
  last.add(batch(1, 2), 11);
  expect(last.list().map(({ id, topic }) => [id, topic])).toEqual([
    [12, 't/2'],
    [11, 't/1'],
  ]);
  expect(last.list()[0]).toMatchObject({ sizeBytes: 100, head: { length: 64 } });
  for (let at = 3; at < 60; at += 1) last.add(batch(at, 1), 10 + at);
  last.add(batch(60, 9), 70);
  expect(last.list().map(({ id }) => id)).toEqual([78, 77, 76]);
});

it('finds a part of the topic or of the publisher', () => {
  const last = new LastMessages();
  last.add([record('home/Lamp'), record('attic', 'LAMP-7'), record('other', null)], 1);
  expect(last.list('lamp').map(({ id }) => id)).toEqual([2, 1]);
  expect(last.list('nothing')).toEqual([]);
});
