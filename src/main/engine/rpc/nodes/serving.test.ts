import { connectAsync } from 'mqtt';
import { describe, expect, it } from 'vitest';
import type { RpcNodeInput } from '../../../../shared/contract/rpc-nodes.ts';
import { dialects } from '../../../../shared/rpc/dialects.ts';
import type { Dialect } from '../../../../shared/rpc/dialect.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { nodeTopic as topic, peerCaller, rpcNode, servedMethods, useNodes, type MqttPeer, type PeerCaller } from '../../../../../test/support/rpc-nodes.ts';

const bench = useNodes();
const denyDeletes = { id: 'no-delete', method: 'delete_*', effect: 'deny' as const };

describe.each([
  ['the own core', 'workbench', 'mqttxx2', {}],
  ['the own core', 'workbench', 'mqttxx2', { protocolVersion: 4 }],
  ['the own core', 'workbench', 'mqttxx4', {}],
  ['the own core', 'workbench', 'jsonrpc', {}],
  ['the own core', 'workbench', 'mqtt5', {}],
  ['aedes', 'aedes', 'mqttxx2', { protocolVersion: 4 }],
  ['aedes', 'aedes', 'jsonrpc', { protocolVersion: 4 }],
] as const)('a node on %s (%s), called in %s %j', (_what, engine, name, options) => {
  // What is below a topic may belong to others: unknown methods of generic MQTT 5 are refused only where that is the dialect.
  it.each(name === 'mqtt5' ? [name] : (['auto', name] as const))('answers in the dialect of the request, set to %s', async (dialect) => {
    const port = await bench.startBroker(engine);
    const status = await bench.run(rpcNode({ dialect, rules: [denyDeletes] }));
    expect(status).toMatchObject({ clientId: 'mine', problem: null, warnings: [] });
    expect(status.subscriptions[0]).toEqual({ filter: topic, grantedQos: 1 });
    // A request of JSON-RPC does not say where its answer belongs: the two topics are a pair.
    const replyTo = name === 'jsonrpc' ? `${topic}/response` : 'peer/answers';
    const { call } = peerCaller(await bench.openPeer(port, replyTo, options), dialects.get(name) as Dialect, replyTo);
    expect(await call('echo', { x: [1, 'é', null] })).toEqual({ x: [1, 'é', null] });
    expect(await call('none')).toBeNull();
    expect(await call('boom')).toEqual(['RPC_EXECUTION_ERROR', 'disk failure']);
    expect(await call('empty_error')).toEqual(['RPC_EXECUTION_ERROR', 'Unknown error']);
    const mqttxx = name.startsWith('mqttxx');
    expect(await call('nope')).toEqual(['METHOD_NOT_FOUND', mqttxx ? '方法未找到: nope' : 'Method not found']);
    expect(await call('off')).toEqual(['METHOD_NOT_FOUND', mqttxx ? '方法未找到: off' : 'Method not found']);
    // Whether there is such a method, is not told to whom it is denied.
    for (const denied of ['delete_user', 'delete_nothing']) expect(await call(denied)).toEqual(['PERMISSION_DENIED', 'Permission denied']);
    expect(await bench.statusOf()).toMatchObject({ served: 2, failed: 2, unknownMethods: 2, denied: 2, unreadable: 0, running: 0 });
  });
});

