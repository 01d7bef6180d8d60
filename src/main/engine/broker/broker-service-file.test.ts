import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/conformance/mqtt/raw-client.ts';
import { dialTcp } from '../../../../test/conformance/mqtt/streams.ts';
import type { BrokerOptions, BrokerStatus } from '../../../shared/contract/broker.ts';
import { createBrokerService, type BrokerService } from './broker-service.ts';
import { launchWorker } from './worker-link.ts';
import { brokerWorkerUrl } from './worker-url.ts';

const options: BrokerOptions = { engine: 'workbench', persistence: 'file', host: '127.0.0.1', tcpPort: 0, webSocketPort: null };

let folder = '';
let file = '';
const services: BrokerService[] = [];
const workers: Worker[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'broker-file-'));
  file = path.join(folder, 'broker', 'broker.db');
});
afterEach(async () => {
  for (const service of services.splice(0)) await service.close();
  workers.length = 0;
  rmSync(folder, { recursive: true, force: true });
});

function setUp(): BrokerService {
  const service = createBrokerService({
    workerUrl: brokerWorkerUrl(),
    persistenceFile: file,
    now: Date.now,
    random: () => 0.5,
    onMessages: () => undefined,
    onChange: () => undefined,
    demoDevice: { enabled: false },
    launchWorker: (url, port) => {
      const worker = launchWorker(url, port);
      workers.push(worker);
      return worker;
    },
  });
  services.push(service);
  return service;
}

async function enter({ listeners }: BrokerStatus, clientId: string): Promise<RawClient> {
  const client = new RawClient(await dialTcp(listeners[0]?.port ?? 0), 4);
  await client.connect({ clientId, clean: false });
  return client;
}

/** A session with a message that waits for it, and a retained message. */
async function fill(status: BrokerStatus): Promise<void> {
  const away = await enter(status, 'away');
  await away.subscribe({ filter: 't', qos: 1 });
  await away.disconnect();
  const publisher = await enter(status, 'publisher');
  await publisher.publish({ topic: 't', payload: 'x', qos: 1 });
  await publisher.publish({ topic: 'r', payload: 'y', qos: 1, retain: true });
  publisher.drop();
}

async function check(service: BrokerService): Promise<void> {
  const status = service.status();
  expect(status).toMatchObject({ phase: 'running', persistenceProblem: null });
  const away = await enter(status, 'away');
  expect(away.connack?.sessionPresent).toBe(true);
  expect((await away.receive()).payload.toString()).toBe('x');
  expect(await service.retained('')).toEqual(['r']);
  away.drop();
}

describe('the broker service with a file', () => {
  it('has its sessions and retained messages again after a stop', async () => {
    const service = setUp();
    await fill(await service.start(options));
    await service.stop();
    expect(readdirSync(path.dirname(file))).toEqual(['broker.db']);
    await service.start(options);
    await check(service);
  });

  it('has them again after its thread was killed, and says nothing of a loss', async () => {
    const service = setUp();
    await fill(await service.start(options));
    await workers[0]?.terminate();
    await expect.poll(() => service.status().failure?.message ?? '').toMatch(/Its clients were disconnected\.$/);
    await expect.poll(() => service.status().phase, { timeout: 20_000 }).toBe('running');
    await check(service);
  });

  it('keeps nothing when that is not asked for, nor with aedes', async () => {
    const service = setUp();
    await service.start({ ...options, persistence: 'memory' });
    await service.stop();
    await service.start({ ...options, engine: 'aedes' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('shows that a damaged file was set aside', async () => {
    const service = setUp();
    await service.start(options);
    await service.stop();
    writeFileSync(file, 'x'.repeat(5000));
    await service.start(options);
    await expect.poll(() => service.status().persistenceProblem).toMatch(/^broker\.db is damaged: it was kept as broker\..*\.broken\.db, /);
    await service.stop();
    expect(service.status().persistenceProblem).toBeNull();
  });

  it('does not start while another broker has the file, and says so', async () => {
    await setUp().start(options);
    const second = await setUp().start(options);
    expect(second).toMatchObject({
      phase: 'failed',
      failure: { code: 'persistence-unavailable', advice: 'Stop that program, use another file, or keep sessions in memory.' },
    });
    expect(second.failure?.message).toContain('is in use by another program');
  });
});
