import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { RpcNodeInput } from '../../../../shared/contract/rpc-nodes.ts';
import type { CallDetail, CallInput } from '../../../../shared/contract/rpc.ts';
import { rpcNode, useNodes, type MqttPeer } from '../../../../../test/support/rpc-nodes.ts';

/** What real peers of mqttxx exchanged, replayed with a running node in the place of each of them. */
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(`../../../../../test/fixtures/vectors/mqttxx/${file}`, import.meta.url), 'utf8'));

interface Message {
  readonly topic: string;
  readonly payload: string;
}
interface Message4 extends Message {
  readonly properties: { readonly 'response-topic'?: string; readonly 'correlation-data'?: string; readonly 'user-properties'?: Record<string, string> };
}
const v2 = (read('v2-exchange.json') as { readonly items: readonly { readonly name: string; readonly request: Message; readonly response: Message }[] }).items;
const incoming = (
  read('v2-incoming.json') as {
    readonly items: readonly { readonly payload_text?: string; readonly payload_hex?: string; readonly size_bytes?: number; readonly effect: string }[];
  }
).items;
const v4 = (read('v4-exchange.json') as { readonly items: readonly Message4[] }).items.slice(0, 6);
const pairs4 = [0, 2, 4].map((at) => ({ request: v4[at] as Message4, response: v4[at + 1] as Message4 }));

const bench = useNodes();

interface Answered {
  readonly method: string;
  readonly id: string;
  readonly params: null;
  readonly outcome: { readonly result?: never; readonly error?: string };
}
const readPair = ({ request, response }: { readonly request: Message; readonly response: Message }): Answered => {
  const { method, params, request_id: id } = JSON.parse(request.payload) as { method: string; params: null; request_id: string };
  return { method, id, params, outcome: JSON.parse(response.payload) as Answered['outcome'] };
};

/** Methods that do what those of the real peers did. */
function methodsOf(pairs: readonly { readonly request: Message; readonly response: Message }[]): NonNullable<RpcNodeInput['methods']> {
  const methods = new Map<string, NonNullable<RpcNodeInput['methods']>[number]>();
  for (const pair of pairs) {
    const { method: name, outcome } = readPair(pair);
    const { error } = outcome;
    // These two are for the node itself to say, and the ping is built in.
    if (error?.includes('方法未找到') || name === '__ping__') continue;
    if (name === 'echo') methods.set(name, { name, answer: { kind: 'template', text: '{{params}}' } });
    else if (error === undefined) methods.set(name, { name, answer: { kind: 'static', result: outcome.result ?? null } });
    else methods.set(name, { name, answer: { kind: 'error', message: error } });
  }
  return [...methods.values()];
}

/** The last message of each id, with its own. */
async function answersOf(peer: MqttPeer, count: number): Promise<string[]> {
  await expect.poll(() => peer.received, { timeout: 10_000 }).toHaveLength(count);
  return peer.received.map(({ text }) => text);
}

async function called(input: Omit<CallInput, 'source' | 'node'>): Promise<CallDetail> {
  const { id } = await bench.page.call('rpc.call', { source: 'broker', node: 'mine', ...input });
  return (await bench.first('rpc.detail', { id }, (detail) => detail?.state !== 'pending')) as CallDetail;
}

it('2.x: a node in the place of the responder sends the same bytes', async () => {
  const port = await bench.startBroker();
  const topics = [...new Set(v2.map(({ request }) => request.topic))];
  const rules = [{ id: 'no-delete', method: 'delete_*', effect: 'deny' as const }];
  for (const [at, topic] of topics.entries()) await bench.run(rpcNode({ id: `node-${at}`, topic, methods: methodsOf(v2), rules }));
  const peer = await bench.openPeer(port, 'edge/device_002', { protocolVersion: 4 });
  for (const { request } of v2) await peer.client.publishAsync(request.topic, request.payload, { qos: 1 });
  const byId = new Map((await answersOf(peer, v2.length)).map((text) => [(JSON.parse(text) as { request_id: string }).request_id, text]));
  for (const pair of v2) {
    // A real caller takes an empty error for success: the one thing of a real peer that is not imitated.
    expect(byId.get(readPair(pair).id), pair.name).toBe(pair.response.payload.replace('"error": ""', '"error": "Unknown error"'));
  }
});

