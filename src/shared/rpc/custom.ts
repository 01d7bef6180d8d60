import type { CustomProfile } from './custom-profile.ts';
import { invalid, keyOfId, other, utf8, type Dialect, type OutgoingMessage, type ParsedMessage, type RpcMessage, type RpcRequest } from './dialect.ts';
import { withExtraProperties } from './extra-properties.ts';
import { isJsonObject, readJsonPayload } from './json-payload.ts';
import { parsePointer, valueAt, withValueAt, type JsonPointer } from './json-pointer.ts';
import { readPeerError } from './peer-error.ts';
import type { JsonValue } from './python-json.ts';
import { bytesTell } from './custom-hints.ts';
import { fillTemplate, isSpecific, templateReader, type TemplateValues } from './topic-template.ts';

/** A dialect that a profile describes. Many topics may have the form of its own, so it says more than others of what it takes for a call. */
export interface CustomDialect extends Dialect {
  /** `null`: no message on this topic can be of this dialect. */
  readTopic(topic: string): CustomTopic | null;
  /** Whether what has to be there is among the bytes; nothing is parsed. */
  mayBe(topic: CustomTopic, payload: Uint8Array): boolean;
}

export interface CustomTopic {
  readonly request: boolean;
  readonly response: boolean;
  /** The form says more than that there is a topic. */
  readonly specific: boolean;
  /** Of requests: what `RpcRequest.service` will be. */
  readonly service: string | undefined;
}

