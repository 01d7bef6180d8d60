import { describe, expect, it } from 'vitest';
import { accessOf } from './access-rules.ts';
import { readDistmqttAcl } from './import-distmqtt-acl.ts';
import { readMosquittoAcl } from './import-mosquitto-acl.ts';
import { readPasswordFile } from './import-passwords.ts';

const long = 'A'.repeat(86);

describe('password files', () => {
  it('of mosquitto and distmqtt are read, whatever stands in them is named by its line', () => {
    const lines = [
      '# people',
      '',
      `alice:$7$101$c2FsdHNhbHQ=$${long}==`,
      `bob:$6$c2FsdHNhbHQ=$${long}==`,
      `carol:$6$rounds=656000$saltsalt$${long}`,
      `dave:$5$saltsalt$${'a'.repeat(43)}`,
      'no colon',
      ':nameless',
      'eve:secret',
      'frank:',
      `alice:$7$101$c2FsdHNhbHQ=$${long}==`,
      'grace:$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$aGFzaA',
      'heidi:$7$101$short$x',
    ];
    const { users, findings } = readPasswordFile(lines.join('\r\n'));
    expect(users.map(({ name }) => name)).toEqual(['alice', 'bob', 'carol', 'dave']);
    expect(findings.map(({ line }) => line)).toEqual([7, 8, 9, 10, 11, 12, 13]);
    expect(JSON.stringify(findings)).not.toContain('secret');
    expect(findings[5]?.message).toContain('$argon2id$');
  });
});

describe('ACL files of mosquitto', () => {
  const { rules, findings } = readMosquittoAcl(
    [
      'topic read news/#',
      'user alice',
      'topic home/#',
      'topic deny home/safe',
      'topic write my topic/with spaces',
      'pattern read own/%u/%c/#',
      'pattern deny own/%u/locked',
      'topic bad/#/x',
      'topic literal/%u',
      'acl x',
      'topic read',
      'user',
      'topic #',
    ].join('\n'),
  );

  it('become rules in the order in which mosquitto asks them', () => {
    expect(rules.map(({ effect, user, action, filter }) => [effect, user, action, filter])).toEqual([
      ['deny', 'alice', 'both', 'home/safe'],
      ['allow', '', 'subscribe', 'news/#'],
      ['allow', 'alice', 'both', 'home/#'],
      ['allow', 'alice', 'publish', 'my topic/with spaces'],
      ['allow', 'alice', 'both', 'read'],
      ['deny', undefined, 'both', 'own/%u/locked'],
      ['allow', undefined, 'subscribe', 'own/%u/%c/#'],
    ]);
    const alice = accessOf({ rules, otherwise: 'deny' }, { username: 'alice', clientId: 'c' });
    expect(alice.publish('home/safe').allowed).toBe(false);
    expect(alice.publish('home/door').allowed).toBe(true);
    expect(alice.receive('own/alice/c/x').allowed).toBe(true);
  });

  it('have every line named that is left out', () => {
    expect(findings.map(({ line }) => line)).toEqual([8, 9, 10, 12, 13]);
  });
});

describe('the topic check of distmqtt', () => {
  const config = [
    'topic-check:',
    '  enabled: true',
    '  acl:',
    '    alice: [a/#, b]',
    '    anonymous:',
    '      - news/#',
    '      - bad/#/x',
    '    bob: all',
  ].join('\n');

  it('is about SUBSCRIBE alone', () => {
    const { rules, findings } = readDistmqttAcl(config);
    expect(findings.map(({ line }) => line)).toEqual([7, 8]);
    const as = (username: string | null) => accessOf({ rules, otherwise: 'deny' }, { username, clientId: 'c' });
    expect(as('alice').subscribe('a/x').allowed).toBe(true);
    expect(as('alice').subscribe('news/1').allowed).toBe(false);
    expect(as(null).subscribe('news/1').allowed).toBe(true);
    expect(as('mallory').subscribe('b').allowed).toBe(false);
    expect(as('mallory').publish('any/thing').allowed).toBe(true);
  });

  it('may be the list alone, and is named where it is damaged', () => {
    expect(readDistmqttAcl('alice: [a]').rules).toHaveLength(2);
    expect(readDistmqttAcl('a: [\n').findings).toHaveLength(1);
    expect(readDistmqttAcl('- a').findings).toEqual([{ line: 1, message: 'There is no “acl” with users and their filters.' }]);
    expect(readDistmqttAcl('').rules).toEqual([]);
  });
});
