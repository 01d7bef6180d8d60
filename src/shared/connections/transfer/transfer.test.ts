import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newProfile, newSubscription } from '../new-profile.ts';
import { exportConnections, importConnections, type ImportResult } from './index.ts';

const only = (result: ImportResult): ImportResult['connections'][number] => {
  expect(result.problem).toBeNull();
  expect(result.connections).toHaveLength(1);
  return result.connections[0]!;
};
const paths = (losses: readonly { readonly path: string }[]): string[] => losses.map(({ path }) => path);

test('addresses in all forms become connections', () => {
  const text = `
    # the bench
    - mqtt://h
    "mqtts://h"
    <ws://h/p?a=b>, wss://h/p
    tcp://us%40er:p%3Aw@[::1]:1884; ssl://tls.example
    http://nothing/
    mqtt://h:99999
  `;
  const result = importConnections(text);
  expect(result.format).toBe('uri');
  expect(result.connections.map(({ profile }) => profile.uri)).toEqual([
    'mqtt://h',
    'mqtts://h',
    'ws://h/p?a=b',
    'wss://h/p',
    'mqtt://[::1]:1884',
    'mqtts://tls.example',
  ]);
  expect(result.connections[4]).toMatchObject({ profile: { username: 'us@er', name: '[::1]:1884' }, secrets: { password: 'p:w' } });
  expect(paths(result.losses)).toEqual(['[6]', '[7]']);
  expect(only(importConnections('mqtt://h/?client_id=x', 'uri')).losses).toEqual([
    { path: 'uri', value: '?client_id=x', reason: expect.stringContaining('nothing behind the path') as string, minor: false },
  ]);
});

test('a password never stands in what is told about an address', () => {
  const result = importConnections('mqtt://user:s3cret@h:99999\nmqtt://h');
  expect(JSON.stringify(result.losses)).not.toContain('s3cret');
});

test('a connection of MQTTX', () => {
  const result = importConnections(
    JSON.stringify([
      {
        ...{ id: 'x', name: 'Hall', clientId: 'mqttx_1', clientIdWithTime: true, protocol: 'wss', host: 'h', port: 8084, path: '/mqtt', ssl: true },
        ...{ mqttVersion: '5.0', username: 'u', password: 'pw', keepalive: 30, clean: false, connectTimeout: 5, reconnect: true, reconnectPeriod: 2000 },
        ...{ rejectUnauthorized: false, certType: 'self', ca: '/home/me/ca.pem', cert: '', key: '', messages: [{}, {}], somethingNew: 1 },
        subscriptions: [
          { topic: 'a/#', qos: 1, disabled: true, alias: 'all', color: '#e5484d', nl: true, rap: true, rh: 2, subscriptionIdentifier: 7, createAt: 'x' },
          { topic: 'a/#b' },
        ],
        will: {
          lastWillTopic: 'w',
          lastWillPayload: 'gone',
          lastWillQos: 1,
          lastWillRetain: true,
          properties: { correlationData: 'id', willDelayInterval: 3 },
        },
        properties: { sessionExpiryInterval: 60, receiveMaximum: 0, userProperties: { k: ['a', 'b'] }, authenticationMethod: 'X' },
      },
    ]),
  );
  expect(result.format).toBe('mqttx');
  const { profile, secrets, losses } = only(result);
  const base = newProfile('');
  expect(profile).toEqual(
    newProfile('import', {
      ...{ name: 'Hall', uri: 'wss://h:8084/mqtt', clientId: 'mqttx_1', clientIdSuffix: true, version: '5', username: 'u', keepAliveSeconds: 30 },
      ...{ cleanStart: false, connectTimeoutSeconds: 5, tls: { ...base.tls, verify: 'none' } },
      reconnect: { ...base.reconnect, intervalSeconds: 2, multiplier: 1, maxIntervalSeconds: 2, jitter: 0 },
      connectProperties: {
        ...base.connectProperties,
        sessionExpirySeconds: 60,
        userProperties: [
          ['k', 'a'],
          ['k', 'b'],
        ],
      },
      authentication: { kind: 'dialog', method: 'X', initialData: '' },
      will: {
        ...{ topic: 'w', payload: 'gone', payloadAs: 'text', qos: 1, retain: true, delaySeconds: 3, messageExpirySeconds: null, contentType: '' },
        ...{ responseTopic: '', correlationData: btoa('id'), payloadIsUtf8: false, userProperties: [] },
      },
      subscriptions: [
        newSubscription('a/#', {
          ...{ qos: 1, enabled: false, alias: 'all', color: 'red', noLocal: true, retainAsPublished: true, retainHandling: 2, identifier: 7 },
        }),
      ],
    }),
  );
  expect(secrets).toEqual({ password: 'pw' });
  expect(paths(losses.filter(({ minor }) => !minor))).toEqual(['ca', 'properties.receiveMaximum', 'subscriptions[1].topic', 'messages', 'somethingNew']);
  expect(losses.find(({ path }) => path === 'messages')?.value).toBe('[…] with 2 entries');
  expect(losses.find(({ path }) => path === 'ca')).toMatchObject({ value: '/home/me/ca.pem', reason: expect.stringContaining('choose the file') as string });
});

