import { connectionSecretNames } from '../../../../shared/connections/secret-names.ts';
import type { ConnectionSecretName } from '../../../../shared/contract/connection-profile.ts';
import { readBytes } from './bytes.ts';
import { checkSession } from './check-session.ts';
import { checkText, hasSecret, type CheckUri, type DraftProblems, type HasSecret, type Told } from './problems.ts';
import { checkTls } from './check-tls.ts';
import { checkTransport } from './check-transport.ts';
import { checkWill } from './check-will.ts';
import { checkNumber, numberOf } from './numbers.ts';
import type { ProfileDraft } from './profile-draft.ts';
import { cleanFolder } from './save-input.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import { utf8Length } from '../../../../shared/mqtt/utf8-text.ts';

export function checkDraft(draft: ProfileDraft, stored: readonly ConnectionSecretName[], checkUri: CheckUri): DraftProblems {
  const problems: Record<string, string> = {};
  const tell: Told = (path, problem) => {
    if (problem !== undefined) problems[path] ??= problem;
  };
  const has = hasSecret(draft, stored);
  for (const name of connectionSecretNames) {
    const { change, value } = draft.secrets[name];
    if (change === 'set' && value === '' && name !== 'privateKey' && name !== 'pfx') tell(`secrets.${name}`, 'Enter the new one, or keep the stored one.');
  }
  checkEssentials(draft, has, checkUri, tell);
  if (cleanFolder(draft.folder).length > 500) tell('folder', 'Use at most 500 characters for the names of folders.');
  if (draft.notes.length > 100_000) tell('notes', 'Notes have 100,000 characters at most.');
  checkSession(draft, tell);
  if (draft.will.enabled) checkWill(draft, tell);
  checkAuthentication(draft, has, tell);
  checkTls(draft, has, tell);
  checkTransport(draft, has, tell);
  checkReconnect(draft, tell);
  tell('limits.maxQueuedMessages', checkNumber(draft.limits.maxQueuedMessages, { min: 0, max: 100_000 }));
  tell('limits.maxPayloadBytes', checkNumber(draft.limits.maxPayloadBytes, { min: 0, max: 268_435_455, unit: 'bytes', empty: 'no limit' }));
  checkPublishDefaults(draft, tell);
  return problems;
}

function checkEssentials(draft: ProfileDraft, has: HasSecret, checkUri: CheckUri, tell: Told): void {
  if (draft.name.trim() === '') tell('name', 'Give the connection a name.');
  else if (draft.name.trim().length > 200) tell('name', 'Use at most 200 characters.');
  const uri = draft.uri.trim();
  tell('uri', /^[a-z]*(:\/{0,2})?$/i.test(uri) ? 'Enter the address of the broker, such as mqtt://192.168.1.10:1883.' : checkUri(uri));
  if (uri.length > 2048) tell('uri', 'An address has 2048 characters at most.');
  if (draft.clientIdMode === 'fixed') {
    tell('clientId', checkText(draft.clientId, 'A client id'));
    if (draft.clientId === '' && !draft.cleanStart) tell('clientId', 'Without clean start the broker needs a client id to recognise this client by.');
    else if (draft.version === '3.1' && utf8Length(draft.clientId) > 23) tell('clientId', 'MQTT 3.1 allows at most 23 characters.');
  } else if (!draft.cleanStart) {
    tell('cleanStart', 'Without clean start a fixed client id is needed: the broker recognises this client by it.');
  }
  tell('username', checkText(draft.username, 'A user name'));
  // [MQTT-3.1.2-22] (3.1.1): no password without a user name.
  if (draft.version !== '5' && draft.username === '' && has('password'))
    tell('secrets.password', `MQTT ${draft.version} sends a password only together with a user name.`);
}

function checkAuthentication({ authentication, version, username }: ProfileDraft, has: HasSecret, tell: Told): void {
  if (authentication.kind === 'none') return;
  if (version !== '5') return tell('authentication.kind', `MQTT ${version} has no enhanced authentication: choose MQTT 5, or none here.`);
  if (authentication.kind === 'scram-sha-256') {
    if (username === '' || !has('password')) tell('authentication.kind', 'SCRAM-SHA-256 needs a user name and a password.');
    return;
  }
  if (authentication.method === '') tell('authentication.method', 'Enter the name of the method, as the broker knows it.');
  tell('authentication.method', checkText(authentication.method, 'A method'));
  const data = readBytes(authentication.initialData);
  if ('problem' in data) tell('authentication.initialData', data.problem);
  else if (data.bytes.length > 65_535) tell('authentication.initialData', 'At most 65,535 bytes fit.');
}

function checkReconnect({ reconnect }: ProfileDraft, tell: Told): void {
  const seconds = { min: 0.01, max: 86_400, whole: false, unit: 'seconds' };
  tell('reconnect.intervalSeconds', checkNumber(reconnect.intervalSeconds, seconds));
  tell('reconnect.maxIntervalSeconds', checkNumber(reconnect.maxIntervalSeconds, seconds));
  tell('reconnect.multiplier', checkNumber(reconnect.multiplier, { min: 1, max: 100, whole: false }));
  tell('reconnect.maxAttempts', checkNumber(reconnect.maxAttempts, { min: 0, max: 1_000_000 }));
  tell('reconnect.jitter', checkNumber(reconnect.jitter, { min: 0, max: 100, whole: false, unit: 'percent' }));
  if (numberOf(reconnect.maxIntervalSeconds) < numberOf(reconnect.intervalSeconds))
    tell('reconnect.maxIntervalSeconds', 'The longest wait is shorter than the interval.');
}

function checkPublishDefaults({ publishDefaults: { topics } }: ProfileDraft, tell: Told): void {
  const seen = new Set<string>();
  topics.forEach(({ topic }, at) => {
    const path = `publishDefaults.topics.${at}`;
    if (topic === '') return tell(path, 'Enter a topic.');
    const invalid = validateTopicName(topic);
    if (invalid) tell(path, `${invalid.message} ${invalid.advice}`);
    if (seen.has(topic)) tell(path, 'This topic is in the table already.');
    seen.add(topic);
  });
  if (topics.length > 10_000) tell('publishDefaults.topics', 'At most 10,000 topics fit.');
}
