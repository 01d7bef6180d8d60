import type { ConnectionProfile } from '../../contract/connection-profile.ts';
import { newProfile } from '../new-profile.ts';
import { addressOf, partsOf } from './address.ts';
import { Fields, isPlain } from './fields.ts';
import { LossLog } from './losses.ts';
import {
  filesAreNotRead,
  fromBase64,
  hexOf,
  isPem,
  nameOf,
  nearestColor,
  readBytes,
  readFilter,
  readUserProperties,
  toBase64,
  writeUserProperties,
} from './parts.ts';
import { noteUnwritten, noteUnwrittenOptions, noteUnwrittenSecrets } from './unwritten.ts';
import type { ExportedConnection, ExportResult, ImportedConnection } from './transfer-types.ts';

// Seen in emqx/MQTTX: ExportData.vue writes one connection or an array of them; utils/mqttUtils.ts tells what the keys do (certificates are paths,
// `clientIdWithTime` appends the time, the protocol follows `ssl` where it is absent); src/types has the properties of MQTT 5 and `nl`, `rap`, `rh`.

const maxConnections = 1000;
const maxText = 65_535;
const bookkeeping = 'Bookkeeping of MQTTX.';

export function readMqttx(value: unknown, log: LossLog): ImportedConnection[] {
  const found: ImportedConnection[] = [];
  const read = (entries: readonly unknown[], at: string, folder: string): void => {
    for (const [index, entry] of entries.entries()) {
      const path = `${at}[${index}]`;
      if (!isPlain(entry)) log.add(path, entry, 'A connection is an object with keys.');
      else if (Array.isArray(entry.children))
        read(entry.children, `${path}.children`, `${folder}${folder === '' ? '' : '/'}${String(entry.name)}`.slice(0, 500));
      else if (found.length >= maxConnections) log.add(path, entry.name, `At most ${maxConnections} connections are imported at once.`);
      else {
        const connection = readOne(entry, path, folder, log);
        if (connection) found.push(connection);
      }
    }
  };
  read(Array.isArray(value) ? value : [value], '', '');
  return found;
}

