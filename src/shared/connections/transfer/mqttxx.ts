import type { ConnectionProfile } from '../../contract/connection-profile.ts';
import { newProfile } from '../new-profile.ts';
import { addressOf, partsOf } from './address.ts';
import { Fields, isPlain } from './fields.ts';
import { LossLog } from './losses.ts';
import { filesAreNotRead, nameOf } from './parts.ts';
import { noteUnwritten, noteUnwrittenSecrets } from './unwritten.ts';
import type { ExportedConnection, ExportResult, ImportedConnection } from './transfer-types.ts';

const maxText = 65_535;
const maxQueue = 100_000;
const verifyModes = { CERT_REQUIRED: 'required', CERT_OPTIONAL: 'optional', CERT_NONE: 'none' } as const;

/** One configuration, or a list of them; what it leaves out has the defaults of mqttxx 2.0. */
export function readMqttxx(value: unknown, log: LossLog): ImportedConnection[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return entries.slice(0, 1000).flatMap((entry, at) => {
    const path = Array.isArray(value) ? `[${at}]` : '';
    if (isPlain(entry)) return readOne(entry, path, log) ?? [];
    log.add(path, entry, 'A configuration of mqttxx is an object with keys.');
    return [];
  });
}

function readOne(entry: Readonly<Record<string, unknown>>, path: string, all: LossLog): ImportedConnection | null {
  const log = new LossLog();
  const from = new Fields(entry, '', log);
  const tls = from.fields('tls');
  const isSecure = tls?.flag('enabled') ?? false;
  const host = from.text('broker_host', 255) ?? '';
  const address = addressOf({ scheme: isSecure ? 'mqtts' : 'mqtt', host, port: from.number('broker_port', { min: 1, max: 65_535 }) ?? 1883 });
  if ('problem' in address) {
    all.add(path === '' ? 'broker_host' : `${path}.broker_host`, host, address.problem);
    return null;
  }
  const protocol = from.take('protocol');
  const isFive = protocol === 5 || (protocol === undefined && (from.has('clean_start') || from.has('session_expiry_interval')));
  if (protocol !== undefined && protocol !== 3 && protocol !== 4 && protocol !== 5) from.note('protocol', protocol, 'It has to be 3, 4 or 5.');
  // 4.x has user name and password at the top.
  const auth = from.fields('auth');
  const password = auth?.text('password', maxText, { secret: true }) ?? from.text('password', maxText, { secret: true }) ?? '';
  const username = auth?.text('username', maxText) ?? from.text('username', maxText) ?? '';
  auth?.rest('The workbench does not know this key.');
  const clientId = from.text('client_id', maxText) ?? '';
  const cleanSession = isFive ? (from.flag('clean_start') ?? true) : (from.flag('clean_session') ?? false);
  if (!cleanSession && clientId === '')
    log.add(isFive ? 'clean_start' : 'clean_session', false, 'Without a client id mqttxx never connects like this: clean start is on, with a generated id.');
  const expiry = from.number('session_expiry_interval', { min: 0, max: 4_294_967_295 });
  const queue = from.number('max_queued_messages', { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 0;
  if (queue > maxQueue) log.add('max_queued_messages', queue, `At most ${maxQueue} wait here.`);
  if (queue === 0 && from.has('max_queued_messages')) log.add('max_queued_messages', 0, `It means no limit there; at most ${maxQueue} wait here.`);
  const base = newProfile('');
  const profile = newProfile('import', {
    name: nameOf('', address.uri),
    uri: address.uri,
    clientId: clientId === '' ? null : clientId,
    version: isFive ? '5' : protocol === 3 ? '3.1' : '3.1.1',
    username,
    keepAliveSeconds: from.number('keepalive', { min: 0, max: 65_535 }) ?? 60,
    cleanStart: cleanSession || clientId === '',
    connectProperties: { ...base.connectProperties, sessionExpirySeconds: isFive ? (expiry ?? null) : null },
    tls: { ...base.tls, ...readTls(tls) },
    reconnect: readReconnect(from.fields('reconnect'), log),
    limits: {
      maxQueuedMessages: queue === 0 ? maxQueue : Math.min(queue, maxQueue),
      maxPayloadBytes: from.number('max_payload_size', { min: 0, max: 268_435_455 }) ?? 1_048_576,
    },
  });
  from.lose('presence', 'Presence is a matter of the calls (mqttxx 3.x), not of the connection.', { unless: [] });
  for (const key of ['message_queue_maxsize', 'num_workers', 'log_level']) from.lose(key, 'It tells how the Python program works inside.', { minor: true });
  for (const key of ['default_timeout', 'max_concurrent_calls']) from.lose(key, 'It belongs to the calls: set it where calls are made.');
  from.rest('The workbench does not know this key of mqttxx.');
  return { profile, secrets: password === '' ? {} : { password }, losses: log.list() };
}

function readTls(from: Fields | undefined): Partial<ConnectionProfile['tls']> {
  if (!from) return {};
  // An enumeration of Python's ssl, written as a number by some: CERT_NONE 0, CERT_OPTIONAL 1, CERT_REQUIRED 2.
  const given = from.take('verify_mode');
  const name = typeof given === 'number' ? (['CERT_NONE', 'CERT_OPTIONAL', 'CERT_REQUIRED'] as const)[given] : given;
  const verify = typeof name === 'string' && Object.hasOwn(verifyModes, name) ? verifyModes[name as keyof typeof verifyModes] : undefined;
  if (given !== undefined && verify === undefined) from.note('verify_mode', given, 'mqttxx ignores what it does not know: CERT_REQUIRED counts.');
  const check = from.flag('check_hostname') ?? true;
  const mode = verify ?? 'required';
  if (!check && mode === 'optional') from.note('check_hostname', check, 'It counts only with CERT_REQUIRED: with CERT_OPTIONAL the host name is checked.');
  for (const key of ['ca_certs', 'certfile', 'keyfile']) from.lose(key, filesAreNotRead, { unless: [''] });
  from.rest('The workbench does not know this key.');
  return { verify: mode, checkHostName: mode === 'optional' ? true : check };
}

function readReconnect(from: Fields | undefined, log: LossLog): ConnectionProfile['reconnect'] {
  const seconds = { min: 0.01, max: 86_400, whole: false };
  const enabled = from?.flag('enabled') ?? true;
  if (!enabled) log.add('reconnect.enabled', false, 'It is off here; mqttxx itself ignores it and always reconnects.');
  const policy = {
    enabled,
    intervalSeconds: from?.number('interval', seconds) ?? 5,
    multiplier: from?.number('backoff_multiplier', { min: 1, max: 100, whole: false }) ?? 1.5,
    maxIntervalSeconds: from?.number('max_interval', seconds) ?? 60,
    maxAttempts: from?.number('max_attempts', { min: 0, max: 1_000_000 }) ?? 0,
    jitter: 0,
    retryFirst: true,
  };
  from?.rest('The workbench does not know this key.');
  return policy;
}

/** One configuration as an object, several as a list. */
export function writeMqttxx(connections: readonly ExportedConnection[]): ExportResult {
  const losses = [];
  const entries = [];
  for (const { profile, secrets } of connections) {
    const log = new LossLog();
    const parts = partsOf(profile.uri);
    if (!parts || parts.scheme === 'ws' || parts.scheme === 'wss') {
      log.add('uri', profile.uri, `mqttxx has no ${parts ? 'WebSocket' : 'variables'}: this connection is left out.`);
      losses.push(log.list());
      continue;
    }
    const { reconnect, tls, limits } = profile;
    if (limits.maxQueuedMessages === 0) log.add('limits.maxQueuedMessages', 0, 'mqttxx reads 0 as no limit, so 1 is written.');
    if (!reconnect.enabled) log.add('reconnect.enabled', false, 'mqttxx ignores it and always reconnects.');
    if (reconnect.enabled && !reconnect.retryFirst) log.add('reconnect.retryFirst', false, 'mqttxx also repeats a first attempt that fails.');
    const known = ['uri', 'clientId', 'version', 'username', 'keepAliveSeconds', 'cleanStart', 'connectProperties.sessionExpirySeconds', 'limits'].concat(
      ['tls.verify', 'tls.checkHostName', 'reconnect.enabled', 'reconnect.intervalSeconds', 'reconnect.multiplier', 'reconnect.maxIntervalSeconds'],
      ['reconnect.maxAttempts', 'reconnect.retryFirst'],
    );
    noteUnwritten(profile, known, 'mqttxx', log);
    noteUnwrittenSecrets(secrets, ['password'], 'mqttxx', log);
    const mode = Object.entries(verifyModes).find(([, verify]) => verify === tls.verify)?.[0] ?? 'CERT_REQUIRED';
    entries.push({
      broker_host: parts.host,
      broker_port: parts.port,
      client_id: profile.clientId ?? '',
      keepalive: profile.keepAliveSeconds,
      ...(profile.version === '5'
        ? { protocol: 5, clean_start: profile.cleanStart, session_expiry_interval: profile.connectProperties.sessionExpirySeconds ?? undefined }
        : { ...(profile.version === '3.1' ? { protocol: 3 } : {}), clean_session: profile.cleanStart }),
      max_queued_messages: Math.max(1, limits.maxQueuedMessages),
      max_payload_size: limits.maxPayloadBytes ?? 268_435_455,
      tls: { enabled: parts.scheme === 'mqtts', verify_mode: mode, check_hostname: tls.checkHostName },
      auth: { username: profile.username === '' ? null : profile.username, password: secrets.password ?? null },
      reconnect: {
        enabled: reconnect.enabled,
        interval: reconnect.intervalSeconds,
        backoff_multiplier: reconnect.multiplier,
        max_interval: reconnect.maxIntervalSeconds,
        max_attempts: reconnect.maxAttempts,
      },
    });
    losses.push(log.list());
  }
  const content = entries.length === 1 ? entries[0] : entries;
  return { text: `${JSON.stringify(content, null, 2)}\n`, fileName: 'mqttxx.json', losses };
}
