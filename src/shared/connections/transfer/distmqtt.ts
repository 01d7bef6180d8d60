import { stringify } from 'yaml';
import type { ConnectionProfile } from '../../contract/connection-profile.ts';
import { newProfile } from '../new-profile.ts';
import { partsOf, readAddress } from './address.ts';
import { Fields, isPlain } from './fields.ts';
import { LossLog } from './losses.ts';
import { filesAreNotRead, fromBase64, nameOf, toBase64 } from './parts.ts';
import { noteUnwritten, noteUnwrittenSecrets } from './unwritten.ts';
import type { ExportedConnection, ExportResult, ImportedConnection } from './transfer-types.ts';

export const distmqttKeys = [
  ...['uri', 'keep_alive', 'ping_delay', 'default_qos', 'default_retain', 'topics', 'auto_reconnect', 'reconnect_retries', 'reconnect_max_interval'],
  ...['codec', 'codec_params', 'cleansession', 'will', 'cafile', 'capath', 'cadata', 'certfile', 'keyfile', 'check_hostname', 'extra_headers', 'client_id'],
] as const;

const maxText = 65_535;
const codecs = 'Codecs are bound where payloads are decoded, not in the connection: choose it there.';

/** The configuration of a client, or a list of them; what it leaves out has the defaults of distmqtt. */
export function readDistmqtt(value: unknown, all: LossLog): ImportedConnection[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return entries.slice(0, 1000).flatMap((entry, at) => {
    const path = Array.isArray(value) ? `[${at}].` : '';
    if (isPlain(entry)) return readOne(entry, path, all);
    all.add(path, entry, 'A configuration of distmqtt is an object with keys.');
    return [];
  });
}

function readOne(value: Readonly<Record<string, unknown>>, path: string, all: LossLog): ImportedConnection[] {
  const log = new LossLog();
  const from = new Fields(value, '', log);
  const given = from.text('uri', 2048);
  const address = readAddress(given ?? 'mqtt://localhost');
  if ('problem' in address) {
    all.add(`${path}uri`, (given ?? '').replace(/\/\/[^@/]*@/, '//…@'), address.problem);
    return [];
  }
  if (given === undefined) log.add('uri', '', 'The file names no broker; mqtt://localhost is put in. Change it in the connection.');
  if (/\/\/[^/]*%[^/]*@/.test(given ?? ''))
    log.add('uri', '…%…@', 'The user name and password are percent-decoded here; distmqtt sends them as they stand.', { secret: true });
  const keepAlive = from.number('keep_alive', { min: 0, max: 65_535 }) ?? 10;
  const clientId = from.text('client_id', maxText) ?? '';
  const clean = from.flag('cleansession') ?? true;
  if (!clean && clientId === '') log.add('cleansession', false, 'A session is kept only for a fixed client id: set one, then switch clean start off.');
  const profile = newProfile('import', {
    name: nameOf('', address.uri),
    uri: address.uri,
    clientId: clientId === '' ? null : clientId,
    version: '3.1.1',
    username: address.username,
    keepAliveSeconds: keepAlive,
    pingDelaySeconds: from.number('ping_delay', { min: 0, max: 65_535 }) ?? 1,
    cleanStart: clean || clientId === '',
    will: readWill(from.fields('will'), log),
    tls: { ...newProfile('').tls, ca: readPem(from, 'cadata'), checkHostName: from.flag('check_hostname') ?? true },
    webSocket: { headers: readHeaders(from.fields('extra_headers')), subprotocol: '' },
    reconnect: readReconnect(from, log),
    publishDefaults: { qos: from.qos('default_qos') ?? 0, retain: from.flag('default_retain') ?? false, topics: readTopics(from.fields('topics'), log) },
  });
  for (const key of ['cafile', 'capath', 'certfile', 'keyfile']) from.lose(key, filesAreNotRead);
  from.lose('codec', codecs, { unless: ['noop'] });
  from.lose('codec_params', codecs, { unless: [] });
  from.rest('The workbench does not know this key of distmqtt.');
  return [{ profile, secrets: address.password === '' ? {} : { password: address.password }, losses: log.list() }];
}

/** Attempt n waits min(2^n, max) seconds; `reconnect_retries` waits, for ever where it is negative. */
function readReconnect(from: Fields, log: LossLog): ConnectionProfile['reconnect'] {
  const retries = from.number('reconnect_retries', { min: -1_000_000, max: 1_000_000 }) ?? 2;
  const most = from.number('reconnect_max_interval', { min: 0.01, max: 86_400, whole: false }) ?? 10;
  const enabled = from.flag('auto_reconnect') ?? true;
  if (retries === 0 && enabled) log.add('reconnect_retries', 0, 'One attempt without a wait is not possible here: reconnecting is off.');
  return {
    enabled: enabled && retries !== 0,
    intervalSeconds: 1,
    multiplier: 2,
    maxIntervalSeconds: most,
    maxAttempts: retries < 0 ? 0 : retries,
    jitter: 0,
    retryFirst: false,
  };
}

function readPem(from: Fields, key: string): string {
  const value = from.take(key);
  if (value === undefined) return '';
  const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
  if (typeof text === 'string' && text.length <= 1_000_000 && text.includes('-----BEGIN')) return text;
  from.note(key, value, 'It has to be certificates in PEM.');
  return '';
}