test('collections of MQTTX become folders', () => {
  const leaf = { name: 'leaf', clientId: 'a', host: 'h', port: 1883 };
  const result = importConnections(JSON.stringify([{ name: 'Site', isCollection: true, children: [{ name: 'Hall', children: [leaf] }] }, leaf]));
  expect(result.connections.map(({ profile }) => profile.folder)).toEqual(['Site/Hall', '']);
});

test('settings of MQTT Explorer', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const one = {
    ...{ configVersion: 1, type: 'mqtt', id: 'i', host: 'h', protocol: 'ws', basePath: 'ws', port: 443, name: 'n', encryption: true, certValidation: true },
    ...{ clientId: 'mqtt-explorer-0123abcd', username: 'u', password: 'p', order: 1 },
    selfSignedCertificate: { name: 'ca.crt', data: btoa(pem) },
    clientCertificate: { name: 'der', data: btoa('\u0030\u0003abc') },
    subscriptions: [{ topic: '#', qos: 0 }, '$SYS/#'],
  };
  const result = importConnections(JSON.stringify({ ConnectionManager_connections: { i: one, bad: 3 }, Settings: { theme: 'dark' } }));
  expect(result.format).toBe('mqtt-explorer');
  const { profile, secrets } = only(result);
  expect(profile).toMatchObject({ uri: 'wss://h/ws', version: '3.1.1', clientId: null, username: 'u', tls: { verify: 'required', ca: pem } });
  expect(profile.tls.certificate).toBe('-----BEGIN CERTIFICATE-----\nMANhYmM=\n-----END CERTIFICATE-----\n');
  expect(profile.subscriptions.map(({ filter }) => filter)).toEqual(['#', '$SYS/#']);
  expect(secrets).toEqual({ password: 'p' });
  expect(paths(result.losses)).toEqual(['Settings', 'bad']);
  expect(importConnections(JSON.stringify({ i: one })).format).toBe('mqtt-explorer');
});

test('a configuration of distmqtt, as documented', () => {
  const text = `
uri: wss://us%40er:p@h/x
keep_alive: 12
ping_delay: 2
default_qos: 1
default_retain: false
auto_reconnect: yes
reconnect_max_interval: 5
reconnect_retries: -1
codec: utf8
codec_params:
  bool: {on: "on", off: "off"}
cafile: /etc/ca.pem
check_hostname: no
extra_headers: {X-Token: abc}
cleansession: false
client_id: me
will: {topic: w, message: !!binary AQI=, qos: 1, retain: true}
topics:
  /test: {qos: 1}
  /some_topic: &some {qos: 2, retain: true}
  /other: {<<: *some, retain: false}
`;
  const result = importConnections(text);
  expect(result.format).toBe('distmqtt');
  const { profile, secrets, losses } = only(result);
  expect(profile).toMatchObject({
    ...{ uri: 'wss://h/x', username: 'us@er', version: '3.1.1', clientId: 'me', keepAliveSeconds: 12, pingDelaySeconds: 2, cleanStart: false },
    reconnect: { enabled: true, intervalSeconds: 1, multiplier: 2, maxIntervalSeconds: 5, maxAttempts: 0, jitter: 0 },
    tls: { checkHostName: false },
    webSocket: { headers: [['X-Token', 'abc']] },
    will: { topic: 'w', payload: 'AQI=', payloadAs: 'base64', qos: 1, retain: true },
    publishDefaults: {
      qos: 1,
      retain: false,
      topics: [
        { topic: '/test', qos: 1, retain: null },
        { topic: '/some_topic', qos: 2, retain: true },
        { topic: '/other', qos: 2, retain: false },
      ],
    },
  });
  expect(secrets).toEqual({ password: 'p' });
  expect(paths(losses)).toEqual(['uri', 'cafile', 'codec', 'codec_params']);
});