it('2.x: a node in the place of the caller sends the same bytes, and understands the answers', async () => {
  const port = await bench.startBroker();
  await bench.run(rpcNode({ clientId: 'device_002', topic: 'edge/device_002', methods: [] }));
  const peer = await bench.openPeer(port, 'server/device_001');
  const pairs = v2.filter(({ request }) => request.topic === 'server/device_001');
  peer.client.on('message', (_topic, payload) => {
    const { request_id: ours } = JSON.parse(payload.toString()) as { request_id: string };
    const pair = pairs[peer.received.length - 1];
    if (pair) peer.client.publish(pair.response.topic, pair.response.payload.replace(readPair(pair).id, ours), { qos: 1 });
  });
  for (const [at, pair] of pairs.entries()) {
    const { method, id, params, outcome } = readPair(pair);
    const detail = await called({ dialect: 'mqttxx2', topic: 'server/device_001', method, params });
    expect(peer.received[at]?.text.replace(detail.requestId, id), pair.name).toBe(pair.request.payload);
    if (outcome.error === undefined) expect(detail, pair.name).toMatchObject({ state: 'ok', result: outcome.result ?? null });
    else expect(detail, pair.name).toMatchObject({ state: 'failed', error: { origin: 'remote' } });
  }
});

it('2.x: what cannot be read is passed over as by real peers, and told', async () => {
  const port = await bench.startBroker();
  await bench.run(rpcNode({ methods: [{ name: 'get_status', answer: { kind: 'static', result: 1 } }] }));
  const peer = await bench.openPeer(port, 'peer/answers');
  for (const { payload_text: text, payload_hex: hex, size_bytes: size = 0 } of incoming) {
    const payload = text ?? (hex === undefined ? Buffer.alloc(size, 0x20) : Buffer.from(hex, 'hex'));
    await peer.client.publishAsync('edge/mine', payload, { qos: 1 });
  }
  const dropped = incoming.filter(({ effect }) => effect.startsWith('dropped')).length;
  // One runs without an answer, and one is an answer itself.
  await expect.poll(() => bench.statusOf()).toMatchObject({ unreadable: dropped, unanswerable: 1, served: 1, running: 0 });
  expect(incoming).toHaveLength(dropped + 2);
  expect(peer.received).toEqual([]);
});

it('4.x: a node in the place of the responder sends the same bytes and properties', async () => {
  const port = await bench.startBroker();
  await bench.run(rpcNode({ clientId: 'client_123', topic: '', dialect: 'mqttxx4', methods: methodsOf(pairs4) }));
  const peer = await bench.openPeer(port, 'rpc/r/client_456');
  for (const { request } of pairs4) {
    const { 'response-topic': responseTopic = '', 'correlation-data': id = '', 'user-properties': userProperties = {} } = request.properties;
    const properties = { responseTopic, correlationData: Buffer.from(id), userProperties };
    await peer.client.publishAsync(request.topic, request.payload, { qos: 1, properties });
  }
  expect(await answersOf(peer, 3)).toEqual(pairs4.map(({ response }) => response.payload));
  const properties = peer.received.map(({ packet }) => packet.properties ?? {});
  expect(properties.map(({ correlationData }) => correlationData?.toString())).toEqual(pairs4.map(({ response }) => response.properties['correlation-data']));
  for (const one of properties) expect(Object.keys(one)).toEqual(['correlationData']);
});

it('4.x: a node in the place of the caller sends the same bytes and properties, and understands the answers', async () => {
  const port = await bench.startBroker();
  await bench.run(rpcNode({ clientId: 'client_456', topic: '', dialect: 'mqttxx4', methods: [] }));
  const peer = await bench.openPeer(port, 'rpc/r/client_123');
  peer.client.on('message', (_topic, _payload, { properties }) => {
    const pair = pairs4[peer.received.length - 1];
    if (pair)
      peer.client.publish(pair.response.topic, pair.response.payload, { qos: 1, properties: { correlationData: properties?.correlationData as Buffer } });
  });
  for (const [at, pair] of pairs4.entries()) {
    const { method, params, outcome } = readPair(pair);
    const detail = await called({ dialect: 'mqttxx4', topic: 'rpc/r/client_123', method, params });
    const { text, packet } = peer.received[at] ?? {};
    expect(text).toBe(pair.request.payload);
    expect(packet?.properties).toMatchObject({ responseTopic: 'rpc/r/client_456', userProperties: { caller_id: 'client_456' } });
    if (outcome.error === undefined) expect(detail).toMatchObject({ state: 'ok', result: outcome.result ?? null });
    else expect(detail).toMatchObject({ state: 'failed', error: { code: 3001 } });
  }
});
