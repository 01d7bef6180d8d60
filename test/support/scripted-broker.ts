import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { PacketDecoder } from '../../src/shared/mqtt/packet/decoder.ts';
import { encodePacket } from '../../src/shared/mqtt/packet/encoder.ts';
import type { ConnackPacket, ConnectPacket, Packet, ProtocolLevel } from '../../src/shared/mqtt/packet/packets.ts';

/** One connection to a scripted broker. */
interface ScriptedClient {
  readonly connect: ConnectPacket;
  readonly level: ProtocolLevel;
  /** What came after CONNECT, in its order. */
  readonly packets: readonly Packet[];
  send(packet: Packet): void;
  drop(): void;
}

export interface ScriptedBroker {
  readonly port: number;
  /** Every connection that sent CONNECT. */
  readonly clients: readonly ScriptedClient[];
  close(): Promise<void>;
}

export interface Script {
  /** Absent: accepted without properties. `null`: no answer. */
  readonly connack?: (connect: ConnectPacket, attempt: number) => Partial<ConnackPacket> | null;
  /** Each packet after CONNECT; absent: SUBSCRIBE, UNSUBSCRIBE, PUBLISH and PINGREQ are answered as a broker would. `true`: nothing more is to be done. */
  readonly packet?: (packet: Packet, client: ScriptedClient) => boolean | void;
}

/** A broker on a free port of this machine that does as it is told; for what real brokers do not do, or not when it is wanted. */
export async function openScriptedBroker(script: Script = {}): Promise<ScriptedBroker> {
  const clients: ScriptedClient[] = [];
  const sockets = new Set<Duplex>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket, script, clients);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    clients,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function serve(socket: Duplex, script: Script, clients: ScriptedClient[]): void {
  const decoder = new PacketDecoder({ role: 'server', maximumPacketSize: 268_435_460 });
  const packets: Packet[] = [];
  let client: ScriptedClient | undefined;
  socket.on('data', (chunk: Uint8Array) => {
    decoder.push(new Uint8Array(chunk));
    for (let packet = decoder.next(); packet; packet = decoder.next()) {
      if (packet.type === 'connect') {
        const { level } = packet;
        const send = (answer: Packet): void => void socket.write(encodePacket(answer, level));
        client = { connect: packet, level, packets, send, drop: () => void socket.destroy() };
        clients.push(client);
        const connack = script.connack ? script.connack(packet, clients.length) : {};
        if (connack) send({ type: 'connack', sessionPresent: false, code: 0, properties: null, ...connack });
      } else if (client) {
        packets.push(packet);
        if (script.packet?.(packet, client) !== true) answer(packet, client);
      }
    }
  });
}

function answer(packet: Packet, { send }: ScriptedClient): void {
  switch (packet.type) {
    case 'subscribe':
      return send({ type: 'suback', packetId: packet.packetId, codes: packet.subscriptions.map(({ qos }) => qos), properties: null });
    case 'unsubscribe':
      return send({ type: 'unsuback', packetId: packet.packetId, codes: packet.filters.map(() => 0), properties: null });
    case 'publish':
      if (packet.qos !== 0) send({ type: packet.qos === 1 ? 'puback' : 'pubrec', packetId: packet.packetId, code: 0, properties: null });
      return;
    case 'pubrel':
      return send({ type: 'pubcomp', packetId: packet.packetId, code: 0, properties: null });
    case 'pingreq':
      return send({ type: 'pingresp' });
    default:
  }
}
