import { newProfile } from '../new-profile.ts';
import { addressOf, partsOf } from './address.ts';
import { Fields, isPlain } from './fields.ts';
import { LossLog } from './losses.ts';
import { fromBase64, isPem, nameOf, readFilter, toBase64 } from './parts.ts';
import { noteUnwritten, noteUnwrittenOptions, noteUnwrittenSecrets } from './unwritten.ts';
import type { ExportedConnection, ExportResult, ImportedConnection } from './transfer-types.ts';

// Seen in thomasnordquist/MQTT-Explorer: model/ConnectionOptions.ts has the keys (certificates as Base64 of a file), actions/ConnectionManager.ts the
// store `ConnectionManager_connections`, actions/migrations/Connection.ts subscriptions as plain texts before version 1 and generated client ids dropped.

export const explorerStore = 'ConnectionManager_connections';
const maxConnections = 1000;
const maxText = 65_535;

/** The whole of settings.json, the dictionary of connections in it, or one of them. */
export function readMqttExplorer(value: unknown, log: LossLog): ImportedConnection[] {
  if (!isPlain(value)) {
    log.add('', value, 'Settings of MQTT Explorer are an object with keys.');
    return [];
  }
  const settings = new Fields(value, '', log);
  const inStore = settings.has(explorerStore);
  const entries = inStore ? settings.fields(explorerStore)?.entries() : 'host' in value ? [['', value] as const] : settings.entries();
  if (inStore) settings.rest('A setting of MQTT Explorer that is no connection.');
  const found: ImportedConnection[] = [];
  for (const [key, entry] of entries ?? []) {
    if (!isPlain(entry)) log.add(key, entry, 'A connection is an object with keys.');
    else if (found.length >= maxConnections) log.add(key, entry.name, `At most ${maxConnections} connections are imported at once.`);
    else {
      const connection = readOne(entry, key, log);
      if (connection) found.push(connection);
    }
  }
  return found;
}

function readOne(entry: Readonly<Record<string, unknown>>, path: string, all: LossLog): ImportedConnection | null {
  const log = new LossLog();
  const from = new Fields(entry, '', log);
  const isSecure = from.flag('encryption') ?? false;
  const isWebSocket = from.choice('protocol', ['mqtt', 'ws']) === 'ws';
  const basePath = from.text('basePath', 2000) ?? '';
  const scheme = isWebSocket ? (isSecure ? 'wss' : 'ws') : isSecure ? 'mqtts' : 'mqtt';
  const address = addressOf({ scheme, host: from.text('host', 255) ?? '', port: from.number('port', { min: 1, max: 65_535 }), path: basePath });
  if ('problem' in address) {
    all.add(path, entry.name ?? entry.host, address.problem);
    return null;
  }
  const clientId = from.text('clientId', maxText) ?? '';
  const isGenerated = /^mqtt-explorer-[0-9a-f]{8}$/.test(clientId);
  if (isGenerated) from.note('clientId', clientId, 'MQTT Explorer generated it; a new one is generated for each connect here.', { minor: true });
  const password = from.text('password', maxText, { secret: true }) ?? '';
  const privateKey = readCertificate(from, 'clientKey', 'PRIVATE KEY');
  const profile = newProfile('import', {
    name: nameOf(from.text('name', 1000), address.uri),
    uri: address.uri,
    clientId: clientId === '' || isGenerated ? null : clientId,
    // MQTT.js, which it uses, speaks 3.1.1 unless told otherwise.
    version: '3.1.1',
    username: from.text('username', maxText) ?? '',
    tls: {
      ...newProfile('').tls,
      verify: (from.flag('certValidation') ?? true) ? 'required' : 'none',
      ca: readCertificate(from, 'selfSignedCertificate', 'CERTIFICATE'),
      certificate: readCertificate(from, 'clientCertificate', 'CERTIFICATE'),
    },
    subscriptions: from
      .list('subscriptions')
      .slice(0, 10_000)
      .flatMap(({ value, path: at }) => {
        const one = isPlain(value) ? new Fields(value, at, log) : undefined;
        const subscription = readFilter(one ? one.take('topic') : value, at, log);
        const qos = one?.qos('qos') ?? 0;
        one?.rest('The workbench does not know this option of a subscription.');
        return subscription ? [{ ...subscription, qos }] : [];
      }),
  });
  for (const key of ['id', 'type', 'configVersion', 'order']) from.lose(key, 'Bookkeeping of MQTT Explorer.', { minor: true });
  from.rest('The workbench does not know this key of MQTT Explorer.');
  return { profile, secrets: { ...(password === '' ? {} : { password }), ...(privateKey === '' ? {} : { privateKey }) }, losses: log.list() };
}

