import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import type { Dialect, OutgoingMessage, RpcMessage, RpcRequest } from '../../src/shared/rpc/dialect.ts';

/** A client of a broker on this machine that speaks a dialect of RPC. */
export interface RpcPeer {
  /** Ends without a word. */
  close(): Promise<unknown>;
  send(message: OutgoingMessage): void;
}

/** Gets what arrives on a filter. */
export async function openPeer(port: number, filter: string, onMessage: (message: RpcMessage, peer: RpcPeer) => void): Promise<RpcPeer> {
  const client = await mqtt.connectAsync({ host: '127.0.0.1', port, protocol: 'mqtt', protocolVersion: 5 });
  const peer: RpcPeer = { close: () => client.endAsync(true), send: (message) => send(client, message) };
  client.on('message', (topic, payload, packet) => onMessage(received(topic, payload, packet), peer));
  await client.subscribeAsync(filter, { qos: 1 });
  return peer;
}

/** Sends what it is told to for each request. */
export function openResponder(
  port: number,
  filter: string,
  dialect: Dialect,
  answer: (request: RpcRequest, peer: RpcPeer) => OutgoingMessage | null,
): Promise<RpcPeer> {
  return openPeer(port, filter, (message, peer) => {
    const request = dialect.parse(message);
    const reply = request.kind === 'request' ? answer(request, peer) : null;
    if (reply) peer.send(reply);
  });
}

function received(topic: string, payload: Buffer, { properties: p }: IPublishPacket): RpcMessage {
  const userProperties = Object.entries(p?.userProperties ?? {}).map(([name, value]) => [name, String(value)] as const);
  return { topic, payload, properties: { responseTopic: p?.responseTopic, correlationData: p?.correlationData, userProperties } };
}

function send(client: MqttClient, { topic, payload, qos, properties }: OutgoingMessage): void {
  const { responseTopic, correlationData, userProperties } = properties ?? {};
  client.publish(topic, Buffer.from(payload), {
    qos,
    properties: {
      ...(responseTopic !== undefined && { responseTopic }),
      ...(correlationData && { correlationData: Buffer.from(correlationData) }),
      ...(userProperties && { userProperties: Object.fromEntries(userProperties) }),
    },
  });
}
