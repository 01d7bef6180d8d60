import type { Qos } from '../../../../shared/contract/common.ts';
import type { MessageProperties } from '../../../../shared/messages/record.ts';

/** Each bridge that carries a message adds one: `WORKBENCH out BRIDGE`, `WORKBENCH in BRIDGE`. */
export const markName = 'mqtt-workbench-bridge';
/** A message that went through so many bridges goes in a circle that none of them can see. */
const mostMarks = 16;

/** A message on its way from one broker to the other. */
export interface CarriedMessage {
  readonly rule: number;
  readonly topic: string;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly properties: MessageProperties | null;
  /** Unix ms; `null`: it does not expire. */
  readonly expiresAt: number | null;
}

export interface Mark {
  /** Random, of this run. */
  readonly workbench: string;
  readonly bridge: string;
}

/** What may travel on: aliases and subscription identifiers belong to one connection (§3.3.2.3). Marked by the bridge that carries it. */
export function travelling(properties: MessageProperties | null, { workbench, bridge }: Mark, way: 'in' | 'out'): MessageProperties {
  const { topicAlias: _alias, subscriptionIdentifiers: _identifiers, userProperties = [], ...others } = properties ?? {};
  return { ...others, userProperties: [...userProperties, [markName, `${workbench} ${way} ${bridge}`]] };
}

/** Whether the bridge has carried it before, whether it comes back to the broker it once left over another one, or went over too many. */
export function wentInCircle(properties: MessageProperties | null, { workbench, bridge }: Mark, way: 'in' | 'out'): boolean {
  const marks = properties?.userProperties?.filter(([name]) => name === markName) ?? [];
  return marks.length >= mostMarks || marks.some(([, value]) => value.endsWith(` ${bridge}`) || (way === 'in' && value.startsWith(`${workbench} out `)));
}

/** With the expiry that is left (§3.3.2.3.3); `null`: it has expired. */
export function withExpiryLeft({ properties, expiresAt }: CarriedMessage, now: number): MessageProperties | null | 'expired' {
  if (expiresAt === null) return properties;
  const left = Math.ceil((expiresAt - now) / 1000);
  return left <= 0 ? 'expired' : { ...properties, messageExpirySeconds: left };
}
