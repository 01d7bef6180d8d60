import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import type { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectPacket, dial, dialMqtt, publishPacket, subscribePacket } from '../../../../test/support/raw-mqtt.ts';
import type { BrokerOptions, BrokerPhase, BrokerStatus } from '../../../shared/contract/broker.ts';
import { listenersSchema } from '../../../shared/contract/listeners.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { createBrokerService, type BrokerService } from './broker-service.ts';
import { launchWorker } from './worker-link.ts';
import { brokerWorkerUrl } from './worker-url.ts';

const anyPorts: BrokerOptions = { engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: 0 };

interface Setup {
  readonly service: BrokerService;
  readonly workers: Worker[];
  readonly messages: MessageRecord[];
  /** Every phase the status went through. */
  readonly phases: BrokerPhase[];
  readonly failures: string[];
}

const services: BrokerService[] = [];
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
});

function setUp({ demo = false }: { readonly demo?: boolean } = {}): Setup {
  const workers: Worker[] = [];
  const messages: MessageRecord[] = [];
  const phases: BrokerPhase[] = [];
  const failures: string[] = [];
  const service = createBrokerService({
    workerUrl: brokerWorkerUrl(),
    now: Date.now,
    random: () => 0.5,
    onMessages: (records) => messages.push(...records),
    onChange: () => {
      const { phase, failure } = service.status();
      if (phases.at(-1) !== phase) phases.push(phase);
      if (failure && failures.at(-1) !== failure.message) failures.push(failure.message);
    },
    demoDevice: { enabled: demo },
    launchWorker: (url, port) => {
      const worker = launchWorker(url, port);
      workers.push(worker);
      return worker;
    },
  });
  services.push(service);
  return { service, workers, messages, phases, failures };
}

const tcpPort = ({ listeners }: BrokerStatus): number => listeners.find(({ kind }) => kind === 'tcp')?.port ?? 0;
const until = (check: () => unknown): Promise<void> => vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 10_000, interval: 10 });

