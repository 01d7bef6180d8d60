import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createBrokerService, type BrokerService } from '../../src/main/engine/broker/index.ts';
import { execute } from '../../tools/project.ts';
import { pythonWith } from './python.ts';

let broker: BrokerService;
let port: number;

beforeAll(async () => {
  broker = createBrokerService({
    workerUrl: new URL('../../src/main/engine/broker/broker-worker.ts', import.meta.url),
    now: Date.now,
    random: Math.random,
    onMessages: () => undefined,
    onChange: () => undefined,
    demoDevice: { enabled: true },
  });
  const status = await broker.start({ engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  port = status.listeners.find(({ kind }) => kind === 'tcp')?.port ?? 0;
  await vi.waitUntil(() => broker.clients().some(({ clientId }) => clientId === 'demo-thermostat'), { timeout: 10_000 });
});
afterAll(() => broker.close());

describe('the demo thermostat answers the real peers', () => {
  test('mqttxx 2.0', async ({ skip }) => {
    const environment = await pythonWith('mqttxx-2', ['mqttxx==2.0.3', 'aiomqtt==2.5.1']);
    if ('missing' in environment) return skip(environment.missing);
    const { stdout, stderr } = await execute(environment.python, [path.join(import.meta.dirname, 'mqttxx_caller.py'), String(port)]);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers, stderr).toHaveLength(4);
    expect(answers[0]).toMatchObject({ method: 'get_status', result: expect.any(Object) });
    expect(answers[1]).toMatchObject({ method: 'set_target', result: expect.anything() });
    expect(answers[2]).toMatchObject({ error: 'RPCRemoteError', text: expect.stringContaining('方法未找到: no_such_method') });
    expect(answers[3]).toMatchObject({ error: 'RPCRemoteError' });
  });
});
