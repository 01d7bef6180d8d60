import { packetType } from './packet-type.ts';
import type { ProtocolLevel } from './packets.ts';

/** Where 3.1.1 and 5 state the same rule under different numbers. 3.1 has no numbers; 3.1.1 speaks for it. */
const numbers = {
  illFormed: ['MQTT-1.5.3-1', 'MQTT-1.5.4-1'],
  nul: ['MQTT-1.5.3-2', 'MQTT-1.5.4-2'],
  text: ['§1.5.3', '§1.5.4'],
  remainingLength: ['§2.2.3', '§1.5.5'],
  reservedFlags: ['MQTT-2.2.2-2', 'MQTT-2.1.3-1'],
  packetType: ['§2.2.1', '§2.1.2'],
  errors: ['§4.8', '§4.13'],
  willQosWithoutWill: ['MQTT-3.1.2-13', 'MQTT-3.1.2-11'],
  willQos: ['MQTT-3.1.2-14', 'MQTT-3.1.2-12'],
  willRetainWithoutWill: ['MQTT-3.1.2-15', 'MQTT-3.1.2-13'],
  connackFlags: ['§3.2.2.1', 'MQTT-3.2.2-1'],
  sessionPresent: ['MQTT-3.2.2-4', 'MQTT-3.2.2-6'],
  connackCode: ['§3.2.2.3', 'MQTT-3.2.2-8'],
  noSubscription: ['MQTT-3.8.3-3', 'MQTT-3.8.3-2'],
  wildcardInTopic: ['MQTT-4.7.1-1', 'MQTT-4.7.0-1'],
  multiLevelWildcard: ['MQTT-4.7.1-2', 'MQTT-4.7.1-1'],
  singleLevelWildcard: ['MQTT-4.7.1-3', 'MQTT-4.7.1-2'],
} as const satisfies Record<string, readonly [v3: string, v5: string]>;

/** The number of a rule in the specification of this level. */
export function clauseOf(rule: keyof typeof numbers, level: ProtocolLevel): string {
  return numbers[rule][level === 5 ? 1 : 0];
}

/** The statement that a packet of this type needs a packet identifier other than 0. */
export function packetIdClause(type: number, level: ProtocolLevel, fromServer: boolean): string {
  switch (type) {
    case packetType.publish:
    case packetType.subscribe:
    case packetType.unsubscribe:
      if (level !== 5) return 'MQTT-2.3.1-1';
      return fromServer ? 'MQTT-2.2.1-4' : 'MQTT-2.2.1-3';
    case packetType.suback:
    case packetType.unsuback:
      return level === 5 ? 'MQTT-2.2.1-6' : 'MQTT-2.3.1-7';
    default:
      return level === 5 ? 'MQTT-2.2.1-5' : 'MQTT-2.3.1-6';
  }
}
