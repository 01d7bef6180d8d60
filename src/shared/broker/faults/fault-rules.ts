import type { packetType } from '../../mqtt/packet/packet-type.ts';
import type { MqttdKeys } from './mqttd-keys.ts';

/** Faults that a broker is told to make: rules, and profiles of them. Pure data; the broker's own part is in the engine. */

export type FaultPacket = keyof typeof packetType;

/** Which packets of which connections a rule is about. */
export interface FaultWhere {
  /** The id of a listener; absent: all. */
  readonly listener?: string | undefined;
  /** A pattern with `*` and `?`; absent: all. */
  readonly clientId?: string | undefined;
  /** A topic filter: PUBLISH with such a topic, and the acknowledgements of these; absent: every packet. */
  readonly topic?: string | undefined;
  /** As seen by the broker. */
  readonly direction: 'in' | 'out' | 'both';
  /** Absent: all. */
  readonly packets?: readonly FaultPacket[] | undefined;
  /** The first packet of a connection that counts, among those that match. */
  readonly from: number;
  /** From 0 to 1. */
  readonly probability: number;
  /** How often for each client id at most; `null`: always. */
  readonly times: number | null;
}

/** How a connection is ended: DISCONNECT with a reason code (MQTT 5; 3.x is closed), closed, or reset (RST). */
export type FaultEnding = { readonly how: 'reason'; readonly code: number } | { readonly how: 'close' } | { readonly how: 'reset' };

export type FaultAction =
  /** `jitterMs`: up to so much more. The order stays. */
  | { readonly kind: 'delay'; readonly ms: number; readonly jitterMs: number }
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate'; readonly copies: number }
  /** The packet is let past after so many others, or after this time. */
  | { readonly kind: 'reorder'; readonly after: number; readonly maxMs: number }
  | { readonly kind: 'corrupt'; readonly unit: 'bits' | 'bytes'; readonly count: number; readonly part: 'header' | 'body' | 'payload' }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** Acknowledgements are kept back until the fault ends. */
  | { readonly kind: 'freeze' }
  /** `n`: packets, or seconds after CONNECT; nothing with `now`. */
  | { readonly kind: 'disconnect'; readonly when: 'now' | 'packets' | 'seconds'; readonly n: number; readonly ending: FaultEnding }
  /** CONNACK with a code of 3.x or of MQTT 5, in place of the broker's answer. */
  | { readonly kind: 'refuse'; readonly code3: number; readonly code5: number }
  | { readonly kind: 'no-connack'; readonly reset: boolean }
  /** The connection stays open and nothing crosses it any more. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'stop-reading' };

type FaultKind = FaultAction['kind'];

export interface FaultRule {
  readonly id: string;
  /** For people; empty: what it does. */
  readonly name: string;
  readonly enabled: boolean;
  readonly where: FaultWhere;
  readonly action: FaultAction;
}

export interface FaultProfile {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** The same seed makes the same choices for the same packets. */
  readonly seed: number;
  /** Tried in order on each packet; a packet that is dropped meets no further ones. */
  readonly rules: readonly FaultRule[];
  /** The broker answers like one of the mqttd servers. */
  readonly keys?: MqttdKeys | undefined;
}

/** Whom a profile is turned on for. */
export type FaultScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'listener'; readonly listener: string }
  | { readonly kind: 'client'; readonly clientId: string };

export interface ActiveFault {
  readonly id: string;
  readonly profile: FaultProfile;
  readonly scope: FaultScope;
  /** The workbench's own clients (demo device, calls, nodes) as well. */
  readonly includeOwn: boolean;
}

export interface FaultConfig {
  readonly active: readonly ActiveFault[];
  /** Ids of listeners whose clients get DISCONNECT after the first message, as curl needs it. */
  readonly curlListeners: readonly string[];
}

export const noFaults: FaultConfig = { active: [], curlListeners: [] };

export const isFaultOn = ({ active, curlListeners }: FaultConfig): boolean => active.length > 0 || curlListeners.length > 0;

const acknowledgements: readonly FaultPacket[] = ['puback', 'pubrec', 'pubcomp', 'suback', 'unsuback'];
const cutting: ReadonlySet<FaultKind> = new Set(['disconnect', 'refuse', 'no-connack', 'silent', 'stop-reading', 'freeze']);

/** What a rule of this kind is about where it does not say: freezing is for acknowledgements. */
export function packetsOf({ where, action }: FaultRule): readonly FaultPacket[] | null {
  if (action.kind === 'refuse' || action.kind === 'no-connack') return ['connect'];
  return where.packets ?? (action.kind === 'freeze' ? acknowledgements : null);
}

/** Whether a profile ends connections or leaves them dead: what nobody wants for clients they work with. */
export function cutsConnections({ rules, keys }: Pick<FaultProfile, 'rules' | 'keys'>): boolean {
  return keys !== undefined || rules.some(({ enabled, action }) => enabled && cutting.has(action.kind));
}

/** Whether a client id matches a pattern with `*` and `?`. */
export function matchesPattern(pattern: string, text: string): boolean {
  // Linear: a `*` is only ever tried again from its last place.
  let [at, star, mark] = [0, -1, 0];
  for (let position = 0; position < text.length;) {
    if (pattern[at] === '*') {
      star = at;
      mark = position;
      at += 1;
    } else if (pattern[at] === '?' || (at < pattern.length && pattern[at] === text[position])) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      position = mark;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
