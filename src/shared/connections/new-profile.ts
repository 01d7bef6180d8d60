import type { ConnectionProfile, Subscription } from '../contract/connection-profile.ts';

/** A profile with the defaults of the schema, for where the schema itself cannot go. */
export function newProfile(id: string, more: Partial<ConnectionProfile> = {}): ConnectionProfile {
  return {
    id,
    name: '',
    folder: '',
    color: null,
    favourite: false,
    notes: '',
    connectAtStart: false,
    pikaPeers: false,
    uri: '',
    clientId: null,
    clientIdSuffix: false,
    version: '5',
    username: '',
    keepAliveSeconds: 60,
    pingDelaySeconds: 0,
    cleanStart: true,
    connectTimeoutSeconds: 10,
    will: null,
    connectProperties: {
      sessionExpirySeconds: null,
      receiveMaximum: null,
      maximumPacketSize: null,
      topicAliasMaximum: null,
      requestResponseInformation: null,
      requestProblemInformation: null,
      userProperties: [],
    },
    authentication: null,
    tls: {
      verify: 'required',
      checkHostName: true,
      ca: '',
      certificate: '',
      serverName: '',
      alpn: [],
      minVersion: null,
      maxVersion: null,
      ciphers: '',
      pinned: [],
    },
    webSocket: { headers: [], subprotocol: '' },
    proxy: null,
    reconnect: { enabled: true, intervalSeconds: 0.5, multiplier: 2, maxIntervalSeconds: 30, maxAttempts: 0, jitter: 0.2, retryFirst: false },
    limits: { maxQueuedMessages: 0, maxPayloadBytes: null },
    publishDefaults: { qos: 0, retain: false, topics: [] },
    subscriptions: [],
    ...more,
  };
}

/** A subscription with the defaults of the schema. */
export function newSubscription(filter: string, more: Partial<Subscription> = {}): Subscription {
  return {
    filter,
    qos: 0,
    enabled: true,
    alias: '',
    color: null,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0,
    identifier: null,
    action: 'store',
    ...more,
  };
}