test('the documented configuration of distmqtt names no broker', () => {
  const config = JSON.stringify({ keep_alive: 10, reconnect_retries: 10, reconnect_max_interval: 5, topics: { '/test': { qos: 1 } } });
  const { profile, losses } = only(importConnections(config));
  expect(profile).toMatchObject({ uri: 'mqtt://localhost', keepAliveSeconds: 10, pingDelaySeconds: 1, reconnect: { maxAttempts: 10 } });
  expect(paths(losses)).toEqual(['uri']);
});

test('a configuration of mqttxx', () => {
  const result = importConnections(
    JSON.stringify({
      ...{ broker_host: '::1', broker_port: 8883, client_id: 'c', max_payload_size: 10, max_queued_messages: 0, keepalive: 20, num_workers: 4 },
      tls: { enabled: true, verify_mode: 'CERT_OPTIONAL', check_hostname: false, ca_certs: 'ca.pem' },
      auth: { username: 'u', password: 'p' },
      reconnect: { enabled: false, interval: 3, max_attempts: 2 },
    }),
  );
  expect(result.format).toBe('mqttxx');
  const { profile, secrets, losses } = only(result);
  expect(profile).toMatchObject({
    ...{ uri: 'mqtts://[::1]', version: '3.1.1', clientId: 'c', cleanStart: false, keepAliveSeconds: 20, username: 'u' },
    limits: { maxQueuedMessages: 100_000, maxPayloadBytes: 10 },
    tls: { verify: 'optional', checkHostName: true },
    reconnect: { enabled: false, intervalSeconds: 3, multiplier: 1.5, maxIntervalSeconds: 60, maxAttempts: 2 },
  });
  expect(secrets).toEqual({ password: 'p' });
  expect(paths(losses)).toEqual(['max_queued_messages', 'tls.check_hostname', 'tls.ca_certs', 'reconnect.enabled', 'num_workers']);
});

test('mqttxx without a client id would never connect; the newer protocol is told from its keys', () => {
  const old = only(importConnections('{"broker_host": "h"}'));
  expect(old.profile).toMatchObject({ cleanStart: true, clientId: null, limits: { maxPayloadBytes: 1_048_576 } });
  expect(paths(old.losses)).toEqual(['clean_session']);
  const five = only(importConnections('{"broker_host": "h", "clean_start": true, "session_expiry_interval": 5, "username": "u", "password": "p"}'));
  expect(five).toMatchObject({
    profile: { version: '5', username: 'u', connectProperties: { sessionExpirySeconds: 5 } },
    secrets: { password: 'p' },
    losses: [],
  });
});

