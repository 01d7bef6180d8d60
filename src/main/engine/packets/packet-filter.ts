import type { PacketFilter } from '../../../shared/contract/packets.ts';
import { findField, packetIdOf, publishTopic } from '../../../shared/mqtt/dissect/index.ts';
import { packetType } from '../../../shared/mqtt/packet/packet-type.ts';
import { compileFilter } from '../../../shared/mqtt/topic-filter.ts';
import { dissectStored, rowOf } from './packet-rows.ts';
import type { PacketRecorder } from './packet-recorder.ts';
import type { StoredPacket } from './packet-ring.ts';

/** Whether a packet fits, by what is cheap to tell first. `null`: every packet does. */
export function matcherOf(recorder: PacketRecorder, filter: PacketFilter): ((seq: number) => boolean) | null {
  const { source, clientId, direction, packetId, problems = false } = filter;
  const types = filter.types && filter.types.length > 0 ? new Set(filter.types) : null;
  const topicFits = filter.topic ? compileFilter(filter.topic) : null;
  const text = filter.text ? searchable(Buffer.from(filter.text)) : null;
  if (!source && clientId === undefined && !direction && !packetId && !problems && !types && !topicFits && text === null) return null;

  const fits = (packet: StoredPacket): boolean => {
    if (direction && packet.direction !== direction) return false;
    if (types && !types.has(packet.end === null ? (packet.bytes[0] ?? 0) >> 4 : 0)) return false;
    if (packetId && (packet.end !== null || packetIdOf(packet.bytes) !== packetId)) return false;
    if (topicFits && !topicsOf(packet).some(topicFits)) return false;
    if (text !== null && !holdsText(packet, text)) return false;
    return !problems || rowOf(recorder, packet, null).problem !== null;
  };
  const { ring } = recorder;
  return (seq) => {
    if (source || clientId !== undefined) {
      const connection = recorder.connection(ring.connectionOf(seq));
      if (source && connection?.source !== source) return false;
      if (clientId !== undefined && connection?.clientId !== clientId) return false;
    }
    const packet = ring.get(seq);
    return packet !== undefined && fits(packet);
  };

  function holdsText(packet: StoredPacket, wanted: string): boolean {
    const { clientId: client = null } = recorder.connection(packet.connection) ?? {};
    const texts = [client, packet.topic, packet.end];
    return texts.some((one) => one !== null && searchable(Buffer.from(one)).includes(wanted)) || searchable(packet.bytes).includes(wanted);
  }
}

/** Bytes as text of one character each, so that any of them can be looked for; letters A to Z in lower case, others alike on both sides. */
function searchable(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').toLowerCase();
}

function topicsOf(packet: StoredPacket): readonly string[] {
  if (packet.end !== null) return [];
  switch ((packet.bytes[0] ?? 0) >> 4) {
    case packetType.publish: {
      const topic = packet.topic ?? publishTopic(packet.bytes);
      return topic === null ? [] : [topic];
    }
    case packetType.connect: {
      const topic = findField(dissectStored(packet).fields, 'willTopic')?.raw;
      return typeof topic === 'string' ? [topic] : [];
    }
    case packetType.subscribe:
    case packetType.unsubscribe:
      return dissectStored(packet)
        .fields.map((field) => (field.key === 'filter' ? field : findField(field.children ?? [], 'filter'))?.raw)
        .filter((raw) => typeof raw === 'string');
    default:
      return [];
  }
}
