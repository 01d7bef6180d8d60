import { describe, expect, it } from 'vitest';
import { rpcNodeSchema, type RpcNodeStatus } from '../../../../shared/contract/rpc-nodes.ts';
import { checkSettings, copyNode, newNode, readyNode, sameSettings, settingsOf, withSettings, type SettingsDraft } from './node-draft.ts';
import { faultWords, stateLine } from './node-words.ts';
import { noFaults } from './method-draft.ts';
import { checkRule, moved, newRule, ruleDraftOf, ruleOf, ruleParts } from './rule-draft.ts';

const node = newNode('n1', 'broker', []);
const settings = (change: Partial<SettingsDraft>): SettingsDraft => ({ ...settingsOf(node), ...change });

describe('new nodes', () => {
  it('are taken by the engine as they are', () => {
    expect(rpcNodeSchema.parse(node)).toEqual(node);
    const ready = readyNode('n2', 'connection:c', [node]);
    expect(rpcNodeSchema.parse(ready)).toEqual(ready);
    expect([ready.name, ready.topic, ready.methods.length]).toEqual(['My device 2', 'edge/my-device-2', 1]);
  });
  it('do not share a topic or a client id when they are copied', () => {
    const copy = copyNode({ ...node, clientId: 'dev', autoStart: true }, 'n3', [node]);
    expect(copy).toMatchObject({ id: 'n3', name: 'My device copy', topic: 'edge/my-device-2', clientId: 'dev-n3', autoStart: false });
    // Where the number belongs in a filter, nobody knows.
    expect(copyNode({ ...node, topic: 'a/#' }, 'n4', [{ ...node, topic: 'a/#' }]).topic).toBe('a/#');
  });
});

describe('settings', () => {
  it.each([
    [{ name: ' ' }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ topic: '' }, 'topic'],
    [{ topic: 'a/b#' }, 'topic'],
    [{ clientId: 'a\0' }, 'clientId'],
    [{ clientId: 'a/b', presence: true }, 'clientId'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
    [{ timeoutMs: null }, 'timeoutMs'],
    [{ maxConcurrentCalls: 10_001 }, 'maxConcurrentCalls'],
  ] as const)('%j', (change, field) => expect(Object.keys(checkSettings(settings(change), 'broker'))).toEqual([field]));

  it('let mqttxx 4 find its topic by itself', () => expect(checkSettings(settings({ topic: '', dialect: 'mqttxx4' }), 'broker')).toEqual({}));
  it('allow presence only with a session of its own', () => {
    expect(checkSettings(settings({ presence: true }), 'broker')).toEqual({});
    expect(Object.keys(checkSettings(settings({ presence: true }), 'connection:c'))).toEqual(['presence']);
    expect(checkSettings(settings({ presence: true, clientId: 'dev' }), 'connection:c')).toEqual({});
  });
  it('come back as they were', () => {
    expect(withSettings(node, settings({}))).toEqual(node);
    expect(sameSettings(settings({}), settings({ name: 'x' }))).toBe(false);
  });
});

describe('rules', () => {
  const rule = { id: 'r', enabled: true, caller: 'a*', method: '', topic: 't', effect: 'deny', script: '' } as const;
  it('come back as they were saved', () => expect(ruleOf(ruleDraftOf(rule), true)).toEqual(rule));
  it('name what has to fit', () => {
    expect(ruleParts(rule)).toEqual([
      { what: 'caller', pattern: 'a*' },
      { what: 'topic', pattern: 't' },
    ]);
    expect(ruleParts({ caller: '', method: '', topic: '' })).toEqual([]);
  });
  it('ask for a script where one decides', () => {
    expect(checkRule({ ...newRule('x'), effect: 'script', script: '' }).script).toBeDefined();
    expect(checkRule({ ...newRule('x'), script: '' })).toEqual({});
    expect(Object.keys(checkRule({ ...newRule('x'), topic: 'x'.repeat(1001) }))).toEqual(['topic']);
  });
  it.each([
    [0, 2, 'bca'],
    [2, 0, 'cab'],
    [1, 1, 'abc'],
    [0, -5, 'abc'],
    [1, 99, 'acb'],
    [7, 0, 'abc'],
  ])('move from %d to %d', (from, to, order) => expect(moved(['a', 'b', 'c'], from, to).join('')).toBe(order));
});

describe('words', () => {
  it('say what goes wrong on purpose', () => {
    expect(faultWords(noFaults)).toEqual([]);
    expect(
      faultWords({ ...noFaults, delayMs: 100, jitterMs: 50, errorRate: 0.125, dropRate: 1, duplicateRate: 0.5, duplicates: 2, lateRate: 0.1, lateMs: 5 }),
    ).toEqual(['100 to 150 ms later', '12.5 % errors', '100 % not answered', '50 % answered 3 times', '10 % late by 5 ms']);
  });
  it('say how a node is', () => {
    const source = { id: 'connection:c', name: 'Lab', live: false } as const;
    const waiting = { phase: 'waiting' } as RpcNodeStatus;
    expect(stateLine(node, undefined, source)).toBe('Stopped');
    expect(stateLine(node, waiting, source)).toBe('Waiting for Lab');
    expect(stateLine(node, waiting, { ...source, live: true })).toBe('Waiting for the next attempt');
  });
});
