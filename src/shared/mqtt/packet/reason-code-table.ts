import { packetType } from './packet-type.ts';

interface CodeRule {
  readonly codes: readonly number[];
  readonly clause: string;
}

const published = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
const released = [0x00, 0x92];

/** The reason codes of MQTT 5 by packet (§2.4). Tables that say which side sends a code have no normative statement: both may. */
const rules: readonly (CodeRule | undefined)[] = Array.from({ length: 16 }, (_, type): CodeRule | undefined => {
  switch (type) {
    case packetType.connack:
      return {
        codes: [0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f],
        clause: 'MQTT-3.2.2-8',
      };
    case packetType.puback:
      return { codes: published, clause: 'MQTT-3.4.2-1' };
    case packetType.pubrec:
      return { codes: published, clause: 'MQTT-3.5.2-1' };
    case packetType.pubrel:
      return { codes: released, clause: 'MQTT-3.6.2-1' };
    case packetType.pubcomp:
      return { codes: released, clause: 'MQTT-3.7.2-1' };
    case packetType.suback:
      return { codes: [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2], clause: 'MQTT-3.9.3-2' };
    case packetType.unsuback:
      return { codes: [0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91], clause: 'MQTT-3.11.3-2' };
    case packetType.disconnect:
      return {
        codes: [
          0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e,
          0x9f, 0xa0, 0xa1, 0xa2,
        ],
        clause: 'MQTT-3.14.2-1',
      };
    case packetType.auth:
      return { codes: [0x00, 0x18, 0x19], clause: 'MQTT-3.15.2-1' };
    default:
      return undefined;
  }
});

const allowed: readonly (Uint8Array | undefined)[] = rules.map((rule) => {
  if (rule === undefined) return undefined;
  const table = new Uint8Array(256);
  for (const code of rule.codes) table[code] = 1;
  return table;
});

/** Whether MQTT 5 knows this reason code in this packet. */
export function isReasonCode(type: number, code: number): boolean {
  return allowed[type]?.[code] === 1;
}

/** The statement that lists the codes of a packet. */
export function reasonCodeClause(type: number): string {
  return rules[type]?.clause ?? '§2.4';
}
