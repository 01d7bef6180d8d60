import { describe, expect, it } from 'vitest';
import type { RetainedMessage } from '../../../../shared/contract/broker-lists.ts';
import { readRetainedLine, retainedLine } from './retained-file.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const message = (change: Partial<RetainedMessage> = {}): RetainedMessage => ({
  topic: 'home/ü',
  payload: text('on'),
  sizeBytes: 2,
  head: text('on'),
  qos: 1,
  publisher: 'lamp',
  storedAt: 1_700_000_000_000,
  expiresInSeconds: null,
  number: 3,
  properties: null,
  ...change,
});

describe('retained messages as lines', () => {
  it('come back as they went', () => {
    expect(retainedLine(message(), 'text')).toBe('{"topic":"home/ü","payload":"on","qos":1,"publisher":"lamp","storedAt":"2023-11-14T22:13:20.000Z"}');
    expect(readRetainedLine(retainedLine(message(), 'text'))).toEqual({ message: { topic: 'home/ü', payload: text('on'), qos: 1 } });
    const rich = message({
      payload: Uint8Array.of(0xff, 0, 1),
      expiresInSeconds: 9,
      properties: {
        contentType: 'x/y',
        responseTopic: 'back',
        correlationData: Uint8Array.of(0xfe),
        messageExpirySeconds: 10,
        payloadIsUtf8: false,
        userProperties: [
          ['a', '1'],
          ['a', '2'],
        ],
      },
    });
    for (const as of ['text', 'base64'] as const) {
      expect(readRetainedLine(retainedLine(rich, as))).toEqual({
        message: {
          topic: 'home/ü',
          payload: Uint8Array.of(0xff, 0, 1),
          qos: 1,
          properties: {
            contentType: 'x/y',
            responseTopic: 'back',
            correlationData: Uint8Array.of(0xfe),
            messageExpirySeconds: 9,
            payloadIsUtf8: false,
            userProperties: [
              ['a', '1'],
              ['a', '2'],
            ],
          },
        },
      });
    }
    expect(retainedLine(message(), 'base64')).toContain('"payloadBase64":"b24="');
    const large = new Uint8Array(300_000).fill(0xe9);
    expect(readRetainedLine(retainedLine(message({ payload: large }), 'text'))).toMatchObject({ message: { payload: large } });
  });

  it.each([
    ['{', 'is no JSON.'],
    ['[1]', 'is no JSON object.'],
    ['{"payload":"x"}', 'has no "topic".'],
    ['{"topic":"a/#","payload":"x"}', expect.stringContaining('#')],
    ['{"topic":"a","payload":"x","qos":3}', '"qos" is not 0, 1 or 2.'],
    ['{"topic":"a"}', 'has neither "payload" nor "payloadBase64" as text.'],
    ['{"topic":"a","payload":""}', expect.stringContaining('empty payload')],
    ['{"topic":"a","payloadBase64":"*"}', '"payloadBase64" is no base64.'],
    ['{"topic":"a","payload":"x","properties":[]}', '"properties" is no JSON object.'],
    ['{"topic":"a","payload":"x","properties":{"userProperties":[["a"]]}}', '"userProperties" is no list of pairs of texts.'],
    ['{"topic":"a","payload":"x","properties":{"correlationDataBase64":"*"}}', '"correlationDataBase64" is no base64.'],
  ])('refuse %s', (line, problem) => {
    expect(readRetainedLine(line)).toEqual({ problem });
  });
});
