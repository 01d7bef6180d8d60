import type { FaultAction } from '../../../../shared/broker/faults/fault-rules.ts';
import { packetType } from '../../../../shared/mqtt/packet/packet-type.ts';
import { bodyStart, peekPublish, typeOf } from './packet-peek.ts';

const dupFlag = 0x08;

/** A copy with wrong bits or bytes. Of a packet without such a part, the body is damaged, or the header where there is none. */
export function corrupted(packet: Uint8Array, { unit, count, part }: Extract<FaultAction, { kind: 'corrupt' }>, random: () => number): Uint8Array {
  const copy = Buffer.from(packet);
  const [from, to] = placeOf(packet, part);
  for (let at = 0; at < count; at += 1) {
    const where = from + Math.floor(random() * (to - from));
    const byte = copy[where] as number;
    // Never the byte that was there.
    copy[where] = unit === 'bits' ? byte ^ (1 << Math.floor(random() * 8)) : (byte + 1 + Math.floor(random() * 255)) & 0xff;
  }
  return copy;
}

function placeOf(packet: Uint8Array, part: 'header' | 'body' | 'payload'): readonly [number, number] {
  const body = bodyStart(packet);
  if (part === 'header' || body === 0 || body >= packet.length) return [0, Math.max(1, body)];
  if (part === 'payload' && typeOf(packet) === packetType.publish) {
    const publish = peekPublish(packet);
    const from = publish === null ? packet.length : publish.afterTopic + (publish.qos > 0 ? 2 : 0);
    if (from < packet.length) return [from, packet.length];
  }
  return [body, packet.length];
}

/** What a sender sends again: PUBLISH of QoS 1 and 2 says so [MQTT-3.3.1-1]. */
export function withDup(packet: Uint8Array): Uint8Array {
  const first = packet[0] as number;
  if (first >> 4 !== packetType.publish || (first & 0x06) === 0) return packet;
  const copy = Buffer.from(packet);
  copy[0] = first | dupFlag;
  return copy;
}
