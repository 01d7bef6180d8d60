import { describe, expect, it } from 'vitest';
import { newProfile, newSubscription } from '../../../../shared/connections/new-profile.ts';
import { connectionProfileSchema, type ConnectionProfile } from '../../../../shared/contract/connection-profile.ts';
import { checkDraft } from './check-draft.ts';
import { needsReconnect, sections, sectionOf, sectionSummary } from './draft-sections.ts';
import { rebase, sameDraft, shownProblems } from './merge-drafts.ts';
import { draftOf, newDraft } from './profile-draft.ts';
import { saveInput } from './save-input.ts';

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Any profile that the schema allows: each field at its edges and in between. */
function anyProfile(seed: number): ConnectionProfile {
  const random = generator(seed);
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const flag = (): boolean => random() < 0.5;
  const whole = (min: number, max: number): number => pick(min, max, min + Math.floor(random() * (max - min + 1)));
  const maybe = <T>(value: T): T | null => (flag() ? value : null);
  const text = (): string => pick('', 'a', 'ä/ö ', ' two words ', '{"x": 1}', '🙂'.repeat(1 + Math.floor(random() * 5)), 'line\nline');
  const pairs = (): [string, string][] => Array.from({ length: Math.floor(random() * 4) }, () => [pick('a', 'a', 'x-y'), text()]);
  const bytes = (): string => Buffer.from(Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256))).toString('base64');
  const qos = (): 0 | 1 | 2 => pick(0, 1, 2);
  const version = (): 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' => pick('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3');
  const uint32 = 4_294_967_295;
  return connectionProfileSchema.parse({
    id: `p${seed}`,
    name: pick('Lab', 'ä 🙂', 'x'.repeat(200)),
    folder: pick('', 'Plant', 'Plant/Line 2'),
    color: pick(null, 'red', 'pink'),
    favourite: flag(),
    pikaPeers: flag(),
    notes: text(),
    connectAtStart: flag(),
    uri: pick('mqtt://lab', 'wss://lab:443/mqtt?x=1', '{{broker}}'),
    clientId: pick(null, '', 'mac', text()),
    clientIdSuffix: flag(),
    version: pick('3.1', '3.1.1', '5'),
    username: text(),
    keepAliveSeconds: whole(0, 65_535),
    pingDelaySeconds: whole(0, 65_535),
    cleanStart: flag(),
    connectTimeoutSeconds: pick(1, 2.5, 0.1 + 1.2, 300),
    will: maybe({
      topic: pick('w', 'a/ä'),
      payload: text(),
      payloadAs: pick('text', 'base64'),
      qos: qos(),
      retain: flag(),
      delaySeconds: whole(0, uint32),
      messageExpirySeconds: maybe(whole(0, uint32)),
      contentType: text(),
      responseTopic: text(),
      correlationData: bytes(),
      payloadIsUtf8: flag(),
      userProperties: pairs(),
    }),
    connectProperties: {
      sessionExpirySeconds: maybe(whole(0, uint32)),
      receiveMaximum: maybe(whole(1, 65_535)),
      maximumPacketSize: maybe(whole(1, uint32)),
      topicAliasMaximum: maybe(whole(0, 65_535)),
      requestResponseInformation: pick(null, true, false),
      requestProblemInformation: pick(null, true, false),
      userProperties: pairs(),
    },
    authentication: pick(null, { kind: 'scram-sha-256' }, { kind: 'dialog', method: 'm', initialData: bytes() }),
    tls: {
      verify: pick('required', 'optional', 'none'),
      checkHostName: flag(),
      ca: text(),
      certificate: text(),
      serverName: pick('', 'lab.example'),
      alpn: pick([], ['mqtt'], ['mqtt', 'x-amzn-mqtt-ca']),
      minVersion: maybe(version()),
      maxVersion: maybe(version()),
      ciphers: pick('', 'A:B'),
      pinned: pick([], [Array.from({ length: 32 }, () => 'AB').join(':')]),
    },
    webSocket: { headers: pairs(), subprotocol: pick('', 'mqtt') },
    proxy: maybe({ kind: pick('http', 'socks5'), host: 'proxy', port: whole(1, 65_535), username: text() }),
    reconnect: {
      enabled: flag(),
      intervalSeconds: pick(0.01, 0.5, 5, 86_400),
      multiplier: pick(1, 1.5, 2, 100),
      maxIntervalSeconds: pick(0.01, 60, 86_400),
      maxAttempts: whole(0, 1_000_000),
      jitter: whole(0, 1000) / 1000,
      retryFirst: flag(),
    },
    limits: { maxQueuedMessages: whole(0, 100_000), maxPayloadBytes: maybe(whole(0, 268_435_455)) },
    publishDefaults: { qos: qos(), retain: flag(), topics: pick([], [{ topic: 'a', qos: maybe(qos()), retain: pick(null, true, false) }]) },
    subscriptions: pick([], [newSubscription('a/#', { qos: qos(), noLocal: flag() })]),
  });
}

