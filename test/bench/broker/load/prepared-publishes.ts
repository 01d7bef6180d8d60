import { publishPacket } from '../../../support/raw-mqtt.ts';

export type Qos = 0 | 1 | 2;

export interface PublishKind {
  /** Taken in turn. */
  readonly topics: readonly string[];
  readonly qos: Qos;
  readonly payloadBytes: number;
  readonly retain?: boolean;
}

/** PUBLISH packets one behind the other, to be sent in slices again and again: publishing costs no more than the write. Packet ids count up from 1. */
export interface PreparedPublishes {
  readonly bytes: Buffer;
  readonly count: number;
  /** Where each packet begins, and the last one ends. */
  readonly starts: Int32Array;
}

/** At least `least` packets, and each topic equally often. */
export function preparePublishes({ topics, qos, payloadBytes, retain = false }: PublishKind, least: number): PreparedPublishes {
  const count = Math.ceil(least / topics.length) * topics.length;
  if (count > 65_535 && qos > 0) throw new RangeError('There are not so many packet ids.');
  const payload = Buffer.alloc(payloadBytes, 'abcdefghijklmnopqrstuvwxyz');
  const starts = new Int32Array(count + 1);
  const packets: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    const packet = publishPacket(topics[index % topics.length] as string, payload, { qos, retain, id: index + 1 });
    packets.push(packet);
    starts[index + 1] = (starts[index] as number) + packet.length;
  }
  return { bytes: Buffer.concat(packets), count, starts };
}
