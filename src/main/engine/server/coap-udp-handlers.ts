import type { coapHistoryContract } from '../../../shared/contract/coap-history.ts';
import type { coapMulticastContract } from '../../../shared/contract/coap-multicast.ts';
import type { coapUdpContract, CoapUdpRequest } from '../../../shared/contract/coap-udp.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { StreamSink } from '../../../shared/ipc/stream-sink.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function coapUdpHandlers({
  coapUdp,
  coapHistory,
  coapFiller,
}: Services): Handlers<typeof coapUdpContract & typeof coapMulticastContract & typeof coapHistoryContract> {
  const filled = async (input: CoapUdpRequest): Promise<CoapUdpRequest> => (input.variables ? (await coapFiller())(input) : input);
  return {
    'coapHistory.list': (query, sink) => sendSnapshots(sink, () => coapHistory.page(query), coapHistory.changed.subscribe),
    'coapHistory.entry': ({ id }) => coapHistory.entry(id),
    'coapHistory.clear': () => coapHistory.clear(),
    'coapUdp.request': (input, sink) => untilDone(sink, async (tell) => coapUdp.request(await filled(input), sink.signal, tell)),
    'coapUdp.observe': ({ id, request }, sink) => untilDone(sink, async (tell) => coapUdp.observe(id, await filled(request), sink.signal, tell)),
    'coapUdp.endObservation': ({ id, style }) => coapUdp.endObservation(id, style),
    'coapUdp.discover': async ({ uri, timeoutMs, variables }, { signal }) =>
      coapUdp.discover(variables ? (await coapFiller()).address(uri) : uri, timeoutMs, signal),
    'coapMulticast.request': (input, sink) =>
      untilDone(sink, async (tell) => coapUdp.requestAll({ ...input, request: await filled(input.request) }, sink.signal, tell)),
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
