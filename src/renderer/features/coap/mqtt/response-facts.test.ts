import { expect, it } from 'vitest';
import type { CallDetail } from '../../../../shared/contract/rpc.ts';
import { utf8 } from '../../../../shared/rpc/dialect.ts';
import { codeWords, exceptionOfCall, responseOf } from './response-facts.ts';

const topic = 'gf_int_v1/demo/response/PUMP/id';
const answered = (code: number, body: unknown, more: Partial<CallDetail> = {}): CallDetail => ({
  ...{ id: 1, source: 'broker', dialect: 'gf', topic: 'gf_int_v1/demo/request/PUMP', method: 'GET nope', callerId: 'me', own: true, state: 'failed' },
  ...{
    duplicates: 0,
    timeUs: 1,
    elapsedMs: 1,
    responseCode: code,
    correlationId: null,
    errorText: null,
    params: null,
    replyTo: topic,
    requestId: 'id',
    timeoutMs: 5000,
  },
  ...{ replySubscription: null, request: null, steps: [] },
  answers: [response(code, body)],
  ...more,
});
const response = (code: number, body: unknown): CallDetail['answers'][number] => {
  const payload = utf8(JSON.stringify({ header: { response_code: code, path: 'nope', request_id: 'id' }, body }));
  return { messageId: 0, topic, timeUs: 1, qos: 0, payload, sizeBytes: payload.length, properties: null };
};

it('names codes, their class and what they are in RFC 7252', () => {
  expect(codeWords(205)).toEqual({ label: '205 Content', tone: 'ok', meaning: 'CONTENT, 2.05 in RFC 7252: success' });
  expect(codeWords(404)).toMatchObject({ label: '404 Not Found', tone: 'warn' });
  expect(codeWords(503)).toMatchObject({ tone: 'bad' });
  expect(codeWords(299)).toMatchObject({ label: '299', tone: 'bad', meaning: expect.stringContaining('not listed') as unknown });
});

it('shows what a caller catches', () => {
  expect(exceptionOfCall(answered(404, 'no such thing'))).toEqual({
    ...{ name: 'NotFoundResponse', responseCode: 404, path: 'nope', detail: 'no such thing', source: 'me', target: 'PUMP' },
  });
  expect(exceptionOfCall(answered(205, 1, { state: 'ok' }))).toBeNull();
  expect(exceptionOfCall(answered(299, null))).toMatchObject({ name: 'ResponseException' });
});

it('takes the time-out on this side for what the caller sees, also when a response came later', () => {
  const timedOut = answered(205, 1, { state: 'timed-out', answers: [], timeoutMs: 1500 });
  expect(exceptionOfCall(timedOut)).toMatchObject({
    ...{ name: 'GatewayTimeoutResponse', responseCode: 504, target: 'PUMP', detail: 'Request timed out after 1.500 seconds' },
  });
  expect(exceptionOfCall({ ...timedOut, own: false })).toBeNull();
  const late = answered(205, 1, { state: 'late' });
  expect(exceptionOfCall(late)).toMatchObject({ responseCode: 504 });
  expect(responseOf(late)).toMatchObject({ code: 205, body: 1 });
});
