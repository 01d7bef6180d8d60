import { crossedNetwork } from '../../messages/tapped-packet.ts';
import { listenerKindWords } from '../listener-kinds.ts';
import { tellableBytes } from './dissect-packet.ts';
import type { FilePacket, PacketFile, PacketFileOptions } from './file-packet.ts';
import { fromClient, TcpConnection, type Segment } from './tcp-connection.ts';

// Block types and options of pcapng (draft-ietf-opsawg-pcapng).
const block = { section: 0x0a0d_0d0a, interface: 1, packet: 6 } as const;
const option = { end: 0, comment: 1, application: 4, interfaceName: 2, resolution: 9, packetFlags: 2 } as const;
const byteOrderMagic = 0x1a2b_3c4d;
/** LINKTYPE_RAW: what follows is an IPv4 or IPv6 header. */
const rawIp = 101;
const microseconds = 6;
const utf8 = new TextEncoder();
const versions = { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5' } as const;

/**
 * A pcapng file for Wireshark and tshark: each connection as TCP over IP with its handshake, to port 1883 whatever its listener was, so that MQTT is recognised, also what came
 * over TLS or WebSocket. Addresses and ports of clients are theirs; whose they are stands in comments.
 */
export function pcapngFile(options: PacketFileOptions): PacketFile {
  const interfaces = new Map<string, number>();
  const connections = new Map<number, TcpConnection>();
  return {
    begin: () => sectionBlock(options.application),
    packet(packet) {
      if (!crossedNetwork({ direction: packet.direction, ...(packet.fault === null ? {} : { fault: packet.fault }) })) return new Uint8Array(0);
      const blocks: Uint8Array[] = [];
      let link = interfaces.get(packet.source);
      if (link === undefined) {
        link = interfaces.size;
        interfaces.set(packet.source, link);
        blocks.push(interfaceBlock(packet.source));
      }
      const write = (segment: Segment, comment: string | null): void => {
        blocks.push(packetBlock(link, packet.timeUs, segment, comment));
      };
      let connection = connections.get(packet.connection);
      if (!connection) {
        connection = new TcpConnection(packet.connection, packet.address);
        connections.set(packet.connection, connection);
        const [syn, ...rest] = connection.open();
        write(syn as Segment, aboutConnection(packet));
        for (const segment of rest) write(segment, null);
      }
      writePacket(packet, connection, options, write);
      if (packet.end !== null) connections.delete(packet.connection);
      return joined(blocks);
    },
  };
}

function writePacket(
  packet: FilePacket,
  connection: TcpConnection,
  { secrets }: PacketFileOptions,
  write: (segment: Segment, comment: string | null) => void,
): void {
  const { end, direction, size, fault } = packet;
  // What came of a packet that never became whole came from the client, whoever ended the connection.
  const isClient = direction === 'in' || end !== null;
  let comment = fault === null ? null : `Fault ${fault.rule}: ${fault.effect}`;
  for (const segment of connection.data(isClient, tellableBytes(packet, secrets), size)) {
    write(segment, comment);
    comment = null;
  }
  if (end === null) return;
  for (const [at, segment] of connection.close(direction === 'in').entries()) write(segment, at === 0 ? end : null);
}

function aboutConnection({ clientId, level, transport, address, source, connected }: FilePacket): string {
  const client = clientId === null ? 'MQTT client' : `MQTT client “${clientId}”`;
  const parts = [
    client,
    ...(level === null ? [] : [versions[level]]),
    ...(transport === null ? [] : [`over ${listenerKindWords[transport]}${address === null || address === '' ? '' : ` from ${address}`}`]),
    `recorded at ${source}`,
    ...(connected ? ['the recording began later than the connection, its handshake was made up'] : []),
  ];
  return parts.join(', ');
}

function sectionBlock(application: string): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, byteOrderMagic, true);
  view.setUint16(4, 1, true);
  // The length of the section is not known beforehand: -1.
  body.fill(0xff, 8, 16);
  return blockOf(block.section, [body, optionOf(option.application, utf8.encode(application)), endOfOptions()]);
}

function interfaceBlock(name: string): Uint8Array {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint16(0, rawIp, true);
  return blockOf(block.interface, [
    body,
    optionOf(option.interfaceName, utf8.encode(name)),
    optionOf(option.resolution, Uint8Array.of(microseconds)),
    endOfOptions(),
  ]);
}

function packetBlock(link: number, timeUs: number, { bytes, wireLength, direction }: Segment, comment: string | null): Uint8Array {
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  const time = Math.max(0, Math.floor(timeUs));
  view.setUint32(0, link, true);
  view.setUint32(4, Math.floor(time / 2 ** 32), true);
  view.setUint32(8, time % 2 ** 32, true);
  view.setUint32(12, bytes.length, true);
  view.setUint32(16, wireLength, true);
  // 1: inbound, 2: outbound, as the broker sees it.
  const flags = Uint8Array.of(direction === fromClient ? 1 : 2, 0, 0, 0);
  const comments = comment === null ? [] : [optionOf(option.comment, utf8.encode(comment).subarray(0, 65_535))];
  return blockOf(block.packet, [head, padded(bytes), ...comments, optionOf(option.packetFlags, flags), endOfOptions()]);
}

function blockOf(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 12);
  const result = new Uint8Array(length);
  const view = new DataView(result.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  let at = 8;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  view.setUint32(at, length, true);
  return result;
}

function optionOf(code: number, value: Uint8Array): Uint8Array {
  const result = new Uint8Array(4 + Math.ceil(value.length / 4) * 4);
  const view = new DataView(result.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  result.set(value, 4);
  return result;
}

function endOfOptions(): Uint8Array {
  return new Uint8Array(4);
}

/** To a multiple of four bytes. */
function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 4 === 0) return bytes;
  const result = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  result.set(bytes);
  return result;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
