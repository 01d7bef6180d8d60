import { expect, it } from 'vitest';
import type { DialectChoice, DialectId } from '../../../../shared/contract/rpc.ts';
import { chooseDialect } from './auto-dialect.ts';
import { IndexBounds, MethodIndex } from './method-index.ts';

let index: MethodIndex;
const called = (dialect: DialectId, at: number, topic = 'edge/a', method = 'm'): void =>
  void index.grow({ dialect, topic, method })?.request({ params: null, payloadBytes: 2, callerId: '', at });
const choose = (topic = 'edge/a'): DialectChoice => chooseDialect(topic, index.servicesOn(topic));

it('is the dialect that was heard last on the topic, with all others', () => {
  index = new MethodIndex(new IndexBounds());
  expect(choose()).toEqual({ dialect: 'mqttxx2', because: 'default', seen: [] });
  expect(choose('rpc/r/me')).toMatchObject({ dialect: 'mqttxx4', because: 'topic' });
  expect(choose('rpc/r/')).toMatchObject({ because: 'default' });
  index.growService('mqtt5', 'edge/a')?.addByHand();
  expect(choose()).toMatchObject({ dialect: 'mqtt5', because: 'told' });
  called('jsonrpc', 10);
  called('jsonrpc', 20, 'edge/a', 'other');
  called('custom:mine', 15);
  called('mqttxx4', 99, 'edge/b');
  expect(choose()).toEqual({
    dialect: 'jsonrpc',
    because: 'seen',
    seen: [
      { dialect: 'jsonrpc', calls: 2, lastAt: 20 },
      { dialect: 'custom:mine', calls: 1, lastAt: 15 },
      { dialect: 'mqtt5', calls: 0, lastAt: 0 },
    ],
  });
  called('custom:mine', 30);
  expect(choose().dialect).toBe('custom:mine');
  expect(choose('rpc/r/me')).toMatchObject({ dialect: 'mqttxx4', because: 'topic' });
});