async function refused(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

describe('the broker service', () => {
  it('starts, taps, publishes, lists and stops', async () => {
    const { service, messages, phases } = setUp();
    expect(service.status()).toMatchObject({ phase: 'stopped', listeners: [], startedAt: null, failure: null });
    const running = await service.start(anyPorts);
    expect(running).toMatchObject({ phase: 'running', engine: 'workbench', failure: null, tapDropped: 0 });
    expect(running.startedAt).toBeGreaterThan(0);

    const peer = await dialMqtt(tcpPort(running), { clientId: 'device' });
    peer.send(subscribePacket(['from/us']));
    await peer.next();
    await until(() => service.status().clientCount === 1 && service.clients()[0]?.subscriptions.length === 1);
    expect(service.clients()).toMatchObject([{ clientId: 'device', subscriptions: [{ filter: 'from/us', qos: 0 }] }]);

    await service.publish({ topic: 'from/us', payload: Buffer.from('hello'), qos: 1, retain: true });
    expect(await peer.next()).toEqual(publishPacket('from/us', 'hello'));
    peer.send(publishPacket('from/device', Buffer.from('00ff', 'hex'), { qos: 1, retain: true }));
    await until(() => messages.length === 2);
    expect(messages).toMatchObject([
      { topic: 'from/us', qos: 1, retain: true, publisher: null, direction: 'out' },
      { topic: 'from/device', qos: 1, retain: true, publisher: 'device', direction: 'in', payload: Uint8Array.of(0, 255) },
    ]);
    expect(await service.retained('from')).toEqual(['from/us', 'from/device']);
    expect(await service.retained('from/us')).toEqual(['from/us']);

    const before = performance.now();
    expect(await service.stop()).toMatchObject({ phase: 'stopped', listeners: [], startedAt: null, clientCount: 0 });
    expect(performance.now() - before).toBeLessThan(2000);
    await peer.closed();
    expect(await refused(tcpPort(running))).toBe(true);
    expect(phases).toEqual(['starting', 'running', 'stopping', 'stopped']);
  });

  it('forgets clients and retained messages between two runs', async () => {
    const { service, workers } = setUp();
    await service.start(anyPorts);
    await service.publish({ topic: 'kept', payload: Buffer.from('x'), qos: 0, retain: true });
    await service.stop();
    await service.start(anyPorts);
    expect(await service.retained('')).toEqual([]);
    expect(workers).toHaveLength(2);
  });

  it('disconnects a client on request', async () => {
    const { service } = setUp();
    const peer = await dialMqtt(tcpPort(await service.start(anyPorts)), { clientId: 'device' });
    await service.disconnectClient('device');
    await peer.closed();
    await expect(service.disconnectClient('device')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('tells whom it refused and why', async () => {
    const { service } = setUp();
    const peer = await dial(tcpPort(await service.start(anyPorts)));
    peer.send(connectPacket({ clientId: 'six', level: 6 as 5 }));
    await peer.closed();
    await until(() => service.refusals().total === 1);
    expect(service.refusals().recent).toMatchObject([{ transport: 'tcp', count: 1, reason: expect.stringContaining('MQTT-3.1.2-2') }]);
    await service.stop();
    await service.start(anyPorts);
    expect(service.refusals()).toEqual({ total: 0, notKept: 0, denied: 0, overLimit: 0, recent: [] });
  });

  it('answers calls that need a running broker with a code', async () => {
    const { service } = setUp();
    const message = { topic: 'a', payload: new Uint8Array(0), qos: 0, retain: false } as const;
    await expect(service.publish(message)).rejects.toMatchObject({ code: 'broker-not-running' });
    await expect(service.retained('')).rejects.toMatchObject({ code: 'broker-not-running' });
    await expect(service.disconnectClient('a')).rejects.toMatchObject({ code: 'broker-not-running' });
    await service.start(anyPorts);
    await expect(service.publish({ ...message, topic: 'a/+' })).rejects.toMatchObject({ code: 'invalid-topic' });
  });

  it('does start and stop once, however often they are asked for', async () => {
    const { service, workers, phases } = setUp();
    const statuses = await Promise.all([service.start(anyPorts), service.start(anyPorts)]);
    expect(statuses[0]).toEqual(statuses[1]);
    await service.start(anyPorts);
    expect(workers).toHaveLength(1);
    await Promise.all([service.stop(), service.stop()]);
    await service.stop();
    expect(phases).toEqual(['starting', 'running', 'stopping', 'stopped']);
  });

  it('breaks off a start, and starts again right after', async () => {
    const { service, workers, phases } = setUp();
    const first = service.start(anyPorts);
    const stopping = service.stop();
    const second = service.start(anyPorts);
    expect((await stopping).phase).toBe('stopped');
    await first;
    expect((await second).phase).toBe('running');
    expect(workers).toHaveLength(2);
    expect(phases).toEqual(['starting', 'stopping', 'stopped', 'starting', 'running']);
  });

  it('is closed for good', async () => {
    const { service } = setUp();
    await service.start(anyPorts);
    await service.close();
    await service.close();
    await expect(service.start(anyPorts)).rejects.toMatchObject({ code: 'invalid-state' });
  });
});

describe('when something goes wrong', () => {
  it.each(['tcp', 'ws'] as const)('fails as a whole when the %s port is taken, and starts on the free port it offers', async (kind) => {
    const blocker = net.createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as net.AddressInfo;
    const { service, phases } = setUp();
    const options = kind === 'tcp' ? { ...anyPorts, tcpPort: port } : { ...anyPorts, webSocketPort: port };
    const failed = await service.start(options);
    blocker.close();
    expect(failed).toMatchObject({ phase: 'failed', listeners: [], startedAt: null, failure: { code: 'port-taken', listener: kind, port } });
    const freePort = failed.failure?.freePort ?? 0;
    expect(freePort).toBeGreaterThan(0);
    expect((await service.start({ ...options, [kind === 'tcp' ? 'tcpPort' : 'webSocketPort']: freePort })).phase).toBe('running');
    expect(phases).toEqual(['starting', 'failed', 'starting', 'running']);
  });

  it('goes from failed to stopped when asked to stop', async () => {
    const { service } = setUp();
    await service.start({ ...anyPorts, tcpPort: null, webSocketPort: null });
    expect(service.status()).toMatchObject({ phase: 'failed', failure: { code: 'bad-input' } });
    expect(await service.stop()).toMatchObject({ phase: 'stopped', failure: null });
  });

  it('starts a killed worker again on the same ports, with one message', async () => {
    const { service, workers, phases, failures, messages } = setUp();
    const before = await service.start(anyPorts);
    const peer = await dialMqtt(tcpPort(before), { clientId: 'device' });
    await workers[0]?.terminate();
    await peer.closed();
    await until(() => service.status().phase === 'running' && workers.length === 2);
    expect(phases).toEqual(['starting', 'running', 'failed', 'starting', 'running']);
    expect(failures).toEqual([expect.stringContaining('stopped unexpectedly')]);
    expect(service.status()).toMatchObject({ failure: null, listeners: before.listeners, clientCount: 0 });
    const again = await dialMqtt(tcpPort(before), { clientId: 'device' });
    again.send(publishPacket('back', 'x'));
    await until(() => messages.some(({ topic }) => topic === 'back'));
  });

  it('comes back after a crash with its further listeners where they were', async ({ skip }) => {
    skip(process.platform === 'win32', 'there are no Unix sockets on Windows');
    const { service, workers } = setUp();
    const path = `${os.tmpdir()}/workbench-crash-${process.pid}.sock`;
    const listeners = listenersSchema.parse([
      { kind: 'ws', id: 'free', port: 0 },
      { kind: 'unix', id: 'unix', path },
    ]);
    const before = await service.start({ ...anyPorts, listeners });
    expect(before.listeners.map(({ id }) => id)).toEqual(['tcp', 'ws', 'free', 'unix']);
    await workers[0]?.terminate();
    await until(() => service.status().phase === 'running' && workers.length === 2);
    expect(service.status().listeners).toEqual(before.listeners);
    expect(service.status().startedWith).toEqual(listeners);
  });

  it('does not start again what was stopped meanwhile', async () => {
    const { service, workers, phases } = setUp();
    await service.start(anyPorts);
    await workers[0]?.terminate();
    await until(() => service.status().phase === 'failed');
    await service.stop();
    expect(service.status()).toMatchObject({ phase: 'stopped', failure: null });
    expect(phases).toEqual(['starting', 'running', 'failed', 'stopped']);
    await service.start(anyPorts);
    expect(workers).toHaveLength(2);
  });

  it('fails when the worker cannot even be loaded', async () => {
    const { service } = setUp();
    await service.close();
    const broken = createBrokerService({
      workerUrl: new URL('./no-such-worker.ts', import.meta.url),
      now: Date.now,
      random: () => 0,
      onMessages: () => undefined,
      onChange: () => undefined,
      demoDevice: { enabled: false },
    });
    services.push(broken);
    const status = await broken.start(anyPorts);
    expect(status).toMatchObject({ phase: 'failed', failure: { code: 'worker-crashed', message: expect.stringContaining('no-such-worker') } });
  });

  it('answers a call under way when the worker dies', async () => {
    const { service, workers } = setUp();
    await service.start(anyPorts);
    const call = service.retained('');
    const dead = workers[0]?.terminate();
    await call.catch((error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^(disconnected|engine-restarted)$/) }));
    await dead;
  });
});

describe('the demo device', () => {
  it('joins a running broker, and leaves and returns when switched', async () => {
    const { service, messages } = setUp({ demo: true });
    await service.start(anyPorts);
    await until(() => service.status().demoDevice.running);
    await until(() => messages.some(({ topic }) => topic === 'demo/thermostat/telemetry'));
    await service.setDemoDevice(false);
    expect(service.status().demoDevice).toEqual({ enabled: false, running: false });
    await until(() => service.clients().length === 0);
    await until(() => messages.at(-1)?.topic === 'demo/thermostat/availability');
    expect(Buffer.from(messages.at(-1)?.payload ?? []).toString()).toBe('offline');
    await service.setDemoDevice(true);
    await until(() => service.status().demoDevice.running);
  });

  it('says goodbye when the broker stops, and returns after a crash', async () => {
    const { service, workers, messages } = setUp({ demo: true });
    await service.start(anyPorts);
    await until(() => service.status().demoDevice.running);
    await workers[0]?.terminate();
    await until(() => workers.length === 2 && service.status().demoDevice.running);
    messages.length = 0;
    await service.stop();
    expect(messages.map(({ topic, payload }) => [topic, Buffer.from(payload).toString()])).toContainEqual(['demo/thermostat/availability', 'offline']);
    expect(service.status().demoDevice).toEqual({ enabled: true, running: false });
  });
});