export function customDialect(profile: CustomProfile): CustomDialect {
  const { request, response } = profile;
  const at = {
    requestId: pointerOf(request.id),
    method: pointerOf(request.method),
    params: pointerOf(request.params) ?? [],
    fixed: Object.entries(request.fixed).map(([pointer, value]) => [pointerOf(pointer) ?? [], value as JsonValue] as const),
    responseId: pointerOf(response.id),
    result: pointerOf(response.result) ?? [],
    error: pointerOf(response.error) ?? [],
    errorCode: pointerOf(response.errorCode),
    errorData: pointerOf(response.errorData),
  };
  const readRequestTopic = templateReader(request.topic);
  const readResponseTopic = templateReader(response.topic);
  const tell = bytesTell(at);
  /** Where a topic does not name who answers, all requests go to one: the form itself is its name. */
  const serviceOf = ({ topic }: TemplateValues): string => topic ?? request.topic;
  const specific = { request: isSpecific(request.topic), response: isSpecific(response.topic) };

  const build = (call: Parameters<Dialect['buildRequest']>[0]): ReturnType<Dialect['buildRequest']> => {
    const id = profile.ids === 'number' ? numberOf(call.id) : call.id;
    const values: TemplateValues = { topic: call.topic, method: call.method, id: String(id), caller: call.callerId, client: call.clientId };
    if (call.replyTo !== undefined && readResponseTopic(call.replyTo) === undefined)
      return { problem: `In this dialect answers come to topics of the form ${response.topic}.` };
    const topic = fillTemplate(request.topic, values) ?? '';
    const replyTo = call.replyTo ?? fillTemplate(response.topic, values) ?? '';
    let document = withValueAt({}, at.params, call.params);
    const members: (readonly [JsonPointer | undefined, JsonValue])[] = [
      ...at.fixed.map(([pointer, value]) => [pointer, filled(value, values)] as const),
      [at.requestId, id],
      [at.method, call.method],
    ];
    for (const [pointer, value] of members) {
      if (pointer === undefined) continue;
      if (!isJsonObject(document)) return { problem: 'In this dialect the params are the whole message, next to other members: they have to be an object.' };
      document = withValueAt(document, pointer, value);
    }
    const service = serviceOf(request.topic.includes('{topic}') ? call : {});
    return withExtraProperties({ message: { topic, payload: utf8(JSON.stringify(document)), qos: 1 }, key: String(id), replyTo, service }, call.properties);
  };

  /** Placeholders that a request carries in its fixed members, such as the name of the caller. */
  const valuesWithin = (document: JsonValue): TemplateValues => {
    const found: Record<string, string> = {};
    for (const [pointer, value] of at.fixed) {
      const name = typeof value === 'string' ? /^\{([^{}]*)\}$/.exec(value)?.[1] : undefined;
      const given = valueAt(document, pointer);
      if (name !== undefined && typeof given === 'string') found[name] = given;
    }
    return found;
  };

  const parse = ({ topic, payload }: RpcMessage): ParsedMessage => {
    const fromRequestTopic = readRequestTopic(topic);
    const fromResponseTopic = readResponseTopic(topic);
    if (fromRequestTopic === undefined && fromResponseTopic === undefined) return other('another topic');
    const read = readJsonPayload(payload);
    if ('reason' in read) return invalid(read.name, read.reason, at.responseId === undefined ? fromResponseTopic?.id : undefined);
    const document = read.value;
    const method = at.method === undefined ? undefined : valueAt(document, at.method);
    if (fromResponseTopic !== undefined && method === undefined) {
      const id = at.responseId === undefined ? fromResponseTopic.id : valueAt(document, at.responseId);
      if (id !== undefined && id !== null) return { kind: 'response', key: keyOfId(id), outcome: outcomeOf(document) };
      if (fromRequestTopic === undefined || at.method !== undefined) return invalid('MISSING_REQUIRED_FIELD', 'the id is missing');
    }
    if (fromRequestTopic === undefined) return other('another topic');
    const named = method ?? fromRequestTopic.method;
    if (named === undefined) return invalid('MISSING_REQUIRED_FIELD', 'the method is missing');
    if (typeof named !== 'string') return invalid('INVALID_RPC_REQUEST', 'the method is not a text');
    const id = at.requestId === undefined ? fromRequestTopic.id : valueAt(document, at.requestId);
    if (id === undefined) return invalid('MISSING_REQUIRED_FIELD', 'the id is missing');
    const values: TemplateValues = { ...valuesWithin(document), ...fromRequestTopic, method: named, id: keyOfId(id) };
    const params = valueAt(document, at.params) ?? null;
    return {
      kind: 'request',
      key: keyOfId(id),
      id,
      method: named,
      params,
      replyTo: fillTemplate(response.topic, values) ?? '',
      callerId: values.caller ?? values.client ?? '',
      service: serviceOf(fromRequestTopic),
    };
  };

  const outcomeOf = (document: JsonValue): Extract<ParsedMessage, { kind: 'response' }>['outcome'] => {
    const error = valueAt(document, at.error) ?? null;
    // The whole message as the error would leave no success.
    if (error === null || at.error.length === 0) return { result: valueAt(document, at.result) ?? null };
    const read = (pointer: JsonPointer | undefined): JsonValue | undefined => (pointer === undefined ? undefined : valueAt(document, pointer));
    return { error: readPeerError({ text: error, code: read(at.errorCode), data: read(at.errorData) }) };
  };

  const answer = ({ id, replyTo }: RpcRequest, members: readonly (readonly [JsonPointer | undefined, JsonValue])[]): OutgoingMessage | null => {
    if (replyTo === '' || id instanceof Uint8Array) return null;
    let document: JsonValue = {};
    for (const [pointer, value] of [...members, [at.responseId, id] as const]) if (pointer !== undefined) document = withValueAt(document, pointer, value);
    return { topic: replyTo, payload: utf8(JSON.stringify(document)), qos: 1 };
  };

  return {
    needsMqtt5: false,
    buildRequest: build,
    parse,
    readTopic(topic) {
      const fromRequest = readRequestTopic(topic);
      const isResponse = readResponseTopic(topic) !== undefined;
      if (fromRequest === undefined && !isResponse) return null;
      return {
        request: fromRequest !== undefined,
        response: isResponse,
        specific: (fromRequest !== undefined && specific.request) || (isResponse && specific.response),
        service: fromRequest && serviceOf(fromRequest),
      };
    },
    // Where every topic and every document could be an answer, only an awaited one is.
    mayBe: (topic, payload) =>
      (topic.request && tell.request(payload)) || (topic.response && (specific.response || at.result.length > 0) && tell.response(payload)),
    buildResult: (call, result) => answer(call, [[at.result, result]]),
    buildError: (call, { name, message }) => answer(call, [[at.error, message === '' ? name : message]]),
  };
}

function pointerOf(text: string | undefined): JsonPointer | undefined {
  return text === undefined ? undefined : parsePointer(text);
}

/** 31 bits of a UUID: what every peer can hold. */
function numberOf(id: string): number {
  return Number.parseInt(id.slice(0, 8), 16) & 0x7f_ff_ff_ff;
}

function filled(value: JsonValue, values: TemplateValues): JsonValue {
  return typeof value === 'string' ? (fillTemplate(value, values) ?? value) : value;
}
