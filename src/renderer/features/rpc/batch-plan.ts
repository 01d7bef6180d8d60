import type { SourceId } from '../../../shared/contract/common.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { InputOf } from '../../../shared/ipc/contract.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { batchLimits } from '../../../shared/rpc/batch-limits.ts';
import { formatCount, plural } from '../common/index.ts';
import { toCallInput, type CallDraft } from './call-draft.ts';
import type { Variables } from './variables.ts';

/** How often a call is made, and to whom. */
export type CallMode = 'once' | BatchInput['plan']['kind'];

export interface BatchPlan {
  readonly times: number | null;
  readonly inFlight: number | null;
  readonly delayMs: number | null;
  readonly stopOnFailure: boolean;
  /** One topic a line. */
  readonly peers: string;
}

export type BatchInput = InputOf<EngineContract['rpcBatches.start']>;

export const emptyPlan: BatchPlan = { times: 10, inFlight: 1, delayMs: 0, stopOnFailure: false, peers: '' };

export interface PeerList {
  readonly topics: readonly string[];
  /** What is wrong first, in a sentence. */
  readonly problem: string | null;
  readonly duplicates: number;
}

/** Asked for the same text by everything that shows it. */
let lastRead: { readonly text: string; readonly list: PeerList } | undefined;

/** The topics of a list as it was written or pasted: without empty lines, each once. */
export function readPeers(text: string): PeerList {
  if (lastRead?.text !== text) lastRead = { text, list: parsePeers(text) };
  return lastRead.list;
}

function parsePeers(text: string): PeerList {
  return readPeerLines(text, (line) => ({ topic: line, problem: validateTopicName(line)?.message ?? null }));
}

/** A list with a peer on each line, each once. `read`: the topic of a line, and what is wrong with it. */
export function readPeerLines(text: string, read: (line: string) => { readonly topic: string; readonly problem: string | null }): PeerList {
  const topics = new Set<string>();
  let duplicates = 0;
  let problem: string | null = null;
  let characters = 0;
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const { topic, problem: wrong } = read(line.trim());
    if (topics.has(topic)) {
      duplicates += 1;
      continue;
    }
    if (wrong !== null && problem === null) problem = `Line ${at + 1}: ${wrong}`;
    topics.add(topic);
    characters += topic.length;
  }
  if (topics.size > batchLimits.peers) problem = `${formatCount(topics.size)} peers are too many: ${formatCount(batchLimits.peers)} at most.`;
  else if (characters > batchLimits.peerCharacters) problem = 'These topics are too long together: 4,000,000 characters at most.';
  return { topics: [...topics], problem, duplicates };
}

/** How a list of peers is written: as topics, or in the words of a place. */
export interface PeersForm {
  readonly read: (text: string) => PeerList;
  /** A peer as a line of the list. */
  readonly lineOf: (topic: string) => string;
  readonly words: { readonly peer: string; readonly service: string; readonly line: string; readonly example: string; readonly filter: string };
}

/** One topic a line. */
export const peersForm: PeersForm = {
  read: readPeers,
  lineOf: (topic) => topic,
  words: { peer: 'peer', service: 'service', line: 'One topic a line', example: 'edge/device_1\nedge/device_2', filter: 'edge/+/rpc' },
};

/** The list with some more topics, or without them. */
export function withPeers(text: string, topics: readonly string[], wanted: boolean, form: PeersForm = peersForm): string {
  const listed = new Set(form.read(text).topics);
  for (const topic of topics) {
    if (wanted) listed.add(topic);
    else listed.delete(topic);
  }
  return [...listed].map(form.lineOf).join('\n');
}

export interface PlanProblems {
  readonly times?: string;
  readonly inFlight?: string;
  readonly delay?: string;
  readonly peers?: string;
}

export function planProblems(mode: CallMode, plan: BatchPlan, form: PeersForm = peersForm): PlanProblems {
  if (mode === 'once') return {};
  const { times, inFlight, delayMs } = plan;
  const peers = mode === 'fan-out' ? form.read(plan.peers) : null;
  const noPeers = peers && (peers.problem ?? (peers.topics.length === 0 ? `Choose the ${form.words.peer}s.` : null));
  return {
    ...(mode === 'repeat' && !isWithin(times, 1, batchLimits.times) ? { times: `1 to ${formatCount(batchLimits.times)}` } : {}),
    ...(isWithin(inFlight, 1, batchLimits.inFlight) ? {} : { inFlight: `1 to ${batchLimits.inFlight}` }),
    ...(delayMs !== null && delayMs >= 0 && delayMs <= batchLimits.delayMs ? {} : { delay: 'up to 3,600 s' }),
    ...(noPeers === null ? {} : { peers: noPeers }),
  };
}

const isWithin = (value: number | null, least: number, most: number): boolean => value !== null && Number.isInteger(value) && value >= least && value <= most;

/** What to send, or `undefined` while there is a problem. */
export function toBatchInput(source: SourceId, draft: CallDraft, mode: CallMode, plan: BatchPlan, variables?: Variables | null): BatchInput | undefined {
  const { inFlight, delayMs, times, stopOnFailure } = plan;
  if (mode === 'once' || mode === 'requests' || Object.keys(planProblems(mode, plan)).length > 0 || inFlight === null || delayMs === null) return undefined;
  const { topics } = readPeers(plan.peers);
  const [first] = topics;
  const input = toCallInput(source, mode === 'fan-out' && first !== undefined ? { ...draft, topic: first } : draft, variables);
  if (!input) return undefined;
  const { variables: filled, ...call } = input;
  const common = { call, inFlight, delayMs: Math.round(delayMs), stopOnFailure, ...(filled === true ? { variables: true as const } : {}) };
  if (mode === 'fan-out') return { ...common, plan: { kind: 'fan-out', topics: [...topics] } };
  return times === null ? undefined : { ...common, plan: { kind: 'repeat', times } };
}

/** What the button says. */
export function callLabel(mode: CallMode, plan: BatchPlan): string {
  if (mode === 'repeat' && plan.times !== null && plan.times > 1) return `Call ${plural(plan.times, 'time')}`;
  if (mode === 'fan-out') {
    const { topics } = readPeers(plan.peers);
    return topics.length === 0 ? 'Call' : `Call ${plural(topics.length, 'peer')}`;
  }
  return 'Call';
}
