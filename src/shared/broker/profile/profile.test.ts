import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAccess } from '../../contract/broker-access.ts';
import { brokerProfileSchema, type BrokerProfile } from '../../contract/broker-profile.ts';
import { compareProfiles } from './compare-profiles.ts';
import { editProfile, newProfileText } from './edit-profile.ts';
import { readProfile } from './read-profile.ts';

const usual = brokerProfileSchema.parse({ access: openAccess });

function profileOf(text: string): BrokerProfile {
  const { profile, problems } = readProfile(text);
  expect(problems).toEqual([]);
  if (profile === null) throw new Error('unreadable');
  return profile;
}

const problemsOf = (text: string): readonly string[] => readProfile(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('a profile', () => {
  it('is as usual where it says nothing', () => {
    expect(profileOf('')).toEqual(usual);
    expect(profileOf('# only a comment\n')).toEqual(usual);
    expect(profileOf('{"tcpPort": 1}')).toEqual({ ...usual, tcpPort: 1 });
  });

  it('takes off for a port, and gives listeners an id', () => {
    const profile = profileOf('tcpPort: off\nlisteners:\n  - {kind: ws, port: 1}\n  - {kind: ws, id: ws-1, port: 2}\n  - {kind: unix, path: /a}\n');
    expect(profile.tcpPort).toBeNull();
    expect(profile.listeners.map(({ id }) => id)).toEqual(['ws-2', 'ws-1', 'unix-1']);
  });

  it('lets nobody in without a name once it asks for users, unless it says so', () => {
    expect(profileOf('access: {login: users}').access).toMatchObject({ login: 'users', anonymous: false, otherwise: 'allow' });
    expect(profileOf('access: {login: users, anonymous: true}').access.anonymous).toBe(true);
    expect(profileOf('access: {rules: [{effect: deny, action: both, filter: a}]}').access).toMatchObject({ login: 'anybody', anonymous: true });
  });

  it.each([
    ['limts: {}', '1:1 There is no key “limts” here. Did you mean “limits”?'],
    ['limits:\n  max_packet_bytes: 3', '2:3 There is no key “max_packet_bytes” here. Did you mean “maximumPacketBytes”?'],
    ['listeners:\n  - kind: tls\n    port: 1\n    tls: {labCertificate: a, cafile: b}', '4:30 There is no key “cafile” here. Did you mean “caFile”?'],
    ['access:\n  zzz: 1', '2:3 There is no key “zzz” here. Known here are: login, anonymous, rules, otherwise, usersFile.'],
    ['listeners:\n  - kind: tcpx\n    port: 3', '2:11 “listeners[1].kind” is tcp, ws, tls, wss or unix, not “tcpx”. Did you mean “tcp”?'],
    ['listeners:\n  - port: 3', '2:5 “listeners[1].kind” is missing: it is tcp, ws, tls, wss or unix.'],
    ['listeners:\n  - kind: tcp', '2:5 “listeners[1].port” is missing: it is a number.'],
    ['tcpPort: often', '1:10 “tcpPort” has to be a port number or off, not “often”.'],
    ['tcpPort: 70000', '1:10 “tcpPort” has to be at most 65535, not 70000.'],
    ['limits: {receiveMaximum: 1.5}', '1:26 “limits.receiveMaximum” has to be a whole number, not 1.5.'],
    ['limits: {responseInformation: "a/+"}', '1:31 “limits.responseInformation” (“a/+”): It begins topics, so it has neither + nor #.'],
    ['access: {rules: [{effect: allow, action: both, filter: "a/#/b"}]}', '1:56 “access.rules[1].filter” (“a/#/b”): '],
    ['version: 2', '1:10 “version” is 1, not 2.'],
    ['[1]', '1:1 The file has to be a mapping of keys to values, not a list.'],
    ['a: 1\na: 2', '2:1 This key stands here twice.'],
    ['host: [', '1:8 This is not valid YAML: '],
    ['\thost: x', '1:1 Lines are indented with spaces, not with tabs.'],
    ['<<<<<<< HEAD\nhost: a\n=======\nhost: b\n>>>>>>> c', '1:1 The file has a merge conflict in it.'],
    ['host: a\n---\nhost: b', 'The file has several documents (“---”): a profile is one.'],
    ['? [a]\n: b', 'A key has to be a word.'],
    ['__proto__: {host: a}', '1:1 There is no key “__proto__” here.'],
    ['host: *nothing', 'alias'],
    ['tcpPort: off\nwebSocketPort: off', '1:10 All listeners are off: nobody could reach the broker.'],
    ['tcpPort: 1\nlisteners: [{kind: ws, host: 0.0.0.0, port: 1}]', '2:45 “tcpPort” listens there already.'],
    ['engine: aedes\naccess:\n  login: users', '3:10 The engine aedes knows no users and no rules.'],
    ['['.repeat(100), 'nested more than'],
    [`x: ${'a'.repeat(300_000)}`, 'characters, too many for a profile'],
  ])('says what is wrong with %j, and where', (text, problem) => {
    const problems = problemsOf(text);
    expect(problems.join('\n')).toContain(problem);
  });

  it('is read in spite of values that contradict each other, so that it can be mended in the page', () => {
    expect(readProfile('tcpPort: 1\nwebSocketPort: 1').profile).toMatchObject({ tcpPort: 1, webSocketPort: 1 });
  });

  it('cannot be made large with aliases', () => {
    const lines = Array.from({ length: 30 }, (_, at) => `a${at}: &a${at} [${at === 0 ? '1' : `*a${at - 1}, *a${at - 1}`}]`);
    expect(problemsOf(lines.join('\n'))[0]).toMatch(/alias/i);
  });
});

const text = `# my lab
version: 1
tcpPort: 1884 # the bench
listeners:
  # for devices
  - kind: tls # TLS
    port: 8883
    tls: {labCertificate: server}
  - kind: ws
    port: 9001
limits:
  maximumQos: 1 # poor
access:
  rules:
    # for alice
    - {effect: allow, user: alice, action: both, filter: 'a/#'}
    - {effect: deny, action: both, filter: '#'}
`;

describe('an edited profile', () => {
  it('keeps comments, order and what was not changed', () => {
    const before = profileOf(text);
    const [secure, web] = before.listeners;
    const [alice, nobody] = before.access.rules;
    if (!secure || !web || !alice || !nobody) throw new Error('the text has them');
    const after: BrokerProfile = {
      ...before,
      tcpPort: null,
      webSocketPort: 9000,
      limits: { ...before.limits, maximumSessions: 5 },
      listeners: [web, { ...secure, name: 'Devices' }],
      access: { ...before.access, rules: [nobody, { effect: 'allow', user: 'bob', action: 'publish', filter: 'b' }, alice] },
    };
    const edited = editProfile(text, before, after);
    expect(edited).toBe(`# my lab
version: 1
tcpPort: off # the bench
listeners:
  - kind: ws
    port: 9001
  # for devices
  - kind: tls # TLS
    port: 8883
    tls: {labCertificate: server}
    name: Devices
limits:
  maximumQos: 1 # poor
  maximumSessions: 5
access:
  rules:
    - {effect: deny, action: both, filter: '#'}
    - {effect: allow, user: bob, action: publish, filter: b}
    # for alice
    - {effect: allow, user: alice, action: both, filter: 'a/#'}
webSocketPort: 9000
`);
    expect(profileOf(edited)).toEqual(after);
  });

  it('changes nothing where nothing has changed', () => {
    expect(editProfile(text, profileOf(text), profileOf(text))).toBe(text);
  });

  it('says what was understood by itself before', () => {
    const before = profileOf('access: {login: anybody}');
    const after = { ...before, access: { ...before.access, login: 'users' as const } };
    expect(profileOf(editProfile('access: {login: anybody}', before, after))).toEqual(after);
    const listeners = profileOf('listeners: [{kind: ws, port: 1}, {kind: ws, port: 2}]');
    const one = { ...listeners, listeners: listeners.listeners.slice(1) };
    expect(profileOf(editProfile('listeners: [{kind: ws, port: 1}, {kind: ws, port: 2}]', listeners, one))).toEqual(one);
  });

  const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((one) => one.isWellFormed() && !one.includes('\0'));
  const port = fc.integer({ min: 1, max: 65_535 });
  const anyProfile: fc.Arbitrary<BrokerProfile> = fc
    .record({
      description: fc.oneof(fc.constant(''), name, fc.constant('# no comment: "\'\n- x')),
      tcpPort: fc.option(port),
      maximumQos: fc.constantFrom(0 as const, 1 as const, 2 as const),
      responseInformation: fc.option(fc.constantFrom('a', '#no', 'replies/x: y').filter((one) => !/[+#]/.test(one))),
      listeners: fc.uniqueArray(fc.record({ id: name, name, port, tls: fc.boolean() }), { selector: ({ id }) => id, maxLength: 4 }),
      rules: fc.array(fc.record({ user: fc.option(name, { nil: undefined }), filter: fc.constantFrom('#', 'a/%u', '- x', 'yes', '1', '~') }), { maxLength: 4 }),
      login: fc.constantFrom('anybody' as const, 'users' as const),
      anonymous: fc.boolean(),
    })
    .map(({ description, tcpPort, maximumQos, responseInformation, listeners, rules, login, anonymous }) =>
      brokerProfileSchema.parse({
        description,
        tcpPort,
        limits: { maximumQos, responseInformation },
        listeners: listeners
          .filter(({ id }) => id !== 'tcp' && id !== 'ws')
          .map(({ id, name: label, port: at, tls }) =>
            tls ? { kind: 'tls', id, name: label, port: at, tls: { labCertificate: 'server' } } : { kind: 'ws', id, name: label, port: at },
          ),
        access: {
          ...openAccess,
          login,
          anonymous,
          rules: rules.map(({ user, filter }) => ({ effect: 'deny', action: 'both', filter, ...(user === undefined ? {} : { user }) })),
        },
      }),
    );

  it('is what it should be, whatever it was, with values of any kind', () => {
    fc.assert(
      fc.property(anyProfile, anyProfile, (before, after) => {
        const written = newProfileText(before);
        expect(readProfile(written).profile).toEqual(before);
        expect(readProfile(editProfile(written, before, after)).profile).toEqual(after);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the difference of two profiles', () => {
  it('is told key by key, with what needs a restart', () => {
    const before = profileOf(text);
    const after: BrokerProfile = {
      ...before,
      tcpPort: null,
      limits: { ...before.limits, maximumQos: 2 },
      listeners: before.listeners.slice(1).map((listener) => ({ ...listener, enabled: false })),
      access: { ...before.access, login: 'users', rules: [] },
    };
    expect(compareProfiles(before, after)).toEqual([
      { path: 'tcpPort', before: '1884', after: 'off', restart: true },
      { path: 'listeners.tls-1', before: 'tls 127.0.0.1:8883', after: 'none', restart: true },
      { path: 'listeners.ws-1.enabled', before: 'yes', after: 'no', restart: true },
      { path: 'limits.maximumQos', before: '1', after: '2', restart: true },
      { path: 'access.login', before: 'anybody', after: 'users', restart: false },
      { path: 'access.rules', before: '2 entries', after: 'none', restart: false },
    ]);
    expect(compareProfiles(before, before)).toEqual([]);
  });
});
