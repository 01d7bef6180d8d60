import { describe, expect, it } from 'vitest';
import type { MessageTrace, TracedReceiver } from '../../../../shared/contract/broker-inside.ts';
import { timelineOf, unreached } from './timeline.ts';

/** The broker's time of day is this far ahead of the clock. */
const offsetUs = 1_700_000_000_000_000;
const at = (ms: number): number => offsetUs + ms * 1000;

function receiver(clientId: string | null, more: Partial<TracedReceiver> = {}): TracedReceiver {
  const base = { filters: ['a'], group: null, grantedQos: 1, qos: 1, state: 'written', packetId: 1, cause: 'published', sentAgain: 0 } as const;
  return { ...base, clientId, writtenAtUs: null, acknowledgedAtUs: null, endedAtUs: null, ...more };
}
const trace = (publisher: string, routedAtMs: number, ...receivers: readonly TracedReceiver[]): MessageTrace => ({
  publisher,
  packetId: 1,
  clockOffsetUs: offsetUs,
  routedAtUs: at(routedAtMs),
  receivers,
  omitted: 0,
});

describe('the timeline of a call', () => {
  it('puts what the caller and what the broker saw in one order, with the gaps', () => {
    const { steps, omitted } = timelineOf({
      publishedAt: 1000,
      acknowledgedAt: 1003,
      receivedAt: 1030.5,
      callerClient: 'workbench-rpc',
      requestQos: 1,
      answerQos: 1,
      request: trace(
        'workbench-rpc',
        1001,
        receiver('device', { writtenAtUs: at(1001.5), acknowledgedAtUs: at(1004) }),
        receiver('logger', { qos: 0, writtenAtUs: at(1001.6) }),
      ),
      answer: trace('device', 1029, receiver('workbench-rpc', { writtenAtUs: at(1029.5) })),
    });
    expect(omitted).toBe(0);
    expect(steps.map(({ kind, clientId }) => `${kind} ${clientId ?? '-'}`)).toEqual([
      'published workbench-rpc',
      'request-arrived workbench-rpc',
      'request-delivered device',
      'request-delivered logger',
      'acknowledged workbench-rpc',
      'answer-arrived device',
      'answer-delivered workbench-rpc',
      'received workbench-rpc',
    ]);
    expect(steps.map(({ atMs }) => Math.round(atMs * 10) / 10)).toEqual([0, 1, 1.5, 1.6, 3, 29, 29.5, 30.5]);
    expect(steps.every(({ gapMs }) => gapMs >= 0)).toBe(true);
    expect(steps.reduce((sum, { gapMs }) => sum + gapMs, 0)).toBeCloseTo(30.5);
    expect(steps[2]?.acknowledgedAfterMs).toBeCloseTo(2.5);
    expect(steps[3]).toMatchObject({ qos: 0, acknowledgedAfterMs: null });
  });

  it('begins in the broker for a call of others, and tells who did not get it', () => {
    const { steps } = timelineOf({
      publishedAt: null,
      acknowledgedAt: null,
      receivedAt: null,
      callerClient: null,
      requestQos: 0,
      answerQos: null,
      request: trace('panel', 5, receiver('asleep', { state: 'offline', endedAtUs: at(5) })),
      answer: null,
    });
    expect(steps).toMatchObject([
      { kind: 'request-arrived', clientId: 'panel', atMs: 0 },
      { kind: 'request-not-delivered', clientId: 'asleep', state: 'offline', acknowledgedAfterMs: null },
    ]);
  });

  it('counts the receivers it has no room for', () => {
    const many = Array.from({ length: 60 }, (_, n) => receiver(`c${n}`, { writtenAtUs: at(n) }));
    const request = { ...trace('caller', 0, ...many), omitted: 7 };
    const { steps, omitted } = timelineOf({
      publishedAt: null,
      acknowledgedAt: null,
      receivedAt: null,
      callerClient: null,
      requestQos: 1,
      answerQos: null,
      request,
      answer: null,
    });
    expect(steps).toHaveLength(51);
    expect(omitted).toBe(17);
  });
});

describe('a request that nobody got', () => {
  it('is said to be so only when it is true', () => {
    expect(unreached(trace('caller', 0))).toContain('there is no subscription');
    expect(unreached(trace('caller', 0, receiver('a', { writtenAtUs: at(0) })))).toBeNull();
    expect(unreached(trace('caller', 0, receiver('a', { state: 'offline' }), receiver('b', { state: 'waiting' })))).toBeNull();
    expect(unreached({ ...trace('caller', 0), omitted: 3 })).toBeNull();
  });

  it('names who was to get it, and why it did not', () => {
    expect(unreached(trace('caller', 0, receiver('pump', { state: 'offline' }), receiver(null, { state: 'no-member' })))).toBe(
      '"pump" is not connected, and QoS 0 does not wait; no member of the shared subscription could take it',
    );
  });
});
