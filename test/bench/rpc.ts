import type { MessageRecord } from '../../src/shared/messages/record.ts';
import type { RpcService } from '../../src/main/engine/rpc/index.ts';
import type { BenchRow } from './bench.ts';
import { benchCalls } from './calls.ts';

/** Calls in the dialect of mqttxx 2.x. */
export function benchRpc(): Promise<readonly BenchRow[]> {
  return benchCalls({
    input: { dialect: 'mqttxx2', topic: 'bench/echo', method: 'echo', params: { value: 21.5 } },
    peer: new URL('rpc-peer.ts', import.meta.url),
    bareLoops: ['bare MQTT.js'],
    more: (rpc) => [passedBy(rpc)],
  });
}

/** What it costs to look at a message that is no call. */
function passedBy(rpc: Pick<RpcService, 'ingest'>): BenchRow {
  const payload = new TextEncoder().encode(JSON.stringify({ ts: 1_700_000_000_000, temperature: 21.53, humidity: 44.1, note: 'x'.repeat(200) }));
  const records = Array.from({ length: 1000 }, (_, n): MessageRecord => ({
    id: n,
    timeUs: n,
    topic: `plant/line${n % 10}/sensor${n}`,
    payload,
    qos: 0,
    retain: false,
    dup: false,
    direction: 'in',
    publisher: 'sensor',
    properties: null,
  }));
  const values: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const began = performance.now();
    rpc.ingest('broker', records);
    values.push(((performance.now() - began) / records.length) * 1_000_000);
  }
  return { name: 'a message that is no call', unit: 'ns', values: values.slice(10), note: '290 bytes of JSON' };
}
