import type { ConnectionProfile } from '../contract/connection-profile.ts';
import { newProfile } from './new-profile.ts';

/** Connect as a client of another system does, by what its code really sends. */
export interface ConnectionPreset {
  readonly id: string;
  readonly title: string;
  readonly settings: Partial<ConnectionProfile>;
  /** What is worth knowing, for the notes of the connection. */
  readonly notes: string;
}

const { reconnect, limits, publishDefaults } = newProfile('');

export const connectionPresets: readonly ConnectionPreset[] = [
  {
    id: 'pika',
    title: 'pika-mqtt device',
    settings: {
      version: '3.1',
      clientId: 'mac',
      keepAliveSeconds: 60,
      cleanStart: true,
      pikaPeers: true,
      reconnect: { ...reconnect, intervalSeconds: 1, multiplier: 1, maxIntervalSeconds: 1, jitter: 0 },
      publishDefaults: { ...publishDefaults, qos: 1 },
    },
    notes:
      'As a pika-mqtt device connects.\nVersion 3.1: from its code, which reads the text "3.1.1" of its document as a number.\nClient id "mac": from its code, literally; the document says the MAC address. Two such devices take the id from each other.\nQoS 1: from its code; the document says 0.\nA reconnect each second for ever, clean session always: from its code.',
  },
  {
    id: 'mqttxx2',
    title: 'mqttxx 2 client',
    settings: {
      version: '3.1.1',
      clientId: 'mqttxx',
      clientIdSuffix: true,
      keepAliveSeconds: 60,
      cleanStart: false,
      reconnect: { ...reconnect, intervalSeconds: 5, multiplier: 1.5, maxIntervalSeconds: 60, jitter: 0, retryFirst: true },
      limits: { ...limits, maxPayloadBytes: 1_048_576 },
    },
    notes:
      'As mqttxx 2.0 connects.\nClean session 0 needs a client id of its own: with an empty one that client never connects.\nWaits of 7.5, 11.25, 16.9 … 60 s, for ever; payloads above 1 MiB are dropped.',
  },
  {
    id: 'mqttxx4',
    title: 'mqttxx 4 client',
    settings: {
      version: '5',
      clientId: 'mqttxx',
      clientIdSuffix: true,
      keepAliveSeconds: 60,
      cleanStart: true,
      reconnect: { ...reconnect, intervalSeconds: 5, multiplier: 1.5, maxIntervalSeconds: 60, jitter: 0, retryFirst: true },
    },
    notes: 'As mqttxx 4 connects: MQTT 5, its node topic is rpc/r/ and the client id. Waits of 7.5, 11.25, 16.9 … 60 s, for ever.',
  },
  {
    id: 'distmqtt',
    title: 'distmqtt client',
    settings: {
      version: '3.1.1',
      keepAliveSeconds: 10,
      pingDelaySeconds: 1,
      cleanStart: true,
      reconnect: { ...reconnect, intervalSeconds: 1, multiplier: 2, maxIntervalSeconds: 10, maxAttempts: 2, jitter: 0 },
    },
    notes:
      'As distmqtt connects: keep alive 9 on the wire (10, less a ping delay of 1). Its document means two retries after 2 and 4 s; its code gives up after one.',
  },
  {
    id: 'gf',
    title: 'gf_mqtt_client',
    settings: { version: '3.1.1', keepAliveSeconds: 60, cleanStart: true, connectTimeoutSeconds: 5, reconnect: { ...reconnect, enabled: false } },
    notes: 'As the async gf_mqtt_client 0.2 connects: MQTT 3.1.1, no will, a time-out of 5 s, and no way back after a loss.',
  },
];
