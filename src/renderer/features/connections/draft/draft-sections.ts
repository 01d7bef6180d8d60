import { reconnectPreview } from '../../../../shared/connections/reconnect.ts';
import { formatBytes, plural } from '../../common/index.ts';
import type { DraftProblems, HasSecret } from './problems.ts';
import { sameValue } from './merge-drafts.ts';
import { numberOf, spokenSeconds } from './numbers.ts';
import { pemBlocks } from './pem.ts';
import { newDraft, type ProfileDraft } from './profile-draft.ts';
import { cleanFolder, reconnectOf } from './save-input.ts';
import { checksHostName, usesTls, usesWebSocket } from './tls-words.ts';

/** The folded parts of the form, in order. */
export const sections = ['general', 'session', 'will', 'authentication', 'tls', 'webSocket', 'proxy', 'reconnect', 'limits', 'publishDefaults'] as const;
export type SectionId = (typeof sections)[number];

export const sectionTitles: Readonly<Record<SectionId, string>> = {
  general: 'General',
  session: 'Session',
  will: 'Will',
  authentication: 'Authentication',
  tls: 'TLS',
  webSocket: 'WebSocket',
  proxy: 'Proxy',
  reconnect: 'Reconnect',
  limits: 'Limits',
  publishDefaults: 'Publishing defaults',
};

const places: Readonly<Record<string, SectionId>> = {
  folder: 'general',
  color: 'general',
  favourite: 'general',
  pikaPeers: 'general',
  notes: 'general',
  connectAtStart: 'general',
  cleanStart: 'session',
  keepAliveSeconds: 'session',
  pingDelaySeconds: 'session',
  connectTimeoutSeconds: 'session',
  connectProperties: 'session',
  'secrets.privateKey': 'tls',
  'secrets.pfx': 'tls',
  'secrets.passphrase': 'tls',
  'secrets.proxyPassword': 'proxy',
};

/** Where the field of a path stands; `null`: among the essentials. */
export function sectionOf(path: string): SectionId | null {
  const [first = '', second = ''] = path.split('.');
  const found = places[first] ?? places[`${first}.${second}`];
  if (found) return found;
  return (sections as readonly string[]).includes(first) ? (first as SectionId) : null;
}

export function sectionsWith(problems: DraftProblems): ReadonlySet<SectionId> {
  return new Set(Object.keys(problems).flatMap((path) => sectionOf(path) ?? []));
}

/** What is set in a folded part, in one line. */
export function sectionSummary(section: SectionId, draft: ProfileDraft, has: HasSecret): string {
  return (summaries[section](draft, has) || 'As usual').replace(/^./u, (letter) => letter.toUpperCase());
}

type Summary = (draft: ProfileDraft, has: HasSecret) => string;
const list = (...parts: readonly (string | false)[]): string => parts.filter((part) => part !== false).join(', ');
const five = ({ version }: ProfileDraft): boolean => version === '5';

