import { connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect } from 'vitest';
import { rpcNodeSchema, type RpcNode, type RpcNodeInput, type RpcNodeStatus } from '../../src/shared/contract/rpc-nodes.ts';
import type { Dialect, RpcOutcome } from '../../src/shared/rpc/dialect.ts';
import type { JsonValue } from '../../src/shared/rpc/python-json.ts';
import { openEngine, type TestEngine } from './engine.ts';

/** Of the node that the tests serve. */
export const nodeTopic = 'edge/mine';

export const servedMethods: NonNullable<RpcNodeInput['methods']> = [
  { name: 'echo', answer: { kind: 'template', text: '{{params}}' } },
  { name: 'none', answer: { kind: 'static', result: null } },
  { name: 'status', answer: { kind: 'static', result: { cpu: 45.2, status: 'online' } } },
  { name: 'boom', answer: { kind: 'error', message: 'disk failure' } },
  { name: 'empty_error', answer: { kind: 'error', message: '' } },
  { name: 'delete_user', answer: { kind: 'static', result: 'deleted' } },
  { name: 'off', enabled: false, answer: { kind: 'static', result: 1 } },
];

export const rpcNode = (more: Partial<RpcNodeInput> = {}): RpcNode =>
  rpcNodeSchema.parse({ id: 'mine', name: 'Mine', source: 'broker', topic: nodeTopic, methods: servedMethods, ...more });

interface ReceivedMessage {
  readonly topic: string;
  readonly text: string;
  readonly packet: IPublishPacket;
}

export interface MqttPeer {
  readonly client: MqttClient;
  readonly received: readonly ReceivedMessage[];
}

export interface NodeBench {
  readonly page: TestEngine['page'];
  readonly first: TestEngine['first'];
  /** Run after the test, the newest first. */
  readonly cleanups: (() => unknown)[];
  /** Answers with its port. */
  startBroker(engine?: 'workbench' | 'aedes'): Promise<number>;
  statusOf(id?: string): Promise<RpcNodeStatus | undefined>;
  logOf(id?: string): Promise<string[]>;
  /** Saved, started and running. */
  run(node: RpcNode): Promise<RpcNodeStatus>;
  /** A client of a broker on this machine, subscribed. */
  openPeer(port: number, filter: string, more?: IClientOptions): Promise<MqttPeer>;
}

/** A workbench for each test of the file. */
export function useNodes(): NodeBench {
  const cleanups: (() => unknown)[] = [];
  let workbench: TestEngine;
  beforeEach(async () => {
    workbench = await openEngine();
  });
  afterEach(async () => {
    for (const clean of cleanups.splice(0).toReversed()) await clean();
    await workbench.close();
    expect(workbench.bugs).toEqual([]);
  });
  return {
    cleanups,
    get page() {
      return workbench.page;
    },
    get first() {
      return workbench.first;
    },
    async startBroker(engine = 'workbench') {
      const status = await workbench.page.call('broker.start', { host: '127.0.0.1', tcpPort: 0, webSocketPort: null, engine });
      expect(status).toMatchObject({ phase: 'running' });
      return status.listeners[0]?.port ?? 0;
    },
    statusOf: async (id = 'mine') => (await workbench.first('rpcNodes.statuses', undefined)).statuses.find((one) => one.id === id),
    logOf: async (id = 'mine') => (await workbench.first('rpcNodes.log', { id })).lines.map(({ text }) => text),
    async run(node) {
      await workbench.page.call('rpcNodes.save', node);
      await workbench.page.call('rpcNodes.start', { id: node.id });
      const isRunning = ({ id, phase }: RpcNodeStatus): boolean => id === node.id && phase === 'running';
      const { statuses } = await workbench.first('rpcNodes.statuses', undefined, (view) => view.statuses.some(isRunning));
      return statuses.find(isRunning) as RpcNodeStatus;
    },
    async openPeer(port, filter, more = {}) {
      const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5, ...more });
      cleanups.push(() => client.endAsync(true));
      const received: ReceivedMessage[] = [];
      client.on('message', (topic, payload, packet) => void received.push({ topic, text: payload.toString(), packet }));
      await client.subscribeAsync(filter, { qos: 1 });
      return { client, received };
    },
  };
}

export interface PeerCaller {
  send(id: string, method: string, params?: JsonValue, dup?: boolean): void;
  /** That came so far. */
  answers(): { readonly id: string; readonly outcome: RpcOutcome }[];
  /** The result, or name and text of the error. */
  call(method: string, params?: JsonValue): Promise<unknown>;
}

/** A peer that calls what listens on a topic. */
export function peerCaller({ client, received }: MqttPeer, dialect: Dialect, replyTo: string, topic = nodeTopic): PeerCaller {
  const send = (id: string, method: string, params: JsonValue = null, dup = false): void => {
    const built = dialect.buildRequest({ id, topic, method, params, replyTo, clientId: 'peer', callerId: 'peer' });
    if ('problem' in built) throw new Error(built.problem);
    const { responseTopic, correlationData, userProperties } = built.message.properties ?? {};
    const properties = {
      ...(responseTopic !== undefined && { responseTopic }),
      ...(correlationData && { correlationData: Buffer.from(correlationData) }),
      ...(userProperties && { userProperties: Object.fromEntries(userProperties) }),
    };
    client.publish(built.message.topic, Buffer.from(built.message.payload), { qos: 1, dup, ...(client.options.protocolVersion === 5 && { properties }) });
  };
  const answers = () =>
    received.flatMap(({ topic: name, packet }) => {
      const { correlationData, userProperties } = packet.properties ?? {};
      const properties = { correlationData, userProperties: Object.entries(userProperties ?? {}).map(([key, value]) => [key, String(value)] as const) };
      const parsed = dialect.parse({ topic: name, payload: packet.payload as Buffer, properties });
      return parsed.kind === 'response' ? [{ id: parsed.key, outcome: parsed.outcome }] : [];
    });
  return {
    send,
    answers,
    async call(method: string, params: JsonValue = null): Promise<unknown> {
      const id = crypto.randomUUID();
      send(id, method, params);
      await expect.poll(() => answers().some((answer) => answer.id === id), { timeout: 10_000 }).toBe(true);
      const { outcome } = answers().find((answer) => answer.id === id) as ReturnType<typeof answers>[number];
      return 'error' in outcome ? [outcome.error.name, outcome.error.peerText ?? outcome.error.message] : outcome.result;
    },
  };
}
