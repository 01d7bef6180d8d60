import { buildGfRequest, buildGfResponse } from '../coap/gf/build.ts';
import { gfMethods, readGfMessage, readMethod, type GfMethod, type GfResponseMessage } from '../coap/gf/message.ts';
import { findResponseCode } from '../coap/gf/response-codes.ts';
import { gfRequestTopic, gfResponseFilter, gfResponseTopic, parseGfTopic, topicPartProblem, type GfTopic } from '../coap/gf/topics.ts';
import {
  invalid,
  keyOfId,
  other,
  utf8,
  type AnswerExtras,
  type Dialect,
  type OutgoingMessage,
  type ParsedMessage,
  type RpcMessage,
  type RpcOutcome,
  type RpcRequest,
} from './dialect.ts';
import { textOf } from './json-payload.ts';
import type { JsonValue } from './python-json.ts';
import { rpcError, type RpcError, type RpcErrorName } from './rpc-error.ts';

/**
 * gf_mqtt_client: CoAP-like requests on topics of their own. A service is a device within a subsystem, named by its request topic without the id
 * (`gf_int_v1/axuv/request/2D_XX_0_9999`); a method is a request method and a path (`GET gains`); params and result are the bodies.
 */
export const gf: Dialect = {
  needsMqtt5: false,
  buildRequest({ id, topic, method, params, callerId, replyTo, timeMs = 0, envelope = {} }) {
    const [, namespace = '', subsystem = '', target = ''] = servicePattern.exec(topic) ?? [];
    if (target === '') return { problem: 'A device is named by the beginning of its request topic: gf_int_v1/SUBSYSTEM/request/DEVICE.' };
    const space = method.indexOf(' ');
    const word = readMethod(method.slice(0, space));
    const path = method.slice(space + 1);
    if (space < 0 || word === null || path === '')
      return { problem: `The method is one of ${gfMethods.join(', ')}, a space and the path, such as "GET gains".` };
    for (const [what, part] of [
      ['The subsystem', subsystem],
      ['The tag of the device', target],
      ['The request id', id],
    ] as const) {
      const problem = topicPartProblem(what, part);
      if (problem !== null) return { problem };
    }
    const address = { subsystem, target, requestId: id };
    const answeredOn = gfResponseTopic(address, namespace);
    if (replyTo !== undefined && replyTo !== answeredOn) return { problem: `The device answers on ${answeredOn}: no other reply topic can be asked for.` };
    const payload = buildGfRequest({
      method: word,
      methodAs: envelope.methodAs ?? 'word',
      path,
      requestId: id,
      source: callerId,
      body: params,
      timestampMs: timeMs,
      correlationId: envelope.correlationId ?? null,
      token: envelope.token ?? null,
      ...(envelope.hopLimit === undefined ? {} : { hopLimit: envelope.hopLimit }),
    });
    return {
      message: { topic: gfRequestTopic(address, namespace), payload: utf8(payload), qos: envelope.qos ?? 0 },
      key: id,
      replyTo: answeredOn,
      ...(envelope.responses === 'standing' ? { replyFilter: gfResponseFilter(address, namespace) } : { replyToOnce: true }),
      service: topic,
    };
  },
  parse,
  buildResult: (request, result, more) => answer(request, usualCodes[methodOf(request)], result, more),
  buildError: (request, { name, message }, more) => answer(request, codeOf[name] ?? 500, message, more),
};

/** Of any namespace: which ones are meant, the topics of the messages that are handed in decide. */
const servicePattern = /^(.+)\/([^/]+)\/request\/([^/]+)$/;
const topicPattern = /^(.+)\/[^/]+\/(?:request|response)\/[^/]+\/[^/]+$/;

const usualCodes = { GET: 205, POST: 201, PUT: 204, DELETE: 202 } as const;
const codeOf: Readonly<Partial<Record<RpcErrorName, number>>> = {
  METHOD_NOT_FOUND: 404,
  PERMISSION_DENIED: 403,
  INVALID_RPC_REQUEST: 400,
  PAYLOAD_TOO_LARGE: 413,
};

/** What a code means in the catalogue; any other failure is one of the method itself. */
const meanings: Readonly<Record<number, RpcErrorName>> = {
  400: 'INVALID_RPC_REQUEST',
  401: 'PERMISSION_DENIED',
  402: 'INVALID_RPC_REQUEST',
  403: 'PERMISSION_DENIED',
  404: 'METHOD_NOT_FOUND',
  405: 'METHOD_NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  501: 'METHOD_NOT_FOUND',
};

