import { vi, expect } from 'vitest';
import { newProfile } from '../../src/shared/connections/new-profile.ts';
import type { BrokerStatus } from '../../src/shared/contract/broker.ts';
import type { MqttVersion, Qos } from '../../src/shared/contract/common.ts';
import { topicBridgeSchema, type TopicBridgeStatus } from '../../src/shared/contract/topic-bridges.ts';
import type { MessageProperties, MessageRecord } from '../../src/shared/messages/record.ts';
import { CodedError } from '../../src/shared/ipc/errors.ts';
import { parseBrokerUri } from '../../src/shared/mqtt/broker-uri.ts';
import { openMqttLink, type MqttLink } from '../../src/main/engine/connections/index.ts';
import { openLocalBroker, type LocalBroker } from '../../src/main/engine/broker/local-broker.ts';
import { createTopicBridges, type TopicBridges } from '../../src/main/engine/bridges/topic/topic-bridges.ts';

// Brokers, devices and bridges for tests.

const patience = { timeout: 20_000, interval: 10 };
export const until = (check: () => unknown): Promise<void> => vi.waitFor(async () => expect(await check()).toBeTruthy(), patience);

export const closers: (() => unknown)[] = [];
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}

export interface TestBroker {
  readonly port: number;
  readonly broker: LocalBroker;
  status(): BrokerStatus;
  stop(): Promise<void>;
}

export async function workbenchBroker(engine: 'workbench' | 'aedes' = 'workbench', port = 0): Promise<TestBroker> {
  const broker = await openLocalBroker({ engine, host: '127.0.0.1', tcpPort: port, webSocketPort: null });
  let phase: BrokerStatus['phase'] = 'running';
  const stop = async (): Promise<void> => {
    phase = 'stopped';
    await broker.close();
  };
  closers.push(stop);
  const status = (): BrokerStatus => ({
    ...{ phase, engine, persistenceProblem: null, startedWith: [], startedAt: null, failure: null, clientCount: 0, tapDropped: 0 },
    ...{ listeners: broker.listeners, demoDevice: { enabled: false, running: false } },
  });
  return { port: broker.listeners[0]?.port ?? 0, broker, status, stop };
}

export interface Device {
  readonly link: MqttLink;
  readonly messages: MessageRecord[];
  texts(): readonly string[];
  publish(topic: string, payload: string, more?: { qos?: Qos; retain?: boolean; properties?: MessageProperties }): Promise<unknown>;
}

/** A client that is connected and has subscribed. */
export async function device(port: number, filters: readonly string[] = [], version: MqttVersion = '5'): Promise<Device> {
  const uri = parseBrokerUri(`mqtt://127.0.0.1:${port}`);
  if (!uri.ok) throw new Error();
  const messages: MessageRecord[] = [];
  const link = await new Promise<MqttLink>((resolve, reject) => {
    const opened = openMqttLink(
      {
        profile: newProfile('d', { name: 'd', uri: `mqtt://127.0.0.1:${port}`, version, connectTimeoutSeconds: 20 }),
        ...{ uri: uri.value, username: undefined, password: undefined, clientId: `device-${Math.random()}`, nowUs: () => Date.now() * 1000 },
      },
      { connected: () => resolve(opened), failed: ({ message }) => reject(new Error(message)), messages: (records) => void messages.push(...records) },
    );
  });
  closers.push(() => link.abort());
  for (const filter of filters) await link.subscribe(filter, 2, { retainAsPublished: true });
  return {
    link,
    messages,
    texts: () => messages.map(({ topic, payload }) => `${topic}=${Buffer.from(payload).toString()}`),
    publish: (topic, payload, { qos = 1, retain = false, properties } = {}) =>
      link.publish({
        ...{ topic, payload: new TextEncoder().encode(payload), qos, retain },
        ...(properties ? { properties: properties as NonNullable<Parameters<MqttLink['publish']>[0]['properties']> } : {}),
      }),
  };
}

export interface BridgeBench {
  readonly bridges: TopicBridges;
  status(): TopicBridgeStatus;
  connected(): Promise<void>;
}

/** A bridge that is started, from a local broker to one on another port. */
export function bridge(local: Pick<TestBroker, 'status'>, port: number, more: object, password?: string): BridgeBench {
  const bridges = createTopicBridges({
    bridges: [topicBridgeSchema.parse({ id: 'b', name: 'Bridge', remote: { kind: 'address', uri: `mqtt://127.0.0.1:${port}` }, ...more })],
    connections: {
      access: async () => {
        throw new CodedError('not-found');
      },
    },
    fill: async (profile, secrets) => ({ profile, secrets, hide: (text) => text }),
    password: async () => password,
    brokerStatus: local.status,
    now: Date.now,
    random: () => 0.5,
  });
  closers.push(() => bridges.close());
  bridges.start('b');
  const status = (): TopicBridgeStatus => bridges.statuses()[0] as TopicBridgeStatus;
  return { bridges, status, connected: () => until(() => status().phase === 'connected') };
}
