import type { TopicBridge } from '../../contract/topic-bridges.ts';
import { parseBrokerUri } from '../../mqtt/broker-uri.ts';

/** A bridge with what its remote is at the end. */
export interface WrittenBridge {
  readonly bridge: TopicBridge;
  /** Of the remote; `null`: its connection is gone. */
  readonly uri: string | null;
  readonly username: string;
  readonly version: TopicBridge['version'];
}

const versions = { '3.1': 'mqttv31', '3.1.1': 'mqttv311', '5': 'mqttv50' } as const;

/** Bridges as sections of a mosquitto.conf, and in sentences what is not in them. Passwords are left out. */
export function writeMosquittoConf(bridges: readonly WrittenBridge[]): { readonly text: string; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const texts = bridges.flatMap((one) => writeOne(one, (message) => void notes.push(`“${one.bridge.name}”: ${message}`)));
  return { text: texts.join('\n'), notes };
}

function writeOne({ bridge, uri, username, version }: WrittenBridge, say: (message: string) => void): readonly string[] {
  const parsed = parseBrokerUri(uri ?? '');
  if (!parsed.ok) {
    say('left out, as its address is not known.');
    return [];
  }
  const { scheme, host, port } = parsed.value;
  if (scheme === 'ws' || scheme === 'wss') {
    say('left out: mosquitto has no bridges over WebSocket.');
    return [];
  }
  const isTls = scheme === 'mqtts';
  const lines = [
    `connection ${oneLine(bridge.name)}`,
    `address ${host.includes(':') ? `[${host}]` : host}:${port}`,
    `bridge_protocol_version ${versions[version]}`,
    `remote_clientid ${bridge.clientId === '' ? `bridge-${bridge.id}` : oneLine(bridge.clientId)}`,
    ...(username === '' ? [] : [`remote_username ${oneLine(username)}`]),
    `cleansession ${bridge.cleanStart}`,
    `keepalive_interval ${bridge.keepAliveSeconds}`,
    `try_private ${bridge.tryPrivate}`,
    `start_type ${bridge.autoStart ? 'automatic' : 'once'}`,
    ...(isTls ? ['bridge_capath /etc/ssl/certs'] : []),
    ...(isTls && bridge.remote.kind === 'address' && bridge.remote.verify === 'none' ? ['bridge_insecure true'] : []),
  ];
  if (username !== '') say('its password is not in the file: add “remote_password …”.');
  if (isTls && bridge.remote.kind === 'address' && bridge.remote.ca !== '')
    say('write its authorities into a file, and name it with “bridge_cafile …” in place of “bridge_capath …”.');
  if (bridge.remote.kind === 'connection' && isTls) say('certificates, keys and pins of its connection are not in the file.');
  if (bridge.rules.some(({ direction, retain }) => retain === 'clear' && direction !== 'in')) {
    if (bridge.rules.every(({ direction, retain }) => retain === 'clear' || direction === 'in')) lines.push('bridge_outgoing_retain false');
    else say('some rules carry messages without Retain, which mosquitto can only for all of a bridge.');
  }
  for (const { direction, filter, localPrefix, remotePrefix, qos } of bridge.rules) {
    if ([filter, localPrefix, remotePrefix].some((part) => /[\s"]/.test(part))) {
      say(`the rule for “${localPrefix}${filter}” is left out: spaces and quotes cannot be written in a line of mosquitto.`);
      continue;
    }
    lines.push(`topic ${word(filter)} ${direction} ${qos} ${word(localPrefix)} ${word(remotePrefix)}`);
  }
  return [`${lines.join('\n')}\n`];
}

const word = (text: string): string => (text === '' ? '""' : text);
/** What would end the line would begin another option. */
const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').trim();
