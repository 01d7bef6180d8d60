import { describe, expect, it } from 'vitest';
import { utf8, type ParsedMessage, type RpcCall } from './dialect.ts';
import { jsonrpc } from './jsonrpc.ts';
import { rpcError } from './rpc-error.ts';

const call: RpcCall = { id: 'i', topic: 'plc/request', method: 'subtract', params: [42, 23], clientId: 'c', callerId: 'c' };
const parse = (payload: string, topic = 'plc/request'): ParsedMessage => jsonrpc.parse({ topic, payload: utf8(payload), properties: null });
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe('JSON-RPC 2.0 requests', () => {
  it.each([
    [{}, '{"jsonrpc":"2.0","method":"subtract","params":[42,23],"id":"i"}', 'plc/response'],
    [{ params: { a: 1 }, topic: 'plc' }, '{"jsonrpc":"2.0","method":"subtract","params":{"a":1},"id":"i"}', 'plc/response'],
    [{ params: null, replyTo: 'mine' }, '{"jsonrpc":"2.0","method":"subtract","id":"i"}', 'mine'],
  ])('%j', (change, payload, replyTo) => {
    const built = jsonrpc.buildRequest({ ...call, ...change });
    if ('problem' in built) throw new Error(built.problem);
    expect(textOf(built.message.payload)).toBe(payload);
    expect(built).toMatchObject({ replyTo, key: 'i' });
  });

  it.each([5, 'text', true])('have no parameters like %j', (params) => {
    expect(jsonrpc.buildRequest({ ...call, params })).toEqual({ problem: expect.stringContaining('§4.2') });
  });

  it('are answered on the other topic of the pair, with their id as it is', () => {
    const request = parse('{"jsonrpc": "2.0", "method": "m", "id": 7}');
    if (request.kind !== 'request') throw new Error(request.kind);
    expect(request).toEqual({ kind: 'request', key: '7', id: 7, method: 'm', params: null, replyTo: 'plc/response', callerId: '' });
    expect(jsonrpc.buildResult(request, null)).toMatchObject({ topic: 'plc/response', qos: 1 });
    expect(textOf(jsonrpc.buildResult(request, null)?.payload)).toBe('{"jsonrpc":"2.0","result":null,"id":7}');
    const error = rpcError('METHOD_NOT_FOUND', 'local', 'Method not found');
    expect(textOf(jsonrpc.buildError(request, error)?.payload)).toBe('{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":7}');
    expect(textOf(jsonrpc.buildError(request, rpcError('RPC_EXECUTION_ERROR', 'local', 'x'))?.payload)).toContain('-32000');
  });
});

describe('the messages in the examples of the specification (§7)', () => {
  it.each([
    ['{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}', { kind: 'request', method: 'subtract' }],
    ['{"jsonrpc": "2.0", "result": -19, "id": 2}', { kind: 'response', key: '2', outcome: { result: -19 } }],
    [
      '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}',
      { kind: 'event', eventType: 'update', data: [1, 2, 3, 4, 5], source: '', timestamp: null },
    ],
    ['{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"}', { outcome: { error: { name: 'METHOD_NOT_FOUND' } } }],
    ['{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}', { kind: 'invalid', name: 'INVALID_RPC_RESPONSE' }],
    ['{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]', { kind: 'invalid', name: 'INVALID_JSON' }],
    ['{"jsonrpc": "2.0", "method": 1, "params": "bar"}', { kind: 'invalid', name: 'INVALID_RPC_REQUEST' }],
    ['[]', { kind: 'invalid', name: 'INVALID_MESSAGE_TYPE' }],
    ['[1]', { kind: 'invalid', reason: expect.stringContaining('batch') }],
  ])('%s', (payload, expected) => {
    expect(parse(payload)).toMatchObject(expected);
  });
});

describe('what is not quite JSON-RPC 2.0', () => {
  it.each([
    ['{"id":1,"method":"m"}', { kind: 'request' }],
    ['{"id":1,"result":2,"error":null}', { kind: 'response', outcome: { result: 2 } }],
    ['{"id":1,"error":"boom"}', { kind: 'response', outcome: { error: { message: 'boom' } } }],
    ['{"id":1,"error":{"code":-32602,"data":[1]}}', { kind: 'response', outcome: { error: { peerCode: -32_602, data: [1] } } }],
    ['{"type":"rpc_request","request_id":"1","method":"m"}', { kind: 'other' }],
    ['{"jsonrpc":"1.0","id":1,"method":"m"}', { kind: 'invalid', name: 'INVALID_MESSAGE_TYPE' }],
    ['{"jsonrpc":"2.0","id":1}', { kind: 'invalid', name: 'MISSING_REQUIRED_FIELD', key: '1' }],
    ['5', { kind: 'invalid', name: 'INVALID_MESSAGE_TYPE' }],
    ['1e999', { kind: 'invalid', name: 'INVALID_MESSAGE_TYPE' }],
  ])('%s', (payload, expected) => {
    expect(parse(payload)).toMatchObject(expected);
  });
});