function readOne(entry: Readonly<Record<string, unknown>>, path: string, folder: string, all: LossLog): ImportedConnection | null {
  const log = new LossLog();
  const from = new Fields(entry, '', log);
  const isSecure = from.flag('ssl') ?? false;
  const scheme = from.choice('protocol', ['mqtt', 'mqtts', 'ws', 'wss']) ?? (isSecure ? 'mqtts' : 'mqtt');
  const where = from.text('path', 2000) ?? '';
  const address = addressOf({ scheme, host: from.text('host', 255) ?? '', port: from.number('port', { min: 1, max: 65_535 }), path: where });
  if ('problem' in address) {
    all.add(path, entry.name ?? entry.host, address.problem);
    return null;
  }
  const name = nameOf(from.text('name', 1000), address.uri);
  const password = from.text('password', maxText, { secret: true }) ?? '';
  const clientId = from.text('clientId', maxText) ?? '';
  const suffix = from.flag('clientIdWithTime') ?? false;
  if (suffix && clientId !== '') from.note('clientIdWithTime', true, 'Eight random digits are appended here instead of the time.', { minor: true });
  const period = from.number('reconnectPeriod', { min: 10, max: 86_400_000 });
  const reconnects = from.flag('reconnect');
  const seconds = period === undefined ? 4 : period / 1000;
  const version = from.choice('mqttVersion', ['3.1', '3.1.1', '5.0', '5']);
  const pem = (key: 'ca' | 'cert' | 'key'): string => {
    const given = entry[key];
    if (typeof given === 'string' && isPem(given)) return from.text(key, 1_000_000, { secret: key === 'key' }) ?? '';
    from.lose(key, filesAreNotRead, { unless: [''] });
    return '';
  };
  const ca = pem('ca');
  const certificate = pem('cert');
  const privateKey = pem('key');
  const alpn = (from.text('ALPNProtocols', 2000) ?? '').split(',').map((one) => one.trim());
  const properties = from.fields('properties');
  const profile = newProfile('import', {
    name,
    folder,
    uri: address.uri,
    clientId: clientId === '' ? null : clientId,
    clientIdSuffix: suffix && clientId !== '',
    version: version === '5.0' ? '5' : (version ?? '3.1.1'),
    username: from.text('username', maxText) ?? '',
    keepAliveSeconds: from.number('keepalive', { min: 0, max: 65_535 }) ?? 60,
    cleanStart: from.flag('clean') ?? true,
    connectTimeoutSeconds: from.number('connectTimeout', { min: 1, max: 300, whole: false }) ?? 10,
    reconnect: { ...newProfile('').reconnect, enabled: reconnects ?? false, intervalSeconds: seconds, multiplier: 1, maxIntervalSeconds: seconds, jitter: 0 },
    tls: {
      ...newProfile('').tls,
      verify: (from.flag('rejectUnauthorized') ?? true) ? 'required' : 'none',
      ca,
      certificate,
      alpn: alpn.filter((one) => one !== '' && one.length <= 255).slice(0, 20),
    },
    will: readWill(from),
    ...readProperties(properties),
    subscriptions: readSubscriptions(from, log),
  });
  from.lose('certType', 'Whether own files are used follows from whether there are any.', { minor: true, unless: ['', 'server'] });
  from.lose('messages', 'Messages are not imported.', { unless: [] });
  from.lose('pushProps', 'Properties of publishing are chosen when one publishes.', { unless: [] });
  from.lose('resubscribe', 'Subscriptions are always restored here.', { minor: true, unless: [true] });
  for (const key of ['id', 'createAt', 'updateAt', 'unreadMessageCount', 'client', 'isCollection', 'parentId', 'collectionId', 'orderId'])
    from.lose(key, bookkeeping, { minor: true, unless: [] });
  from.rest('The workbench does not know this key of MQTTX.');
  const secrets = { ...(password === '' ? {} : { password }), ...(privateKey === '' ? {} : { privateKey }) };
  return { profile, secrets, losses: log.list() };
}

function readWill(from: Fields): ConnectionProfile['will'] {
  const will = from.fields('will');
  if (!will) return null;
  const topic = will.text('lastWillTopic', maxText) ?? '';
  const payload = will.text('lastWillPayload', 100_000) ?? '';
  const qos = will.qos('lastWillQos') ?? 0;
  const retain = will.flag('lastWillRetain') ?? false;
  const more = will.fields('properties');
  will.lose('id', bookkeeping, { minor: true });
  will.rest('The workbench does not know this key of a will.');
  if (topic === '') return null;
  const correlation = more?.take('correlationData');
  const correlationData = correlation === undefined ? '' : readBytes(correlation);
  if (more && (correlationData === undefined || correlationData.length > 90_000))
    more.note('correlationData', correlation, 'These are no bytes of an acceptable length.');
  const result = {
    topic,
    payload,
    payloadAs: 'text' as const,
    qos,
    retain,
    delaySeconds: more?.number('willDelayInterval', { min: 0, max: 4_294_967_295 }) ?? 0,
    messageExpirySeconds: more?.number('messageExpiryInterval', { min: 0, max: 4_294_967_295 }) ?? null,
    contentType: more?.text('contentType', maxText) ?? '',
    responseTopic: more?.text('responseTopic', maxText) ?? '',
    correlationData: correlationData !== undefined && correlationData.length <= 90_000 ? correlationData : '',
    payloadIsUtf8: more?.flag('payloadFormatIndicator') ?? false,
    userProperties: more ? readUserProperties(more, 'userProperties') : [],
  };
  more?.rest('The workbench does not know this property of a will.');
  return result;
}

