import type { MockDevice, MockMethod, MockMethodName, MockResource } from '../../../../shared/contract/mock-devices.ts';
import { findResponseCode } from '../../../../shared/coap/gf/response-codes.ts';
import { normalPath } from '../../../../shared/coap/mock/paths.ts';
import { checkFaults, noFaults, readParams, type FaultsDraft } from '../../rpc/index.ts';

export const mockMethodNames: readonly MockMethodName[] = ['GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH'];

export type MockAnswerKind = MockMethod['answer']['kind'];

/** How one method answers, as it is being written. Each kind of answer keeps its text. */
export interface MethodDraft {
  readonly on: boolean;
  readonly kind: MockAnswerKind;
  readonly code: number | null;
  readonly location: string;
  readonly texts: Readonly<Record<Exclude<MockAnswerKind, 'state'>, string>>;
  readonly faults: FaultsDraft;
  readonly errorCode: number | null;
  readonly unlistedRate: number | null;
  readonly unlistedCode: number | null;
}

/** A resource as it is being written. */
export interface ResourceDraft {
  readonly path: string;
  readonly description: string;
  readonly resourceType: string;
  readonly state: string;
  readonly methods: Readonly<Record<MockMethodName, MethodDraft>>;
}

export interface ResourceProblems {
  readonly path?: string;
  readonly state?: string;
  readonly methods: Readonly<Partial<Record<MockMethodName, MethodProblems>>>;
}

export type MethodProblems = ReturnType<typeof checkFaults> & { readonly code?: string; readonly unlistedRate?: string; readonly unlistedCode?: string };

const usualCodes: Readonly<Record<MockMethodName, number>> = { GET: 205, POST: 201, PUT: 204, DELETE: 202, FETCH: 205, PATCH: 204, iPATCH: 204 };

const maxText = 262_144;

const firstScript = `// What it returns is the body, or the whole response; what it throws is answered with 500.
/** @type {Respond} */
export default async (body, request) => {
  return { code: 205, body: { path: request.path, was: request.state } };
};
`;

const emptyMethod = (method: MockMethodName): MethodDraft => ({
  ...{ on: false, kind: 'state', code: usualCodes[method], location: '' },
  texts: { static: '{\n  "ok": true\n}', template: '{\n  "you sent": {{body}},\n  "to": "{{path}}"\n}', script: firstScript },
  ...{ faults: noFaults, errorCode: 500, unlistedRate: 0, unlistedCode: 299 },
});

const byMethod = <T>(make: (method: MockMethodName) => T): Readonly<Record<MockMethodName, T>> =>
  Object.fromEntries(mockMethodNames.map((method) => [method, make(method)])) as Readonly<Record<MockMethodName, T>>;

/** A resource with a state that can be read, replaced and removed. */
export function newResource(path: string): MockResource {
  const methods = (['GET', 'PUT', 'POST', 'DELETE'] as const).map((method) => methodOf(method, { ...emptyMethod(method), on: true }));
  return { path, description: '', resourceType: '', state: null, methods };
}

export function resourceDraftOf(resource: MockResource): ResourceDraft {
  const { path, description, resourceType, state, methods } = resource;
  return {
    ...{ path, description, resourceType },
    state: JSON.stringify(state, null, 2),
    methods: byMethod((name) => {
      const saved = methods.find(({ method }) => method === name);
      return saved ? methodDraftOf(saved) : emptyMethod(name);
    }),
  };
}

function methodDraftOf({ method, answer, faults: all }: MockMethod): MethodDraft {
  const empty = emptyMethod(method);
  const { errorCode, unlistedRate, unlistedCode, ...faults } = all;
  const text =
    answer.kind === 'static' ? JSON.stringify(answer.body, null, 2) : answer.kind === 'template' ? answer.text : answer.kind === 'script' ? answer.source : '';
  return {
    on: true,
    kind: answer.kind,
    code: 'code' in answer ? answer.code : empty.code,
    location: answer.kind === 'static' ? answer.location : '',
    texts: answer.kind === 'state' ? empty.texts : { ...empty.texts, [answer.kind]: text },
    ...{ faults, errorCode, unlistedRate, unlistedCode },
  };
}

/** What is wrong, by field. `others`: paths of the other resources of the device. */
export function checkResource(draft: ResourceDraft, others: readonly string[]): ResourceProblems | null {
  const path = pathProblem(draft.path, others);
  const read = readParams(draft.state);
  const methods = Object.fromEntries(
    mockMethodNames.flatMap((name) => {
      const problems = draft.methods[name].on ? checkMethod(draft.methods[name]) : {};
      return Object.keys(problems).length === 0 ? [] : [[name, problems]];
    }),
  ) as ResourceProblems['methods'];
  const problems = { ...(path === undefined ? {} : { path }), ...('problem' in read ? { state: read.problem } : {}), methods };
  return path === undefined && problems.state === undefined && Object.keys(methods).length === 0 ? null : problems;
}