function readWill(from: Fields | undefined, log: LossLog): ConnectionProfile['will'] {
  if (!from) return null;
  const topic = from.text('topic', maxText) ?? '';
  const message = from.take('message') ?? '';
  const isText = typeof message === 'string';
  const payload = isText ? message : message instanceof Uint8Array ? toBase64(message) : undefined;
  const qos = from.qos('qos') ?? 0;
  const retain = from.flag('retain') ?? false;
  from.rest('The workbench does not know this key of a will.');
  if (topic === '' || payload === undefined || payload.length > 100_000) {
    log.add('will', topic, topic === '' ? 'It has no topic.' : 'Its message has to be text or bytes, of 100,000 characters at most.');
    return null;
  }
  const rest = {
    delaySeconds: 0,
    messageExpirySeconds: null,
    contentType: '',
    responseTopic: '',
    correlationData: '',
    payloadIsUtf8: false,
    userProperties: [],
  };
  return { topic, payload, payloadAs: isText ? 'text' : 'base64', qos, retain, ...rest };
}

function readHeaders(from: Fields | undefined): [string, string][] {
  const headers: [string, string][] = [];
  for (const [name, value] of from?.entries() ?? []) {
    if (typeof value === 'string' && name !== '' && name.length <= 1000 && value.length <= maxText && headers.length < 100) headers.push([name, value]);
    else from?.note(name, value, headers.length < 100 ? 'A header is a text with a name.' : 'A connection has at most 100 headers.', { secret: true });
  }
  return headers;
}

function readTopics(from: Fields | undefined, log: LossLog): ConnectionProfile['publishDefaults']['topics'] {
  return (from?.entries() ?? []).slice(0, 10_000).flatMap(([topic, value]) => {
    const path = from?.path(topic) ?? topic;
    if (topic === '' || topic.length > maxText || !isPlain(value)) {
      log.add(path, value, 'It has to be a topic with "qos" and "retain".');
      return [];
    }
    const one = new Fields(value, path, log);
    const result = { topic, qos: one.qos('qos') ?? null, retain: one.flag('retain') ?? null };
    one.rest('The workbench does not know this key of a topic.');
    return [result];
  });
}

/** One configuration has one connection: of several each is a document of its own, with `---` between them. */
export function writeDistmqtt(connections: readonly ExportedConnection[]): ExportResult {
  const losses: ExportResult['losses'][number][] = [];
  const documents = connections.map(({ profile, secrets }) => {
    const log = new LossLog();
    const { reconnect, will, publishDefaults: publish, tls } = profile;
    const tool = 'distmqtt';
    if (profile.version !== '3.1.1') log.add('version', profile.version, 'distmqtt speaks 3.1.1.');
    if (tls.verify !== 'required') log.add('tls.verify', tls.verify, 'distmqtt always verifies.');
    if (reconnect.enabled && (reconnect.intervalSeconds !== 1 || reconnect.multiplier !== 2))
      log.add('reconnect', `${reconnect.intervalSeconds} s × ${reconnect.multiplier}`, 'distmqtt waits 2, 4, 8 … seconds up to the longest wait.');
    if (/[%:@/?#]/.test(profile.username + (secrets.password ?? '')))
      log.add('uri', '…%…@', 'distmqtt does not percent-decode user names and passwords: with these characters it cannot log in.', { secret: true });
    const known = [
      'uri',
      'clientId',
      'version',
      'username',
      'keepAliveSeconds',
      'pingDelaySeconds',
      'cleanStart',
      'publishDefaults',
      'tls.verify',
      'tls.ca',
    ].concat(
      ['tls.checkHostName', 'webSocket.headers', 'will.topic', 'will.payload', 'will.payloadAs', 'will.qos', 'will.retain', 'reconnect.enabled'],
      ['reconnect.intervalSeconds', 'reconnect.multiplier', 'reconnect.maxIntervalSeconds', 'reconnect.maxAttempts'],
    );
    noteUnwritten(profile, known, tool, log);
    noteUnwrittenSecrets(secrets, ['password'], tool, log);
    losses.push(log.list());
    const info =
      profile.username === '' && !secrets.password
        ? ''
        : `${encodeURIComponent(profile.username.toWellFormed())}${secrets.password ? `:${encodeURIComponent(secrets.password.toWellFormed())}` : ''}@`;
    const uri = partsOf(profile.uri) || profile.uri.includes('://') ? profile.uri.replace('://', `://${info}`) : profile.uri;
    const isWebSocket = profile.uri.startsWith('ws');
    return stringify(
      {
        uri,
        ...(profile.clientId === null ? {} : { client_id: profile.clientId }),
        keep_alive: profile.keepAliveSeconds,
        ping_delay: profile.pingDelaySeconds,
        cleansession: profile.cleanStart,
        default_qos: publish.qos,
        default_retain: publish.retain,
        auto_reconnect: reconnect.enabled,
        reconnect_retries: reconnect.maxAttempts === 0 ? -1 : reconnect.maxAttempts,
        reconnect_max_interval: reconnect.maxIntervalSeconds,
        check_hostname: tls.checkHostName,
        ...(tls.ca === '' ? {} : { cadata: tls.ca }),
        ...(will
          ? { will: { topic: will.topic, message: will.payloadAs === 'text' ? will.payload : fromBase64(will.payload), qos: will.qos, retain: will.retain } }
          : {}),
        ...(publish.topics.length === 0
          ? {}
          : { topics: Object.fromEntries(publish.topics.map(({ topic, qos, retain }) => [topic, withoutNull({ qos, retain })])) }),
        ...(isWebSocket && profile.webSocket.headers.length > 0 ? { extra_headers: Object.fromEntries(profile.webSocket.headers) } : {}),
      },
      { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 },
    );
  });
  return { text: documents.join('---\n'), fileName: 'distmqtt.yaml', losses };
}

const withoutNull = (value: object): object => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
