import type { RpcFaults, ServedMethod } from '../../../../shared/contract/rpc-nodes.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { formatCount } from '../../common/index.ts';
import { readParams } from '../params-form.ts';
import type { AnswerKind } from './node-words.ts';

type FaultNumber = Exclude<keyof RpcFaults, 'errorText'>;

/** A number that is being typed may be missing. */
export type FaultsDraft = { readonly [K in FaultNumber]: number | null } & { readonly errorText: string };

/** A method as it is being written. Each kind of answer keeps its text, so that trying another one loses nothing. */
export interface MethodDraft {
  readonly name: string;
  readonly description: string;
  readonly kind: AnswerKind;
  readonly texts: Readonly<Record<AnswerKind, string>>;
  readonly faults: FaultsDraft;
}

export type MethodProblems = Partial<Record<'name' | 'description' | 'answer' | FaultNumber | 'errorText', string>>;

/** The contract's limits. */
const maxNameLength = 1000;
const maxDescriptionLength = 10_000;
const maxErrorLength = 10_000;
const maxTextLength = 262_144;
const maxFaultMs = 3_600_000;
const maxDuplicates = 100;

export const noFaults: RpcFaults = {
  delayMs: 0,
  jitterMs: 0,
  errorRate: 0,
  errorText: 'Injected error',
  dropRate: 0,
  duplicateRate: 0,
  duplicates: 1,
  lateRate: 0,
  lateMs: 60_000,
};

const firstTexts: Readonly<Record<AnswerKind, string>> = {
  static: '{\n  "ok": true\n}',
  error: 'Not available right now',
  template: '{\n  "echo": "{{params}}",\n  "at": "{{$isoNow}}"\n}',
  script: `// What it returns is the result; what it throws is the error.
/** @type {Answer} */
export default async (params, request) => {
  console.log('called by', request.callerId);
  return { method: request.method, params };
};
`,
};

export const emptyMethod: MethodDraft = { name: '', description: '', kind: 'static', texts: firstTexts, faults: noFaults };

/** A method that answers what is known of a call. */
export function methodAnswering(name: string, answer: { readonly result: JsonValue } | { readonly error: string }): MethodDraft {
  const texts = 'error' in answer ? { ...firstTexts, error: answer.error } : { ...firstTexts, static: JSON.stringify(answer.result, null, 2) };
  return { ...emptyMethod, name, kind: 'error' in answer ? 'error' : 'static', texts };
}

export function methodDraftOf({ name, description, answer, faults }: ServedMethod): MethodDraft {
  return { name, description, kind: answer.kind, texts: { ...firstTexts, [answer.kind]: answerText(answer) }, faults };
}

function answerText(answer: ServedMethod['answer']): string {
  switch (answer.kind) {
    case 'static':
      return JSON.stringify(answer.result, null, 2);
    case 'error':
      return answer.message;
    case 'template':
      return answer.text;
    case 'script':
      return answer.source;
  }
}

/** What is wrong, by field; empty when it can be saved. `others`: the names of the other methods of the node. */
export function checkMethod(draft: MethodDraft, others: readonly string[]): MethodProblems {
  const answer = answerProblem(draft);
  return {
    ...nameProblem(draft.name, others),
    ...(draft.description.length > maxDescriptionLength ? { description: `Use at most ${maxDescriptionLength} characters.` } : {}),
    ...(answer === undefined ? {} : { answer }),
    ...checkFaults(draft.faults),
  };
}

function nameProblem(name: string, others: readonly string[]): Pick<MethodProblems, 'name'> {
  if (name === '') return { name: 'Give the method a name, such as get_status.' };
  if (name.length > maxNameLength) return { name: `Use at most ${maxNameLength} characters.` };
  return others.includes(name) ? { name: 'The node has a method of this name already.' } : {};
}

