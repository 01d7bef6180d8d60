import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectionProfileSchema, type ConnectionProfile } from '../../contract/connection-profile.ts';
import { newProfile, newSubscription } from '../new-profile.ts';
import { exportConnections, importConnections, type ConnectionSecretValues, type TransferFormat } from './index.ts';

const word = fc.stringMatching(/^[a-zA-Z0-9 _äß漢"'\\:{}#%@-]{1,20}$/).filter((text) => text.trim() === text && text !== '');
const key = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((one) => one.isWellFormed());
const filter = fc.stringMatching(/^[a-z0-9]{1,5}(\/[a-z0-9]{1,5}){0,3}(\/#)?$/);
const qos = fc.constantFrom<0 | 1 | 2>(0, 1, 2);
const flag = fc.boolean();
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one);
const uint16 = fc.integer({ min: 0, max: 65_535 });
const uint32 = fc.integer({ min: 0, max: 4_294_967_295 });
const base64 = fc.uint8Array({ maxLength: 20 }).map((bytes) => btoa(String.fromCodePoint(...bytes)));
const host = fc.constantFrom('broker.example', '127.0.0.1', '[::1]', '[2001:db8::5]');
const port = fc.constantFrom('', ':1884', ':65535');
const plainUri = fc.tuple(fc.constantFrom('mqtt', 'mqtts'), host, port).map(([scheme, name, at]) => `${scheme}://${name}${at}`);
const webUri = fc
  .tuple(fc.constantFrom('ws', 'wss'), host, port, fc.constantFrom('', '/mqtt', '/a/b?c=d'))
  .map((parts) => `${parts[0]}://${parts.slice(1).join('')}`);
const uri = fc.oneof(plainUri, webUri);
const base = newProfile('import');
const password = fc.oneof(
  fc.constant({}),
  text.filter((one) => one !== '').map((one) => ({ password: one })),
);

interface Case {
  readonly profile: ConnectionProfile;
  readonly secrets: ConnectionSecretValues;
}

const shortName = (address: string): string => address.replace(/^[a-z]+:\/\//, '');
const pairs = fc.uniqueArray(fc.tuple(key, text), { maxLength: 3, selector: ([name]) => name }).map((list): [string, string][] => list);
const will5 = fc.record({
  ...{ topic: filter, payload: text, payloadAs: fc.constant('text' as const), qos, retain: flag, delaySeconds: uint32, messageExpirySeconds: maybe(uint32) },
  ...{ contentType: text, responseTopic: text, correlationData: base64, payloadIsUtf8: flag, userProperties: pairs },
});

const cases: Readonly<Record<TransferFormat, fc.Arbitrary<Case>>> = {
  uri: fc.record({
    profile: fc.record({ uri, username: text }).map((one) => ({ ...base, ...one, name: shortName(one.uri) })),
    secrets: password,
  }),
  mqttx: fc.record({
    profile: fc
      .record({
        ...{ name: word, uri, clientId: word, clientIdSuffix: flag, version: fc.constantFrom('3.1', '3.1.1', '5'), username: text, keepAliveSeconds: uint16 },
        ...{ cleanStart: flag, connectTimeoutSeconds: fc.integer({ min: 1, max: 300 }), will: maybe(will5) },
        connectProperties: fc.record({
          ...{ sessionExpirySeconds: maybe(uint32), receiveMaximum: maybe(fc.integer({ min: 1, max: 65_535 })), topicAliasMaximum: maybe(uint16) },
          ...{ maximumPacketSize: maybe(fc.integer({ min: 1, max: 4_294_967_295 })), requestResponseInformation: maybe(flag) },
          ...{ requestProblemInformation: maybe(flag), userProperties: pairs },
        }),
        authentication: maybe(fc.record({ kind: fc.constant('dialog' as const), method: word, initialData: base64 })),
        seconds: fc.integer({ min: 10, max: 60_000 }).map((ms) => ms / 1000),
        enabled: flag,
        verify: fc.constantFrom('required' as const, 'none' as const),
        alpn: fc.array(key, { maxLength: 3 }),
        subscriptions: fc.array(
          fc.record({
            ...{ filter, qos, enabled: flag, alias: text, noLocal: flag, retainAsPublished: flag, identifier: maybe(fc.integer({ min: 1, max: 268_435_455 })) },
            ...{ color: fc.constantFrom(null, 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple', 'pink') },
            retainHandling: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
          }),
          { maxLength: 3 },
        ),
      })
      .map(({ seconds, enabled, verify, alpn, ...rest }) => ({
        ...base,
        ...rest,
        reconnect: { ...base.reconnect, enabled, intervalSeconds: seconds, multiplier: 1, maxIntervalSeconds: seconds, jitter: 0 },
        tls: { ...base.tls, verify, alpn },
        subscriptions: rest.subscriptions.map(({ filter: topic, ...one }) => newSubscription(topic, one as object)),
      }))
      .map((one) => one as ConnectionProfile),
    secrets: password,
  }),
  'mqtt-explorer': fc.record({
    profile: fc
      .record({
        name: word,
        uri,
        clientId: maybe(word),
        username: text,
        verify: fc.constantFrom('required' as const, 'none' as const),
        filters: fc.array(fc.tuple(filter, qos)),
      })
      .map(({ verify, filters, ...rest }) => ({
        ...base,
        ...rest,
        version: '3.1.1' as const,
        tls: { ...base.tls, verify, ca: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n' },
        subscriptions: filters.map(([one, level]) => newSubscription(one, { qos: level })),
      })),
    secrets: password,
  }),
  distmqtt: fc.record({
    profile: fc
      .record({
        ...{
          uri,
          clientId: word,
          username: text,
          keepAliveSeconds: uint16,
          pingDelaySeconds: uint16,
          cleanStart: flag,
          enabled: flag,
          most: fc.constantFrom(0.5, 5, 10),
        },
        ...{ attempts: fc.integer({ min: 0, max: 1000 }), checkHostName: flag, qos, retain: flag, headers: pairs },
        topics: fc.uniqueArray(fc.record({ topic: text.filter((one) => one !== ''), qos: maybe(qos), retain: maybe(flag) }), {
          maxLength: 3,
          selector: ({ topic }) => topic,
        }),
        will: maybe(fc.record({ topic: filter, payload: text, qos, retain: flag })),
      })
      .map(({ enabled, most, attempts, checkHostName, qos: level, retain, headers, topics, will, ...rest }) => ({
        ...base,
        ...rest,
        name: shortName(rest.uri),
        version: '3.1.1' as const,
        reconnect: { enabled, intervalSeconds: 1, multiplier: 2, maxIntervalSeconds: most, maxAttempts: attempts, jitter: 0, retryFirst: false },
        tls: { ...base.tls, checkHostName },
        webSocket: { headers: rest.uri.startsWith('ws') ? headers : [], subprotocol: '' },
        publishDefaults: { qos: level, retain, topics },
        will: will && {
          ...will,
          ...{ payloadAs: 'text' as const, delaySeconds: 0, messageExpirySeconds: null, contentType: '', responseTopic: '', correlationData: '' },
          ...{ payloadIsUtf8: false, userProperties: [] },
        },
      })),
    secrets: password,
  }),
  mqttxx: fc.record({
    profile: fc
      .record({
        ...{ uri: plainUri, clientId: word, version: fc.constantFrom('3.1', '3.1.1', '5'), username: text, keepAliveSeconds: uint16, cleanStart: flag },
        ...{ queue: fc.integer({ min: 1, max: 100_000 }), size: fc.integer({ min: 0, max: 268_435_455 }), expiry: maybe(uint32), enabled: flag },
        ...{ interval: fc.constantFrom(0.5, 5), multiplier: fc.constantFrom(1, 1.5), most: fc.constantFrom(10, 60), attempts: fc.integer({ min: 0, max: 9 }) },
        tls: fc.constantFrom(
          { verify: 'required', checkHostName: false },
          { verify: 'required', checkHostName: true },
          { verify: 'optional', checkHostName: true },
          { verify: 'none', checkHostName: false },
        ),
      })
      .map(({ queue, size, expiry, enabled, interval, multiplier, most, attempts, tls, ...rest }) => ({
        ...base,
        ...rest,
        name: shortName(rest.uri),
        limits: { maxQueuedMessages: queue, maxPayloadBytes: size },
        connectProperties: { ...base.connectProperties, sessionExpirySeconds: rest.version === '5' ? expiry : null },
        reconnect: { enabled, intervalSeconds: interval, multiplier, maxIntervalSeconds: most, maxAttempts: attempts, jitter: 0, retryFirst: true },
        tls: { ...base.tls, ...tls },
      }))
      .map((one) => one as ConnectionProfile),
    secrets: password,
  }),
};

test.each(Object.keys(cases) as TransferFormat[])('%s: what is exported comes back the same', (format) => {
  fc.assert(
    fc.property(cases[format], (one) => {
      const { text: written } = exportConnections([one], format);
      const read = importConnections(written, format);
      expect(read.problem).toBeNull();
      expect(read.connections[0]?.profile).toEqual(one.profile);
      expect(read.connections[0]?.secrets).toEqual(one.secrets);
      expect(connectionProfileSchema.safeParse(read.connections[0]?.profile).success).toBe(true);
    }),
    { numRuns: 200 },
  );
});
