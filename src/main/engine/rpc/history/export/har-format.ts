import type { CallDetail } from '../../../../../shared/contract/rpc.ts';
import type { ReadableMessage } from '../../calls/call-record.ts';
import { isoTime, type ExportedCall, type ExportFormat } from './exported-call.ts';

/**
 * The structure of HAR 1.2 as far as it fits: a call is an entry, its request a POST to mqtt://source/topic, its answer a response with the HTTP status that
 * comes nearest. What HTTP has no word for stands in members that begin with "_", as the format asks for.
 */
export function harFormat(version: string): ExportFormat {
  const creator = { name: 'MQTT Workbench', version };
  return {
    head: `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"pages":[],"entries":[`,
    entry: (call, at) => `${at === 0 ? '\n' : ',\n'}${JSON.stringify(entryOf(call))}`,
    tail: '\n],"comment":"Calls over MQTT. An HTTP status stands for the outcome; members with _ say what was on the wire."}}\n',
  };
}

function entryOf({ detail, request, answers, outcomeAt }: ExportedCall) {
  const { source, dialect, topic, method, callerId, own, state, duplicates, timeUs, elapsedMs, errorText, error, replyTo, requestId, timeoutMs, steps } =
    detail;
  const wait = elapsedMs ?? 0;
  const answer = answers[outcomeAt] ?? answers[0];
  return {
    startedDateTime: isoTime(timeUs),
    time: wait,
    request: {
      method: 'POST',
      url: urlOf(detail),
      httpVersion: 'MQTT',
      cookies: [],
      headers: request ? headersOf(request) : [],
      queryString: method === '' ? [] : [{ name: 'method', value: method }],
      ...(request ? { postData: { mimeType: mimeOf(request), ...textOf(request, 'postData') } } : {}),
      headersSize: -1,
      bodySize: request?.sizeBytes ?? 0,
    },
    response: {
      status: statusOf(detail),
      statusText: error ? `${error.code} ${error.name}` : state,
      httpVersion: 'MQTT',
      cookies: [],
      headers: answer ? headersOf(answer) : [],
      content: { size: answer?.sizeBytes ?? 0, mimeType: answer ? mimeOf(answer) : 'x-unknown', ...(answer ? textOf(answer, 'content') : {}) },
      redirectURL: '',
      headersSize: -1,
      bodySize: answer?.sizeBytes ?? -1,
    },
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait, receive: 0 },
    ...(errorText === null ? {} : { comment: errorText }),
    _id: detail.id,
    _state: state,
    _source: source,
    _dialect: dialect,
    _topic: topic,
    _method: method,
    _caller: callerId,
    _own: own,
    _replyTopic: replyTo,
    _requestId: requestId,
    _timeoutMs: timeoutMs,
    _elapsedMs: elapsedMs,
    _furtherAnswers: duplicates,
    _params: request ? detail.params : undefined,
    _result: detail.result,
    _error: error,
    _steps: steps,
    _messages: { request: request && factsOf(request), answers: answers.map(factsOf) },
  };
}

/** A status of HTTP in place of the outcome, so that viewers colour and sort. 0: nothing came, as browsers say it. */
function statusOf({ state, error, answers }: CallDetail): number {
  if (error?.origin === 'remote') return error.name === 'METHOD_NOT_FOUND' ? 404 : error.name === 'PERMISSION_DENIED' ? 403 : 500;
  if (state === 'ok' || state === 'late' || state === 'orphan') return answers.length > 0 ? 200 : 0;
  return 0;
}

function urlOf({ source, topic, method }: CallDetail): string {
  const path = topic.split('/').map(encodeURIComponentSafely).join('/');
  const host = source === 'broker' ? 'local-broker' : encodeURIComponentSafely(source.slice(source.indexOf(':') + 1));
  return `mqtt://${host}/${path}${method === '' ? '' : `?method=${encodeURIComponentSafely(method)}`}`;
}

/** Half a surrogate pair cannot be encoded. */
function encodeURIComponentSafely(text: string): string {
  return encodeURIComponent(text.replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD'));
}

function headersOf({ properties }: ReadableMessage): readonly { readonly name: string; readonly value: string }[] {
  if (!properties) return [];
  const { contentType, responseTopic, correlationData, userProperties = [] } = properties;
  return [
    ...(contentType === undefined ? [] : [{ name: 'Content Type', value: contentType }]),
    ...(responseTopic === undefined ? [] : [{ name: 'Response Topic', value: responseTopic }]),
    ...(correlationData === undefined ? [] : [{ name: 'Correlation Data', value: Buffer.from(correlationData).toString('base64') }]),
    ...userProperties.map(([name, value]) => ({ name, value })),
  ];
}

const mimeOf = (message: ReadableMessage): string =>
  message.properties?.contentType ?? (textIn(message) === null ? 'application/octet-stream' : 'application/json');

/** HAR has base64 for the content of responses only; for requests a member of our own says so. */
function textOf(message: ReadableMessage, place: 'content' | 'postData') {
  const { payload, sizeBytes } = message;
  const text = textIn(message);
  const complete = payload.byteLength >= sizeBytes;
  return {
    text: text ?? Buffer.from(payload).toString('base64'),
    ...(text === null ? { [place === 'content' ? 'encoding' : '_encoding']: 'base64' } : {}),
    ...(complete ? {} : { comment: `The first ${payload.byteLength} of ${sizeBytes} bytes.` }),
  };
}

/** `null`: it is no UTF-8. Where only the beginning is kept, it may end within a character of up to four bytes. */
function textIn({ payload, sizeBytes }: ReadableMessage): string | null {
  const mostTrimmed = payload.byteLength < sizeBytes ? 3 : 0;
  for (let trim = 0; trim <= mostTrimmed; trim += 1) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload.subarray(0, payload.byteLength - trim));
    } catch {
      // Maybe with a byte less.
    }
  }
  return null;
}

const factsOf = ({ topic, timeUs, qos, sizeBytes, messageId }: ReadableMessage) => ({ topic, time: isoTime(timeUs), qos, bytes: sizeBytes, messageId });
