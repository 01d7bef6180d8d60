import { readDistmqttAcl } from '../../access/import-distmqtt-acl.ts';
import type { ProfileDocument } from '../profile-document.ts';
import type { ProfileDraft } from './profile-draft.ts';

type Plain = Readonly<Record<string, unknown>>;
type Path = readonly PropertyKey[];

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The configuration of distmqtt's broker (YAML), with what its code does where its document says otherwise. */
export function readDistmqttBroker(text: string, { content, placeOf }: ProfileDocument, draft: ProfileDraft): void {
  const root = isPlain(content) ? content : {};
  const lineOf = (...path: Path): number => placeOf(path.slice(0, -1), String(path.at(-1))).line;
  const { listeners, auth, 'topic-check': topicCheck, ...rest } = root;
  readListeners(isPlain(listeners) ? listeners : {}, lineOf, draft);
  if (listeners !== undefined && !isPlain(listeners)) draft.lost(lineOf('listeners'), 'listeners', 'It has to be a mapping of names to listeners.');
  readAuth(isPlain(auth) ? auth : {}, lineOf, draft);
  readTopicCheck(text, isPlain(topicCheck) ? topicCheck : {}, lineOf, draft);
  for (const [key, value] of Object.entries(rest)) readOther(key, value, lineOf(key), draft);
}

function readListeners(listeners: Plain, lineOf: (...path: Path) => number, draft: ProfileDraft): void {
  const usual = isPlain(listeners['default']) ? listeners['default'] : {};
  for (const [name, own] of Object.entries(listeners)) {
    const line = lineOf('listeners', name);
    if (own !== null && !isPlain(own)) {
      draft.lost(line, name, 'A listener has to be a mapping.');
      continue;
    }
    const merged: Plain = { ...usual, ...own };
    // It is a listener as well as what the others begin with.
    if (name === 'default' && merged['bind'] === undefined) continue;
    readListener(name, merged, (key) => (own && Object.hasOwn(own, key) ? lineOf('listeners', name, key) : lineOf('listeners', 'default', key)), line, draft);
  }
}

function readListener(name: string, given: Plain, lineOf: (key: string) => number, line: number, draft: ProfileDraft): void {
  const { bind, type = 'tcp', ssl, cafile, certfile, keyfile, max_connections: most, ...rest } = given;
  const place = typeof bind === 'string' || typeof bind === 'number' ? readBind(String(bind)) : null;
  if (place === null) {
    const why =
      typeof bind === 'string' && bind.split(':').length > 2
        ? 'distmqtt cannot listen on IPv6 addresses either: it splits at each “:”.'
        : 'A listener needs “bind: host:port”.';
    draft.lost(bind === undefined ? line : lineOf('bind'), `${name}.bind`, why);
    return;
  }
  if (type !== 'tcp' && type !== 'ws') {
    draft.lost(lineOf('type'), `${name}.type`, `There is no kind “${shown(type)}”: it is tcp or ws.`);
    return;
  }
  const secure = isOn(ssl);
  let maxConnections: number | null = null;
  if (most !== undefined) {
    maxConnections = typeof most === 'number' && Number.isInteger(most) && most > 0 && most <= 1_000_000 ? most : null;
    if (maxConnections === null) draft.changed(lineOf('max_connections'), `${name}.max_connections`, 'No limit is put in.');
    else draft.changed(lineOf('max_connections'), `${name}.max_connections`, 'When it is full, distmqtt lets new connections wait; here they are refused.');
  }
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const tls = {
    certificateFile: text(certfile),
    keyFile: text(keyfile),
    caFile: text(cafile) === '' ? null : text(cafile),
    clientCertificates: text(cafile) === '' ? 'none' : 'request',
  };
  if (secure && (tls.certificateFile === '' || tls.keyFile === '')) {
    draft.lost(lineOf('ssl'), `${name}.ssl`, 'TLS needs “certfile” and “keyfile”, in distmqtt as well.');
    return;
  }
  if (secure && tls.caFile !== null) draft.changed(lineOf('cafile'), `${name}.cafile`, 'Clients may show a certificate, which is then checked.');
  if (!secure)
    for (const key of ['cafile', 'certfile', 'keyfile'])
      if (given[key] !== undefined) draft.lost(lineOf(key), `${name}.${key}`, 'It is about TLS, which “ssl: on” switches on.');
  for (const key of Object.keys(rest)) {
    if (key === 'max-connections')
      draft.lost(lineOf(key), `${name}.${key}`, 'The document of distmqtt calls it so, but its code reads “max_connections” and ignores this one.');
    else if (key === 'capath' || key === 'cadata') draft.lost(lineOf(key), `${name}.${key}`, 'Name one file with the authorities: “caFile”.');
    else draft.lost(lineOf(key), `${name}.${key}`, 'distmqtt does not know this key.');
  }
  const kind = type === 'ws' ? (secure ? 'wss' : 'ws') : secure ? 'tls' : 'tcp';
  draft.listener(line, name, { kind, ...place, maxConnections, ...(secure ? { tls } : {}) });
}

