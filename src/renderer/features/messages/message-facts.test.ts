import { expect, it } from 'vitest';
import type { MessageDetail } from '../../../shared/contract/messages.ts';
import { describeBytes, messageFacts, payloadFileName, propertyFacts } from './message-facts.ts';

const detail = (change: Partial<MessageDetail> = {}): MessageDetail => ({
  id: 1234,
  timeUs: Date.UTC(2026, 10, 21, 12, 0, 1) * 1000,
  topic: '/edge/demo/téléx: 1/',
  qos: 1,
  retain: true,
  dup: false,
  direction: 'in',
  publisher: 'thermostat',
  sizeBytes: 2048,
  head: new Uint8Array(0),
  payload: new Uint8Array(0),
  properties: null,
  ...change,
});

it('lists what is known of a message', () => {
  const facts = new Map(messageFacts(detail()).map(({ key, value }) => [key, value]));
  expect(facts.get('Quality of service')).toBe('1 (at least once)');
  expect(facts.get('Size')).toBe('2 KiB (2,048 bytes)');
  expect(facts.get('Published by')).toBe('thermostat');
  expect(messageFacts(detail({ publisher: null })).some(({ key }) => key === 'Published by')).toBe(false);
});

it('keeps user properties in order, with duplicates', () => {
  const facts = propertyFacts(
    detail({
      properties: {
        userProperties: [
          ['a', '1'],
          ['a', '2'],
        ],
        correlationData: Uint8Array.of(0x68, 0x69),
        payloadIsUtf8: true,
        contentType: 'application/json',
      },
    }),
  );
  expect(facts.map(({ key, value }) => `${key}=${value}`)).toEqual([
    'Payload format indicator=1 (UTF-8 text)',
    'Correlation data=68 69  “hi”',
    'User property: a=1',
    'User property: a=2',
    'Content type=application/json',
  ]);
  expect(propertyFacts(detail())).toEqual([]);
});

it('spells bytes only when they are text', () => {
  expect(describeBytes(Uint8Array.of(0, 1))).toBe('00 01');
  expect(describeBytes(new Uint8Array(0))).toBe('');
});

it('names files after topic and time', () => {
  expect(payloadFileName(detail(), 'json')).toBe('edge-demo-téléx-1_2026-11-21T12-00-01.json');
  expect(payloadFileName(detail({ topic: '//' }), 'hex')).toBe('payload_2026-11-21T12-00-01.bin');
});
