import { describe, expect, it } from 'vitest';
import { newProfile, newSubscription } from '../../../shared/connections/new-profile.ts';
import type { ConnectionProfileView } from '../../../shared/contract/connections.ts';
import { checkDraft, draftOf, newDraft, sameDraft, saveInput, usesTls, type ProfileDraft } from './profile-draft.ts';

const fine = (): undefined => undefined;
const draft = (change: Partial<ProfileDraft> = {}): ProfileDraft => ({ ...newDraft('a'), name: 'Lab', uri: 'mqtt://lab:1883', ...change });

describe('checkDraft', () => {
  it('accepts a complete draft', () => expect(checkDraft(draft(), false, fine)).toEqual({}));
  it.each([
    [{ name: '  ' }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ uri: '' }, 'uri'],
    [{ uri: 'mqtt://' }, 'uri'],
    [{ keepAliveSeconds: '' }, 'keepAliveSeconds'],
    [{ keepAliveSeconds: '-1' }, 'keepAliveSeconds'],
    [{ keepAliveSeconds: '65536' }, 'keepAliveSeconds'],
    [{ keepAliveSeconds: '1.5' }, 'keepAliveSeconds'],
    [{ connectTimeoutSeconds: '0' }, 'connectTimeoutSeconds'],
    [{ connectTimeoutSeconds: 'soon' }, 'connectTimeoutSeconds'],
    [{ cleanStart: false }, 'cleanStart'],
    [{ clientIdMode: 'fixed', clientId: '', cleanStart: false }, 'clientId'],
    [{ clientIdMode: 'fixed', clientId: 'a\0b' }, 'clientId'],
    [{ clientIdMode: 'fixed', clientId: 'x'.repeat(24), version: '3.1' }, 'clientId'],
    [{ version: '3.1.1', passwordChange: 'set', password: 'x' }, 'password'],
  ] as const)('%j has a problem at %s', (change, field) => expect(Object.keys(checkDraft(draft(change), false, fine))).toEqual([field]));
  it('says what the address check says', () => expect(checkDraft(draft({ uri: 'http://lab' }), false, () => 'Not MQTT.').uri).toBe('Not MQTT.'));
  it('allows a password alone in MQTT 5', () => expect(checkDraft(draft({ passwordChange: 'set', password: 'x' }), false, fine)).toEqual({}));
  it('counts a stored password', () => expect(checkDraft(draft({ version: '3.1.1' }), true, fine).password).toContain('user name'));
});

describe('saveInput', () => {
  it('sends the password only when it changes', () => {
    expect(saveInput(draft(), undefined, [])).not.toHaveProperty('secrets');
    expect(saveInput(draft({ passwordChange: 'set', password: 'p' }), undefined, []).secrets).toEqual({ password: 'p' });
    expect(saveInput(draft({ passwordChange: 'remove', password: 'p' }), undefined, []).secrets).toEqual({ password: null });
  });
  it('round-trips a profile', () => {
    const profile: ConnectionProfileView = {
      ...newProfile('a', {
        ...{ name: 'Lab', uri: 'mqtts://lab', clientId: 'fixed-1', version: '3.1.1', username: 'me', keepAliveSeconds: 15, cleanStart: false },
        connectTimeoutSeconds: 2.5,
        notes: 'in the cellar',
        tls: { ...newProfile('a').tls, verify: 'none' },
        subscriptions: [newSubscription('a/#', { qos: 1, enabled: false })],
      }),
      secretsSet: ['password'],
    };
    const { secretsSet: _secretsSet, ...plain } = profile;
    expect(saveInput(draftOf(profile), profile, profile.subscriptions).profile).toEqual(plain);
    expect(sameDraft(draftOf(profile), draftOf(profile))).toBe(true);
    expect(sameDraft(draftOf(profile), { ...draftOf(profile), name: 'x' })).toBe(false);
  });
});

it.each([
  ['mqtts://h', true],
  ['WSS://h', true],
  ['mqtt://h', false],
  ['ws://h', false],
  ['', false],
])('%s uses TLS: %s', (uri, tls) => expect(usesTls(uri)).toBe(tls));
