import { expect, it } from 'vitest';
import { customDialect } from './custom.ts';
import { customProfileSchema } from './custom-profile.ts';
import { utf8 } from './dialect.ts';

const dialect = customDialect(
  customProfileSchema.parse({
    request: { topic: 'a/{topic}', id: '/head/0', method: '/head/Über' },
    response: { topic: 'a/{topic}/r', id: '/id', result: '', error: '/err' },
  }),
);
const mayBe = (topic: string, payload: string): boolean => {
  const read = dialect.readTopic(topic);
  return read !== null && dialect.mayBe(read, utf8(payload));
};

it('asks for no names that may be written in another way', () => {
  expect(mayBe('a/x', '{"head":["7"],"\\u00dcber":1}')).toBe(true);
});

it('asks for the names that have to be there', () => {
  expect(mayBe('b/x', '{"id":1}')).toBe(false);
  expect(mayBe('a/x/r', '{"id":1}')).toBe(true);
  expect(mayBe('a/x', '')).toBe(false);
  expect(mayBe('a/x', `{"pad":"${'x'.repeat(1_048_576)}"}`)).toBe(false);
  const strict = customDialect(customProfileSchema.parse({ request: { id: '/id', method: '/m' }, response: { topic: 'r', id: '/id' } }));
  const topic = strict.readTopic('any');
  expect(topic).toEqual({ request: true, response: false, specific: false, service: 'any' });
  for (const [payload, expected] of [
    ['{"id":1,"m":2}', true],
    ['{"ids":1,"m":2}', false],
    ['{"id":1}', false],
    ['id m', false],
    ['"i', false],
  ] as const)
    expect([payload, topic && strict.mayBe(topic, utf8(payload))]).toEqual([payload, expected]);
});