/** PEM; what is DER becomes PEM. */
function readCertificate(from: Fields, key: string, kind: 'CERTIFICATE' | 'PRIVATE KEY'): string {
  const file = from.fields(key);
  if (!file) return '';
  const secret = kind === 'PRIVATE KEY';
  const data = file.text('data', 1_000_000, { secret }) ?? '';
  file.lose('name', 'The name of the file is not kept.', { minor: true });
  file.rest('The workbench does not know this key.');
  if (data === '') return '';
  const bytes = fromBase64(data);
  const text = bytes ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) : data;
  if (isPem(text)) return text;
  // The first byte of a certificate or key in DER is that of an ASN.1 SEQUENCE.
  if (bytes?.[0] === 0x30 && !secret) return `-----BEGIN ${kind}-----\n${(toBase64(bytes).match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${kind}-----\n`;
  file.note('data', data, 'It is neither PEM nor DER; choose the file in the connection.', { secret });
  return '';
}

/** A settings.json with nothing but connections. */
export function writeMqttExplorer(connections: readonly ExportedConnection[]): ExportResult {
  const losses = [];
  const entries: [string, unknown][] = [];
  for (const [at, { profile, secrets }] of connections.entries()) {
    const log = new LossLog();
    const parts = partsOf(profile.uri);
    if (!parts) {
      log.add('uri', profile.uri, 'MQTT Explorer has no variables: this connection is left out.');
      losses.push(log.list());
      continue;
    }
    const { tls } = profile;
    if (profile.version !== '3.1.1') log.add('version', profile.version, 'MQTT Explorer speaks 3.1.1.');
    if (tls.verify === 'optional') log.add('tls.verify', tls.verify, 'MQTT Explorer knows only on and off: it is on.');
    const enabled = profile.subscriptions.filter((one) => one.enabled);
    const off = profile.subscriptions.length - enabled.length;
    if (off > 0) log.add('subscriptions', `${off} switched off`, 'MQTT Explorer cannot switch subscriptions off: they are left out.');
    const known = ['name', 'uri', 'clientId', 'version', 'username', 'subscriptions', 'tls.verify', 'tls.ca', 'tls.certificate'];
    noteUnwritten(profile, known, 'MQTT Explorer', log);
    noteUnwrittenOptions(enabled, ['qos'], 'MQTT Explorer', log);
    noteUnwrittenSecrets(secrets, ['password', 'privateKey'], 'MQTT Explorer', log);
    const id = `workbench-${at + 1}`;
    const file = (name: string, pem: string | undefined): object | undefined => (pem ? { name, data: toBase64(new TextEncoder().encode(pem)) } : undefined);
    entries.push([
      id,
      {
        configVersion: 1,
        type: 'mqtt',
        id,
        name: profile.name,
        protocol: parts.scheme.startsWith('ws') ? 'ws' : 'mqtt',
        encryption: parts.scheme === 'mqtts' || parts.scheme === 'wss',
        host: parts.host,
        port: parts.port,
        basePath: parts.path === '' ? undefined : parts.path.slice(1),
        clientId: profile.clientId ?? undefined,
        username: profile.username === '' ? undefined : profile.username,
        password: secrets.password,
        certValidation: tls.verify !== 'none',
        selfSignedCertificate: file('ca.pem', tls.ca),
        clientCertificate: file('client.pem', tls.certificate),
        clientKey: file('client.key', secrets.privateKey),
        subscriptions: enabled.map(({ filter, qos }) => ({ topic: filter, qos })),
        order: at,
      },
    ]);
    losses.push(log.list());
  }
  return { text: `${JSON.stringify({ [explorerStore]: Object.fromEntries(entries) }, null, 2)}\n`, fileName: 'settings.json', losses };
}