function answerProblem({ kind, texts }: MethodDraft): string | undefined {
  const text = texts[kind];
  const most = kind === 'error' ? maxErrorLength : kind === 'static' ? Number.POSITIVE_INFINITY : maxTextLength;
  if (text.length > most) return `The text has ${formatCount(text.length)} characters; at most ${formatCount(most)} are kept.`;
  switch (kind) {
    case 'static': {
      const read = readParams(text);
      return 'problem' in read ? read.problem : undefined;
    }
    // An mqttxx caller takes an empty error for success (protocols §2.1).
    case 'error':
      return text.trim() === '' ? 'Write the text of the error: callers take an empty one for success.' : undefined;
    case 'template':
      return text.trim() === '' ? 'Write JSON; placeholders such as {{params.id}} are filled in for each call.' : undefined;
    case 'script':
      return text.trim() === '' ? 'Write a script with a default export: export default (params) => params' : undefined;
  }
}

/** What is wrong with them, by field. */
export function checkFaults(faults: FaultsDraft): MethodProblems {
  const problems: MethodProblems = {};
  for (const field of ['delayMs', 'jitterMs', 'lateMs'] as const) {
    const ms = faults[field];
    if (ms === null || !(ms >= 0 && ms <= maxFaultMs)) problems[field] = 'Enter 0 to 3,600,000 ms (an hour).';
  }
  for (const field of ['errorRate', 'dropRate', 'duplicateRate', 'lateRate'] as const) {
    const rate = faults[field];
    if (rate === null || !(rate >= 0 && rate <= 1)) problems[field] = 'Enter 0 to 100 %.';
  }
  const { duplicates } = faults;
  if (duplicates === null || !(duplicates >= 1 && duplicates <= maxDuplicates)) problems.duplicates = `Enter 1 to ${maxDuplicates}.`;
  return problems;
}

/** The answer as it is written now, or what is wrong with it. */
export function readAnswer(draft: MethodDraft): { readonly answer: ServedMethod['answer'] } | { readonly problem: string } {
  const problem = answerProblem(draft);
  if (problem !== undefined) return { problem };
  const text = draft.texts[draft.kind];
  switch (draft.kind) {
    case 'static':
      return { answer: { kind: 'static', result: (readParams(text) as { readonly value: JsonValue }).value as never } };
    case 'error':
      return { answer: { kind: 'error', message: text } };
    case 'template':
      return { answer: { kind: 'template', text } };
    case 'script':
      return { answer: { kind: 'script', source: text } };
  }
}

/** The method to save; only for a draft without problems. */
export function methodOf(draft: MethodDraft, enabled: boolean): ServedMethod {
  const read = readAnswer(draft);
  if ('problem' in read) throw new Error(read.problem);
  const { name, description } = draft;
  const whole = (value: number | null): number => Math.round(value ?? 0);
  const { delayMs, jitterMs, lateMs, duplicates, errorRate, dropRate, duplicateRate, lateRate, errorText } = draft.faults;
  return {
    name,
    enabled,
    description,
    answer: read.answer,
    faults: {
      delayMs: whole(delayMs),
      jitterMs: whole(jitterMs),
      errorRate: errorRate ?? 0,
      errorText,
      dropRate: dropRate ?? 0,
      duplicateRate: duplicateRate ?? 0,
      duplicates: whole(duplicates),
      lateRate: lateRate ?? 0,
      lateMs: whole(lateMs),
    },
  };
}

/** Whether two drafts would be saved as the same method. */
export function sameMethod(a: MethodDraft, b: MethodDraft): boolean {
  return signature(a) === signature(b);
}

const signature = ({ name, description, kind, texts, faults }: MethodDraft): string =>
  JSON.stringify([name, description, kind, texts[kind], faultList(faults)]);
const faultList = (faults: FaultsDraft): readonly unknown[] => (Object.keys(noFaults) as (keyof RpcFaults)[]).map((key) => faults[key]);

/** The faults of a draft, as far as they can be read. */
export const faultsOf = (faults: FaultsDraft): RpcFaults => ({
  ...noFaults,
  ...(Object.fromEntries(Object.entries(faults).filter(([, value]) => value !== null)) as Partial<RpcFaults>),
});
