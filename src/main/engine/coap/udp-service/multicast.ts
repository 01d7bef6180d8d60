import type { CoapMulticastDiscovery, CoapMulticastProgress } from '../../../../shared/contract/coap-multicast.ts';
import type { CoapUdpFailure, CoapUdpRequest, CoapUdpResponse } from '../../../../shared/contract/coap-udp.ts';
import { parseLinkFormat } from '../../../../shared/coap/udp/link-format.ts';
import { blockOption } from '../../../../shared/coap/udp/option-value.ts';
import { askAll, discoveryRequest, type MulticastRequest } from '../udp/ask-all.ts';
import type { CoapClientOptions, CoapResponse } from '../udp/coap-client.ts';
import { CoapFailure } from '../udp/coap-failure.ts';
import type { KnownServers } from './known-servers.ts';
import { planRequest, readGroup } from './plan-request.ts';
import { plainFailure, plainResponse } from './request-progress.ts';

const block2 = 23;

export interface MulticastParts {
  /** As a client of one request has them; messages go to the log. */
  readonly client: CoapClientOptions;
  readonly known: KnownServers;
  /** Unix ms. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

interface Wish {
  readonly networkInterface: string;
  readonly collectMs: number;
}

/** Throws a CodedError before anything is sent; else tells each state and resolves after the last one. */
export async function requestAll(
  input: Wish & { readonly request: CoapUdpRequest },
  { client, known, now, signal }: MulticastParts,
  onProgress: (state: CoapMulticastProgress) => void,
): Promise<void> {
  const { uri, request } = planRequest(input.request, 'many');
  const { code, token, options, payload } = request;
  const startedAt = now();
  const began = client.clock();
  const responses: CoapUdpResponse[] = [];
  const tell = (phase: CoapMulticastProgress['phase'], leftOut: number, failure: CoapUdpFailure | null): void =>
    onProgress({ phase, startedAt, elapsedMs: client.clock() - began, responses: [...responses], leftOut, failure });
  tell('collecting', 0, null);
  const all: MulticastRequest = { ...{ code, token, options, payload, port: uri.port, group: uri.host }, ...wishOf(input) };
  try {
    const leftOut = await askAll(all, client, {
      signal,
      onResponse(response) {
        responses.push(plainResponse(response, now()));
        known.responded({ ...uri, host: response.from.address, port: response.from.port }, response.packet.code);
        tell('collecting', 0, null);
      },
    });
    tell('ended', leftOut, null);
  } catch (error) {
    tell('failed', 0, plainFailure(error));
  }
}

/** `discover` asks one server for what came in blocks; answers with its links. */
export async function discoverAll(
  input: Wish & { readonly uri: string },
  { client, known, signal }: MulticastParts,
  discover: (uri: { readonly host: string; readonly port: number }) => Promise<number>,
): Promise<CoapMulticastDiscovery> {
  const { host: group, port } = readGroup(input.uri);
  const { networkInterface, timeoutMs } = wishOf(input);
  const inBlocks: CoapResponse[] = [];
  let servers = 0;
  let links = 0;
  let failure: CoapUdpFailure | null = null;
  try {
    await askAll(discoveryRequest(group, port, networkInterface, timeoutMs), client, {
      signal,
      onResponse(response) {
        if (response.packet.code >> 5 !== 2) return;
        if (blockOption(response.packet, block2)?.more === true) {
          inBlocks.push(response);
          return;
        }
        const { address, port: from } = response.from;
        const read = parseLinkFormat(new TextDecoder().decode(response.packet.payload));
        known.discovered({ host: address, port: from, path: [], query: [] }, read.links);
        servers += 1;
        links += read.links.length;
      },
    });
  } catch (error) {
    if (!(error instanceof CoapFailure)) throw error;
    failure = plainFailure(error);
  }
  // One after the other: all of them answer at once otherwise.
  for (const { from } of signal.aborted ? [] : inBlocks) {
    links += await discover({ host: from.address, port: from.port });
    servers += 1;
  }
  return { servers, links, failure };
}

const wishOf = ({ networkInterface, collectMs }: Wish): Pick<MulticastRequest, 'networkInterface' | 'timeoutMs'> => ({
  networkInterface: networkInterface === '' ? null : networkInterface,
  timeoutMs: collectMs,
});
