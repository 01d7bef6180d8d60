import { describe, expect, it } from 'vitest';
import type { ImportNote } from '../../../contract/broker-profile.ts';
import { newProfileText } from '../edit-profile.ts';
import { readProfile } from '../read-profile.ts';
import { importProfile, type ImportedProfile } from './index.ts';

const distmqtt = `listeners:
  default:
    type: tcp
    max_connections: 100
  lan:
    bind: 0.0.0.0:1883
    max-connections: 5
  web:
    bind: 127.0.0.1:8083
    type: ws
    max_connections: 0
  secure:
    bind: 10.0.0.1:8883
    ssl: on
    cafile: ca.pem
    certfile: server.pem
    keyfile: server.key
  six:
    bind: "[::1]:1884"
timeout-disconnect-delay: 2
sys_interval: 20
max-qos: 1
retain: off
auth:
  plugins: [auth_anonymous, auth_file, auth_ldap]
  allow-anonymous: no
  password-file: passwd
topic-check:
  enabled: yes
  plugins: [topic_acl]
  acl:
    alice: [home/#, 'a/#/b']
    anonymous: [public/+]
distkv:
  topic: x
limit: 3
`;

const mosquitto = `# the lab
per_listener_settings false
persistence true
max_queued_messages 0
max_inflight_messages 20
message_size_limit 1000
persistent_client_expiration 2d
log_dest stdout
listener 1883 127.0.0.1
listener 8883
protocol websockets
max_connections 10
cafile /etc/ca.pem
certfile /etc/server.pem
keyfile /etc/server.key
require_certificate true
use_identity_as_username true
mount_point bench/
listener 0 /run/mqtt.sock
allow_anonymous false
password_file /etc/passwd.mqtt
acl_file /etc/acl
auth_plugin /usr/lib/x.so
connection cloud
address example.org:8883
topic # both
`;

const mqttd = `app = MQTTApp(
    host="127.0.0.1",
    port=1_884,  # not port=1
    max_connections=50,
    max_connections_per_ip=5,
    max_messages_per_second=100, max_subscriptions_per_minute=None,
    redis_host='localhost', use_redis=True,
    config_file="faults.txt",
    enable_quic=True,
)
`;

const noteOf = ({ notes }: ImportedProfile, key: string): ImportNote | undefined => notes.find((note) => note.key === key);

/** What is made can be written and read again, the same. */
function profileOf(read: ImportedProfile): NonNullable<ImportedProfile['profile']> {
  expect(read.problem).toBeNull();
  if (read.profile === null) throw new Error('no profile');
  expect(readProfile(newProfileText(read.profile)).profile).toEqual(read.profile);
  return read.profile;
}