function readProperties(from: Fields | undefined): Partial<ConnectionProfile> {
  if (!from) return {};
  const uint32 = { min: 0, max: 4_294_967_295 };
  const method = from.text('authenticationMethod', maxText) ?? '';
  const data = from.take('authenticationData');
  const initialData = data === undefined ? '' : readBytes(data);
  if (data !== undefined && (method === '' || initialData === undefined || initialData.length > 90_000))
    from.note('authenticationData', data, 'It needs a method, and bytes of an acceptable length.', { secret: true });
  const result: Partial<ConnectionProfile> = {
    connectProperties: {
      sessionExpirySeconds: from.number('sessionExpiryInterval', uint32) ?? null,
      receiveMaximum: from.number('receiveMaximum', { min: 1, max: 65_535 }) ?? null,
      maximumPacketSize: from.number('maximumPacketSize', { ...uint32, min: 1 }) ?? null,
      topicAliasMaximum: from.number('topicAliasMaximum', { min: 0, max: 65_535 }) ?? null,
      requestResponseInformation: from.flag('requestResponseInformation') ?? null,
      requestProblemInformation: from.flag('requestProblemInformation') ?? null,
      userProperties: readUserProperties(from, 'userProperties'),
    },
    ...(method === ''
      ? {}
      : { authentication: { kind: 'dialog', method, initialData: initialData !== undefined && initialData.length <= 90_000 ? initialData : '' } }),
  };
  from.rest('The workbench does not know this property of CONNECT.');
  return result;
}

function readSubscriptions(from: Fields, log: LossLog): ConnectionProfile['subscriptions'] {
  const list = from.list('subscriptions').slice(0, 10_000);
  return list.flatMap(({ value, path }) => {
    if (!isPlain(value)) {
      log.add(path, value, 'A subscription is an object with keys.');
      return [];
    }
    const one = new Fields(value, path, log);
    const subscription = readFilter(one.take('topic'), `${path}.topic`, log);
    if (!subscription) return [];
    const handling = one.take('rh') ?? 0;
    if (handling !== 0 && handling !== 1 && handling !== 2) one.note('rh', handling, 'It has to be 0, 1 or 2.');
    const result = {
      ...subscription,
      qos: one.qos('qos') ?? 0,
      enabled: !(one.flag('disabled') ?? false),
      alias: one.text('alias', 200) ?? '',
      color: nearestColor(one.text('color', 100) ?? ''),
      noLocal: one.flag('nl') ?? false,
      retainAsPublished: one.flag('rap') ?? false,
      retainHandling: handling === 1 ? (1 as const) : handling === 2 ? (2 as const) : (0 as const),
      identifier: one.number('subscriptionIdentifier', { min: 1, max: 268_435_455 }) ?? null,
    };
    for (const key of ['id', 'createAt', 'retain', 'connectionId']) one.lose(key, bookkeeping, { minor: true });
    one.rest('The workbench does not know this option of a subscription.');
    return [result];
  });
}

