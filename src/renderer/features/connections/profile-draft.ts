import { newProfile } from '../../../shared/connections/new-profile.ts';
import type { ConnectionSecretChanges } from '../../../shared/contract/connection-profile.ts';
import type { MqttVersion } from '../../../shared/contract/common.ts';
import type { ConnectionProfile, ConnectionProfileView, Subscription } from '../../../shared/contract/connections.ts';

/** A profile while it is edited: numbers are still text, and the password is only what was typed here. */
export interface ProfileDraft {
  readonly id: string;
  readonly name: string;
  readonly uri: string;
  readonly clientIdMode: 'generated' | 'fixed';
  readonly clientId: string;
  readonly version: MqttVersion;
  readonly username: string;
  /** `keep`: whatever is stored stays; `set`: `password` replaces it; `remove`: forget it. */
  readonly passwordChange: 'keep' | 'set' | 'remove';
  readonly password: string;
  readonly keepAliveSeconds: string;
  readonly connectTimeoutSeconds: string;
  readonly cleanStart: boolean;
  readonly verifyCertificate: boolean;
}

type DraftField = 'name' | 'uri' | 'clientId' | 'password' | 'keepAliveSeconds' | 'connectTimeoutSeconds' | 'cleanStart';
export type DraftProblems = Readonly<Partial<Record<DraftField, string>>>;

/** Checks an address; answers a sentence, or `undefined` when it is fine. */
export type CheckUri = (uri: string) => string | undefined;

export function newDraft(id: string): ProfileDraft {
  return {
    id,
    name: '',
    uri: 'mqtt://',
    clientIdMode: 'generated',
    clientId: '',
    version: '5',
    username: '',
    passwordChange: 'keep',
    password: '',
    keepAliveSeconds: '60',
    connectTimeoutSeconds: '10',
    cleanStart: true,
    verifyCertificate: true,
  };
}

export function draftOf(profile: ConnectionProfileView): ProfileDraft {
  return {
    id: profile.id,
    name: profile.name,
    uri: profile.uri,
    clientIdMode: profile.clientId === null ? 'generated' : 'fixed',
    clientId: profile.clientId ?? '',
    version: profile.version,
    username: profile.username,
    passwordChange: 'keep',
    password: '',
    keepAliveSeconds: String(profile.keepAliveSeconds),
    connectTimeoutSeconds: String(profile.connectTimeoutSeconds),
    cleanStart: profile.cleanStart,
    verifyCertificate: profile.tls.verify !== 'none',
  };
}

/** What is wrong with a draft, by field; empty when it can be saved. `passwordSet`: whether one is stored. */
export function checkDraft(draft: ProfileDraft, passwordSet: boolean, checkUri: CheckUri): DraftProblems {
  const problems: Partial<Record<DraftField, string>> = {};
  if (draft.name.trim() === '') problems.name = 'Give the connection a name.';
  else if (draft.name.trim().length > 200) problems.name = 'Use at most 200 characters.';
  const uri = draft.uri.trim();
  const uriProblem = /^[a-z]*(:\/{0,2})?$/i.test(uri) ? 'Enter the address of the broker, such as mqtt://192.168.1.10:1883.' : checkUri(uri);
  if (uriProblem !== undefined) problems.uri = uriProblem;
  if (draft.clientIdMode === 'fixed') {
    if (draft.clientId.includes('\0')) problems.clientId = 'A client id cannot contain a NUL character.';
    // [MQTT-3.1.3-8] (3.1.1): an empty id is only allowed together with a clean session; MQTT 3.1 demands 1 to 23 characters.
    else if (draft.clientId === '' && (draft.version === '3.1' || !draft.cleanStart)) problems.clientId = 'Enter a client id, or let one be generated.';
    else if (draft.version === '3.1' && draft.clientId.length > 23) problems.clientId = 'MQTT 3.1 allows at most 23 characters.';
  } else if (!draft.cleanStart) problems.cleanStart = 'A session can only be resumed with a fixed client id.';
  if (draft.version !== '5' && draft.username === '' && (draft.passwordChange === 'set' || (passwordSet && draft.passwordChange === 'keep'))) {
    // [MQTT-3.1.2-22] (3.1.1): no password without a user name.
    problems.password = `MQTT ${draft.version} sends a password only together with a user name.`;
  }
  const keepAlive = wholeNumber(draft.keepAliveSeconds);
  if (keepAlive === undefined || keepAlive > 65_535) problems.keepAliveSeconds = 'Enter 0 to 65535 seconds; 0 switches keep-alive off.';
  const timeout = Number(draft.connectTimeoutSeconds);
  if (draft.connectTimeoutSeconds.trim() === '' || !(timeout >= 1 && timeout <= 300)) problems.connectTimeoutSeconds = 'Enter 1 to 300 seconds.';
  return problems;
}

/** The profile and the password change to send. Only for a draft without problems. */
export function saveInput(
  draft: ProfileDraft,
  saved: ConnectionProfileView | undefined,
  subscriptions: readonly Subscription[],
): { readonly profile: ConnectionProfile; readonly secrets?: ConnectionSecretChanges } {
  const { secretsSet: _secretsSet, ...others } = saved ?? { ...newProfile(draft.id), secretsSet: [] };
  const profile: ConnectionProfile = {
    ...others,
    id: draft.id,
    name: draft.name.trim(),
    uri: draft.uri.trim(),
    clientId: draft.clientIdMode === 'generated' ? null : draft.clientId,
    version: draft.version,
    username: draft.username,
    keepAliveSeconds: Number(draft.keepAliveSeconds),
    cleanStart: draft.cleanStart,
    connectTimeoutSeconds: Number(draft.connectTimeoutSeconds),
    tls: { ...others.tls, verify: draft.verifyCertificate ? (others.tls.verify === 'none' ? 'required' : others.tls.verify) : 'none' },
    subscriptions: [...subscriptions],
  };
  if (draft.passwordChange === 'keep') return { profile };
  return { profile, secrets: { password: draft.passwordChange === 'set' ? draft.password : null } };
}

export function sameDraft(a: ProfileDraft, b: ProfileDraft): boolean {
  return (Object.keys(a) as (keyof ProfileDraft)[]).every((key) => a[key] === b[key]);
}

/** Whether the address uses TLS, so that certificates matter. */
export function usesTls(uri: string): boolean {
  return /^\s*(mqtts|ssl|tls|wss):/i.test(uri);
}

function wholeNumber(text: string): number | undefined {
  return /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined;
}
