import type { Field } from '../dissect/index.ts';
import { dissectFilePacket, hex, tellableBytes } from './dissect-packet.ts';
import type { FilePacket, PacketFile, PacketFileOptions } from './file-packet.ts';

const utf8 = new TextEncoder();
const versions = { 3: '3.1', 4: '3.1.1', 5: '5' } as const;

/** One JSON object a line: what is known of the packet, its fields with the places of their bytes, broken rules, and the bytes. */
export function jsonLinesFile({ secrets }: PacketFileOptions): PacketFile {
  return {
    begin: () => new Uint8Array(0),
    packet: (packet) => utf8.encode(`${JSON.stringify(lineOf(packet, secrets))}\n`),
  };
}

function lineOf(packet: FilePacket, secrets: boolean): object {
  const { timeUs, source, connection, clientId, direction, level, size, transport, address, end, fault, bytes } = packet;
  const dissection = dissectFilePacket(packet);
  return {
    time: isoTime(timeUs),
    timeUs,
    source,
    connection,
    client: clientId,
    address,
    transport,
    direction: direction === 'in' ? 'client-to-broker' : 'broker-to-client',
    ...(end === null ? { type: dissection.name } : { type: 'END', end }),
    version: level === null ? null : versions[level],
    ...(fault === null ? {} : { fault }),
    size,
    ...(bytes.length === 0 ? {} : { fields: dissection.fields.map((field) => fieldOf(field, secrets)), hex: hex(tellableBytes(packet, secrets)) }),
    ...(bytes.length < size ? { keptBytes: bytes.length } : {}),
    ...(dissection.violations.length === 0
      ? {}
      : { violations: dissection.violations.map(({ clause, message, start, end: to }) => ({ clause, message, bytes: [start, to] })) }),
  };
}

function fieldOf({ key, name, start, end, bits, raw, text, meaning, secret, children }: Field, secrets: boolean): object {
  const isHidden = secret === true && !secrets;
  return {
    key,
    name,
    bytes: [start, end],
    ...(bits === undefined ? {} : { bits }),
    ...(raw === undefined || raw instanceof Uint8Array || isHidden ? {} : { value: raw }),
    ...(raw === undefined && text !== '' && children === undefined ? { text } : {}),
    ...(isHidden ? { hidden: true } : {}),
    ...(meaning === undefined ? {} : { meaning }),
    ...(children === undefined ? {} : { fields: children.map((child) => fieldOf(child, secrets)) }),
  };
}

/** With all six digits of the microseconds. */
function isoTime(timeUs: number): string {
  const micros = Math.floor(timeUs);
  const ms = Math.floor(micros / 1000);
  return `${new Date(ms).toISOString().slice(0, -1)}${String(micros - ms * 1000).padStart(3, '0')}Z`;
}