describe('an imported configuration', () => {
  it('of distmqtt is read as its code reads it, and what is otherwise is said with its line', () => {
    const read = importProfile(distmqtt);
    expect(read.format).toBe('distmqtt');
    const profile = profileOf(read);
    expect(profile).toMatchObject({ host: '127.0.0.1', tcpPort: null, webSocketPort: 8083, limits: { maximumQos: 1, retainAvailable: false } });
    expect(profile.listeners).toMatchObject([
      { id: 'lan', kind: 'tcp', host: '0.0.0.0', port: 1883, maxConnections: 100 },
      { id: 'secure', kind: 'tls', port: 8883, tls: { certificateFile: 'server.pem', keyFile: 'server.key', caFile: 'ca.pem', clientCertificates: 'request' } },
    ]);
    expect(profile.access).toEqual({
      login: 'users',
      anonymous: false,
      usersFile: 'passwd',
      rules: [
        { effect: 'allow', user: 'alice', action: 'subscribe', filter: 'home/#' },
        { effect: 'allow', user: '', action: 'subscribe', filter: 'public/+' },
        { effect: 'allow', action: 'publish', filter: '#' },
      ],
      otherwise: 'deny',
    });
    expect(noteOf(read, 'lan.max-connections')).toMatchObject({
      kind: 'lost',
      line: 7,
      message: expect.stringContaining('its code reads “max_connections”') as string,
    });
    expect(noteOf(read, 'lan.max_connections')).toMatchObject({ kind: 'changed', line: 4 });
    expect(noteOf(read, 'six.bind')).toMatchObject({ kind: 'lost', line: 19, message: expect.stringContaining('IPv6') as string });
    for (const [key, line] of [
      ['timeout-disconnect-delay', 20],
      ['sys_interval', 21],
      ['auth.plugins', 25],
      ['topic-check.acl', 32],
      ['distkv', 34],
      ['limit', 36],
    ] as const)
      expect(noteOf(read, key), key).toMatchObject({ kind: 'lost', line });
  });

  it('of distmqtt takes its listener “default” where that has an address, and is open without users', () => {
    const profile = profileOf(
      importProfile('listeners:\n  default: {bind: "127.0.0.1:1999", type: tcp}\n  web: {bind: "127.0.0.1:1998", type: ws}\nauth:\n  allow-anonymous: true\n'),
    );
    expect(profile).toMatchObject({ host: '127.0.0.1', tcpPort: 1999, webSocketPort: 1998, listeners: [], access: { login: 'anybody', rules: [] } });
  });

  it('of mosquitto becomes listeners, limits and login, bridges and plugins are named', () => {
    const read = importProfile(mosquitto);
    expect(read.format).toBe('mosquitto');
    const profile = profileOf(read);
    expect(profile).toMatchObject({
      host: '127.0.0.1',
      tcpPort: 1883,
      persistence: 'file',
      limits: { maximumQueuedMessages: 10_000_000, receiveMaximum: 20, maximumPayloadBytes: 1000, maximumSessionExpirySeconds: 172_800 },
      access: { login: 'users', anonymous: false, usersFile: '/etc/passwd.mqtt', otherwise: 'deny' },
    });
    expect(profile.listeners).toMatchObject([
      { kind: 'wss', port: 8883, host: '0.0.0.0', maxConnections: 10, tls: { caFile: '/etc/ca.pem', clientCertificates: 'require', userFrom: 'common-name' } },
      { kind: 'unix', path: '/run/mqtt.sock' },
    ]);
    expect(noteOf(read, 'mount_point')).toMatchObject({ kind: 'lost', line: 18 });
    expect(noteOf(read, 'acl_file')).toMatchObject({ kind: 'changed', line: 22 });
    expect(noteOf(read, 'auth_plugin')).toMatchObject({ kind: 'lost', line: 23 });
    expect(noteOf(read, 'connection cloud')).toMatchObject({ kind: 'lost', line: 24 });
    expect(read.notes.some(({ key }) => key === 'log_dest')).toBe(false);
  });

  it('of mosquitto is as closed as mosquitto 2 would be', () => {
    expect(profileOf(importProfile('persistence false\n')).access.login).toBe('anybody');
    expect(profileOf(importProfile('listener 1883\n'))).toMatchObject({ host: '0.0.0.0', access: { login: 'users', anonymous: false } });
    expect(profileOf(importProfile('listener 1883\nallow_anonymous true\n')).access.login).toBe('anybody');
  });

  it.each([
    ['Python', mqttd],
    [
      'JSON',
      '{"host": "127.0.0.1", "port": 1884, "max_connections": 50, "max_connections_per_ip": 5, "max_messages_per_second": 100, "redis_host": "localhost", "config_file": "faults.txt", "enable_quic": true}',
    ],
  ])('of mqttd is read from %s', (_what, text) => {
    const read = importProfile(text);
    expect(read.format).toBe('mqttd');
    expect(profileOf(read)).toMatchObject({
      host: '127.0.0.1',
      tcpPort: 1884,
      limits: { maximumConnections: 50, maximumConnectionsPerAddress: 5, messagesPerSecond: 100, subscriptionsPerMinute: null },
    });
    for (const key of ['redis_host', 'config_file', 'enable_quic']) expect(noteOf(read, key), key).toMatchObject({ kind: 'lost' });
  });

  it('that is a profile already stays as it is, and one that is not any is explained', () => {
    expect(importProfile('tcpPort: 1884 # mine\n')).toMatchObject({ format: 'profile', profile: { tcpPort: 1884 }, notes: [] });
    expect(importProfile('tcpPort: often\n').problem?.message).toBe('Line 1, column 10: “tcpPort” has to be a port number or off, not “often”.');
    expect(importProfile('error-CONNACK 5\nshort-PUBLISH x\n').problem?.advice).toContain('Faults');
    expect(importProfile('hello world').problem?.message).toContain('no configuration that is known');
    expect(importProfile('  ').problem?.message).toContain('empty');
    expect(importProfile('a'.repeat(300_000)).problem?.message).toContain('more than');
    expect(importProfile('listeners: [', 'distmqtt').problem?.message).toMatch(/^Line 1, column \d+: /);
  });
});

describe('damaged configurations', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 7);
  const count = Number(process.env['FUZZ_COUNT'] ?? 5000);
  const samples = [distmqtt, mosquitto, mqttd, newProfileText(profileFrom(distmqtt)), '{"host": "a", "port": 1}'];

  it(`never throw, hang, or make a profile that cannot be read (seed ${seed})`, { timeout: 600_000 }, () => {
    const random = generator(seed);
    const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const scraps = [
      '\0',
      '\t',
      '- ',
      ': ',
      '{',
      '[',
      ']',
      '"',
      "'",
      '&a ',
      '*a',
      '<<: ',
      '\r\n',
      '---\n',
      '? ',
      '| ',
      '#',
      '%',
      '=',
      '(',
      'null',
      '-1',
      '1e999',
      '__proto__: 1\n',
      '😀',
      '\ud800',
      'listener 0\n',
    ];
    for (let run = 0; run < count; run += 1) {
      let text = any(samples);
      for (let cuts = 1 + Math.floor(random() * 4); cuts > 0; cuts -= 1) {
        const at = Math.floor(random() * text.length);
        const length = Math.floor(random() ** 3 * 60);
        const scrap = random() < 0.3 ? any(samples).slice(at, at + length) : any(scraps).repeat(random() < 0.02 ? 60 : 1);
        text = text.slice(0, at) + scrap + text.slice(at + (random() < 0.5 ? length : 0));
      }
      const began = performance.now();
      const read = importProfile(text, random() < 0.5 ? undefined : any(['profile', 'distmqtt', 'mosquitto', 'mqttd'] as const));
      if (performance.now() - began > 20_000) throw new Error(`took too long: ${JSON.stringify(text)}`);
      if ((read.profile === null) === (read.problem === null)) throw new Error(`neither or both: ${JSON.stringify(text)}`);
      if (read.profile === null || run % 10 !== 0) continue;
      const again = readProfile(newProfileText(read.profile));
      if (again.profile === null) throw new Error(`${again.problems[0]?.message ?? ''}: ${JSON.stringify(text)}`);
    }
  });
});

function profileFrom(text: string): NonNullable<ImportedProfile['profile']> {
  const { profile } = importProfile(text);
  if (profile === null) throw new Error('no profile');
  return profile;
}

/** mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}