/** `host:port`; without a host every address. */
function readBind(bind: string): { readonly host: string; readonly port: number } | null {
  const parts = bind.split(':');
  const [host = '', portText = ''] = parts.length === 1 ? ['', parts[0]] : parts;
  if (parts.length > 2 || !/^\d{1,5}$/.test(portText) || Number(portText) > 65_535) return null;
  return { host: host === '' ? '0.0.0.0' : host, port: Number(portText) };
}

function readAuth(auth: Plain, lineOf: (...path: Path) => number, draft: ProfileDraft): void {
  const { plugins, 'allow-anonymous': anonymous, 'password-file': file, ...rest } = auth;
  const names = Array.isArray(plugins) ? plugins.map(String) : [];
  for (const name of names)
    if (!/^auth_(?:anonymous|file)$/.test(name)) draft.lost(lineOf('auth', 'plugins'), 'auth.plugins', `The plugin “${name}” is a program of its own.`);
  const isAsked = typeof file === 'string' && file !== '' && (names.length === 0 || names.includes('auth_file'));
  if (file !== undefined && !isAsked) draft.lost(lineOf('auth', 'password-file'), 'auth.password-file', 'distmqtt reads it only with the plugin “auth_file”.');
  const open = anonymous === undefined || isOn(anonymous);
  if (isAsked) {
    draft.access = { ...draft.access, login: 'users', anonymous: open, usersFile: file };
    draft.changed(
      lineOf('auth', 'password-file'),
      'auth.password-file',
      'The file is read as it is (user:hash), from the folder of the profile on: put it there, or give the whole path.',
    );
  } else if (!open) {
    draft.access = { ...draft.access, rules: [{ effect: 'deny', user: '', action: 'both', filter: '#' }, ...draft.access.rules] };
    draft.changed(
      lineOf('auth', 'allow-anonymous'),
      'auth.allow-anonymous',
      'distmqtt refuses clients without a user name and asks nobody for a password; here they may connect, and do nothing.',
    );
  }
  for (const key of Object.keys(rest)) draft.lost(lineOf('auth', key), `auth.${key}`, 'distmqtt does not know this key.');
}

function readTopicCheck(text: string, check: Plain, lineOf: (...path: Path) => number, draft: ProfileDraft): void {
  const { enabled, plugins, acl, ...rest } = check;
  const names = Array.isArray(plugins) ? plugins.map(String) : [];
  for (const name of names) {
    if (name === 'topic_taboo')
      draft.lost(lineOf('topic-check', 'plugins'), 'topic-check.plugins', '“topic_taboo” is an example that forbids three fixed topics.');
    else if (name !== 'topic_acl') draft.lost(lineOf('topic-check', 'plugins'), 'topic-check.plugins', `The plugin “${name}” is a program of its own.`);
  }
  for (const key of Object.keys(rest)) draft.lost(lineOf('topic-check', key), `topic-check.${key}`, 'distmqtt does not know this key.');
  if (acl === undefined) return;
  if (!isOn(enabled)) {
    draft.lost(lineOf('topic-check', 'acl'), 'topic-check.acl', 'It is switched off there (“enabled”), so it is left out.');
    return;
  }
  const { rules, findings } = readDistmqttAcl(text);
  for (const { line, message } of findings) draft.lost(line, 'topic-check.acl', message);
  draft.addRules(lineOf('topic-check', 'acl'), 'topic-check.acl', [...rules]);
  draft.access = { ...draft.access, otherwise: 'deny' };
  draft.changed(lineOf('topic-check', 'acl'), 'topic-check.acl', 'As in distmqtt the list is about subscribing; everybody may publish everything.');
}

function readOther(key: string, value: unknown, line: number, draft: ProfileDraft): void {
  if (key === 'max-qos') draft.limit(line, key, 'maximumQos', value as 0);
  else if (key === 'retain') draft.limit(line, key, 'retainAvailable', isOn(value));
  else if (key === 'timeout-disconnect-delay') draft.lost(line, key, 'Clients are disconnected after one and a half times their keep-alive, as MQTT asks.');
  else if (key === 'sys_interval') draft.lost(line, key, '$SYS has fixed times here.');
  else if (key === 'distkv') draft.lost(line, key, 'There is no DistKV here. To share messages between brokers, use Redis or a bridge.');
  else if (key === 'plugins') draft.lost(line, key, 'Plugins are programs of their own; handlers can do much of what they do.');
  else draft.lost(line, key, 'distmqtt does not know this key.');
}

/** YAML 1.1 reads on and yes as true; text in quotes means the same. */
function isOn(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(?:on|yes|true|1)$/i.test(value)) || value === 1;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
