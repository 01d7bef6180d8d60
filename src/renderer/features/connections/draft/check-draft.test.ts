import { describe, expect, it } from 'vitest';
import { checkDraft } from './check-draft.ts';
import { newDraft, type ProfileDraft } from './profile-draft.ts';

const fine = (): undefined => undefined;
const base = { ...newDraft('a'), name: 'Lab', uri: 'mqtt://lab:1883' };
const secret = (value: string) => ({ change: 'set', value, label: '' }) as const;
const pem = (kind: string, body = 'AAAA'): string => `-----BEGIN ${kind}-----\n${body}\n-----END ${kind}-----\n`;

/** The paths of what is wrong after a change of one part, or of fields at the top. */
const wrong = (change: Partial<ProfileDraft>, stored: Parameters<typeof checkDraft>[1] = []): readonly string[] =>
  Object.keys(checkDraft({ ...base, ...change }, stored, fine));
const secrets = (change: Partial<ProfileDraft['secrets']>) => ({ secrets: { ...base.secrets, ...change } });
const will = (change: Partial<ProfileDraft['will']>) => ({ will: { ...base.will, enabled: true, topic: 'w', ...change } });
const tls = (change: Partial<ProfileDraft['tls']>) => ({ tls: { ...base.tls, ...change } });
const session = (change: Partial<ProfileDraft['connectProperties']>) => ({ connectProperties: { ...base.connectProperties, ...change } });
const reconnect = (change: Partial<ProfileDraft['reconnect']>) => ({ reconnect: { ...base.reconnect, ...change } });
const proxy = (change: Partial<ProfileDraft['proxy']>) => ({ proxy: { ...base.proxy, kind: 'http', host: 'h', port: '8080', ...change } }) as const;

it('accepts a complete draft', () => expect(wrong({})).toEqual([]));

