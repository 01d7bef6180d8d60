import { describe, expect, it } from 'vitest';
import { readPeerError } from '../../../shared/rpc/peer-error.ts';
import { rpcError, type RpcErrorName } from '../../../shared/rpc/rpc-error.ts';
import { errorText, exitCodeOf, reportLine, resultText } from './call-words.ts';

describe('exit codes', () => {
  it.each([
    [3, 'RPC_TIMEOUT', 'local'],
    [3, 'PEER_UNREACHABLE', 'local'],
    [4, 'RPC_EXECUTION_ERROR', 'remote'],
    [4, 'INVALID_RPC_REQUEST', 'remote'],
    [4, 'INVALID_RPC_RESPONSE', 'remote'],
    [5, 'PERMISSION_DENIED', 'remote'],
    [5, 'PERMISSION_DENIED', 'local'],
    [6, 'CONNECTION_FAILED', 'local'],
    [6, 'CONNECTION_LOST', 'local'],
    [6, 'AUTHENTICATION_FAILED', 'local'],
    [6, 'SUBSCRIBE_FAILED', 'local'],
    [6, 'PUBLISH_FAILED', 'local'],
    [6, 'PAYLOAD_TOO_LARGE', 'local'],
    [7, 'METHOD_NOT_FOUND', 'remote'],
  ] satisfies [number, RpcErrorName, 'local' | 'remote'][])('%i: %s, %s', (code, name, origin) => {
    expect(exitCodeOf({ outcome: { error: rpcError(name, origin, '') } })).toBe(code);
  });

  it('0: a result, whatever it is', () => {
    expect(exitCodeOf({ outcome: { result: null } })).toBe(0);
  });
});

describe('what a peer sends', () => {
  const nasty = 'red \u001b[31m \u009b31m \r\u0007 \u202e';

  it('does not steer the terminal', () => {
    const texts = [
      resultText({ nasty, list: [1, null] }),
      errorText(readPeerError({ text: nasty, code: nasty, data: nasty }), [nasty]),
      reportLine(
        { request: { key: nasty, replyTo: nasty, message: { topic: nasty, payload: new Uint8Array(0), qos: 1 } } },
        { outcome: { result: nasty }, elapsedMs: 1.23456, notes: [] },
      ),
    ];
    for (const text of texts) expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(JSON.parse(texts[0] ?? '')).toEqual({ nasty, list: [1, null] });
    expect(JSON.parse(texts[2] ?? '')).toMatchObject({ ok: true, result: nasty, elapsedMs: 1.235 });
  });

  it('is printed as it is where it is harmless', () => {
    expect(resultText('é 😀 方法')).toBe('"é 😀 方法"\n');
    expect(errorText(readPeerError({ text: '方法未找到: x', code: 404 }), ['A note.'])).toBe(
      'The peer does not have this method. [METHOD_NOT_FOUND 3001, remote]\nThe peer said: 方法未找到: x\nThe code of the peer: 404\nA note.\n' +
        'Check the spelling, and that the peer offers the method in this version.\n',
    );
  });
});
