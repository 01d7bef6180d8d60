import { distmqttKeys, readDistmqtt, writeDistmqtt } from './distmqtt.ts';
import { readDocument } from './document.ts';
import { isPlain } from './fields.ts';
import { LossLog } from './losses.ts';
import { explorerStore, readMqttExplorer, writeMqttExplorer } from './mqtt-explorer.ts';
import { readMqttx, writeMqttx } from './mqttx.ts';
import { readMqttxx, writeMqttxx } from './mqttxx.ts';
import type { ExportedConnection, ExportResult, ImportResult, TransferFormat } from './transfer-types.ts';
import { looksLikeUris, readUris, writeUris } from './uri-list.ts';

export type * from './transfer-types.ts';

const readers = { mqttx: readMqttx, 'mqtt-explorer': readMqttExplorer, distmqtt: readDistmqtt, mqttxx: readMqttxx } as const;
const writers = { uri: writeUris, mqttx: writeMqttx, 'mqtt-explorer': writeMqttExplorer, distmqtt: writeDistmqtt, mqttxx: writeMqttxx } as const;

const failed = (format: TransferFormat | null, message: string, advice: string): ImportResult => ({
  format,
  connections: [],
  losses: [],
  problem: { code: 'invalid-input', message, advice },
});

/** Reads connections of other tools. `format` absent: recognised from the content. Never throws; bounded in time whatever the text is. */
export function importConnections(text: string, format?: TransferFormat): ImportResult {
  const whole = text.replace(/^\uFEFF/, '');
  if (whole.trim() === '') return failed(format ?? null, 'There is nothing to import.', 'Paste addresses or a configuration, or choose a file.');
  const log = new LossLog();
  if (format === 'uri' || (format === undefined && looksLikeUris(whole))) {
    if (whole.length > 1_000_000) return failed('uri', 'The list has more than 1,000,000 characters.', 'Import it in parts.');
    return finish('uri', readUris(whole, log), log);
  }
  const document = readDocument(whole);
  if ('problem' in document) return { ...failed(format ?? null, '', ''), problem: document.problem };
  const found = format ?? recognise(document.value);
  if (found === null) {
    return failed(
      null,
      'This is none of the formats known.',
      'Known are addresses, exports of MQTTX (JSON), settings.json of MQTT Explorer and configurations of distmqtt and mqttxx. Choose the format if it is one of them.',
    );
  }
  return finish(found, readers[found](document.value, log), log);
}

function finish(format: TransferFormat, connections: ImportResult['connections'], log: LossLog): ImportResult {
  const kept = connections.slice(0, 1000);
  if (kept.length < connections.length) log.add('', `${connections.length} connections`, 'At most 1000 are imported at once.');
  const losses = log.list();
  const problem =
    kept.length > 0 ? null : { code: 'invalid-input', message: 'There is no usable connection in it.', advice: losses[0]?.reason ?? 'Check the format.' };
  return { format, connections: kept, losses, problem };
}

/** By keys that only one of the tools writes. */
function recognise(value: unknown): Exclude<TransferFormat, 'uri'> | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isPlain(first)) return null;
  if ('broker_host' in first) return 'mqttxx';
  if (explorerStore in first || isExplorers(first)) return 'mqtt-explorer';
  if (('host' in first && ('clientId' in first || 'mqttVersion' in first)) || Array.isArray(first.children)) return 'mqttx';
  if (distmqttKeys.some((key) => Object.hasOwn(first, key))) return 'distmqtt';
  if (Array.isArray(value)) return null;
  return Object.values(first).some((one) => isPlain(one) && isExplorers(one)) ? 'mqtt-explorer' : null;
}

const isExplorers = (value: object): boolean => 'certValidation' in value || ('configVersion' in value && 'host' in value);

/** Writes connections for another tool. The secrets are those that are given: none unless they were asked for. */
export function exportConnections(connections: readonly ExportedConnection[], format: TransferFormat): ExportResult {
  return writers[format](connections);
}
