import type { SourceId } from '../../../../shared/contract/common.ts';
import { topicPartProblem } from '../../../../shared/coap/gf/topics.ts';
import { batchLimits } from '../../../../shared/rpc/batch-limits.ts';
import { hasVariables } from '../../environments/index.ts';
import {
  planProblems,
  readPeerLines,
  type BatchInput,
  type BatchPlan,
  type CallMode,
  type PeersForm,
  type PlanProblems,
  type Variables,
} from '../../rpc/index.ts';
import { bodyJson, readBody } from './body-form.ts';
import { addressOf, serviceTopic, usualNamespace } from './coap-address.ts';
import { methodName, problemsOf, textsOf, toRequestInput, type RequestDraft } from './request-draft.ts';

/** What of a request is its own in a batch; the rest is the same for all. */
export type BatchLine = Pick<RequestDraft, 'namespace' | 'subsystem' | 'target' | 'method' | 'path' | 'body' | 'bodyAs'> & { readonly key: number };

let keys = 0;
export function lineOf({ namespace, subsystem, target, method, path, body, bodyAs }: RequestDraft): BatchLine {
  keys += 1;
  return { key: keys, namespace, subsystem, target, method, path, body, bodyAs };
}

/** A list of devices: `SUBSYSTEM/DEVICE`, the tag alone within the subsystem of the draft, or the topic of its requests. */
export const devicesForm = ({ namespace, subsystem }: Pick<RequestDraft, 'namespace' | 'subsystem'>): PeersForm => ({
  read: (text) => readPeerLines(text, (line) => readDevice(line, namespace, subsystem)),
  lineOf: (topic) => {
    const address = addressOf(topic);
    return address?.namespace === namespace ? `${address.subsystem}/${address.target}` : topic;
  },
  words: {
    peer: 'device',
    service: 'device',
    line: 'SUBSYSTEM/DEVICE on each line; the tag alone is in the subsystem of the request',
    example: 'axuv/2D_XX_0_9998\naxuv/2D_XX_0_9999',
    filter: `${usualNamespace}/axuv/request/+`,
  },
});

function readDevice(line: string, namespace: string, usualSubsystem: string): { readonly topic: string; readonly problem: string | null } {
  const whole = addressOf(line);
  if (whole) return { topic: line, problem: /[+#]/.test(line) ? 'A device is meant, and not a filter.' : null };
  const parts = line.split('/');
  const [subsystem = '', target = ''] = parts.length === 1 ? [usualSubsystem, line] : parts;
  if (parts.length > 2) return { topic: line, problem: 'Write SUBSYSTEM/DEVICE.' };
  const problem =
    topicPartProblem('The tag', target) ??
    (subsystem === '' ? 'Write the subsystem before it: SUBSYSTEM/DEVICE.' : topicPartProblem('The subsystem', subsystem));
  return { topic: serviceTopic({ namespace, subsystem, target }), problem };
}

export interface BatchProblems extends PlanProblems {
  /** Of the list of requests. */
  readonly lines?: string;
  readonly requestId?: string;
}

export function batchProblems(draft: RequestDraft, mode: CallMode, plan: BatchPlan, lines: readonly BatchLine[], variables: Variables | null): BatchProblems {
  if (mode === 'once') return {};
  const wrongLine = mode === 'requests' ? linesProblem(draft, lines, variables) : null;
  return {
    ...planProblems(mode, plan, devicesForm(draft)),
    ...(wrongLine === null ? {} : { lines: wrongLine }),
    ...(draft.requestId === '' || draft.requestId.includes('{{') ? {} : { requestId: 'Leave it empty: each request needs an id of its own.' }),
  };
}

function linesProblem(draft: RequestDraft, lines: readonly BatchLine[], variables: Variables | null): string | null {
  if (lines.length === 0) return 'Add the requests of the batch first.';
  for (const [at, line] of lines.entries()) {
    const [problem] = Object.values(problemsOf({ ...draft, ...line }, variables)) as string[];
    if (problem !== undefined) return `Request ${at + 1}: ${problem}`;
  }
  return null;
}

export const roomForLines = batchLimits.requests;

interface Batch {
  readonly mode: CallMode;
  readonly plan: BatchPlan;
  readonly lines: readonly BatchLine[];
  /** All requests get one correlation id, where none is written. */
  readonly share: boolean;
}

/** What to send; `undefined` while there is a problem. */
export function toBatch(
  source: SourceId,
  draft: RequestDraft,
  { mode, plan, lines, share }: Batch,
  variables: Variables | null,
  newId: () => string,
): BatchInput | undefined {
  const { inFlight, delayMs, times, stopOnFailure } = plan;
  if (mode === 'once' || Object.keys(batchProblems(draft, mode, plan, lines, variables)).length > 0 || inFlight === null || delayMs === null) return undefined;
  const common = { ...draft, ...(share && draft.correlationId === '' ? { correlationId: newId() } : {}) };
  const { topics } = devicesForm(draft).read(plan.peers);
  const [firstDevice] = topics.map(addressOf);
  const [firstLine] = lines;
  const first = mode === 'fan-out' ? { ...common, ...firstDevice } : mode === 'requests' ? { ...common, ...firstLine } : common;
  const input = toRequestInput(source, first, variables);
  if (!input) return undefined;
  const { variables: filled, ...call } = input;
  const isTemplate = filled === true || (mode === 'requests' && lines.some((line) => hasVariables(textsOf({ ...common, ...line }))));
  const whole = { call: isTemplate ? { ...call, params: bodyJson(first) } : call, inFlight, delayMs: Math.round(delayMs), stopOnFailure };
  const more = isTemplate ? { variables: true as const } : {};
  if (mode === 'fan-out') return { ...whole, ...more, plan: { kind: 'fan-out', topics: [...topics] } };
  if (mode === 'repeat') return times === null ? undefined : { ...whole, ...more, plan: { kind: 'repeat', times } };
  const requests = lines.map((line) => ({ topic: serviceTopic(line), method: methodName(line), params: isTemplate ? bodyJson(line) : plainBody(line) }));
  return { ...whole, ...more, plan: { kind: 'requests', requests } };
}

function plainBody(line: BatchLine): BatchInput['call']['params'] {
  const read = readBody(line);
  return 'value' in read ? (read.value as BatchInput['call']['params']) : null;
}

/** What the button says. */
export function sendLabel(mode: CallMode, plan: BatchPlan, draft: RequestDraft, lines: readonly BatchLine[]): string {
  if (mode === 'repeat' && plan.times !== null && plan.times > 1) return `Send ${plan.times.toLocaleString('en-US')} times`;
  if (mode === 'requests' && lines.length > 0) return `Send ${lines.length}`;
  if (mode !== 'fan-out') return 'Send';
  const many = devicesForm(draft).read(plan.peers).topics.length;
  return many === 0 ? 'Send' : `Send to ${many.toLocaleString('en-US')} ${many === 1 ? 'device' : 'devices'}`;
}
