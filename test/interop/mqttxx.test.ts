import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openLocalBroker, type LocalBroker } from '../../src/main/engine/broker/local-broker.ts';
import { CallTable } from '../../src/shared/rpc/call-table.ts';
import type { Dialect, RpcOutcome } from '../../src/shared/rpc/dialect.ts';
import { dialects } from '../../src/shared/rpc/dialects.ts';
import { rpcError } from '../../src/shared/rpc/rpc-error.ts';
import { execute, projectFolder } from '../../tools/project.ts';
import { openPeer, openResponder } from '../support/rpc-peer.ts';
import { pythonWith } from './python.ts';

let broker: LocalBroker;
let port: number;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  broker = await openLocalBroker({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  port = broker.listeners[0]?.port ?? 0;
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});
afterAll(() => broker.close());

const script = path.join(import.meta.dirname, 'mqttxx_peer.py');

describe.each([
  ['2.0.3', 'mqttxx2', 'interop/responder'],
  ['3.2.3', 'mqttxx2', 'interop/responder'],
  ['4.0.3', 'mqttxx4', 'rpc/r/mqttxx-responder'],
])('mqttxx %s', (version, name, theirTopic) => {
  const major = version[0] as string;
  const dialect = dialects.get(name) as Dialect;
  let found: Awaited<ReturnType<typeof pythonWith>>;
  beforeAll(async () => {
    found = await pythonWith(`mqttxx-${major}`, [`mqttxx==${version}`, 'aiomqtt==2.5.1']);
  });

  /** The real responder. */
  async function startResponder(python: string): Promise<void> {
    const child = spawn(python, [script, major, String(port), 'responder'], { stdio: ['ignore', 'inherit', 'inherit'] });
    const ended = once(child, 'close');
    cleanups.push(() => (child.kill(), ended));
    await vi.waitUntil(() => broker.engine.clients().some(({ subscriptions }) => subscriptions.some(({ filter }) => filter === theirTopic)), {
      timeout: 30_000,
    });
  }

  test('answers our command', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    await startResponder(found.python);
    const call = async (method: string, ...more: string[]): Promise<unknown[]> => {
      const command = path.join(projectFolder, 'tools/call.ts');
      const { code, stdout } = await execute(process.execPath, [command, `mqtt://127.0.0.1:${port}`, theirTopic, method, '--dialect', name, '--json', ...more]);
      const { result, error } = JSON.parse(stdout) as { result?: unknown; error?: { name: string; message: string } };
      return [code, error?.name ?? result, ...(error === undefined ? [] : [error.message])];
    };
    expect(await call('echo', '--params', '{"x": [1, "é", null]}')).toEqual([0, { x: [1, 'é', null] }]);
    expect(await call('none')).toEqual([0, null]);
    expect(await call('nope')).toEqual([7, 'METHOD_NOT_FOUND', expect.any(String)]);
    expect(await call('boom')).toEqual([4, 'RPC_EXECUTION_ERROR', 'disk failure']);
    expect(await call('empty_error')).toEqual([4, 'RPC_EXECUTION_ERROR', 'The method failed, and the peer gave no reason.']);
    expect(await call('slow', '--timeout', '0.5')).toEqual([3, 'RPC_TIMEOUT', 'No answer within 0.5 s.']);
    // 4.x has no permissions.
    expect(await call('delete_user')).toEqual(major === '4' ? [0, 'deleted'] : [5, 'PERMISSION_DENIED', expect.any(String)]);
  });

  test('answers a hundred of our calls at once', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    await startResponder(found.python);
    const table = new CallTable({ now: () => performance.now() });
    const ours = { clientId: 'ours', callerId: 'ours', replyTo: 'interop/ours' };
    const caller = await openPeer(port, ours.replyTo, (message) => {
      const parsed = dialect.parse(message);
      if (parsed.kind === 'response') table.answer(message.topic, parsed.key, parsed.outcome);
    });
    cleanups.push(() => caller.close());
    const outcomes = await Promise.all(
      Array.from(
        { length: 100 },
        (_, params) =>
          new Promise<RpcOutcome>((resolve, reject) => {
            const built = dialect.buildRequest({ id: crypto.randomUUID(), topic: theirTopic, method: 'echo', params, ...ours });
            if ('problem' in built) return reject(new Error(built.problem));
            const refused = table.open({ ...built, timeoutMs: 20_000, onEnd: ({ outcome }) => resolve(outcome) });
            if (refused) reject(new Error(refused.message));
            else caller.send(built.message);
          }),
      ),
    );
    expect(outcomes).toEqual(Array.from({ length: 100 }, (_, result) => ({ result })));
  });

  test('calls our methods', async ({ skip }) => {
    if ('missing' in found) return skip(found.missing);
    const ourTopic = 'interop/ours';
    const responder = await openResponder(port, ourTopic, dialect, (request) => {
      const fail = (error: Parameters<typeof rpcError>[0], text = ''): ReturnType<Dialect['buildError']> =>
        dialect.buildError(request, rpcError(error, 'local', text));
      switch (request.method) {
        case 'echo':
          return dialect.buildResult(request, request.params);
        case 'none':
          return dialect.buildResult(request, null);
        case 'delete_user':
          return fail('PERMISSION_DENIED');
        case 'boom':
          return fail('RPC_EXECUTION_ERROR', 'disk failure');
        case 'empty_error':
          return fail('RPC_EXECUTION_ERROR');
        case 'slow':
          return null;
        default:
          return fail('METHOD_NOT_FOUND');
      }
    });
    cleanups.push(() => responder.close());
    const methods = ['echo', 'none', 'nope', 'delete_user', 'boom', 'empty_error', 'slow', 'hundred'];
    const { stdout, stderr } = await execute(found.python, [script, major, String(port), 'caller', ourTopic, ...methods]);
    const lines = stdout.trim().split('\n');
    expect(lines, stderr).toHaveLength(methods.length);
    const failed = (method: string, text: string): object => ({ method, error: 'RPCRemoteError', text: expect.stringContaining(text) });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { method: 'echo', result: { x: [1, 'é', null] } },
      { method: 'none', result: null },
      failed('nope', '方法未找到: nope'),
      failed('delete_user', 'Permission denied'),
      failed('boom', 'disk failure'),
      failed('empty_error', 'Unknown error'),
      // 3.2 looks for the presence of a client named like the last level of the topic, and finds none.
      { method: 'slow', error: major === '3' ? 'RPCPeerUnreachableError' : 'RPCTimeoutError', text: expect.any(String) },
      { method: 'hundred', result: true },
    ]);
  });
});
