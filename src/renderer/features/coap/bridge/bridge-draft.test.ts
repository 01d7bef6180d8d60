import { describe, expect, it } from 'vitest';
import { coapBridgeSchema, type CoapBridge } from '../../../../shared/contract/coap-bridges.ts';
import { draftProblems, newToCoap, newToMqtt } from './bridge-draft.ts';
import { phaseWords, wayWords } from './bridge-words.ts';

describe('a new bridge', () => {
  it('can be saved as it is, beside any others', () => {
    const all: CoapBridge[] = [];
    for (let number = 1; number <= 3; number += 1) all.push(newToCoap(`out${number}`, all), newToMqtt(`in${number}`, all));
    for (const bridge of all) {
      expect(coapBridgeSchema.parse(bridge)).toEqual(bridge);
      expect(Object.values(draftProblems(bridge)).filter((problem) => problem !== undefined)).toEqual([]);
    }
    expect(new Set(all.map(({ name }) => name)).size).toBe(6);
    expect(all.map((bridge) => (bridge.direction === 'to-coap' ? bridge.tag : bridge.port))).toEqual(['COAP_1', 5683, 'COAP_2', 5684, 'COAP_3', 5685]);
  });
});

describe('a draft', () => {
  it('says what is wrong with it, and where', () => {
    const out = newToCoap('out', []);
    expect(draftProblems({ ...out, tag: 'a/b' }).tag).toContain('"/"');
    expect(draftProblems({ ...out, subsystems: ['ok', '+'] }).subsystem).toContain('"+"');
    expect(draftProblems({ ...out, namespace: '' }).namespace).toContain('empty');
    expect(draftProblems({ ...out, name: ' ' }).name).toBeDefined();
    expect(draftProblems({ ...out, target: 'http://x' }).target).toContain('coap://');
    expect(draftProblems({ ...out, target: 'coap://[ff02::fd%25eth0]' }).target).toContain('group');
    const into = newToMqtt('in', []);
    expect(draftProblems({ ...into, host: '' }).host).toBeDefined();
    expect(draftProblems({ ...into, device: { subsystem: '', tag: '#' } })).toMatchObject({
      subsystem: expect.stringContaining('empty'),
      tag: expect.stringContaining('"#"'),
    });
  });
});

it('names the way of a bridge, and how it is', () => {
  const into = newToMqtt('in', []);
  expect(wayWords(newToCoap('out', []))).toBe('COAP_1 → coap://127.0.0.1:5683');
  expect(wayWords({ ...into, port: 0 })).toBe('coap://127.0.0.1:any port → all devices');
  expect(wayWords({ ...into, host: '::1', device: { subsystem: 's', tag: 'T' } })).toBe('coap://[::1]:5683 → s/T');
  expect(phaseWords(undefined)).toBe('Stopped');
});
