import type { ConnectionToImport, Loss, TransferFormat } from '../../../../shared/contract/connection-transfer.ts';
import { plural } from '../../common/index.ts';

export const formatNames: Readonly<Record<TransferFormat, string>> = {
  uri: 'Addresses',
  mqttx: 'MQTTX',
  'mqtt-explorer': 'MQTT Explorer',
  distmqtt: 'distmqtt',
  mqttxx: 'mqttxx',
};

export const formatDetails: Readonly<Record<TransferFormat, string>> = {
  uri: 'mqtt://user@host:1883, one a line',
  mqttx: 'JSON, as MQTTX exports it',
  'mqtt-explorer': 'settings.json',
  distmqtt: 'YAML or JSON of a client',
  mqttxx: 'JSON of the configuration',
};

const versionNames = { '3.1': 'MQTT 3.1', '3.1.1': 'MQTT 3.1.1', '5': 'MQTT 5' } as const;

const secretNames = {
  password: 'password',
  privateKey: 'private key',
  pfx: 'PFX file',
  passphrase: 'passphrase',
  proxyPassword: 'password of the proxy',
} as const;

/** `mqtt://h · MQTT 5 · user ada with password · 2 subscriptions`. */
export function describeConnectionToImport(one: ConnectionToImport): string {
  const secrets = one.secrets.map((name) => secretNames[name]).join(' and ');
  const user = one.username === '' ? (secrets === '' ? '' : `with ${secrets}`) : `user ${one.username}${secrets === '' ? '' : ` with ${secrets}`}`;
  const parts = [
    one.uri,
    versionNames[one.version],
    user,
    one.subscriptions > 0 ? plural(one.subscriptions, 'subscription') : '',
    one.folder && `in ${one.folder}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** `2 settings are not carried over`; bookkeeping of the other tool does not count. */
export function describeLosses(losses: readonly Loss[]): string {
  const count = losses.filter(({ minor }) => !minor).length;
  if (count > 0) return `${plural(count, 'setting is', 'settings are')} not carried over as ${count === 1 ? 'it is' : 'they are'}`;
  return losses.length > 0 ? 'Everything that matters is carried over' : 'Everything is carried over';
}
