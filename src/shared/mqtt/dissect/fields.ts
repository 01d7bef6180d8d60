import type { ProtocolLevel } from '../packet/packets.ts';

/** A rule that a packet breaks, and where. */
export interface Violation {
  /** The normative statement or section: `MQTT-3.3.1-4`, `§2.2.2.2`. */
  readonly clause: string;
  readonly message: string;
  /** Bytes of the packet: from `start` up to, not including, `end`. */
  readonly start: number;
  readonly end: number;
}

/** One field of a packet, with the bytes it is made of. */
export interface Field {
  /** What it is, for programs: `topic`, `packetId`, the name of a property; unique among its siblings unless it may repeat. */
  readonly key: string;
  /** As the specification calls it. */
  readonly name: string;
  /** Bytes of the packet: from `start` up to, not including, `end`. */
  readonly start: number;
  readonly end: number;
  /** Of a field that is a part of a byte: its bits, 7 being the highest, both included. */
  readonly bits?: readonly [high: number, low: number];
  /** As read; absent for groups and for what could not be read. */
  readonly raw?: number | string | boolean | Uint8Array;
  /** For people. */
  readonly text: string;
  /** What a code means, in words. */
  readonly meaning?: string;
  /** A password or a proof of one. */
  readonly secret?: true;
  readonly children?: readonly Field[];
}

export interface Dissection {
  /** The upper four bits of the first byte; `null` without one. */
  readonly type: number | null;
  /** `PUBLISH`; `reserved packet type 0`. */
  readonly name: string;
  /** By which it was read. */
  readonly level: ProtocolLevel;
  readonly fields: readonly Field[];
  readonly violations: readonly Violation[];
}

export interface DissectContext {
  /** `null`: no CONNECT has come yet. */
  readonly level: ProtocolLevel | null;
  readonly fromServer: boolean;
  /** Of the packet, where `bytes` are only its beginning as the rest was not asked for. */
  readonly totalBytes?: number;
  /** A CONNECT came on this connection before. */
  readonly connected?: boolean;
}

export function walkFields(fields: readonly Field[], visit: (field: Field, path: readonly Field[]) => void, path: readonly Field[] = []): void {
  for (const field of fields) {
    visit(field, path);
    if (field.children) walkFields(field.children, visit, [...path, field]);
  }
}

/** The first field of this key, whole packet deep. */
export function findField(fields: readonly Field[], key: string): Field | undefined {
  for (const field of fields) {
    if (field.key === key) return field;
    const inside = field.children && findField(field.children, key);
    if (inside) return inside;
  }
  return undefined;
}
