import type { ProfileDraft } from './profile-draft.ts';

interface Parameter {
  readonly name: string;
  readonly value: string | number | boolean | null;
  readonly line: number;
}

export const mqttdNames = [
  ...['host', 'port', 'ssl_context', 'config_file', 'redis_host', 'redis_port', 'redis_db', 'redis_password', 'redis_url', 'use_redis'],
  ...['enable_tcp', 'enable_quic', 'quic_port', 'quic_certfile', 'quic_keyfile'],
  ...['max_connections', 'max_connections_per_ip', 'max_messages_per_second', 'max_subscriptions_per_minute'],
] as const;

/** Of the config file for faults, of mqttd and of curl's test server. */
export const faultKeys = [
  ...['version', 'PUBLISH-before-SUBACK', 'short-PUBLISH', 'error-CONNACK', 'excessive-remaining', 'remlen-CONNACK', 'PINGRESP-as-CONNACK'],
  ...['DISCONNECT-malformed', 'Testnum'],
] as const;

const limits = {
  max_connections: 'maximumConnections',
  max_connections_per_ip: 'maximumConnectionsPerAddress',
  max_messages_per_second: 'messagesPerSecond',
  max_subscriptions_per_minute: 'subscriptionsPerMinute',
} as const;

/** Parameters of `MQTTApp`: `name=value` as in Python, or JSON. */
export function mqttdParameters(text: string): readonly Parameter[] {
  const pattern =
    /(?:^|[\s,({"'])([a-z][a-z_]{1,30})["']?\s*[=:]\s*("(?:[^"\\\n]|\\.){0,4000}"|'(?:[^'\\\n]|\\.){0,4000}'|-?[\d_]{1,20}|[A-Za-z_][\w.]{0,60})/g;
  const found: Parameter[] = [];
  let line = 1;
  let counted = 0;
  for (const match of withoutComments(text).matchAll(pattern)) {
    if (found.length >= 200) break;
    for (; counted < match.index + match[0].search(/[a-z]/); counted += 1) if (text[counted] === '\n') line += 1;
    found.push({ name: match[1] ?? '', value: valueOf(match[2] ?? ''), line });
  }
  return found;
}

/** Same length, so that lines stay. */
function withoutComments(text: string): string {
  return text.replaceAll(/(?<=^|[\s,])#[^\n]*/g, (comment) => ' '.repeat(comment.length));
}

function valueOf(text: string): Parameter['value'] {
  if (/^["']/.test(text)) return text.slice(1, -1);
  if (/^-?[\d_]+$/.test(text)) return Number(text.replaceAll('_', ''));
  if (/^(?:None|null)$/.test(text)) return null;
  if (/^(?:True|true)$/.test(text)) return true;
  if (/^(?:False|false)$/.test(text)) return false;
  return text;
}

export function readMqttd(text: string, draft: ProfileDraft): void {
  const parameters = mqttdParameters(text);
  const given = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const host = given.get('host')?.value ?? '0.0.0.0';
  const port = given.get('port')?.value ?? 1883;
  if (given.get('enable_tcp')?.value !== false) {
    const isSecure = (given.get('ssl_context')?.value ?? null) !== null;
    if (isSecure) {
      draft.changed(
        given.get('ssl_context')?.line ?? null,
        'ssl_context',
        'A context of Python names no files: the certificate “server” of the TLS lab is put in.',
      );
      draft.listener(given.get('port')?.line ?? 1, 'mqttd', { kind: 'tls', host, port, tls: { labCertificate: 'server' } });
    } else draft.listener(given.get('port')?.line ?? 1, 'mqttd', { kind: 'tcp', host, port });
  }
  for (const { name, value, line } of parameters) readParameter(name, value, line, draft);
}

function readParameter(name: string, value: Parameter['value'], line: number, draft: ProfileDraft): void {
  if (['host', 'port', 'ssl_context', 'enable_tcp'].includes(name) || value === null) return;
  const limit = Object.hasOwn(limits, name) ? limits[name as keyof typeof limits] : undefined;
  if (limit !== undefined) {
    draft.limit(line, name, limit, value as number);
    if (name === 'max_connections_per_ip') draft.changed(line, name, 'mqttd never counts down; here who leaves makes room.');
  } else if (name === 'config_file') draft.lost(line, name, 'It is about faults: import the file in the tab Faults.');
  else if (name.startsWith('redis_') || name === 'use_redis') {
    if (value !== false) draft.lost(line, name, 'Redis is set in the tab Redis. (In mqttd a “redis_host” switches it on.)');
  } else if (name.startsWith('quic_') || name === 'enable_quic') {
    if (value !== false) draft.lost(line, name, 'MQTT over QUIC is not offered.');
  } else if (!['true', 'false'].includes(name)) draft.lost(line, name, 'mqttd has no such parameter.');
}
