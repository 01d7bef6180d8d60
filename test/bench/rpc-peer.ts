// A thread of its own for one side of the calls: answers them, or makes them with MQTT.js and nothing else.
import { parentPort, workerData } from 'node:worker_threads';
import { connectAsync } from 'mqtt';
import type { BarePeerData, LoopOrder, LoopResult } from './calls.ts';

const { role, url, topic } = workerData as BarePeerData;
const client = await connectAsync(url, { protocolVersion: 5, clientId: `bench-${role.replaceAll(' ', '-')}`, reconnectPeriod: 0 });

if (role === 'responder') {
  client.on('message', (_topic, payload) => {
    const { request_id: id, params, reply_to: replyTo } = JSON.parse(payload.toString()) as { request_id: string; params: unknown; reply_to: string };
    client.publish(replyTo, JSON.stringify({ type: 'rpc_response', request_id: id, result: params }), { qos: 1 });
  });
  await client.subscribeAsync(topic, { qos: 1 });
} else {
  const replyTo = 'bench/replies';
  const waiting = new Map<string, () => void>();
  client.on('message', (_topic, payload) => {
    const { request_id: id } = JSON.parse(payload.toString()) as { request_id: string };
    waiting.get(id)?.();
  });
  await client.subscribeAsync(replyTo, { qos: 1 });
  let last = 0;
  parentPort?.on('message', ({ calls, inFlight }: LoopOrder) => {
    const times: number[] = [];
    const began = performance.now();
    let left = calls;
    const next = (): void => {
      if (left === 0) return;
      left -= 1;
      const id = `bench-call-${(last += 1)}`;
      const sent = performance.now();
      waiting.set(id, () => {
        waiting.delete(id);
        times.push(performance.now() - sent);
        if (times.length === calls) parentPort?.postMessage({ elapsedMs: performance.now() - began, times } satisfies LoopResult);
        else next();
      });
      client.publish(
        topic,
        JSON.stringify({ type: 'rpc_request', request_id: id, method: 'echo', params: { value: 21.5 }, reply_to: replyTo, caller_id: 'bench' }),
        { qos: 1 },
      );
    };
    for (let n = 0; n < inFlight; n += 1) next();
  });
}
parentPort?.postMessage('ready');
