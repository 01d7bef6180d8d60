import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mqttxxErrorText, readPeerError } from './peer-error.ts';
import { rpcError, type RpcErrorName } from './rpc-error.ts';

const file = `${import.meta.dirname}/../../../test/fixtures/vectors/mqttxx/error-codes.json`;
const { codes, wire_error_strings: texts } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly codes: Readonly<Record<RpcErrorName, number>>;
  readonly wire_error_strings: Readonly<Record<string, string>>;
};

describe('the error catalogue', () => {
  it.each(Object.entries(codes))('numbers %s as mqttxx does, and has advice', (name, code) => {
    const error = rpcError(name as RpcErrorName, 'local', 'x');
    expect(error.code).toBe(code);
    expect(error.advice).toMatch(/[.?]$/);
  });

  it('has the texts of mqttxx', () => {
    expect(mqttxxErrorText.permissionDenied).toBe(texts['permission']);
    expect(mqttxxErrorText.methodNotFound('<method>')).toBe(texts['unknown_method']);
    expect(mqttxxErrorText.noHandler('<topic>')).toBe(texts['no_handler']);
  });
});

describe('what a peer says', () => {
  it.each([
    ['方法未找到: nope', 'METHOD_NOT_FOUND'],
    ['Method not found: nope', 'METHOD_NOT_FOUND'],
    ['No handler for Nope', 'METHOD_NOT_FOUND'],
    ['method not founded', 'RPC_EXECUTION_ERROR'],
    ['Permission denied', 'PERMISSION_DENIED'],
    ['permission denied: nope', 'PERMISSION_DENIED'],
    ['Permission deniedly', 'RPC_EXECUTION_ERROR'],
    ['the file says: Permission denied', 'RPC_EXECUTION_ERROR'],
    ['No RPC handler registered for topic: bare/topic', 'RPC_EXECUTION_ERROR'],
    ['disk failure', 'RPC_EXECUTION_ERROR'],
    ['', 'RPC_EXECUTION_ERROR'],
  ] as const)('%j is %s', (text, name) => {
    expect(readPeerError({ text })).toMatchObject({ name, code: codes[name], origin: 'remote', message: expect.stringMatching(/./) });
  });

  it.each([
    [-32_601, 'METHOD_NOT_FOUND'],
    ['404', 'METHOD_NOT_FOUND'],
    [-32_600, 'INVALID_RPC_REQUEST'],
    ['403', 'PERMISSION_DENIED'],
    [-32_602, 'RPC_EXECUTION_ERROR'],
    ['boom', 'RPC_EXECUTION_ERROR'],
    [null, 'RPC_EXECUTION_ERROR'],
    [{}, 'RPC_EXECUTION_ERROR'],
  ] as const)('its code %j is %s, whatever the words', (code, name) => {
    expect(readPeerError({ text: 'words', code })).toMatchObject({ name, peerCode: code });
  });

  it('is kept where the message says it in other words, and shown where it does not', () => {
    expect(readPeerError({ text: '方法未找到: x' })).toMatchObject({ peerText: '方法未找到: x' });
    expect(readPeerError({ text: 'disk failure' })).toMatchObject({ message: 'disk failure' });
    expect(readPeerError({ text: { why: 1 } })).toMatchObject({ message: '{"why":1}' });
  });
});