const seeds = Array.from({ length: 500 }, (_, at) => at);

describe('any profile', () => {
  it('comes back from its draft as it was', () => {
    for (const seed of seeds) {
      const profile = anyProfile(seed);
      expect(saveInput(draftOf(profile), profile.subscriptions)).toEqual({ profile });
    }
  });
  it('has a draft that is the same as itself, and a line for each folded part', () => {
    for (const seed of seeds) {
      const draft = draftOf(anyProfile(seed));
      expect(sameDraft(draft, draftOf(anyProfile(seed)))).toBe(true);
      expect(needsReconnect(draft, draft)).toEqual([]);
      for (const section of sections) expect(sectionSummary(section, draft, () => false)).toMatch(/^\P{Ll}(?!.*(NaN|undefined|null))/su);
    }
  });
  it('has problems only in places that are known', () => {
    for (const seed of seeds) {
      for (const path of Object.keys(checkDraft(draftOf(anyProfile(seed)), [], () => undefined))) {
        const known = sectionOf(path) !== null || ['name', 'uri', 'clientId', 'username', 'secrets'].includes(path.split('.')[0] ?? '');
        expect(known, path).toBe(true);
      }
    }
  });
  it('takes the changes of two sides, field by field', () => {
    for (const seed of seeds.slice(0, 200)) {
      const [base, mine, theirs] = [draftOf(anyProfile(seed)), draftOf(anyProfile(seed + 1)), draftOf(anyProfile(seed + 2))];
      expect(rebase(base, base, theirs)).toEqual(theirs);
      expect(rebase(mine, base, base)).toEqual(mine);
      const both = rebase({ ...base, tls: { ...base.tls, serverName: 'mine' } }, base, { ...base, tls: { ...base.tls, ciphers: 'theirs' } });
      expect(both.tls).toEqual({ ...base.tls, serverName: 'mine', ciphers: 'theirs' });
    }
  });
});

describe('what is sent', () => {
  const draft = { ...newDraft('a'), name: ' Lab ', uri: ' mqtt://lab ' };
  it('has secrets only where they change', () => {
    expect(saveInput(draft, [])).not.toHaveProperty('secrets');
    const secrets = { ...draft.secrets, password: { change: 'set', value: 'p', label: '' }, pfx: { change: 'remove', value: 'x', label: '' } } as const;
    expect(saveInput({ ...draft, secrets }, []).secrets).toEqual({ password: 'p', pfx: null });
  });
  it('is a profile that the engine takes', () => {
    const { profile } = saveInput({ ...draft, folder: ' Plant // Line 2 /', tls: { ...draft.tls, alpn: 'mqtt,, x ' } }, []);
    expect(connectionProfileSchema.parse(profile)).toEqual(profile);
    expect(profile).toMatchObject({ name: 'Lab', uri: 'mqtt://lab', folder: 'Plant/Line 2', tls: { alpn: ['mqtt', 'x'] } });
  });
  it('has bytes in Base64, however they were written', () => {
    const authentication = { kind: 'dialog', method: 'm', initialData: { text: 'de ad', as: 'hex' } } as const;
    expect(saveInput({ ...draft, authentication }, []).profile.authentication).toEqual({ kind: 'dialog', method: 'm', initialData: '3q0=' });
  });
});

it('complains about a field only once it was touched', () => {
  const saved = newDraft('a');
  const draft = { ...saved, will: { ...saved.will, enabled: true }, keepAliveSeconds: 'x', webSocket: { ...saved.webSocket, headers: [['', '']] as const } };
  const problems = checkDraft(draft, [], () => undefined);
  expect(Object.keys(problems)).toEqual(['name', 'uri', 'keepAliveSeconds', 'will.topic', 'webSocket.headers.0']);
  expect(Object.keys(shownProblems(problems, draft, saved))).toEqual(['keepAliveSeconds']);
});

it('knows which changes wait for the next connect', () => {
  const saved = draftOf(newProfile('a'));
  const secrets = { ...saved.secrets, password: { change: 'set', value: 'p', label: '' } } as const;
  expect(needsReconnect({ ...saved, name: 'n', notes: 'x', reconnect: { ...saved.reconnect, jitter: '1' } }, saved)).toEqual([]);
  expect(needsReconnect({ ...saved, limits: { maxQueuedMessages: '5', maxPayloadBytes: '' } }, saved)).toEqual([]);
  expect(needsReconnect({ ...saved, limits: { maxQueuedMessages: '0', maxPayloadBytes: '5' }, secrets, keepAliveSeconds: '1' }, saved).toSorted()).toEqual([
    'Largest payload',
    'Password',
    'Session',
  ]);
});
