import type { RpcMessage } from '../../../../shared/rpc/dialect.ts';
import { readJsonPayload, isJsonObject } from '../../../../shared/rpc/json-payload.ts';

/** Of mqttxx 3.2: who is there, and who is asked to leave. */
export const presenceFilter = '$presence/+';
const presenceTopic = (clientId: string): string => `$presence/${clientId}`;
export const kickTopic = (clientId: string): string => `$presence/${clientId}/kick`;

/** `{"status":"online","timestamp":1732190000}`, in whole seconds; the one of a will is of the moment of the connection. */
export function presenceMessage(status: 'online' | 'offline', clientId: string, nowMs: number): PresenceMessage {
  const payload = new TextEncoder().encode(JSON.stringify({ status, timestamp: Math.floor(nowMs / 1000) }));
  return { topic: presenceTopic(clientId), payload, qos: 1, retain: true };
}

export interface PresenceMessage {
  readonly topic: string;
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly qos: 1;
  readonly retain: true;
}

/** Why a client is asked to leave, as far as the message says. */
export function kickReason({ payload }: Pick<RpcMessage, 'payload'>): string {
  const read = readJsonPayload(payload);
  const reason = 'value' in read && isJsonObject(read.value) ? read.value['reason'] : undefined;
  return typeof reason === 'string' ? reason.slice(0, 200) : 'no reason was given';
}
