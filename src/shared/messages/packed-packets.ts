import { decodeValue, encodeValue } from '../ipc/value-codec.ts';
import { newPackedFrame, openPackedFrame, packedHeaderBytes } from './packed-frame.ts';
import type { ProtocolLevel } from '../mqtt/packet/packets.ts';
import type { PacketFault, TappedPacket } from './tapped-packet.ts';

/**
 * A batch of packets as one byte array, a frame (packed-frame.ts) with the packets as the bytes of its rows.
 * It stays inside one machine, so numbers are in the processor's byte order.
 *
 * columns f64 time, u32 connection, i32 client (-1: none), u32 length, level (two bits) and direction (highest bit: out), i32 fault (-1: none)
 * dictionary (`encodeValue`): client ids, faults as rule and effect, rows of ended connections and the words for each
 */
const magic = 0x4d57_5032;
const bytesPerRow = 8 + 4 + 4 + 4 + 4;
const out = 0x8000_0000;
/** The longest packet has 29 bits. */
const levelShift = 29;
const lengthMask = 0x1fff_ffff;

interface Dictionary {
  readonly clients: readonly string[];
  readonly faults: readonly string[];
  readonly endedRows: readonly number[];
  readonly ends: readonly string[];
}

/** Packs packets; the result shares no memory with them. */
export function packPackets(packets: readonly TappedPacket[]): Uint8Array<ArrayBuffer> {
  const count = packets.length;
  const clients = new Map<string, number>();
  const faults = new Map<string, number>();
  let total = 0;
  const endedRows: number[] = [];
  const ends: string[] = [];
  for (let row = 0; row < count; row += 1) {
    const { clientId, bytes, fault, end } = packets[row] as TappedPacket;
    total += bytes.byteLength;
    if (fault !== undefined && !faults.has(faultKey(fault))) faults.set(faultKey(fault), faults.size);
    if (clientId !== null && !clients.has(clientId)) clients.set(clientId, clients.size);
    if (end === undefined) continue;
    endedRows.push(row);
    ends.push(end);
  }
  const dictionary: Dictionary = { clients: [...clients.keys()], faults: [...faults.keys()], endedRows, ends };
  const { bytes: packed, rowsAt } = newPackedFrame(magic, count, bytesPerRow, encodeValue(dictionary), total);
  const columns = columnsOf(packed, count);
  let at = rowsAt;
  for (let row = 0; row < count; row += 1) {
    const { timeUs, connection, clientId, direction, level, bytes, fault } = packets[row] as TappedPacket;
    columns.times[row] = timeUs;
    columns.connections[row] = connection;
    columns.clients[row] = clientId === null ? -1 : (clients.get(clientId) as number);
    // Sums instead of bits: what is above 2^31 would become negative.
    columns.lengths[row] = bytes.byteLength + (level === null ? 0 : (level - 2) * 2 ** levelShift) + (direction === 'out' ? out : 0);
    columns.faults[row] = fault === undefined ? -1 : (faults.get(faultKey(fault)) as number);
    packed.set(bytes, at);
    at += bytes.byteLength;
  }
  return packed;
}

/** Unpacks packets; their bytes are views into `packed`. Throws a `RangeError` on bytes that no `packPackets` wrote. */
export function unpackPackets(packed: Uint8Array): TappedPacket[] {
  const { bytes, count, dictionary, rowsAt } = openPackedFrame(packed, magic, bytesPerRow, 'packed packets');
  const columns = columnsOf(bytes, count);
  const { clients, faults: faultKeys, endedRows, ends } = decodeValue(dictionary) as Dictionary;
  const endOf = new Map(endedRows.map((row, at) => [row, ends[at] as string]));
  const faults = faultKeys.map(faultOf);
  const packets: TappedPacket[] = [];
  let at = rowsAt;
  for (let row = 0; row < count; row += 1) {
    const told = columns.lengths[row] as number;
    const length = told & lengthMask;
    const level = (told >>> levelShift) & 3;
    const end = endOf.get(row);
    const client = columns.clients[row] as number;
    const fault = columns.faults[row] as number;
    if (at + length > bytes.byteLength || client >= clients.length || fault >= faults.length) throw new RangeError('packed packets: malformed row');
    packets.push({
      timeUs: columns.times[row] as number,
      connection: columns.connections[row] as number,
      clientId: client < 0 ? null : (clients[client] as string),
      direction: told >= out ? 'out' : 'in',
      level: level === 0 ? null : ((level + 2) as ProtocolLevel),
      bytes: bytes.subarray(at, at + length),
      ...(end === undefined ? {} : { end }),
      ...(fault < 0 ? {} : { fault: faults[fault] as PacketFault }),
    });
    at += length;
  }
  return packets;
}

function columnsOf(bytes: Uint8Array, count: number) {
  const { buffer } = bytes;
  const start = bytes.byteOffset + packedHeaderBytes;
  return {
    times: new Float64Array(buffer, start, count),
    connections: new Uint32Array(buffer, start + count * 8, count),
    clients: new Int32Array(buffer, start + count * 12, count),
    lengths: new Uint32Array(buffer, start + count * 16, count),
    faults: new Int32Array(buffer, start + count * 20, count),
  } as const;
}

const faultKey = ({ rule, effect }: PacketFault): string => `${effect} ${rule}`;

function faultOf(key: string): PacketFault {
  const gap = key.indexOf(' ');
  return { effect: key.slice(0, gap) as PacketFault['effect'], rule: key.slice(gap + 1) };
}
