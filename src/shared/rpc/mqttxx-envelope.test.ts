import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildMqttxxError, buildMqttxxRequest, buildMqttxxResult, mqttxxErrorText, mqttxxMaxPayloadBytes, parseMqttxxMessage } from './mqttxx-envelope.ts';

interface Exchange {
  readonly items: readonly { readonly name: string; readonly request: { readonly payload: string }; readonly response: { readonly payload: string } }[];
}
interface Incoming {
  readonly items: readonly { readonly payload_text?: string; readonly payload_hex?: string; readonly effect: string }[];
}

const vectors = `${import.meta.dirname}/../../../test/fixtures/vectors/mqttxx`;
const exchange = JSON.parse(readFileSync(`${vectors}/v2-exchange.json`, 'utf8')) as Exchange;
const incoming = JSON.parse(readFileSync(`${vectors}/v2-incoming.json`, 'utf8')) as Incoming;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the mqttxx 2.x envelope', () => {
  it.each(exchange.items)('reads and rebuilds the exchange "$name" byte for byte', ({ request, response }) => {
    const parsedRequest = parseMqttxxMessage(bytes(request.payload));
    if (parsedRequest.kind !== 'request') throw new Error(parsedRequest.kind);
    expect(buildMqttxxRequest(parsedRequest)).toBe(request.payload);
    expect(parsedRequest).toMatchObject({ replyTo: 'edge/device_002', callerId: 'device_002' });

    const parsedResponse = parseMqttxxMessage(bytes(response.payload));
    if (parsedResponse.kind !== 'response') throw new Error(parsedResponse.kind);
    const { requestId, outcome } = parsedResponse;
    expect(requestId).toBe(parsedRequest.requestId);
    if ('result' in outcome) expect(buildMqttxxResult(requestId, outcome.result)).toBe(response.payload);
    else if (outcome.error !== '') expect(buildMqttxxError(requestId, outcome.error)).toBe(response.payload);
  });

  it('has the exact text for an unknown method', () => {
    const unknown = exchange.items.find(({ name }) => name === 'unknown method');
    expect(buildMqttxxError('e4f1290f-e6f7-4cab-98e2-9fb71b210b9b', mqttxxErrorText.methodNotFound('nope'))).toBe(unknown?.response.payload);
  });

  it('takes a present, empty error for a failure and never sends one', () => {
    expect(parseMqttxxMessage(bytes('{"type":"rpc_response","request_id":"1","error":""}'))).toMatchObject({ outcome: { error: '' } });
    expect(buildMqttxxError('1', '')).not.toContain('"error": ""');
  });

  it.each(incoming.items.filter((item) => item.payload_text !== undefined || item.payload_hex !== undefined))(
    'reads $payload_text$payload_hex as real peers do: $effect',
    ({ payload_text, payload_hex, effect }) => {
      const message = parseMqttxxMessage(payload_text === undefined ? Buffer.from(payload_hex ?? '', 'hex') : bytes(payload_text));
      expect(message.kind === 'invalid').toBe(effect.startsWith('dropped'));
      const code = /\((2\d{3})\)/.exec(effect)?.[1];
      if (code !== undefined) expect(message).toMatchObject({ code: Number(code) });
    },
  );

  it('refuses what is larger than peers accept', () => {
    const request = '{"type":"rpc_request","request_id":1,"method":"m"}';
    expect(parseMqttxxMessage(bytes(request.padEnd(mqttxxMaxPayloadBytes)))).toMatchObject({ kind: 'request' });
    expect(parseMqttxxMessage(bytes(request.padEnd(mqttxxMaxPayloadBytes + 1)))).toMatchObject({ kind: 'invalid', code: 2003 });
  });

  it('fills in what a request may leave out', () => {
    expect(parseMqttxxMessage(bytes('{"type":"rpc_request","request_id":7,"method":"m"}'))).toEqual({
      kind: 'request',
      requestId: 7,
      method: 'm',
      params: null,
      replyTo: '',
      callerId: '',
    });
  });
});
