import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { coapRequest, findLibcoap, newCoapClient, requestWith, startLibcoapServer } from '../support/libcoap.ts';
import { median, type BenchRow } from './bench.ts';
import { benchCalls, loopRows, rate, type LoopOrder } from './calls.ts';
import type { UdpOrder, UdpResult } from './coap-load.ts';

const rounds = 5;
const payload = new TextEncoder().encode('21.5 °C, 44 %, 1013 hPa'.padEnd(63, '.'));
const orders: readonly LoopOrder[] = [
  { calls: 2000, inFlight: 1 },
  { calls: 20_000, inFlight: 100 },
];

/** Requests of gf_mqtt_client over MQTT, and CoAP over UDP. */
export async function benchCoap(): Promise<readonly BenchRow[]> {
  const overMqtt = await benchCalls({
    input: { dialect: 'gf', topic: 'gf_int_v1/bench/request/BENCH', method: 'GET echo', params: { value: 21.5 } },
    peer: new URL('gf-peer.ts', import.meta.url),
    bareLoops: ['bare MQTT.js', 'MQTT.js subscribing for each'],
  });
  return [...overMqtt, ...(await benchUdp())];
}

/** The same load against our server in a thread and that of libcoap, in turns. */
async function benchUdp(): Promise<readonly BenchRow[]> {
  const ours = new Worker(new URL('coap-server.ts', import.meta.url), { workerData: { payload } });
  const ports = new Map([['our server', ((await once(ours, 'message')) as [number])[0]]]);
  const found = findLibcoap();
  const theirs = 'missing' in found ? null : await startLibcoapServer(found.server);
  const generator = new Worker(new URL('coap-load.ts', import.meta.url));
  try {
    if (theirs) {
      const client = newCoapClient();
      await requestWith(client, coapRequest(`${theirs.url}/example_data`, 'PUT', { payload }));
      client.close();
      ports.set('libcoap', theirs.port);
    }
    const rows: BenchRow[] = [];
    for (const order of orders) {
      const results = new Map<string, UdpResult[]>([...ports.keys()].map((name) => [name, []]));
      // The first round only warms up.
      for (let round = 0; round <= rounds; round += 1) {
        for (const [name, port] of ports) {
          generator.postMessage({ ...order, port } satisfies UdpOrder);
          const [result] = (await once(generator, 'message')) as [UdpResult];
          if (round > 0) results.get(name)?.push(result);
        }
      }
      const medianOf = (name: string): number => median((results.get(name) ?? []).map(rate));
      for (const [name, all] of results) {
        const again = all.reduce((sum, result) => sum + result.again, 0);
        const notes = [
          ...(name === 'libcoap' ? [`${(medianOf('libcoap') / medianOf('our server')).toFixed(2)} × our server`] : []),
          ...(again > 0 ? [`${again} sent again`] : []),
        ];
        rows.push(...loopRows(`UDP: ${name}`, order, all, notes.length > 0 ? notes.join(', ') : undefined));
      }
    }
    return theirs ? rows : [...rows, { name: 'UDP: libcoap', unit: 'calls/s', values: [], note: 'not measured: libcoap3-bin is not installed' }];
  } finally {
    await generator.terminate();
    await ours.terminate();
    await theirs?.close();
  }
}
