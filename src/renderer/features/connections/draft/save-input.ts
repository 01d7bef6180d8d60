import { connectionSecretNames } from '../../../../shared/connections/secret-names.ts';
import type { ConnectionSecretChanges } from '../../../../shared/contract/connection-profile.ts';
import type { ConnectionProfile, Subscription } from '../../../../shared/contract/connections.ts';
import { base64Of } from './bytes.ts';
import { numberOf } from './numbers.ts';
import type { BytesDraft, Choice, ProfileDraft } from './profile-draft.ts';

/** The profile and the changes of secrets to send. Only for a draft without problems. */
export function saveInput(
  draft: ProfileDraft,
  subscriptions: readonly Subscription[],
): { readonly profile: ConnectionProfile; readonly secrets?: ConnectionSecretChanges } {
  const { connectProperties, will, authentication, tls, webSocket, proxy, publishDefaults } = draft;
  const profile: ConnectionProfile = {
    id: draft.id,
    name: draft.name.trim(),
    folder: cleanFolder(draft.folder),
    color: draft.color,
    favourite: draft.favourite,
    pikaPeers: draft.pikaPeers,
    notes: draft.notes,
    connectAtStart: draft.connectAtStart,
    uri: draft.uri.trim(),
    clientId: draft.clientIdMode === 'generated' ? null : draft.clientId,
    clientIdSuffix: draft.clientIdSuffix,
    version: draft.version,
    username: draft.username,
    keepAliveSeconds: numberOf(draft.keepAliveSeconds),
    pingDelaySeconds: numberOf(draft.pingDelaySeconds),
    cleanStart: draft.cleanStart,
    connectTimeoutSeconds: numberOf(draft.connectTimeoutSeconds),
    connectProperties: {
      sessionExpirySeconds: optionalNumber(connectProperties.sessionExpirySeconds),
      receiveMaximum: optionalNumber(connectProperties.receiveMaximum),
      maximumPacketSize: optionalNumber(connectProperties.maximumPacketSize),
      topicAliasMaximum: optionalNumber(connectProperties.topicAliasMaximum),
      requestResponseInformation: optionalBoolean(connectProperties.requestResponseInformation),
      requestProblemInformation: optionalBoolean(connectProperties.requestProblemInformation),
      userProperties: pairs(connectProperties.userProperties),
    },
    will: will.enabled
      ? {
          topic: will.topic,
          payload: will.payload,
          payloadAs: will.payloadAs,
          qos: will.qos,
          retain: will.retain,
          delaySeconds: numberOf(will.delaySeconds),
          messageExpirySeconds: optionalNumber(will.messageExpirySeconds),
          contentType: will.contentType,
          responseTopic: will.responseTopic,
          correlationData: bytesOf(will.correlationData),
          payloadIsUtf8: will.payloadIsUtf8,
          userProperties: pairs(will.userProperties),
        }
      : null,
    authentication:
      authentication.kind === 'none'
        ? null
        : authentication.kind === 'dialog'
          ? { kind: 'dialog', method: authentication.method, initialData: bytesOf(authentication.initialData) }
          : { kind: 'scram-sha-256' },
    tls: {
      ...tls,
      alpn: alpnNames(tls.alpn),
      pinned: [...tls.pinned],
      minVersion: tls.minVersion === 'any' ? null : tls.minVersion,
      maxVersion: tls.maxVersion === 'any' ? null : tls.maxVersion,
    },
    webSocket: { headers: pairs(webSocket.headers), subprotocol: webSocket.subprotocol },
    proxy: proxy.kind === 'none' ? null : { kind: proxy.kind, host: proxy.host, port: numberOf(proxy.port), username: proxy.username },
    reconnect: reconnectOf(draft),
    limits: { maxQueuedMessages: numberOf(draft.limits.maxQueuedMessages), maxPayloadBytes: optionalNumber(draft.limits.maxPayloadBytes) },
    publishDefaults: { qos: publishDefaults.qos, retain: publishDefaults.retain, topics: publishDefaults.topics.map((entry) => ({ ...entry })) },
    subscriptions: [...subscriptions],
  };
  const secrets = secretChanges(draft);
  return Object.keys(secrets).length === 0 ? { profile } : { profile, secrets };
}

/** The policy as it is written; NaN where a field holds no number. */
export function reconnectOf({ reconnect }: ProfileDraft): ConnectionProfile['reconnect'] {
  return {
    enabled: reconnect.enabled,
    retryFirst: reconnect.retryFirst,
    intervalSeconds: numberOf(reconnect.intervalSeconds),
    multiplier: numberOf(reconnect.multiplier),
    maxIntervalSeconds: numberOf(reconnect.maxIntervalSeconds),
    maxAttempts: numberOf(reconnect.maxAttempts),
    // 91.3 hundredths are 0.913, not the 0.9129999999999999 of binary fractions.
    jitter: Number((numberOf(reconnect.jitter) / 100).toPrecision(15)),
  };
}

/** The names of protocols between the commas. */
export function alpnNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Names of folders without the spaces and empty levels that typing leaves. */
export function cleanFolder(path: string): string {
  return path
    .split('/')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .join('/');
}

function secretChanges({ secrets }: ProfileDraft): ConnectionSecretChanges {
  const changes: ConnectionSecretChanges = {};
  for (const name of connectionSecretNames) {
    const { change, value } = secrets[name];
    if (change !== 'keep') changes[name] = change === 'remove' ? null : value;
  }
  return changes;
}

const optionalNumber = (text: string): number | null => (text.trim() === '' ? null : numberOf(text));
const optionalBoolean = (choice: Choice): boolean | null => (choice === 'unset' ? null : choice === 'yes');
const pairs = (list: readonly (readonly [string, string])[]): [string, string][] => list.map(([name, value]) => [name, value]);
/** What was stored stays as it was written. */
const bytesOf = (bytes: BytesDraft): string => (bytes.as === 'base64' ? bytes.text : base64Of(bytes));
