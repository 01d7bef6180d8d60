import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import { createScripts } from './index.ts';

const guide = readFileSync(new URL('../../../../docs/scripts.md', import.meta.url), 'utf8');
const examples = [...guide.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code);
const scripts = createScripts({
  onBug: (error) => {
    throw error;
  },
});
afterAll(() => scripts.close());

it('every example of the guide can be read', async () => {
  expect(examples).toHaveLength(3);
  for (const example of examples) expect(await scripts.check(example)).toBeNull();
});

it('its answer answers as it says', async () => {
  const published: JsonValue[] = [];
  const script = scripts.open({
    name: 'example.js',
    source: examples[0] ?? '',
    functions: { publish: (args) => Promise.resolve(void published.push(args)) },
  });
  expect(await script.call('default', [{ value: 4 }, { callerId: 'me' }])).toEqual({ mean: 4, count: 1 });
  expect(await script.call('default', [{ value: 8 }, { callerId: 'me' }])).toEqual({ mean: 6, count: 2 });
  await expect(script.call('default', [{}, { callerId: 'me' }])).rejects.toMatchObject({ message: 'value has to be a number' });
  expect(published[0]).toEqual(['lab/mean', { mean: 4 }, { retain: true }]);
});

it('its rule decides', async () => {
  const rule = scripts.open({ name: 'rule.js', source: examples[1] ?? '' });
  expect(await rule.call('default', [{ callerId: 'lab-1', params: null }])).toBe(true);
  expect(await rule.call('default', [{ callerId: 'lab-1', params: { force: true } }])).toBe(false);
  expect(await rule.call('default', [{ callerId: 'x', params: null }])).toBe(false);
});
