import { afterEach, expect } from 'vitest';
import { openCoapServer, type CoapServer, type CoapServerOptions } from '../../src/main/engine/coap/udp/coap-server.ts';
import { coapBridgeSchema, type CoapBridgeInput, type CoapBridgeLogRow, type CoapBridgeStatus } from '../../src/shared/contract/coap-bridges.ts';
import { buildGfRequest } from '../../src/shared/coap/gf/build.ts';
import type { JsonValue } from '../../src/shared/rpc/python-json.ts';
import { useNodes, type MqttPeer } from './rpc-nodes.ts';

/** Of the device that the bridges of the tests play or ask. */
export const bridgedTag = 'VALVE_1';

interface GfAnswer {
  readonly topic: string;
  readonly header: Record<string, JsonValue>;
  readonly body: JsonValue;
  readonly timestamp: JsonValue;
}
type GfMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

const answersOf = ({ received }: MqttPeer, requestId: string): GfAnswer[] =>
  received.map(({ topic, text }) => ({ topic, ...(JSON.parse(text) as Omit<GfAnswer, 'topic'>) })).filter(({ header }) => header['request_id'] === requestId);

/** A workbench for each test of the file, with what bridges need on both sides. */
export function useBridges() {
  const bench = useNodes();
  const servers: CoapServer[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function startBridge(input: CoapBridgeInput, phase: CoapBridgeStatus['phase'] = 'running'): Promise<CoapBridgeStatus> {
    const bridge = coapBridgeSchema.parse(input);
    await bench.page.call('coapBridges.save', bridge);
    await bench.page.call('coapBridges.start', { id: bridge.id });
    return inPhase(bridge.id, phase);
  }
  const inPhase = (id: string, phase: CoapBridgeStatus['phase']): Promise<CoapBridgeStatus> => statusWhere(id, (status) => status.phase === phase);
  async function statusWhere(id: string, wanted: (status: CoapBridgeStatus) => boolean): Promise<CoapBridgeStatus> {
    const isIt = (status: CoapBridgeStatus): boolean => status.id === id && wanted(status);
    const { statuses } = await bench.first('coapBridges.statuses', undefined, (view) => view.statuses.some(isIt));
    return statuses.find(isIt) as CoapBridgeStatus;
  }
  const rowsOf = async (id: string): Promise<readonly CoapBridgeLogRow[]> => (await bench.first('coapBridges.log', { id })).rows;

  async function serveCoap(handle: CoapServerOptions['handle'], port = 0): Promise<CoapServer> {
    const server = await openCoapServer({ port, host: '127.0.0.1', clock: () => performance.now(), random: Math.random, maxBodyBytes: 100_000, handle });
    servers.push(server);
    return server;
  }

  /** A caller over MQTT. */
  async function gfCaller(port: number) {
    const peer = await bench.openPeer(port, 'gf_int_v1/+/response/#');
    const send = async (method: GfMethod, resource: string, body: JsonValue = null, more: { requestId?: string; hopLimit?: number } = {}): Promise<string> => {
      const { requestId = crypto.randomUUID() } = more;
      const text = buildGfRequest({ method, path: resource, source: 'me', body, timestampMs: 1, correlationId: 'c1', ...more, requestId });
      await peer.client.publishAsync(`gf_int_v1/axuv/request/${bridgedTag}/${requestId}`, text, { qos: 1 });
      return requestId;
    };
    const answered = async (requestId: string): Promise<GfAnswer> => {
      await expect.poll(() => answersOf(peer, requestId).length, { timeout: 15_000 }).toBe(1);
      return answersOf(peer, requestId)[0] as GfAnswer;
    };
    const ask = async (...request: Parameters<typeof send>): Promise<readonly [code: JsonValue | undefined, body: JsonValue]> => {
      const { header, body } = await answered(await send(...request));
      return [header['response_code'], body];
    };
    return { peer, send, answered, ask };
  }
  return { bench, servers, startBridge, inPhase, statusWhere, rowsOf, serveCoap, gfCaller };
}
