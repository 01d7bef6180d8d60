// Our CoAP server over UDP in a thread of its own: it has one resource, of the bytes it is given. Says its port.
import { parentPort, workerData } from 'node:worker_threads';
import { openCoapServer } from '../../src/main/engine/coap/udp/coap-server.ts';

const { payload } = workerData as { readonly payload: Uint8Array };
const { local } = await openCoapServer({
  port: 0,
  host: '127.0.0.1',
  clock: () => performance.now(),
  random: Math.random,
  maxBodyBytes: 1_000_000,
  handle: ({ path }) => (path[0] === 'example_data' ? { code: '2.05', payload } : { code: '4.04' }),
});
parentPort?.postMessage(local.port);