it.each<readonly [Partial<ProfileDraft>, string]>([
  [{ name: '  ' }, 'name'],
  [{ name: 'x'.repeat(201) }, 'name'],
  [{ uri: '' }, 'uri'],
  [{ uri: 'mqtt://' }, 'uri'],
  [{ keepAliveSeconds: '' }, 'keepAliveSeconds'],
  [{ keepAliveSeconds: '-1' }, 'keepAliveSeconds'],
  [{ keepAliveSeconds: '65536' }, 'keepAliveSeconds'],
  [{ keepAliveSeconds: '1.5' }, 'keepAliveSeconds'],
  [{ keepAliveSeconds: '10', pingDelaySeconds: '10' }, 'pingDelaySeconds'],
  [{ connectTimeoutSeconds: '0' }, 'connectTimeoutSeconds'],
  [{ connectTimeoutSeconds: 'soon' }, 'connectTimeoutSeconds'],
  [{ cleanStart: false }, 'cleanStart'],
  [{ clientIdMode: 'fixed', clientId: '', cleanStart: false }, 'clientId'],
  [{ clientIdMode: 'fixed', clientId: 'a\0b' }, 'clientId'],
  [{ clientIdMode: 'fixed', clientId: 'x'.repeat(24), version: '3.1' }, 'clientId'],
  [{ username: '\ud800' }, 'username'],
  [{ notes: 'x'.repeat(100_001) }, 'notes'],
  [{ folder: `${'x'.repeat(300)} / ${'y'.repeat(300)}` }, 'folder'],
  [{ version: '3.1.1', ...secrets({ password: secret('x') }) }, 'secrets.password'],
  [secrets({ passphrase: secret('') }), 'secrets.passphrase'],
  [session({ sessionExpirySeconds: '4294967296' }), 'connectProperties.sessionExpirySeconds'],
  [session({ receiveMaximum: '0' }), 'connectProperties.receiveMaximum'],
  [session({ userProperties: [['a', 'b\0']] }), 'connectProperties.userProperties.0'],
  [will({ topic: '' }), 'will.topic'],
  [will({ topic: 'a/#' }), 'will.topic'],
  [will({ payload: '§', payloadAs: 'base64' }), 'will.payload'],
  [will({ payload: 'x'.repeat(65_536) }), 'will.payload'],
  [will({ payload: '/w==', payloadAs: 'base64', payloadIsUtf8: true }), 'will.payload'],
  [will({ correlationData: { text: 'f', as: 'hex' } }), 'will.correlationData'],
  [will({ delaySeconds: '' }), 'will.delaySeconds'],
  [{ authentication: { ...base.authentication, kind: 'scram-sha-256' } }, 'authentication.kind'],
  [{ authentication: { ...base.authentication, kind: 'dialog', method: 'm' }, version: '3.1.1' }, 'authentication.kind'],
  [{ authentication: { ...base.authentication, kind: 'dialog' } }, 'authentication.method'],
  [tls({ ca: 'nonsense' }), 'tls.ca'],
  [tls({ ca: pem('PRIVATE KEY') }), 'tls.ca'],
  [tls({ ca: pem('CERTIFICATE REQUEST') }), 'tls.ca'],
  [tls({ certificate: pem('CERTIFICATE') }), 'secrets.privateKey'],
  [secrets({ privateKey: secret(pem('CERTIFICATE')) }), 'secrets.privateKey'],
  [secrets({ privateKey: secret(pem('ENCRYPTED PRIVATE KEY')) }), 'secrets.passphrase'],
  [secrets({ pfx: secret(btoa('hello')) }), 'secrets.pfx'],
  [tls({ serverName: 'host:8883' }), 'tls.serverName'],
  [tls({ alpn: 'x'.repeat(256) }), 'tls.alpn'],
  [tls({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }), 'tls.maxVersion'],
  [tls({ ciphers: 'A, B' }), 'tls.ciphers'],
  [{ webSocket: { headers: [['Authorization', 'a\nb']], subprotocol: '' } }, 'webSocket.headers.0'],
  [{ webSocket: { headers: [['Upgrade', 'x']], subprotocol: '' } }, 'webSocket.headers.0'],
  [{ webSocket: { headers: [], subprotocol: 'mqtt mqttv3.1' } }, 'webSocket.subprotocol'],
  [proxy({ host: '' }), 'proxy.host'],
  [proxy({ host: 'http://h' }), 'proxy.host'],
  [proxy({ port: '0' }), 'proxy.port'],
  [{ ...proxy({}), ...secrets({ proxyPassword: secret('x') }) }, 'proxy.username'],
  [reconnect({ intervalSeconds: '0' }), 'reconnect.intervalSeconds'],
  [reconnect({ intervalSeconds: '40' }), 'reconnect.maxIntervalSeconds'],
  [reconnect({ multiplier: '0.5' }), 'reconnect.multiplier'],
  [reconnect({ jitter: '101' }), 'reconnect.jitter'],
  [reconnect({ maxAttempts: '1.5' }), 'reconnect.maxAttempts'],
  [{ limits: { maxQueuedMessages: '100001', maxPayloadBytes: '' } }, 'limits.maxQueuedMessages'],
  [{ limits: { maxQueuedMessages: '0', maxPayloadBytes: '-1' } }, 'limits.maxPayloadBytes'],
  [{ publishDefaults: { qos: 0, retain: false, topics: [{ topic: 'a/+', qos: 1, retain: null }] } }, 'publishDefaults.topics.0'],
])('%#: %j has a problem at %s', (change, path) => expect(wrong(change)).toEqual([path]));

describe('what is stored', () => {
  it('counts as a password', () => expect(wrong({ version: '3.1.1' }, ['password'])).toEqual(['secrets.password']));
  it('counts as a key', () => expect(wrong(tls({ certificate: pem('CERTIFICATE') }), ['privateKey'])).toEqual([]));
  it('does not count when it is removed', () =>
    expect(
      wrong({ ...tls({ certificate: pem('CERTIFICATE') }), ...secrets({ privateKey: { change: 'remove', value: '', label: '' } }) }, ['privateKey']),
    ).toEqual(['secrets.privateKey']));
});

it('says what the address check says', () => expect(checkDraft({ ...base, uri: 'http://lab' }, [], () => 'Not MQTT.')).toEqual({ uri: 'Not MQTT.' }));
it('allows a password alone in MQTT 5', () => expect(wrong(secrets({ password: secret('x') }))).toEqual([]));
it('lets a will that is off be unfinished', () => expect(wrong({ will: { ...base.will, topic: '#', delaySeconds: 'x' } })).toEqual([]));
it('finds the second of two topics', () => {
  const topic = { topic: 'a', qos: null, retain: null };
  expect(wrong({ publishDefaults: { qos: 0, retain: false, topics: [topic, topic] } })).toEqual(['publishDefaults.topics.1']);
});
