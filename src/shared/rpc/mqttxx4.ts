import { invalid, keyOfBytes, other, utf8, type Dialect, type OutgoingMessage, type ParsedMessage, type RpcMessage, type RpcRequest } from './dialect.ts';
import { withExtraProperties } from './extra-properties.ts';
import { isJsonObject, readJsonPayload, textOf } from './json-payload.ts';
import { mqttxxWords } from './mqttxx2.ts';
import { readPeerError } from './peer-error.ts';
import { pythonJson, type JsonValue } from './python-json.ts';

/**
 * mqttxx 4.x: each node listens on `rpc/r/{client id}`, and MQTT 5 properties correlate. A real responder stays silent unless Response Topic,
 * Correlation Data and at least one User Property are there, so a request always has the three.
 */
export const mqttxx4: Dialect = {
  needsMqtt5: true,
  buildRequest({ id, topic, method, params, clientId, callerId, properties: extra, replyTo = `rpc/r/${clientId}` }) {
    const properties = { responseTopic: replyTo, correlationData: utf8(id), userProperties: [['caller_id', callerId]] as [string, string][] };
    const message: OutgoingMessage = { topic, payload: utf8(pythonJson({ method, params })), qos: 1, properties };
    return withExtraProperties({ message, key: id, replyTo }, extra, ['caller_id']);
  },
  parse: parseMessage,
  buildResult: (request, result) => answer(request, { result }),
  buildError: (request, error) => answer(request, { error: mqttxxWords(request, error) }),
};

function answer({ id, replyTo }: RpcRequest, outcome: { readonly [key: string]: JsonValue }): OutgoingMessage | null {
  if (replyTo === '' || !(id instanceof Uint8Array)) return null;
  return { topic: replyTo, payload: utf8(pythonJson(outcome)), qos: 1, properties: { correlationData: Uint8Array.from(id) } };
}

function parseMessage({ payload, properties }: RpcMessage): ParsedMessage {
  const { responseTopic, correlationData, userProperties = [] } = properties ?? {};
  const property = (name: string): string | undefined => userProperties.find(([key]) => key === name)?.[1];
  const isEvent = property('type') === 'event';
  if (!isEvent && responseTopic === undefined && correlationData === undefined) return other('neither Response Topic nor Correlation Data');
  const key = correlationData && keyOfBytes(correlationData);
  const read = readJsonPayload(payload);
  if ('reason' in read) return invalid(read.name, read.reason, key);
  const message = read.value;
  if (isEvent) {
    const timestamp = Number(property('timestamp') ?? Number.NaN);
    const [eventType, source] = [property('event_type') ?? '', property('source') ?? ''];
    return { kind: 'event', eventType, data: message, source, timestamp: Number.isFinite(timestamp) ? timestamp : null };
  }
  if (correlationData === undefined || key === undefined) return invalid('MISSING_REQUIRED_FIELD', 'Correlation Data is missing');
  if (!isJsonObject(message)) return invalid('INVALID_MESSAGE_TYPE', 'not a JSON object', key);
  const { method, params = null, error = null, result = null } = message;
  if (method === undefined) {
    if (message['error'] === undefined && message['result'] === undefined) return invalid('MISSING_REQUIRED_FIELD', 'neither method nor result nor error', key);
    return { kind: 'response', key, outcome: error === null ? { result } : { error: readPeerError({ text: error }) } };
  }
  if (method === null || typeof method === 'object') return invalid('INVALID_RPC_REQUEST', 'method is not a text');
  const callerId = property('caller_id') ?? '';
  return { kind: 'request', key, id: correlationData, method: textOf(method), params, replyTo: responseTopic ?? '', callerId };
}
