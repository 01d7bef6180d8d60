import { utf8, type OutgoingMessage } from './dialect.ts';
import { isJsonObject } from './json-payload.ts';
import { pythonJson, type JsonValue } from './python-json.ts';

/** `mqttxx2`: the envelope of 3.x. `mqttxx4`: user properties of MQTT 5, the payload is the data alone. `raw`: the data without a type, as 3.x sends plain values. */
export type EventForm = 'mqttxx2' | 'mqttxx4' | 'raw';

export interface OutgoingEvent {
  readonly topic: string;
  readonly eventType: string;
  readonly data: JsonValue;
  /** Who says it: nobody checks it. */
  readonly source: string;
  /** Unix ms. */
  readonly atMs: number;
}

/** An event as mqttxx writes it: QoS 0. */
export function buildEvent(form: EventForm, { topic, eventType, data, source, atMs }: OutgoingEvent): OutgoingMessage {
  const message = (value: JsonValue, properties: OutgoingMessage['properties']): OutgoingMessage => ({
    topic,
    payload: utf8(pythonJson(value)),
    qos: 0,
    ...(properties && { properties }),
  });
  switch (form) {
    case 'mqttxx2':
      return message({ type: 'event', event_type: eventType, data, timestamp: JSON.rawJSON(pythonFloat(atMs)) as unknown as JsonValue, source }, undefined);
    case 'mqttxx4': {
      const userProperties: [string, string][] = [
        ['type', 'event'],
        ['event_type', eventType],
        ['timestamp', pythonFloat(atMs)],
        ['source', source],
      ];
      return message(data, { userProperties });
    }
    case 'raw':
      return message(isJsonObject(data) ? data : { data }, undefined);
  }
}

/** Seconds as Python writes a float: never without a fraction. */
function pythonFloat(ms: number): string {
  const text = String(ms / 1000);
  return text.includes('.') ? text : `${text}.0`;
}
