import { expect, it } from 'vitest';
import { IndexBounds, MethodIndex } from '../methods/method-index.ts';
import { knownPeers } from './known-peers.ts';

const index = new MethodIndex(new IndexBounds());
for (const topic of ['edge/pump/1', 'edge/pump/2', 'edge/oven', 'site-b/pump/1']) index.growService('mqttxx2', topic);
index.grow({ dialect: 'mqttxx2', topic: 'edge/oven', method: 'heat' });
index.growService('jsonrpc', 'edge/other');

const topics = (filter: string): readonly string[] => knownPeers(index, { dialect: 'mqttxx2', method: 'heat', filter }).peers.map(({ topic }) => topic);

it('offers the services of the dialect, and says which are known to have the method', () => {
  const { peers, known } = knownPeers(index, { dialect: 'mqttxx2', method: 'heat', filter: '' });
  expect(known).toBe(4);
  expect(peers.filter(({ hasMethod }) => hasMethod).map(({ topic }) => topic)).toEqual(['edge/oven']);
});

it.each([
  ['edge/+', ['edge/oven']],
  ['edge/#', ['edge/oven', 'edge/pump/1', 'edge/pump/2']],
  ['+/pump/1', ['edge/pump/1', 'site-b/pump/1']],
  ['*pump*', ['edge/pump/1', 'edge/pump/2', 'site-b/pump/1']],
  ['edge/*/2', ['edge/pump/2']],
  ['site, oven', ['edge/oven', 'site-b/pump/1']],
  ['edge/pump/1*1', []],
  ['nothing', []],
])('takes %s', (filter, wanted) => {
  expect(topics(filter)).toEqual(wanted);
});

it('is quick with a pattern made to be slow', () => {
  const long = new MethodIndex(new IndexBounds());
  long.growService('mqttxx2', 'a'.repeat(20_000));
  const began = performance.now();
  expect(knownPeers(long, { dialect: 'mqttxx2', method: '', filter: `${'a*'.repeat(2000)}b` }).peers).toEqual([]);
  expect(performance.now() - began).toBeLessThan(1000);
});