/** An array, as MQTTX writes all its connections. */
export function writeMqttx(connections: readonly ExportedConnection[]): ExportResult {
  const losses = [];
  const entries = [];
  for (const { profile, secrets } of connections) {
    const log = new LossLog();
    const parts = partsOf(profile.uri);
    if (!parts) {
      log.add('uri', profile.uri, 'MQTTX has no variables in addresses: this connection is left out.');
      losses.push(log.list());
      continue;
    }
    if (profile.clientId === null) log.add('clientId', null, 'MQTTX needs a client id: "workbench" with the time behind it is written.');
    const { reconnect, tls, connectProperties: connect, will, authentication } = profile;
    if (reconnect.enabled && reconnect.multiplier !== 1)
      log.add('reconnect.multiplier', reconnect.multiplier, 'MQTTX always waits the same time: the first wait is written.');
    if (reconnect.jitter !== 0) log.add('reconnect.jitter', reconnect.jitter, 'MQTTX has no setting for it.');
    if (tls.verify === 'optional') log.add('tls.verify', tls.verify, 'MQTTX knows only on and off: it is on.');
    if (authentication?.kind === 'scram-sha-256') log.add('authentication', 'scram-sha-256', 'MQTTX cannot answer challenges.');
    if (will?.payloadAs === 'base64') log.add('will.payload', will.payload, 'MQTTX has texts alone: the Base64 is written as it is.');
    noteUnwritten(
      profile,
      ['name', 'uri', 'clientId', 'clientIdSuffix', 'version', 'username', 'keepAliveSeconds', 'cleanStart', 'connectTimeoutSeconds', 'subscriptions'].concat(
        [
          'will',
          'connectProperties',
          'authentication',
          'reconnect.enabled',
          'reconnect.intervalSeconds',
          'reconnect.multiplier',
          'reconnect.maxIntervalSeconds',
        ],
        ['reconnect.jitter', 'tls.verify', 'tls.alpn'],
      ),
      'MQTTX',
      log,
    );
    noteUnwrittenOptions(
      profile.subscriptions,
      ['qos', 'enabled', 'alias', 'color', 'noLocal', 'retainAsPublished', 'retainHandling', 'identifier'],
      'MQTTX',
      log,
    );
    noteUnwrittenSecrets(secrets, ['password'], 'MQTTX', log);
    const isSecure = parts.scheme === 'mqtts' || parts.scheme === 'wss';
    entries.push({
      name: profile.name,
      clientId: profile.clientId ?? 'workbench',
      clientIdWithTime: profile.clientId === null || profile.clientIdSuffix,
      protocol: parts.scheme,
      host: parts.host,
      port: parts.port,
      path: parts.path,
      ssl: isSecure,
      certType: isSecure ? 'server' : '',
      rejectUnauthorized: tls.verify !== 'none',
      ALPNProtocols: tls.alpn.length === 0 ? null : tls.alpn.join(','),
      ca: '',
      cert: '',
      key: '',
      mqttVersion: profile.version === '5' ? '5.0' : profile.version,
      username: profile.username,
      password: secrets.password ?? '',
      keepalive: profile.keepAliveSeconds,
      clean: profile.cleanStart,
      connectTimeout: profile.connectTimeoutSeconds,
      reconnect: reconnect.enabled,
      reconnectPeriod: Math.round(Math.min(reconnect.intervalSeconds * reconnect.multiplier, reconnect.maxIntervalSeconds) * 1000),
      subscriptions: profile.subscriptions.map((one) => ({
        topic: one.filter,
        qos: one.qos,
        disabled: !one.enabled,
        alias: one.alias,
        color: hexOf(one.color),
        nl: one.noLocal,
        rap: one.retainAsPublished,
        rh: one.retainHandling,
        subscriptionIdentifier: one.identifier,
      })),
      messages: [],
      will: {
        lastWillTopic: will?.topic ?? '',
        lastWillPayload: will?.payload ?? '',
        lastWillQos: will?.qos ?? 0,
        lastWillRetain: will?.retain ?? false,
        properties: will
          ? {
              willDelayInterval: will.delaySeconds,
              messageExpiryInterval: will.messageExpirySeconds,
              contentType: will.contentType,
              responseTopic: will.responseTopic,
              correlationData: will.correlationData === '' ? undefined : bufferOf(will.correlationData),
              payloadFormatIndicator: will.payloadIsUtf8,
              userProperties: writeUserProperties(will.userProperties),
            }
          : {},
      },
      properties: {
        sessionExpiryInterval: connect.sessionExpirySeconds,
        receiveMaximum: connect.receiveMaximum,
        maximumPacketSize: connect.maximumPacketSize,
        topicAliasMaximum: connect.topicAliasMaximum,
        requestResponseInformation: connect.requestResponseInformation,
        requestProblemInformation: connect.requestProblemInformation,
        userProperties: writeUserProperties(connect.userProperties),
        ...(authentication?.kind === 'dialog'
          ? {
              authenticationMethod: authentication.method,
              authenticationData: authentication.initialData === '' ? undefined : bufferOf(authentication.initialData),
            }
          : {}),
      },
    });
    losses.push(log.list());
  }
  return { text: `${JSON.stringify(entries, null, 2)}\n`, fileName: 'mqttx-connections.json', losses };
}

/** As Node writes a Buffer in JSON. */
function bufferOf(base64: string): { readonly type: 'Buffer'; readonly data: readonly number[] } {
  return { type: 'Buffer', data: [...(fromBase64(base64) ?? fromBase64(toBase64(new TextEncoder().encode(base64))) ?? [])] };
}