const summaries: Readonly<Record<SectionId, Summary>> = {
  general: (draft) =>
    list(
      cleanFolder(draft.folder) !== '' && `in ${cleanFolder(draft.folder)}`,
      draft.color ?? false,
      draft.favourite && 'favourite',
      draft.pikaPeers && 'pika-mqtt devices',
      draft.connectAtStart && 'connects at start',
      draft.notes.trim() !== '' && 'notes',
    ) || 'No folder, no colour, no notes',
  session: (draft) => {
    const { connectProperties: properties } = draft;
    const expiry = properties.sessionExpirySeconds.trim();
    const set = Object.entries(properties).filter(
      ([key, value]) => key !== 'sessionExpirySeconds' && key !== 'userProperties' && value !== '' && value !== 'unset',
    );
    return list(
      draft.cleanStart ? 'clean start' : 'kept session',
      five(draft) && expiry !== '' && `expires ${expiryWords(expiry)}`,
      `keep-alive ${keepAliveWords(draft)}`,
      `time-out ${spokenSeconds(numberOf(draft.connectTimeoutSeconds))}`,
      five(draft) && set.length > 0 && plural(set.length, 'more property', 'more properties'),
      five(draft) && properties.userProperties.length > 0 && plural(properties.userProperties.length, 'user property', 'user properties'),
    );
  },
  will: ({ will }) => (will.enabled ? list(will.topic === '' ? 'no topic yet' : `“${will.topic}”`, `QoS ${will.qos}`, will.retain && 'retained') : 'Off'),
  authentication: ({ authentication }) =>
    authentication.kind === 'none'
      ? 'User name and password alone'
      : authentication.kind === 'scram-sha-256'
        ? 'SCRAM-SHA-256'
        : `Dialog${authentication.method === '' ? '' : `, method “${authentication.method}”`}`,
  tls: (draft, has) => {
    const { tls } = draft;
    const authorities = pemBlocks(tls.ca).length;
    const set = list(
      tls.verify === 'none' ? 'not verified' : tls.verify === 'optional' && 'verify optional',
      tls.verify !== 'none' && !checksHostName(tls) && 'any host name',
      authorities > 0 && (authorities === 1 ? 'own CA' : `${authorities} own CAs`),
      (tls.certificate !== '' || has('pfx')) && 'client certificate',
      tls.pinned.length > 0 && plural(tls.pinned.length, 'pinned certificate'),
      tls.serverName !== '' && `SNI ${tls.serverName}`,
      tls.alpn.trim() !== '' && `ALPN ${tls.alpn.trim()}`,
      (tls.minVersion !== 'any' || tls.maxVersion !== 'any') && 'version range',
      tls.ciphers !== '' && 'own ciphers',
    );
    if (!usesTls(draft.uri)) return `Off: the address is not mqtts:// or wss://${set === '' ? '' : ` (set: ${set})`}`;
    return set === '' ? 'Certificate and host name verified' : set;
  },
  webSocket: (draft) => {
    const { headers, subprotocol } = draft.webSocket;
    const set = list(headers.length > 0 && plural(headers.length, 'extra header'), subprotocol !== '' && `subprotocol ${subprotocol}`);
    return usesWebSocket(draft.uri) ? set || 'No extra headers' : `Off: the address is not ws:// or wss://${set === '' ? '' : ` (set: ${set})`}`;
  },
  proxy: ({ proxy }) =>
    proxy.kind === 'none' ? 'None' : `${proxy.kind === 'http' ? 'HTTP' : 'SOCKS 5'}, ${proxy.host === '' ? 'no host yet' : `${proxy.host}:${proxy.port}`}`,
  reconnect: (draft) => {
    const policy = reconnectOf(draft);
    if (!policy.enabled) return 'Off';
    const { waitsMs } = reconnectPreview(policy, 50);
    const [first, last] = [waitsMs[0], waitsMs.at(-1)];
    if (first === undefined || last === undefined || !(first >= 0 && last >= 0)) return 'On';
    const range = first === last ? `every ${spokenSeconds(first / 1000)}` : `${spokenSeconds(first / 1000)} to ${spokenSeconds(last / 1000)}`;
    return list(range, policy.maxAttempts === 0 ? 'for ever' : plural(policy.maxAttempts, 'attempt'), policy.retryFirst && 'also at first');
  },
  limits: ({ limits }) => {
    const [queued, payload] = [numberOf(limits.maxQueuedMessages), numberOf(limits.maxPayloadBytes)];
    return list(
      queued > 0 ? `up to ${plural(queued, 'message')} wait while offline` : 'no messages wait while offline',
      payload >= 0 ? `payloads up to ${formatBytes(payload)}` : 'payloads of any size',
    );
  },
  publishDefaults: ({ publishDefaults: { qos, retain, topics } }) =>
    list(
      `QoS ${qos}`,
      retain ? 'retained' : 'not retained',
      topics.length > 0 && `${plural(topics.length, 'topic')} of ${topics.length === 1 ? 'its' : 'their'} own`,
    ),
};

export const forEverSeconds = '4294967295';

export const expiryWords = (text: string): string =>
  text.trim() === forEverSeconds ? 'never' : numberOf(text) === 0 ? 'with the connection' : `after ${spokenSeconds(numberOf(text))}`;

/** What goes out in CONNECT: the keep alive without the ping delay; NaN while one of them is no number. */
export const keepAliveOnTheWire = ({ keepAliveSeconds, pingDelaySeconds }: ProfileDraft): number =>
  Math.max(0, numberOf(keepAliveSeconds) - numberOf(pingDelaySeconds));

function keepAliveWords(draft: ProfileDraft): string {
  const seconds = keepAliveOnTheWire(draft);
  return seconds === 0 ? 'off' : spokenSeconds(seconds);
}

/** What of a change waits for the next connect of a live connection, in the words of the form; empty: it counts at once. */
export function needsReconnect(draft: ProfileDraft, saved: ProfileDraft): readonly string[] {
  const changed = (Object.keys(draft) as (keyof ProfileDraft)[]).filter((key) => !sameValue(draft[key], saved[key]));
  const words = changed.flatMap((key): readonly string[] => {
    if (atOnce.has(key)) return [];
    if (key === 'limits') return draft.limits.maxPayloadBytes === saved.limits.maxPayloadBytes ? [] : ['Largest payload'];
    if (key === 'secrets') {
      return Object.keys(draft.secrets).flatMap((name) =>
        sameValue(draft.secrets[name as keyof ProfileDraft['secrets']], saved.secrets[name as keyof ProfileDraft['secrets']]) ? [] : [secretWord(name)],
      );
    }
    const section = sectionOf(key);
    return [section ? sectionTitles[section] : (essentialWords[key] ?? key)];
  });
  return [...new Set(words)];
}

/** The engine looks at these whenever it needs them. */
const atOnce: ReadonlySet<string> = new Set([
  'id',
  'name',
  'folder',
  'color',
  'favourite',
  'notes',
  'connectAtStart',
  'pikaPeers',
  'reconnect',
  'publishDefaults',
]);

const essentialWords: Readonly<Record<string, string>> = {
  uri: 'Address',
  version: 'Version',
  clientIdMode: 'Client id',
  clientId: 'Client id',
  clientIdSuffix: 'Client id',
  username: 'User name',
};

const secretWord = (name: string): string => (name === 'password' ? 'Password' : sectionTitles[sectionOf(`secrets.${name}`) ?? 'tls']);

/** Whether nothing was entered. */
export const isUntouched = (draft: ProfileDraft): boolean => sameValue(draft, newDraft(draft.id));
