import { invalid, keyOfBytes, other, utf8, type Dialect, type OutgoingMessage, type ParsedMessage, type RpcMessage, type RpcRequest } from './dialect.ts';
import { withExtraProperties } from './extra-properties.ts';
import { readJsonPayload, readTextPayload } from './json-payload.ts';
import { readPeerError } from './peer-error.ts';
import type { JsonValue } from './python-json.ts';
import type { RpcErrorName } from './rpc-error.ts';

/**
 * Request/response as MQTT 5 itself describes it (§4.10): Response Topic and Correlation Data, and no envelope. The method is the last level of the
 * topic, the payload the parameters alone; an answer that is not JSON is taken as text. A failed call has the user property `error`, or `__stat` from 400 on.
 */
export const mqtt5: Dialect = {
  needsMqtt5: true,
  buildRequest({ id, topic, method, params, clientId, properties: extra, replyTo = `mqtt-workbench/${clientId}` }) {
    const properties = { ...contentOf(params), responseTopic: replyTo, correlationData: utf8(id) };
    const message: OutgoingMessage = { topic: method === '' ? topic : `${topic}/${method}`, payload: payloadOf(params), qos: 1, properties };
    return withExtraProperties({ message, key: id, replyTo }, extra);
  },
  parse: parseMessage,
  buildResult: (request, result) => answer(request, result),
  buildError: (request, { name, message }) =>
    answer(request, null, [
      ['error', message === '' ? name : message],
      ['__stat', String(statuses[name] ?? 500)],
    ]),
};

/** As HTTP numbers them; Azure IoT Operations has the user property. */
const statuses: Partial<Record<RpcErrorName, number>> = { INVALID_RPC_REQUEST: 400, PERMISSION_DENIED: 403, METHOD_NOT_FOUND: 404 };

/** No parameters: an empty payload. */
function payloadOf(value: JsonValue): Uint8Array<ArrayBuffer> {
  return value === null ? new Uint8Array(0) : utf8(JSON.stringify(value));
}

function contentOf(value: JsonValue): { readonly contentType?: string; readonly payloadIsUtf8?: boolean } {
  return value === null ? {} : { contentType: 'application/json', payloadIsUtf8: true };
}

function answer({ id, replyTo }: RpcRequest, value: JsonValue, userProperties?: [string, string][]): OutgoingMessage | null {
  if (replyTo === '' || !(id instanceof Uint8Array)) return null;
  const properties = { ...contentOf(value), ...(id.length === 0 ? {} : { correlationData: Uint8Array.from(id) }), ...(userProperties && { userProperties }) };
  return { topic: replyTo, payload: payloadOf(value), qos: 1, properties };
}

function parseMessage({ topic, payload, properties }: RpcMessage): ParsedMessage {
  const { responseTopic, correlationData, userProperties = [] } = properties ?? {};
  if (responseTopic === undefined && correlationData === undefined) return other('neither Response Topic nor Correlation Data');
  const key = correlationData && keyOfBytes(correlationData);
  const value = readValue(payload);
  if ('reason' in value) return invalid(value.name, value.reason, key);
  if (responseTopic !== undefined) {
    // Correlation Data is optional (§3.3.2.3.6): who asks one thing at a time needs none.
    const id = correlationData ?? new Uint8Array(0);
    return { kind: 'request', key: key ?? '', id, method: topic.slice(topic.lastIndexOf('/') + 1), params: value.value, replyTo: responseTopic, callerId: '' };
  }
  if (key === undefined) return other('no Correlation Data');
  const property = (name: string): string | undefined => userProperties.find(([name_]) => name_ === name)?.[1];
  const status = property('__stat');
  const error = property('error');
  if (error === undefined && !(Number(status) >= 400)) return { kind: 'response', key, outcome: { result: value.value } };
  const text = property('__stMsg') ?? error ?? (typeof value.value === 'string' ? value.value : '');
  return { kind: 'response', key, outcome: { error: readPeerError({ text, code: status, data: value.value ?? undefined }) } };
}

function readValue(payload: Uint8Array): ReturnType<typeof readJsonPayload> {
  if (payload.length === 0) return { value: null };
  const read = readJsonPayload(payload);
  if (!('reason' in read) || read.name !== 'INVALID_JSON') return read;
  const text = readTextPayload(payload);
  return 'reason' in text ? text : { value: text.text };
}
