import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, expect } from 'vitest';
import type { BrokerStatus } from '../../src/shared/contract/broker.ts';
import type { CallFilter, CallsFrame } from '../../src/shared/contract/call-history.ts';
import { connectionProfileSchema, type ConnectionProfile } from '../../src/shared/contract/connections.ts';
import type { EngineContract } from '../../src/shared/contract/index.ts';
import type { CallDetail } from '../../src/shared/contract/rpc.ts';
import type { Client } from '../../src/shared/ipc/connect.ts';
import type { InputOf } from '../../src/shared/ipc/contract.ts';
import { first, openEngine } from './engine.ts';

type Page = Client<EngineContract>;
type CallInput = InputOf<EngineContract['rpc.call']>;

/** The demo device of the local broker, and a call to it that waits. */
export const device = { source: 'broker', dialect: 'mqttxx2', topic: 'edge/demo-thermostat' } as const;
export const asked = { ...device, params: null, timeoutMs: 30_000 } as const;
/** The same over the connection of `connected`. */
export const overLab = { ...asked, source: 'connection:lab' } as const;

const cleanups: (() => unknown)[] = [];

/** What is done, newest first, when the test of the file is over. */
export const atEnd = (clean: () => unknown): void => void cleanups.push(clean);

/** To be called once by each test file that uses the rest: a test leaves nothing open, and no bug behind. */
export function cleanUpAfterEach(): void {
  afterEach(async () => {
    for (const clean of cleanups.splice(0).toReversed()) await clean();
  });
}

/** A whole engine with one page. */
export async function start(): Promise<{ readonly page: Page }> {
  const workbench = await openEngine();
  atEnd(async () => {
    await workbench.close();
    expect(workbench.bugs).toEqual([]);
  });
  return { page: workbench.page };
}

export async function startBroker(page: Page, more: { readonly engine?: 'workbench' | 'aedes' } = {}): Promise<BrokerStatus> {
  const status = await page.call('broker.start', { host: '127.0.0.1', tcpPort: 0, webSocketPort: null, ...more });
  expect(status).toMatchObject({ phase: 'running', failure: null });
  await expect.poll(() => first(page, 'broker.status', undefined), { timeout: 10_000 }).toMatchObject({ demoDevice: { running: true } });
  return status;
}

/** What a call has become when it is not pending any more. */
export async function ended(page: Page, id: number): Promise<CallDetail> {
  const detail = await first(page, 'rpc.detail', { id }, (now) => now?.state !== 'pending');
  if (detail === null) throw new Error('no such call');
  return detail;
}

export async function call(page: Page, input: Partial<CallInput> & { readonly method: string }): Promise<CallDetail> {
  const { id } = await page.call('rpc.call', { ...asked, ...input });
  return ended(page, id);
}

/** The newest item of a stream. */
export function follow<T>(open: (listener: { item(item: T): void }) => () => void): { readonly value: () => T | undefined } {
  let last: T | undefined;
  atEnd(open({ item: (item) => void (last = item) }));
  return { value: () => last };
}

let views = 0;
export const wholeList = (filter: CallFilter = {}) => ({ viewId: `calls-${(views += 1)}`, filter, first: 0, count: 50, frozen: false });
export const callsOf = (page: Page, filter?: CallFilter) => follow<CallsFrame>((listener) => page.stream('callHistory.list', wholeList(filter), listener));

export async function client(url: string, options: Parameters<typeof connectAsync>[1] = {}): Promise<MqttClient> {
  const opened = await connectAsync(url, { reconnectPeriod: 0, protocolVersion: 5, ...options });
  atEnd(() => opened.endAsync(true));
  return opened;
}

/** A connection named `lab` to an address, connected. */
export async function connected(page: Page, uri: string, more: Partial<ConnectionProfile> = {}): Promise<void> {
  const profile = connectionProfileSchema.parse({ id: 'lab', name: 'Lab', uri, clientId: 'bench', ...more });
  await page.call('connections.save', { profile });
  await page.call('connections.connect', { id: 'lab' });
}
