// A thread of its own for one side of gf_mqtt_client's requests: answers them, or makes them with MQTT.js and nothing else.
import { parentPort, workerData } from 'node:worker_threads';
import { connectAsync } from 'mqtt';
import type { BarePeerData, LoopOrder, LoopResult } from './calls.ts';

const { role, url, topic } = workerData as BarePeerData;
const client = await connectAsync(url, { protocolVersion: 4, clientId: `bench-${role.replaceAll(' ', '-')}`, reconnectPeriod: 0 });
const responses = topic.replace('/request/', '/response/');

if (role === 'responder') {
  client.on('message', (asked, payload) => {
    const { header, body } = JSON.parse(payload.toString()) as { header: { request_id: string; path: string; correlation_id: string | null }; body: unknown };
    const { request_id: id, path, correlation_id: correlationId } = header;
    const answered = { response_code: 205, path, request_id: id, correlation_id: correlationId, source: 'bench' };
    client.publish(asked.replace('/request/', '/response/'), JSON.stringify({ header: answered, body, timestamp: String(Date.now()) }));
  });
  await client.subscribeAsync(`${topic}/+`);
} else {
  // Its clients subscribe to each response alone, and wait until that is granted; without this one subscription does for all.
  const isOneEach = role.includes('subscribing');
  const waiting = new Map<string, () => void>();
  client.on('message', (_topic, payload) => {
    const { header } = JSON.parse(payload.toString()) as { header: { request_id: string } };
    waiting.get(header.request_id)?.();
  });
  if (!isOneEach) await client.subscribeAsync(`${responses}/+`);
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
        if (isOneEach) client.unsubscribe(`${responses}/${id}`);
        times.push(performance.now() - sent);
        if (times.length === calls) parentPort?.postMessage({ elapsedMs: performance.now() - began, times } satisfies LoopResult);
        else next();
      });
      const header = { request_id: id, path: 'echo', correlation_id: null, source: 'bench', token: null, method: 'GET' };
      const send = (): void => void client.publish(`${topic}/${id}`, JSON.stringify({ timestamp: Date.now(), body: { value: 21.5 }, header }));
      if (isOneEach) client.subscribe(`${responses}/${id}`, send);
      else send();
    };
    for (let n = 0; n < inFlight; n += 1) next();
  });
}
parentPort?.postMessage('ready');
