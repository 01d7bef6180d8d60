import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { dialMqtt, publishPacket, subscribePacket } from '../../../../../test/support/raw-mqtt.ts';
import { readMetrics } from '../../../../../test/support/strict-metrics.ts';
import { openLocalBroker, type LocalBroker } from '../local-broker.ts';
import type { BrokerFacts } from './broker-facts.ts';
import { healthOf } from './health.ts';
import { metricsText } from './metrics-text.ts';
import { startMonitorServer, type MonitorServer } from './monitor-server.ts';

const stopped: BrokerFacts = {
  phase: 'stopped',
  engine: 'workbench',
  version: '1.2.3',
  startedAt: null,
  listeners: 0,
  maximumConnections: null,
  metrics: null,
  tapDropped: null,
  persistenceFails: false,
  redisConnected: null,
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function start(engine: 'workbench' | 'aedes'): Promise<{ readonly broker: LocalBroker; readonly monitor: MonitorServer; readonly port: number }> {
  const broker = await openLocalBroker({ engine, host: '127.0.0.1', tcpPort: 0, webSocketPort: null });
  const facts = (): BrokerFacts => ({ ...stopped, phase: 'running', engine, startedAt: Date.now() - 5000, listeners: 1, metrics: broker.engine.metrics() });
  const monitor = await startMonitorServer(0, facts);
  open.push(monitor, broker);
  return { broker, monitor, port: broker.listeners[0]?.port ?? 0 };
}

describe.each(['workbench', 'aedes'] as const)('what a monitor reads of %s', (engine) => {
  it('is the strict text format, with what clients did and no word of theirs', async () => {
    const { monitor, port } = await start(engine);
    const peer = await dialMqtt(port, { clientId: 'secret-client' });
    peer.send(subscribePacket(['secret/topic']), publishPacket('secret/topic', 'secret-payload'));
    await peer.next();
    await peer.next();
    for (const [accept, isOpen] of [
      ['text/plain', false],
      ['application/openmetrics-text; version=1.0.0', true],
    ] as const) {
      const answer = await fetch(`http://127.0.0.1:${monitor.port}/metrics`, { headers: { accept } });
      expect(answer.headers.get('content-type')).toContain(isOpen ? 'application/openmetrics-text' : 'text/plain; version=0.0.4');
      const text = await answer.text();
      expect(text).not.toContain('secret');
      const families = readMetrics(text, isOpen);
      const value = (name: string): number | undefined => families.get(`mqtt_broker_${name}`)?.samples[0]?.value;
      expect(value('up')).toBe(1);
      expect(value('clients')).toBe(1);
      expect(value('uptime_seconds')).toBeGreaterThan(4);
      expect(value(isOpen ? 'messages_received' : 'messages_received_total')).toBe(1);
      if (engine === 'workbench') {
        expect(value('sessions')).toBe(1);
        expect(families.get('mqtt_broker_write_latency_seconds')?.samples.at(-1)).toMatchObject({ name: 'mqtt_broker_write_latency_seconds_count', value: 1 });
      }
    }
    const json: unknown = await (await fetch(`http://127.0.0.1:${monitor.port}/metrics.json`)).json();
    expect(json).toMatchObject({ phase: 'running', engine, totals: { publishReceived: 1 }, levels: { clients: 1 } });
    expect(JSON.stringify(json)).not.toContain('secret');
  });
});

describe('the health of a broker', () => {
  it('is degraded for reasons that are said, and asks for attention by its status', async () => {
    const running: BrokerFacts = { ...stopped, phase: 'running', startedAt: 1000 };
    expect(healthOf(running, 61_500)).toMatchObject({ status: 'healthy', running: true, reasons: [], uptimeSeconds: 60, redisConnected: null });
    expect(healthOf(stopped, 0)).toMatchObject({ status: 'degraded', running: false, reasons: ['The broker does not run.'], uptimeSeconds: null });
    expect(healthOf({ ...running, maximumConnections: 0, persistenceFails: true, redisConnected: false }, 0).reasons).toHaveLength(3);
    const { monitor } = await start('workbench');
    const answer = await fetch(`http://127.0.0.1:${monitor.port}/health`);
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ status: 'healthy', connections: 0 })]);
  });

  it('can be read where nothing runs', () => {
    const families = readMetrics(metricsText({ ...stopped, version: 'a"b\\c\nd' }, 0, 'prometheus'));
    expect(families.get('mqtt_broker_up')?.samples).toEqual([{ name: 'mqtt_broker_up', labels: {}, value: 0 }]);
    expect(families.get('mqtt_broker_info')?.samples[0]?.labels).toEqual({ engine: 'workbench', version: 'a"b\\c\nd' });
  });
});

describe('the server of the broker alone', () => {
  it('answers to this machine by its name, only to questions, and only where there is something', async () => {
    const { monitor } = await start('workbench');
    const ask = (path: string, init: RequestInit = {}): Promise<number> => fetch(`http://127.0.0.1:${monitor.port}${path}`, init).then(({ status }) => status);
    expect(await ask('/')).toBe(404);
    expect(await ask('/metrics?x=1')).toBe(200);
    expect(await ask('/metrics', { method: 'POST' })).toBe(405);
    expect(await ask('/metrics', { method: 'HEAD' })).toBe(200);
    const foreign = await new Promise<string>((resolve) => {
      const socket = net.connect(monitor.port, '127.0.0.1', () => socket.write('GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'));
      let text = '';
      socket.setEncoding('utf8').on('data', (part: string) => (text += part));
      socket.on('close', () => resolve(text));
    });
    expect(foreign).toMatch(/^HTTP\/1\.1 403 /);
    expect(foreign).not.toContain('mqtt_broker');
  });

  it('says that its port is taken', async () => {
    const { monitor } = await start('workbench');
    await expect(startMonitorServer(monitor.port, () => stopped)).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(String(monitor.port)) as string,
    });
  });
});