describe('a running node', () => {
  const mqttxx2 = dialects.get('mqttxx2') as Dialect;
  const onTopic = (received: MqttPeer['received'], name: string): string[] => received.filter((message) => message.topic === name).map(({ text }) => text);
  /** The answers to requests sent before are there when this one is. */
  const settled = (peer: PeerCaller): Promise<unknown> => peer.call('none');

  it('answers byte for byte as real peers do', async () => {
    const port = await bench.startBroker();
    await bench.run(rpcNode({ rules: [denyDeletes] }));
    const { client, received } = await bench.openPeer(port, 'edge/device_002');
    const ask = (method: string): void =>
      void client.publish(
        topic,
        JSON.stringify({ type: 'rpc_request', request_id: `id-${method}`, method, params: null, reply_to: 'edge/device_002', caller_id: 'x' }),
        { qos: 1 },
      );
    for (const method of ['nope', 'delete_user', 'status']) ask(method);
    await expect.poll(() => received.length).toBe(3);
    expect(received.map(({ text }) => text)).toEqual([
      String.raw`{"type": "rpc_response", "request_id": "id-nope", "error": "\u65b9\u6cd5\u672a\u627e\u5230: nope"}`,
      '{"type": "rpc_response", "request_id": "id-delete_user", "error": "Permission denied"}',
      '{"type": "rpc_response", "request_id": "id-status", "result": {"cpu": 45.2, "status": "online"}}',
    ]);
    expect(received.map(({ packet }) => packet.qos)).toEqual([1, 1, 1]);
  });

  it('takes methods, rules and faults as they are saved, without a new session', async () => {
    const port = await bench.startBroker();
    const { runningSince } = await bench.run(rpcNode());
    const peer = peerCaller(await bench.openPeer(port, 'peer/answers'), mqttxx2, 'peer/answers');
    expect(await peer.call('status')).toMatchObject({ cpu: 45.2 });
    const save = (more: Partial<RpcNodeInput>): Promise<void> => bench.page.call('rpcNodes.save', rpcNode(more));
    await save({ methods: [{ name: 'status', answer: { kind: 'static', result: 2 } }] });
    expect(await peer.call('status')).toBe(2);
    await save({ methods: [] });
    expect(await peer.call('status')).toEqual(['METHOD_NOT_FOUND', '方法未找到: status']);
    await save({ methods: [], rules: [{ id: 'all', effect: 'deny', caller: 'pe*' }] });
    expect(await peer.call('status')).toEqual(['PERMISSION_DENIED', 'Permission denied']);
    await save({ methods: [{ name: 'status', answer: { kind: 'static', result: 2 }, faults: { errorRate: 1, errorText: 'on purpose' } }] });
    expect(await peer.call('status')).toEqual(['RPC_EXECUTION_ERROR', 'on purpose']);
    // The same session serves another topic.
    await save({ topic: 'edge/other' });
    await expect.poll(() => bench.statusOf()).toMatchObject({ subscriptions: [{ filter: 'edge/other', grantedQos: 1 }, { grantedQos: 1 }] });
    const other = { ...mqttxx2, buildRequest: (call: Parameters<Dialect['buildRequest']>[0]) => mqttxx2.buildRequest({ ...call, topic: 'edge/other' }) };
    expect(await peerCaller(await bench.openPeer(port, 'other/answers'), other, 'other/answers').call('status')).toMatchObject({ cpu: 45.2 });
    expect(await bench.statusOf()).toMatchObject({ phase: 'running', runningSince });
  });

  it('answers once, unless faults say otherwise', async () => {
    const port = await bench.startBroker();
    const faulty = (name: string, faults: object): RpcNodeInput['methods'] => [{ name, answer: { kind: 'static', result: name }, faults }];
    await bench.run(
      rpcNode({
        methods: [
          ...servedMethods,
          ...(faulty('dropped', { dropRate: 1 }) ?? []),
          ...(faulty('twice', { duplicateRate: 1, duplicates: 2 }) ?? []),
          ...(faulty('late', { lateRate: 1, lateMs: 300, delayMs: 50 }) ?? []),
        ],
      }),
    );
    const peer = peerCaller(await bench.openPeer(port, 'peer/answers'), mqttxx2, 'peer/answers');
    for (const method of ['dropped', 'twice', 'late', 'status']) peer.send(`request-${method}`, method);
    const times = (method: string): number => peer.answers().filter(({ id }) => id === `request-${method}`).length;
    const before = performance.now();
    await expect.poll(() => times('late')).toBe(1);
    expect(performance.now() - before).toBeGreaterThan(250);
    await settled(peer);
    expect(['dropped', 'twice', 'late', 'status'].map(times)).toEqual([0, 3, 1, 1]);
    expect(await bench.statusOf()).toMatchObject({ dropped: 1, served: 4, running: 0 });
  });

  it('runs a request that is delivered again once, and answers it from memory', async () => {
    const port = await bench.startBroker();
    await bench.run(rpcNode({ methods: [...servedMethods, { name: 'count', answer: { kind: 'template', text: '{{$counter}}' } }] }));
    const peer = peerCaller(await bench.openPeer(port, 'peer/answers'), mqttxx2, 'peer/answers');
    const id = 'bc19a831-c752-4602-be2d-050782839a4f';
    for (let n = 0; n < 1000; n += 1) peer.send(id, 'count');
    await settled(peer);
    // The same message within a second: one answer is enough.
    expect(peer.answers().filter((answer) => answer.id === id)).toEqual([{ id, outcome: { result: 1 } }]);
    expect(await bench.statusOf()).toMatchObject({ repeated: 999 });
    // Another request is another one, also with the id of the first.
    expect(await peer.call('count')).toBe(2);
    peer.send(id, 'count', { other: true });
    await settled(peer);
    expect(peer.answers().findLast((answer) => answer.id === id)).toEqual({ id, outcome: { result: 3 } });
  });

  it('tells short ids of JSON-RPC apart only where they are sent again', async () => {
    const port = await bench.startBroker();
    const jsonrpc = dialects.get('jsonrpc') as Dialect;
    await bench.run(rpcNode({ methods: [{ name: 'count', answer: { kind: 'template', text: '{{$counter}}' } }] }));
    const peer = peerCaller(await bench.openPeer(port, `${topic}/response`), jsonrpc, `${topic}/response`);
    peer.send('1', 'count');
    peer.send('1', 'count');
    await expect.poll(() => peer.answers().map(({ outcome }) => outcome)).toEqual([{ result: 1 }, { result: 2 }]);
  });

  it.each([
    ['not JSON', 'hello', /not JSON/],
    ['nothing', '', /empty/],
    ['not an object', '[1, 2]', /not a JSON object/],
    ['no type', '{"method": "x"}', /no type/],
    ['an unknown type', '{"type": "rpc_wish", "request_id": "1"}', /unknown type "rpc_wish"/],
    ['no id', '{"type": "rpc_request", "method": "status"}', /request_id is missing/],
    ['no method', '{"type": "rpc_request", "request_id": "12345678"}', /method is missing/],
    ['a method of a wrong type', '{"type": "rpc_request", "request_id": "12345678", "method": {}}', /method is not a text/],
    [
      'deep nesting',
      `{"type": "rpc_request", "request_id": "12345678", "method": "echo", "params": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
      /nested deeper than 512/,
    ],
    ['more than 1 MiB', `{"type": "rpc_request", "request_id": "12345678", "method": "echo", "params": "${'x'.repeat(1_100_000)}"}`, /larger than 1048576/],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0xfe]), /not UTF-8/],
  ])('passes over %s, and says why', async (_what, payload, reason) => {
    const port = await bench.startBroker();
    await bench.run(rpcNode());
    const opened = await bench.openPeer(port, 'peer/answers');
    await opened.client.publishAsync(topic, payload, { qos: 1 });
    expect(await peerCaller(opened, mqttxx2, 'peer/answers').call('none')).toBeNull();
    expect(opened.received).toHaveLength(1);
    expect(await bench.statusOf()).toMatchObject({ unreadable: 1, served: 1 });
    expect(await bench.logOf()).toEqual([expect.stringMatching(reason)]);
  });

  it('carries out what it cannot answer, and says so', async () => {
    const port = await bench.startBroker();
    await bench.run(rpcNode());
    const opened = await bench.openPeer(port, 'peer/answers');
    const ask = (replyTo: JsonValue): void =>
      void opened.client.publish(
        topic,
        JSON.stringify({ type: 'rpc_request', request_id: crypto.randomUUID(), method: 'status', params: null, reply_to: replyTo }),
        { qos: 1 },
      );
    for (const replyTo of ['', null, 'a/#', 'a/\u0000b']) ask(replyTo);
    expect(await peerCaller(opened, mqttxx2, 'peer/answers').call('none')).toBeNull();
    expect(await bench.statusOf()).toMatchObject({ unanswerable: 4, served: 5 });
    expect(await bench.logOf()).toEqual([expect.stringMatching(/names no topic/), expect.stringMatching(/"a\/#"/), expect.stringMatching(/is no topic/)]);
  });

  it('passes over retained requests, and answers to its own calls', async () => {
    const port = await bench.startBroker();
    const { client } = await bench.openPeer(port, 'peer/answers');
    const request = { type: 'rpc_request', request_id: crypto.randomUUID(), method: 'status', params: null, reply_to: 'peer/answers' };
    await client.publishAsync(topic, JSON.stringify(request), { qos: 1, retain: true });
    await bench.run(rpcNode());
    await client.publishAsync(topic, JSON.stringify({ type: 'rpc_response', request_id: 'whatever-it-was', result: 1 }), { qos: 1 });
    await client.publishAsync(topic, JSON.stringify({ type: 'event', event_type: 'door', data: 1, timestamp: 1, source: 'x' }), { qos: 1 });
    await expect.poll(() => bench.logOf()).toEqual([expect.stringMatching(/retained request/), expect.stringMatching(/event "door"/)]);
    expect(await bench.statusOf()).toMatchObject({ served: 0, unreadable: 0 });
  });

  it('refuses requests beyond a thousand at once', async () => {
    const port = await bench.startBroker();
    await bench.run(rpcNode({ methods: [...servedMethods, { name: 'slow', answer: { kind: 'static', result: 1 }, faults: { delayMs: 600_000 } }] }));
    const peer = peerCaller(await bench.openPeer(port, 'peer/answers'), mqttxx2, 'peer/answers');
    for (let n = 0; n < 1001; n += 1) peer.send(`request-${n}`, 'slow');
    await expect.poll(() => peer.answers(), { timeout: 20_000 }).toHaveLength(1);
    expect(peer.answers()[0]?.outcome).toMatchObject({ error: { message: 'Too many requests at once: 1000 are running.' } });
    expect(await bench.statusOf()).toMatchObject({ refused: 1, running: 1000 });
    await bench.page.call('rpcNodes.stop', { id: 'mine' });
    expect(await bench.statusOf()).toMatchObject({ phase: 'stopped', running: 0, clientId: null });
  });

  it('answers the ping of 4.x, and only in that dialect', async () => {
    const port = await bench.startBroker();
    const status = await bench.run(rpcNode({ dialect: 'mqttxx4', topic: '', clientId: 'my-node' }));
    expect(status.subscriptions).toEqual([{ filter: 'rpc/r/my-node', grantedQos: 1 }]);
    const mqttxx4 = dialects.get('mqttxx4') as Dialect;
    const fixed = { ...mqttxx4, buildRequest: (call: Parameters<Dialect['buildRequest']>[0]) => mqttxx4.buildRequest({ ...call, topic: 'rpc/r/my-node' }) };
    const peer = peerCaller(await bench.openPeer(port, 'rpc/r/peer'), fixed, 'rpc/r/peer');
    expect(await peer.call('__ping__')).toBe(true);
    expect(await peer.call('status')).toMatchObject({ cpu: 45.2 });
  });

  it('leaves other services below its topic alone', async () => {
    const port = await bench.startBroker();
    await bench.run(rpcNode({ topic: 'edge' }));
    const at = (name: string, dialect: string): PeerCaller => {
      const speaks = dialects.get(dialect) as Dialect;
      const elsewhere = { ...speaks, buildRequest: (call: Parameters<Dialect['buildRequest']>[0]) => speaks.buildRequest({ ...call, topic: name }) };
      return peerCaller(peer, elsewhere, 'peer/answers');
    };
    const peer = await bench.openPeer(port, 'peer/answers');
    for (const dialect of ['mqttxx2', 'mqttxx4', 'jsonrpc']) at('edge/other', dialect).send(`request-${dialect}`, 'status');
    at('edge', 'mqtt5').send('request-unknown', 'other');
    await peer.client.publishAsync('edge/temperature', '25.5', { qos: 1 });
    expect(await at('edge', 'mqtt5').call('status')).toMatchObject({ cpu: 45.2 });
    expect(peer.received).toHaveLength(1);
    expect(await bench.statusOf()).toMatchObject({ served: 1, unknownMethods: 0, unreadable: 0 });
  });

  it('answers as a device of gf_mqtt_client', async () => {
    const port = await bench.startBroker();
    const device = 'gf_int_v1/axuv/request/DEV_1';
    const status = await bench.run(
      rpcNode({ dialect: 'gf', topic: device, methods: [{ name: 'GET gains', answer: { kind: 'static', result: { left: 2 } } }] }),
    );
    expect(status.subscriptions).toEqual([{ filter: `${device}/+`, grantedQos: 1 }]);
    const gf = dialects.get('gf') as Dialect;
    const ask = (method: string): { readonly topic: string; readonly payload: Uint8Array; readonly replyTo: string } => {
      const built = gf.buildRequest({ id: crypto.randomUUID(), topic: device, method, params: null, clientId: 'c', callerId: 'me' });
      if ('problem' in built) throw new Error(built.problem);
      return { ...built.message, replyTo: built.replyTo };
    };
    const { client, received } = await bench.openPeer(port, 'gf_int_v1/+/response/#');
    for (const method of ['GET gains', 'DELETE gains']) {
      const { topic: name, payload } = ask(method);
      await client.publishAsync(name, Buffer.from(payload));
    }
    await expect.poll(() => received).toHaveLength(2);
    const outcomes = received.map(({ topic: name, text }) => gf.parse({ topic: name, payload: new TextEncoder().encode(text), properties: null }));
    expect(outcomes).toMatchObject([{ outcome: { result: { left: 2 } } }, { outcome: { error: { name: 'METHOD_NOT_FOUND' } } }]);
  });

  it('tells its presence, obeys a kick, and does not come back by itself', async () => {
    const port = await bench.startBroker();
    const watcher = await bench.openPeer(port, '$presence/#');
    const said = (): unknown[] => onTopic(watcher.received, '$presence/mine').map((text) => (JSON.parse(text) as { status: string }).status);
    const status = await bench.run(rpcNode({ presence: true }));
    expect(status.warnings).toEqual([]);
    await expect.poll(said).toEqual(['online']);
    await bench.page.call('rpcNodes.stop', { id: 'mine' });
    await expect.poll(said).toEqual(['online', 'offline']);
    expect(JSON.parse(watcher.received.at(-1)?.text ?? '')).toEqual({ status: 'offline', timestamp: expect.closeTo(Date.now() / 1000, -2) as number });
    await bench.run(rpcNode({ presence: true }));
    await watcher.client.publishAsync('$presence/mine/kick', '{"reason": "duplicate_connection"}', { qos: 1 });
    await expect
      .poll(() => bench.statusOf())
      .toMatchObject({ phase: 'failed', problem: { code: 'kicked', message: expect.stringContaining('duplicate_connection') as string } });
    // Its successor is online: nothing is said any more.
    expect(said()).toEqual(['online', 'offline', 'online']);
    const late = await bench.openPeer(port, '$presence/+');
    await expect.poll(() => late.received.map(({ text }) => (JSON.parse(text) as { status: string }).status)).toEqual(['online']);
    await bench.page.call('rpcNodes.start', { id: 'mine' });
    await expect.poll(() => bench.statusOf()).toMatchObject({ phase: 'running' });
  });

  it.each([['workbench'], ['aedes']] as const)('that is taken over on %s gives up with an explanation', async (engine) => {
    const port = await bench.startBroker(engine);
    await bench.run(rpcNode({ clientId: 'twin' }));
    const take = async (): Promise<void> => {
      const twin = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'twin', protocolVersion: 4, reconnectPeriod: 200 });
      bench.cleanups.push(() => twin.endAsync(true));
    };
    await take();
    await expect
      .poll(() => bench.statusOf(), { timeout: 30_000 })
      .toMatchObject({ phase: 'failed', problem: { code: 'taken-over', advice: expect.stringMatching(/client id/) as string } });
  });

  it('waits for its broker, and starts with it when it is to', async () => {
    await bench.page.call('rpcNodes.save', rpcNode({ autoStart: true }));
    await bench.page.call('rpcNodes.save', rpcNode({ id: 'by-hand', topic: 'edge/by-hand' }));
    await bench.page.call('rpcNodes.start', { id: 'by-hand' });
    expect(await bench.statusOf('by-hand')).toMatchObject({ phase: 'waiting', problem: { code: 'broker-not-running' } });
    expect(await bench.statusOf()).toMatchObject({ phase: 'stopped' });
    await bench.startBroker();
    await expect.poll(() => bench.statusOf()).toMatchObject({ phase: 'running' });
    await expect.poll(() => bench.statusOf('by-hand')).toMatchObject({ phase: 'running', problem: null });
    await bench.page.call('broker.stop', undefined);
    await expect.poll(() => bench.statusOf()).toMatchObject({ phase: 'waiting', problem: { code: 'broker-not-running' } });
    await bench.startBroker();
    await expect.poll(() => bench.statusOf()).toMatchObject({ phase: 'running' });
  });

  it('warns of another one on the same topic', async () => {
    await bench.startBroker();
    await bench.run(rpcNode());
    await bench.run(rpcNode({ id: 'other', name: 'The other' }));
    expect(await bench.statusOf()).toMatchObject({ warnings: [expect.stringMatching(/served by "The other": each request is answered 2 times/)] });
    await bench.page.call('rpcNodes.stop', { id: 'other' });
    expect(await bench.statusOf()).toMatchObject({ warnings: [] });
  });
});
