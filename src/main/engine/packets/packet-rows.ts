import type { PacketDetail, PacketRow } from '../../../shared/contract/packets.ts';
import { dissect, summarise, type Dissection } from '../../../shared/mqtt/dissect/index.ts';
import type { PacketRecorder } from './packet-recorder.ts';
import type { StoredPacket } from './packet-ring.ts';

export function dissectStored(packet: StoredPacket): Dissection {
  const { bytes, direction, level, connected, size, end } = packet;
  // What came of a packet that never became whole is dissected as it is.
  return dissect(bytes, { level, fromServer: direction === 'out' && end === null, connected, totalBytes: size });
}

/** `above`: the packet before it in its list. */
export function rowOf(recorder: PacketRecorder, packet: StoredPacket, aboveUs: number | null): PacketRow {
  const { seq, timeUs, previousUs, connection: id, direction, size, end, topic, fault } = packet;
  const connection = recorder.connection(id);
  const about = {
    seq,
    timeUs,
    deltaUs: aboveUs === null ? null : timeUs - aboveUs,
    connectionDeltaUs: Number.isNaN(previousUs) ? null : timeUs - previousUs,
    source: connection?.source ?? 'broker',
    connection: id,
    clientId: connection?.clientId ?? null,
    direction,
    size,
    end,
    fault,
  };
  if (end !== null) {
    const cut = size > 0 ? ` ${size} bytes of a packet that never became whole had come.` : '';
    return { ...about, type: 0, packetId: null, topic: null, words: `${end}${cut}`, problem: size > 0 ? 'violation' : direction === 'out' ? 'refusal' : null };
  }
  const dissection = dissectStored(packet);
  return { ...about, type: dissection.type, ...summarise(dissection, topic) };
}

export function detailOf(recorder: PacketRecorder, packet: StoredPacket): PacketDetail {
  const connection = recorder.connection(packet.connection);
  return {
    row: rowOf(recorder, packet, null),
    bytes: packet.bytes.slice(),
    level: packet.level,
    connected: packet.connected,
    transport: connection?.transport ?? null,
    address: connection?.address ?? null,
  };
}
