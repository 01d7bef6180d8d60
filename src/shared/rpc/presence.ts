import { utf8, type OutgoingMessage } from './dialect.ts';
import { isJsonObject, readJsonPayload } from './json-payload.ts';
import { pythonJson } from './python-json.ts';

/**
 * Presence of mqttxx 3.2 and later 3.x: each client says on `$presence/<client id>`, retained, that it is online, and its will says that it is offline.
 * The will is made when the client connects: its timestamp is that of the connect, not of the loss.
 */
const prefix = '$presence/';
const kickSuffix = '/kick';

export interface Presence {
  readonly clientId: string;
  /** `gone`: the retained message was taken back. */
  readonly state: 'online' | 'offline' | 'gone';
  /** Unix s, as the message says; `null`: it says none. */
  readonly timestamp: number | null;
}

/** What a message says of a client; `null`: nothing, or it is a kick. */
export function readPresence(topic: string, payload: Uint8Array): Presence | null {
  if (!topic.startsWith(prefix)) return null;
  const clientId = topic.slice(prefix.length);
  if (clientId === '' || clientId.endsWith(kickSuffix)) return null;
  if (payload.length === 0) return { clientId, state: 'gone', timestamp: null };
  const read = readJsonPayload(payload);
  if ('reason' in read || !isJsonObject(read.value)) return null;
  const { status, timestamp } = read.value;
  if (status !== 'online' && status !== 'offline') return null;
  return { clientId, state: status, timestamp: typeof timestamp === 'number' && timestamp >= 0 && timestamp < 1e11 ? timestamp : null };
}

export interface PresenceMessage extends OutgoingMessage {
  readonly retain: boolean;
}

/** What a client says of itself, and has its broker say as its will. `atSeconds`: Unix time, whole seconds. */
export function presenceMessage(clientId: string, status: 'online' | 'offline', atSeconds: number): PresenceMessage {
  return { topic: `${prefix}${clientId}`, payload: utf8(pythonJson({ status, timestamp: Math.floor(atSeconds) })), qos: 1, retain: true };
}

/** Takes back what is retained of a client that will not come again. */
export function presenceRemoval(clientId: string): PresenceMessage {
  return { topic: `${prefix}${clientId}`, payload: new Uint8Array(0), qos: 1, retain: true };
}

/** Asks a client to leave, as another one with its id does in 3.x. */
export function kickMessage(clientId: string): PresenceMessage {
  return { topic: `${prefix}${clientId}${kickSuffix}`, payload: utf8(pythonJson({ reason: 'duplicate_connection' })), qos: 1, retain: false };
}

/** The client behind the topic of a service; `null`: the dialect says nothing of it. */
export function clientOfService(dialect: string, topic: string): string | null {
  if (dialect === 'mqttxx2') return clientOfTopic(topic);
  return dialect === 'mqttxx4' && topic.startsWith('rpc/r/') ? topic.slice('rpc/r/'.length) : null;
}

/** The client that mqttxx 3.2 takes for the one behind a topic: the last level. */
export function clientOfTopic(topic: string): string {
  return topic.slice(topic.lastIndexOf('/') + 1);
}
