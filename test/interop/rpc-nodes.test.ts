import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { execute } from '../../tools/project.ts';
import { rpcNode, useNodes } from '../support/rpc-nodes.ts';
import { pythonWith } from './python.ts';

const script = path.join(import.meta.dirname, 'mqttxx_peer.py');
const bench = useNodes();

describe.each([['2.0.3'], ['3.2.3'], ['4.0.3']])('mqttxx %s', (version) => {
  const major = version[0] as string;
  let found: Awaited<ReturnType<typeof pythonWith>>;
  beforeAll(async () => {
    found = await pythonWith(`mqttxx-${major}`, [`mqttxx==${version}`, 'aiomqtt==2.5.1']);
  });

  // 4.x calls the fixed topic of a client, the others any topic. Presence: 3.2 asks it why there was no answer.
  test.for([
    ['interop/served', ''],
    ['rpc/r/our-node', 'our-node'],
  ] as const)('calls an RPC node on %s', async ([topic, clientId], { skip }) => {
    if ('missing' in found) return skip(found.missing);
    const port = await bench.startBroker();
    await bench.run(
      rpcNode({
        topic,
        clientId,
        presence: clientId !== '',
        methods: [
          { name: 'echo', answer: { kind: 'script', source: 'export default async (params) => { await sleep(5); return params; }' } },
          { name: 'none', answer: { kind: 'script', source: 'export default () => {}' } },
          { name: 'delete_user', answer: { kind: 'static', result: 'deleted' } },
          { name: 'boom', answer: { kind: 'script', source: 'export default () => { throw new Error("disk failure"); }' } },
          { name: 'empty_error', answer: { kind: 'error', message: '' } },
          { name: 'slow', answer: { kind: 'static', result: 1 }, faults: { lateRate: 1, lateMs: 60_000 } },
        ],
        rules: [{ id: 'no-delete', caller: 'mqttxx-*', method: 'delete_*', effect: 'deny' }],
      }),
    );
    const methods = ['echo', 'none', 'nope', 'delete_user', 'boom', 'empty_error', 'slow', 'hundred'];
    const { stdout, stderr } = await execute(found.python, [script, major, String(port), 'caller', topic, ...methods]);
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
      // 3.2 takes the last level of the topic for a client: the one it knows is online, the other it has never heard of.
      { method: 'slow', error: major === '3' && clientId === '' ? 'RPCPeerUnreachableError' : 'RPCTimeoutError', text: expect.any(String) },
      { method: 'hundred', result: true },
    ]);
    expect(await bench.statusOf()).toMatchObject({ served: 102, unknownMethods: 1, denied: 1, failed: 2, unreadable: 0 });
  });
});
