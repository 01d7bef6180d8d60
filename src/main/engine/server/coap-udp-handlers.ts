import type { coapMulticastContract } from '../../../shared/contract/coap-multicast.ts';
import type { coapUdpContract } from '../../../shared/contract/coap-udp.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function coapUdpHandlers({ coapUdp }: Services): Handlers<typeof coapUdpContract & typeof coapMulticastContract> {
  return {
    'coapUdp.request': (input, sink) => untilDone(sink, (tell) => coapUdp.request(input, sink.signal, tell)),
    'coapUdp.observe': ({ id, request }, sink) => untilDone(sink, (tell) => coapUdp.observe(id, request, sink.signal, tell)),
    'coapUdp.endObservation': ({ id, style }) => coapUdp.endObservation(id, style),
    'coapUdp.discover': ({ uri, timeoutMs }, { signal }) => coapUdp.discover(uri, timeoutMs, signal),
    'coapMulticast.request': (input, sink) => untilDone(sink, (tell) => coapUdp.requestAll(input, sink.signal, tell)),
    'coapMulticast.discover': (input, { signal }) => coapUdp.discoverAll(input, signal),
    'coapUdp.servers': (_input, sink) => sendSnapshots(sink, () => ({ servers: coapUdp.servers() }), coapUdp.serversChanged.subscribe),
    'coapUdp.forgetServer': ({ uri }) => coapUdp.forgetServer(uri),
    'coapUdp.log': (query, sink) => sendSnapshots(sink, () => coapUdp.log(query), coapUdp.logChanged.subscribe),
    'coapUdp.logMessage': ({ id }) => coapUdp.logMessage(id),
    'coapUdp.clearLog': () => coapUdp.clearLog(),
  };
}

/** What is told goes to the stream, which ends with the work. */
async function untilDone<T>(sink: StreamSink<T>, work: (tell: (item: T) => void) => Promise<void>): Promise<undefined> {
  // The only rejection is `cancelled`: the reader has gone, which the signal tells as well.
  await work((item) => void sink.send(item).catch(() => {}));
  sink.end();
}