function pathProblem(path: string, others: readonly string[]): string | undefined {
  if (path.trim() === '') return 'Give it a path, such as sensors/temp; / is the root.';
  if (path.length > 1000) return 'Use at most 1,000 characters.';
  if (others.some((other) => normalPath(other) === normalPath(path))) return 'The device has a resource of this path already.';
  const encoder = new TextEncoder();
  return path.split('/').some((segment) => encoder.encode(segment).length > 255) ? 'A segment has at most 255 bytes (RFC 7252 §5.10).' : undefined;
}

const isCode = (code: number | null): boolean => code !== null && Number.isInteger(code) && code >= 200 && code <= 599;

function checkMethod(draft: MethodDraft): MethodProblems {
  const { kind, code, faults, errorCode, unlistedRate, unlistedCode } = draft;
  const answer = answerProblem(draft);
  const codes = [errorCode, ...(kind === 'static' || kind === 'template' ? [code] : [])];
  const wrongRate = unlistedRate === null || !(unlistedRate >= 0 && unlistedRate <= 1);
  const unlisted = unlistedProblem(unlistedCode, (unlistedRate ?? 0) > 0);
  return {
    ...checkFaults(faults),
    ...(answer === undefined ? {} : { answer }),
    ...(codes.every(isCode) ? {} : { code: 'A code is a number from 200 to 599.' }),
    ...(wrongRate ? { unlistedRate: 'Enter 0 to 100 %.' } : {}),
    ...(unlisted === undefined ? {} : { unlistedCode: unlisted }),
  };
}

function unlistedProblem(code: number | null, used: boolean): string | undefined {
  if (code === null || !isCode(code)) return 'A code is a number from 200 to 599.';
  const known = used ? findResponseCode(code) : undefined;
  return known && `${code} is listed (${known.title}): take another one, such as 299.`;
}

function answerProblem({ kind, texts }: MethodDraft): string | undefined {
  if (kind === 'state') return undefined;
  const text = texts[kind];
  if (kind === 'static') {
    const read = readParams(text);
    return 'problem' in read ? read.problem : undefined;
  }
  if (text.length > maxText) return 'The text is longer than 262,144 characters.';
  if (text.trim() !== '') return undefined;
  return kind === 'template'
    ? 'Write JSON; placeholders such as {{body}} are filled in for each request.'
    : 'Write a script with a default export: export default (body) => body';
}

/** What is tried of a draft: what is wrong with other methods does not matter. */
export function draftToTry(draft: ResourceDraft, problems: ResourceProblems | null, method: MockMethodName): MockResource | { readonly problem: string } {
  const { path, state, methods = {} } = problems ?? {};
  const own = methods[method];
  const problem = path ?? state ?? (own && (Object.values(own) as readonly string[])[0]);
  if (problem !== undefined) return { problem };
  return resourceOf({ ...draft, methods: byMethod((name) => (methods[name] ? { ...draft.methods[name], on: false } : draft.methods[name])) });
}

/** What is saved; only for a draft without problems. */
export function resourceOf(draft: ResourceDraft): MockResource {
  const { path, description, resourceType, state, methods } = draft;
  return {
    ...{ path: path.trim(), description, resourceType },
    state: valueOf(state),
    methods: mockMethodNames.flatMap((name) => (methods[name].on ? [methodOf(name, methods[name])] : [])),
  };
}

function methodOf(method: MockMethodName, { kind, code, location, texts, faults, errorCode, unlistedRate, unlistedCode }: MethodDraft): MockMethod {
  const whole = Object.fromEntries(
    Object.entries(faults).map(([name, value]) => [name, typeof value === 'number' && !name.endsWith('Rate') ? Math.round(value) : value]),
  ) as unknown as Omit<MockMethod['faults'], 'errorCode'>;
  const own = { errorCode: errorCode ?? 500, unlistedRate: unlistedRate ?? 0, unlistedCode: unlistedCode ?? 299 };
  return { method, answer: answerOf(kind, code ?? usualCodes[method], location, texts), faults: { ...whole, ...own } };
}

function answerOf(kind: MockAnswerKind, code: number, location: string, texts: MethodDraft['texts']): MockMethod['answer'] {
  switch (kind) {
    case 'state':
      return { kind };
    case 'static':
      return { kind, code, body: valueOf(texts.static), location };
    case 'template':
      return { kind, code, text: texts.template };
    case 'script':
      return { kind, source: texts.script };
  }
}

function valueOf(text: string): MockResource['state'] {
  const read = readParams(text);
  if ('problem' in read) throw new Error(read.problem);
  return read.value as MockResource['state'];
}

/** `sensors/temp` of a device that has one becomes `sensors/temp-2`. */
export function freePath({ resources }: MockDevice, wanted: string): string {
  const taken = new Set(resources.map(({ path }) => normalPath(path)));
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.has(path)) return path;
  }
}
