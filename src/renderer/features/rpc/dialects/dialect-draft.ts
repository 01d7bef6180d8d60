import type { RpcDialect } from '../../../../shared/contract/rpc-dialects.ts';
import { encodePublishPayload } from '../../../../shared/payload/publish-payload.ts';
import { valueAt } from '../../../../shared/rpc/json-pointer.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { isWindowsDevice } from '../../../../shared/text/windows-device.ts';

/** A dialect as it is written. */
export interface DialectDraft {
  /** `null`: it is a new one, and gets its id from its name. */
  readonly id: string | null;
  readonly name: string;
  readonly description: string;
  /** The profile as JSON. */
  readonly profile: string;
}

export interface DialectExample {
  readonly name: string;
  readonly description: string;
  readonly profile: JsonValue;
  /** A message to try it with. */
  readonly sample: { readonly topic: string; readonly payload: string };
  readonly call: { readonly topic: string; readonly method: string; readonly params: string };
}

/** To start from. */
export const examples: readonly DialectExample[] = [
  {
    name: 'Request and response',
    description: 'A pair of topics, with an id, a method and params in the JSON.',
    profile: {
      request: { topic: '{topic}/request', id: '/id', method: '/method', params: '/params' },
      response: { topic: '{topic}/response', id: '/id', result: '/result', error: '/error' },
      ids: 'text',
    },
    sample: { topic: 'edge/pump/request', payload: '{"id": "a1", "method": "start", "params": {"speed": 3}}' },
    call: { topic: 'edge/pump', method: 'start', params: '{"speed": 3}' },
  },
  {
    name: 'Shelly, second generation',
    description: 'Shelly Plus, Pro and newer: answers go to the topic that the request names as src.',
    profile: {
      request: { topic: '{topic}/rpc', id: '/id', method: '/method', params: '/params', fixed: { '/src': '{client}' } },
      response: { topic: '{client}/rpc', id: '/id', result: '/result', error: '/error/message', errorCode: '/error/code' },
      ids: 'number',
    },
    sample: { topic: 'shellyplus1-a8032ab12345/rpc', payload: '{"id": 7, "src": "app", "method": "Switch.Set", "params": {"id": 0, "on": true}}' },
    call: { topic: 'shellyplus1-a8032ab12345', method: 'Switch.Set', params: '{"id": 0, "on": true}' },
  },
  {
    name: 'ThingsBoard, server-side',
    description: 'The id is in the topics, and the whole answer is the result.',
    profile: {
      request: { topic: 'v1/devices/me/rpc/request/{id}', method: '/method', params: '/params' },
      response: { topic: 'v1/devices/me/rpc/response/{id}', result: '' },
      ids: 'number',
    },
    sample: { topic: 'v1/devices/me/rpc/request/12', payload: '{"method": "setValue", "params": true}' },
    call: { topic: 'v1/devices/me', method: 'setValue', params: 'true' },
  },
];

export const profileText = (profile: JsonValue): string => JSON.stringify(profile, null, 2);

export function draftOfDialect({ id, name, description, profile }: RpcDialect): DialectDraft {
  return { id, name, description, profile: profileText(profile as JsonValue) };
}

export function draftOfExample({ name, description, profile }: DialectExample): DialectDraft {
  return { id: null, name, description, profile: profileText(profile) };
}

/** An id for a new dialect: what a file can be called, and no other dialect is. */
export function newDialectId(name: string, taken: readonly string[]): string {
  const plain =
    name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase()
      .slice(0, 56) || 'dialect';
  const used = new Set(taken.map((id) => id.toLowerCase()));
  const base = isWindowsDevice(plain) ? `${plain}-dialect` : plain;
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!used.has(id)) return id;
  }
}

/** The profile of a draft, or why it is no JSON. */
export function readProfile(text: string): { readonly value: JsonValue } | { readonly problem: string } {
  if (text.trim() === '') return { problem: 'Describe the dialect, or start from an example.' };
  const checked = encodePublishPayload('json', text);
  return 'problem' in checked ? checked : { value: JSON.parse(text) as JsonValue };
}

type FieldKind = 'template' | 'pointer' | 'json';

export interface ProfileField {
  /** Where it stands in the profile. */
  readonly path: readonly [section: 'request' | 'response', member: string];
  readonly label: string;
  readonly kind: FieldKind;
  readonly hint?: string;
  readonly placeholder?: string;
}

export const requestFields: readonly ProfileField[] = [
  { path: ['request', 'topic'], label: 'Topic', kind: 'template', placeholder: '{topic}' },
  { path: ['request', 'id'], label: 'Id', kind: 'pointer', placeholder: '/id' },
  { path: ['request', 'method'], label: 'Method', kind: 'pointer', placeholder: '/method' },
  { path: ['request', 'params'], label: 'Params', kind: 'pointer', placeholder: '/params' },
  { path: ['request', 'fixed'], label: 'Further members', kind: 'json', placeholder: '{ "/src": "{client}" }' },
];

export const responseFields: readonly ProfileField[] = [
  { path: ['response', 'topic'], label: 'Topic', kind: 'template', placeholder: '{topic}/response' },
  { path: ['response', 'id'], label: 'Id', kind: 'pointer', placeholder: '/id' },
  { path: ['response', 'result'], label: 'Result', kind: 'pointer', placeholder: '/result' },
  { path: ['response', 'error'], label: 'Error text', kind: 'pointer', placeholder: '/error' },
  { path: ['response', 'errorCode'], label: 'Error code', kind: 'pointer', placeholder: 'none' },
  { path: ['response', 'errorData'], label: 'Error data', kind: 'pointer', placeholder: 'none' },
];

/** What a field of the form shows. A result that is the whole message has an empty pointer, which is told from none by its own words. */
export function fieldValue(profile: JsonValue, { path, kind }: ProfileField): string {
  const value = valueAt(profile, path);
  if (value === undefined) return '';
  if (kind === 'json') return JSON.stringify(value);
  return value === '' ? wholeMessage : typeof value === 'string' ? value : JSON.stringify(value);
}

/** Typed for an empty pointer. */
export const wholeMessage = '(whole message)';

/** The profile with what was typed into a field; nothing takes the member out. What is no JSON yet is kept as text, and complained of. */
export function withFieldValue(profile: JsonValue, { path: [section, member], kind }: ProfileField, text: string): JsonValue {
  const whole = isObject(profile) ? profile : {};
  const part = whole[section];
  const { [member]: before, ...others } = isObject(part) ? part : {};
  if (text.trim() === '') return { ...whole, [section]: others };
  const value = kind === 'json' ? jsonOr(text) : kind === 'pointer' && text.trim() === wholeMessage ? '' : text;
  // What was there keeps its place.
  return { ...whole, [section]: before === undefined ? { ...others, [member]: value } : { ...(part as object), [member]: value } };
}

/** The problem of a field, among those of a profile. */
export function problemOfField(problems: readonly { readonly path: string; readonly message: string }[], { path }: ProfileField): string | undefined {
  const place = path.join('.');
  return problems.find((problem) => problem.path === place || problem.path.startsWith(`${place}.`))?.message;
}

function jsonOr(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