function parse({ topic, payload }: RpcMessage): ParsedMessage {
  const namespace = topicPattern.exec(topic)?.[1];
  const address = namespace === undefined ? null : parseGfTopic(topic, namespace);
  if (!address) return other('another topic');
  const message = readGfMessage(payload);
  switch (message.kind) {
    case 'unreadable':
      return invalid('INVALID_JSON', message.reason, address.requestId);
    case 'general':
      return other('no request, and no response');
    case 'request': {
      const { method, methodAsSent, path, requestId, body, source } = message;
      if (address.kind === 'response') return invalid('INVALID_MESSAGE_TYPE', 'a request on a topic for responses', address.requestId);
      const id = requestId ?? address.requestId;
      return {
        kind: 'request',
        key: keyOfId(id),
        id: [id, message.correlationId],
        method: `${method ?? textOf(methodAsSent)} ${path === null ? '' : textOf(path)}`,
        params: body,
        replyTo: gfResponseTopic(address, namespace),
        callerId: source === null ? '' : textOf(source),
        ...(isEmpty(message.correlationId) ? {} : { correlationId: textOf(message.correlationId) }),
        service: `${namespace}/${address.subsystem}/request/${address.target}`,
      };
    }
    case 'response':
      if (address.kind === 'request') return invalid('INVALID_MESSAGE_TYPE', 'a response on a topic for requests');
      return { kind: 'response', key: keyOfId(message.requestId ?? address.requestId), outcome: outcomeOf(message, address) };
  }
}

const isEmpty = (value: JsonValue): boolean => value === null || value === '';

function outcomeOf(response: GfResponseMessage, topic: GfTopic): RpcOutcome {
  const { code } = response;
  const { location } = response.others;
  return {
    ...meaningOf(response, topic),
    ...(code === null || !Number.isInteger(code) ? {} : { code }),
    ...(typeof location === 'string' ? { location } : {}),
  };
}

function meaningOf(response: GfResponseMessage, { target }: GfTopic): { readonly result: JsonValue } | { readonly error: RpcError } {
  const { code, codeAsSent, body, others } = response;
  const info = typeof codeAsSent === 'number' ? findResponseCode(codeAsSent) : undefined;
  if (info?.class === 'success') return { result: body };
  const detail = [body, others['location'] ?? null, others['error_message'] ?? null].find((value) => value !== null && value !== '');
  const data = detail === undefined ? {} : { data: detail };
  if (!info) {
    const advice = 'A caller with gf_mqtt_client stops receiving for good at such a code: mend the device.';
    return {
      error: rpcError('INVALID_RPC_RESPONSE', 'remote', `"${target}" answered with the unknown code ${textOf(codeAsSent)}.`, {
        advice,
        peerCode: codeAsSent,
        ...data,
      }),
    };
  }
  const said = detail === undefined ? '' : `: ${textOf(detail)}`;
  return { error: rpcError(meanings[info.code] ?? 'RPC_EXECUTION_ERROR', 'remote', `${code} ${info.title}${said}`, { peerCode: info.code, ...data }) };
}

function methodOf({ method }: RpcRequest): GfMethod {
  return readMethod(method.slice(0, method.indexOf(' '))) ?? 'GET';
}

/** Answers are found by the request's id, and repeat its correlation id. */
type EchoedIds = readonly [requestId: JsonValue, correlationId: JsonValue];

function answer(request: RpcRequest, usualCode: number, body: JsonValue, more: AnswerExtras = {}): OutgoingMessage | null {
  const { id, method, replyTo, service = '' } = request;
  if (replyTo === '' || !Array.isArray(id)) return null;
  const [requestId, correlationId] = id as unknown as EchoedIds;
  const payload = buildGfResponse({
    code: more.responseCode ?? usualCode,
    path: method.slice(method.indexOf(' ') + 1),
    requestId,
    correlationId,
    source: servicePattern.exec(service)?.[3] ?? '',
    body,
    timestampMs: more.timeMs ?? 0,
    ...(more.location === undefined ? {} : { location: more.location }),
  });
  return { topic: replyTo, payload: utf8(payload), qos: 0 };
}
