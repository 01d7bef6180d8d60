import { shellWord } from '../../common/index.ts';
import { readParams } from '../../rpc/index.ts';
import { serviceTopic, usualNamespace } from './coap-address.ts';
import { requestText, type RequestDraft } from './request-draft.ts';

/** Topic and payload, as they would be published now. */
export function asJson(draft: RequestDraft, nowMs: number, clientId: string, requestId: string): string {
  const text = requestText(draft, nowMs, clientId, requestId);
  const id = draft.requestId === '' ? requestId : draft.requestId;
  return JSON.stringify(
    { topic: `${serviceTopic(draft)}/${id}`, qos: Number(draft.qos), payload: text === null ? null : (JSON.parse(text) as unknown) },
    null,
    2,
  );
}

/** `mqtt-workbench request …`, for a shell. `url`: of the broker. A request id of one's own it does not take. */
export function asCommand(draft: RequestDraft, url: string): string {
  const { namespace, target, subsystem, path, method, body, token, correlationId, callerId, methodAs, qos, timeoutMs } = draft;
  const options: readonly (readonly [name: string, value: string | null, isUsual: boolean])[] = [
    ['--method', method, method === 'GET'],
    ['--body', compact(body), body.trim() === ''],
    ['--token', token, token === ''],
    ['--correlation-id', correlationId, correlationId === ''],
    ['--source', callerId, callerId === ''],
    ['--integer-methods', null, methodAs === 'word'],
    ['--namespace', namespace, namespace === usualNamespace],
    ['--qos', qos, qos === '0'],
    ['--timeout', String((timeoutMs ?? 5000) / 1000), timeoutMs === null || timeoutMs === 5000],
  ];
  const places = [url, target, subsystem, path].map(shellWord);
  // A word that begins with a dash would be taken for an option.
  const written = options
    .filter(([, , isUsual]) => !isUsual)
    .map(([name, value]) => (value === null ? name : value.startsWith('-') ? `${name}=${shellWord(value)}` : `${name} ${shellWord(value)}`));
  const dashed = [target, subsystem, path].some((word) => word.startsWith('-'));
  return ['mqtt-workbench request', ...(dashed ? [...written, '--', ...places] : [...places, ...written])].join(' ');
}

/** A program with gf_mqtt_client. Its `request` sends neither token nor correlation id, and makes the request id itself. */
export function asPython(draft: RequestDraft, url: string, kind: 'async' | 'sync'): string {
  const { target, subsystem, path, method, body, timeoutMs, qos } = draft;
  const { host, port } = placeOf(url);
  const read = readParams(body);
  const value = 'value' in read && read.value !== null ? [`value=${pythonLiteral(read.value)}`] : [];
  const rest = [...value, ...(timeoutMs === null ? [] : [`timeout=${timeoutMs / 1000}`]), ...(qos === '0' ? [] : [`qos=${qos}`])];
  const places = [`target_device_tag=${pythonText(target)}`, `subsystem=${pythonText(subsystem)}`, `path=${pythonText(path)}`, `method="${method}"`, ...rest];
  const isAsync = kind === 'async';
  const [name, wait, indent] = isAsync ? ['MQTTClient', 'await ', '    '] : ['SyncMQTTClient', '', ''];
  const program = [
    `client = ${name}(broker=${pythonText(host)}, port=${port}, timeout=5)`,
    `${wait}client.connect()`,
    'try:',
    `    response = ${wait}client.request(`,
    ...places.map((place) => `        ${place},`),
    '    )',
    '    print(response["header"]["response_code"], response["body"])',
    'except ResponseException as error:',
    '    print(type(error).__name__, error.response_code, error.detail)',
    'finally:',
    `    ${wait}client.disconnect()`,
  ].map((line) => `${indent}${line}`);
  return [
    ...(isAsync ? ['import asyncio', ''] : []),
    `from gf_mqtt_client import ${name}, ResponseException`,
    '',
    '',
    ...(isAsync ? ['async def main():', ...program, '', '', 'asyncio.run(main())'] : program),
    '',
  ].join('\n');
}

function compact(body: string): string {
  const read = readParams(body);
  return 'value' in read ? JSON.stringify(read.value) : body;
}

/** Host and port of `mqtt://host:1883`; gf_mqtt_client speaks plain TCP only. */
function placeOf(url: string): { readonly host: string; readonly port: string } {
  const [, bracketed, host, port] = /^\w+:\/\/(?:[^@/]*@)?(?:\[([^\]]*)\]|([^:/]*))(?::(\d+))?/.exec(url) ?? [];
  return { host: bracketed ?? host ?? 'localhost', port: port ?? '1883' };
}

/** JSON texts are Python texts. */
const pythonText = (text: string): string => JSON.stringify(text);

function pythonLiteral(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([name, inner]) => `${pythonText(name)}: ${pythonLiteral(inner)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}