test.each([
  ['damaged JSON', '{"broker_host": "h",\n "x" 1}', /line 2, column 6/],
  ['JSON that ends', '[{"host": "h"', /ends too early, in line 1/],
  ['damaged YAML', 'uri: "mqtt://h\nkeep_alive: 3', /line \d+, column \d+/],
  ['a key twice', 'uri: mqtt://a\nuri: mqtt://b', /line 2, column 1: the key "uri" stands here twice/],
  ['an unknown alias', 'uri: *a', /line 1, column 6/],
  ['deep JSON', '['.repeat(200_000), /JSON|levels deep/],
  ['deep valid JSON', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, /levels deep/],
  ['deep YAML', `a: ${'{a: '.repeat(2000)}`, /levels deep/],
  ['nested questions', '? '.repeat(40_000), /levels deep/],
  ['a million bytes of YAML', 'a: 1\n'.repeat(200_000), /100,000 characters/],
  ['nothing', ' \n', /nothing to import/],
  ['something else', '{"a": 1}', /none of the formats/],
  ['a text', 'hello world', /none of the formats/],
  ['a number', '[1]', /none of the formats/],
])('%s is told, not thrown', (_name, text, expected) => {
  const result = importConnections(text);
  expect(result.connections).toEqual([]);
  expect(result.problem?.message).toMatch(expected);
});

test('aliases of aliases cost nothing', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let at = 1; at < 90; at += 1) lines.push(`a${at}: &a${at} [${Array.from({ length: 10 }, () => `*a${at - 1}`).join(', ')}]`);
  const started = performance.now();
  const result = importConnections(`uri: mqtt://h\n${lines.join('\n')}\n`);
  expect(only(result).losses).toHaveLength(90);
  expect(performance.now() - started).toBeLessThan(5000);
});

test('a file of a million bytes is read, or told to be too large', () => {
  const many = JSON.stringify(
    Array.from({ length: 8000 }, (_, at) => ({ name: `n${at}`, host: 'h', port: 1883, clientId: `c${at}`, messages: [at], pad: 'x'.repeat(60) })),
  );
  expect(many.length).toBeGreaterThan(1_000_000);
  const result = importConnections(many);
  expect(result.connections).toHaveLength(1000);
  expect(result.losses.at(-1)).toMatchObject({ path: '…', value: '6500 more' });
});

test('what is lost on export is named, secrets go along only when given', () => {
  const profile = newProfile('a', {
    ...{ name: 'n', uri: 'mqtts://h', clientId: 'c', notes: 'mine', version: '5', username: 'u@x' },
    proxy: { kind: 'http', host: 'p', port: 1, username: '' },
    subscriptions: [newSubscription('a', { action: 'notify', qos: 1 }), newSubscription('b', { enabled: false })],
  });
  const none = exportConnections([{ profile, secrets: {} }], 'uri');
  expect(none.text).toBe('mqtts://u%40x@h\n');
  const all = exportConnections([{ profile, secrets: { password: 'a:b', privateKey: 'KEY' } }], 'uri');
  expect(all.text).toBe('mqtts://u%40x:a%3Ab@h\n');
  expect(paths(all.losses[0] ?? [])).toEqual(['notes', 'clientId', 'proxy', 'subscriptions', 'privateKey']);
  expect(JSON.stringify(all.losses)).not.toContain('KEY');
  for (const format of ['mqttx', 'mqtt-explorer', 'distmqtt', 'mqttxx'] as const) {
    const written = exportConnections([{ profile, secrets: {} }], format);
    expect(paths(written.losses[0] ?? [])).toContain('proxy');
    expect(written.text).not.toContain('mine');
  }
  expect(paths(exportConnections([{ profile, secrets: {} }], 'mqttx').losses[0] ?? [])).toContain('subscriptions[].action');
});

test('several configurations of distmqtt are several documents, which are read again', () => {
  const connections = ['mqtt://a', 'mqtt://b'].map((uri) => ({ profile: newProfile('x', { name: uri, uri, version: '3.1.1' as const }), secrets: {} }));
  const { text } = exportConnections(connections, 'distmqtt');
  expect(importConnections(text).connections.map(({ profile }) => profile.uri)).toEqual(['mqtt://a', 'mqtt://b']);
});

test('no file is read, as nothing here can', () => {
  const sources = ['distmqtt', 'mqttx', 'mqttxx', 'mqtt-explorer', 'document', 'index'].map((name) =>
    readFileSync(new URL(`./${name}.ts`, import.meta.url), 'utf8'),
  );
  for (const source of sources) expect(source).not.toMatch(/from 'node:/);
});
