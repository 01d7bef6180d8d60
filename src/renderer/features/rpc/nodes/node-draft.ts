import type { SourceId } from '../../../../shared/contract/common.ts';
import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import { validateTopicFilter } from '../../../../shared/mqtt/topic-filter.ts';
import { copyName } from '../../common/index.ts';
import { emptyMethod, methodOf } from './method-draft.ts';

/** The settings of a node as they are being written; numbers may be missing. */
export interface SettingsDraft extends Pick<RpcNode, 'name' | 'dialect' | 'clientId' | 'topic' | 'replies' | 'presence' | 'autoStart'> {
  readonly timeoutMs: number | null;
  readonly maxConcurrentCalls: number | null;
}

export type SettingsProblems = Partial<Record<keyof SettingsDraft, string>>;

/** The contract's limits. */
const maxNameLength = 200;
const maxTimeoutMs = 86_400_000;
const maxConcurrent = 10_000;

export function settingsOf(node: RpcNode): SettingsDraft {
  const { name, dialect, clientId, topic, replies, presence, autoStart, timeoutMs, maxConcurrentCalls } = node;
  return { name, dialect, clientId, topic, replies, presence, autoStart, timeoutMs, maxConcurrentCalls };
}

export function sameSettings(a: SettingsDraft, b: SettingsDraft): boolean {
  return (Object.keys(a) as (keyof SettingsDraft)[]).every((key) => a[key] === b[key]);
}

/** Only for settings without problems. */
export function withSettings(node: RpcNode, draft: SettingsDraft): RpcNode {
  return {
    ...node,
    ...draft,
    name: draft.name.trim(),
    timeoutMs: Math.round(draft.timeoutMs ?? node.timeoutMs),
    maxConcurrentCalls: Math.round(draft.maxConcurrentCalls ?? node.maxConcurrentCalls),
  };
}

/** Whether the node has an MQTT session of its own: on the local broker always. */
export const ownsSession = (source: SourceId, clientId: string): boolean => source === 'broker' || clientId !== '';

/** What is wrong, by field; empty when it can be saved. */
export function checkSettings(draft: SettingsDraft, source: SourceId): SettingsProblems {
  const problems: SettingsProblems = {};
  const name = draft.name.trim();
  if (name === '') problems.name = 'Give the node a name.';
  else if (name.length > maxNameLength) problems.name = `Use at most ${maxNameLength} characters.`;
  const topic = topicProblem(draft);
  if (topic !== undefined) problems.topic = topic;
  if (draft.clientId.includes('\0')) problems.clientId = 'A client id cannot contain a NUL character.';
  // The id is a level of the topics rpc/r/<id> and $presence/<id>.
  else if (/[+#/]/.test(draft.clientId) && (draft.presence || (draft.dialect === 'mqttxx4' && draft.topic === ''))) {
    problems.clientId = 'As a level of a topic it cannot contain /, + or #.';
  }
  if (draft.presence && !ownsSession(source, draft.clientId)) {
    problems.presence = 'Presence needs a session of its own: give the node a client id.';
  }
  const { timeoutMs, maxConcurrentCalls } = draft;
  if (timeoutMs === null || !(timeoutMs >= 1 && timeoutMs <= maxTimeoutMs)) problems.timeoutMs = 'Enter a time up to 86,400 s (a day).';
  if (maxConcurrentCalls === null || !(maxConcurrentCalls >= 1 && maxConcurrentCalls <= maxConcurrent)) {
    problems.maxConcurrentCalls = 'Enter 1 to 10,000.';
  }
  return problems;
}

function topicProblem({ topic, dialect }: Pick<SettingsDraft, 'topic' | 'dialect'>): string | undefined {
  if (topic === '') return dialect === 'mqttxx4' ? undefined : 'Enter the topic that requests arrive on, such as edge/my-device.';
  const problem = validateTopicFilter(topic);
  return problem ? `${problem.message} ${problem.advice}` : undefined;
}

const firstTopic = 'edge/my-device';

/** A node that does not exist yet, under a name and topic that no other has. */
export function newNode(id: string, source: SourceId, others: readonly RpcNode[], topic = firstTopic): RpcNode {
  return {
    id,
    name: freeName(
      'My device',
      others.map((node) => node.name),
    ),
    source,
    dialect: 'auto',
    clientId: '',
    topic: freeTopic(topic, others),
    replies: 'conventional',
    timeoutMs: 30_000,
    maxConcurrentCalls: 100,
    presence: false,
    autoStart: false,
    methods: [],
    rules: [],
  };
}

/** What a newcomer's first node answers. */
export const firstMethodName = 'get_status';

/** A node that answers at once. */
export function readyNode(id: string, source: SourceId, others: readonly RpcNode[]): RpcNode {
  const text = '{\n  "status": "ok",\n  "temperature": 21.5\n}';
  const method = methodOf(
    { ...emptyMethod, name: firstMethodName, description: 'Answers every call with the same result.', texts: { ...emptyMethod.texts, static: text } },
    true,
  );
  return { ...newNode(id, source, others), autoStart: true, methods: [method] };
}

/** A copy with a topic, and maybe a client id, of its own: two nodes on one topic would answer each request twice. */
export function copyNode(node: RpcNode, id: string, others: readonly RpcNode[]): RpcNode {
  return {
    ...node,
    id,
    name: copyName(
      node.name,
      others.map((other) => other.name),
    ),
    topic: node.topic === '' ? '' : freeTopic(node.topic, others),
    clientId: node.clientId === '' ? '' : `${node.clientId}-${id}`,
    autoStart: false,
  };
}

function freeTopic(topic: string, others: readonly RpcNode[]): string {
  const taken = new Set(others.map((other) => other.topic));
  // A filter stays as it is: which level should change, only its author knows. The engine warns of the overlap.
  if (!taken.has(topic) || /[+#]/.test(topic)) return topic;
  for (let number = 2; ; number += 1) if (!taken.has(`${topic}-${number}`)) return `${topic}-${number}`;
}

/** `My device`, then `My device 2`. */
function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number += 1) if (!taken.includes(`${name} ${number}`)) return `${name} ${number}`;
}
