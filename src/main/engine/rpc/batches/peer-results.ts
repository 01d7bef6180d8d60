import { createHash } from 'node:crypto';
import {
  peerStates,
  type BatchOutcome,
  type PeerResult,
  type PeerState,
  type ResultGroup,
  type ResultsPage,
  type ResultsQuery,
} from '../../../../shared/contract/rpc-batches.ts';
import type { RpcOutcome } from '../../../../shared/rpc/dialect.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { plainValue } from '../plain-value.ts';
import { isList } from '../../../../shared/rpc/is-list.ts';

const maxTextLength = 1000;
const shownGroups = 100;

interface Group {
  readonly key: string;
  readonly state: BatchOutcome;
  readonly text: string;
  count: number;
}

interface Peer {
  readonly index: number;
  readonly topic: string;
  readonly method: string;
  state: PeerState;
  callId: number | null;
  elapsedMs: number | null;
  responseCode: number | null;
  group: Group | null;
}

type Query = Omit<ResultsQuery, 'id'>;

/** What became of a call to each of many peers. Equal answers are kept once. */
export class PeerResults {
  readonly #peers: readonly Peer[];
  readonly #groups = new Map<string, Group>();
  /** Grows with each change. */
  version = 0;
  #sorted: { readonly question: string; readonly version: number; readonly peers: readonly Peer[] } | undefined;

  /** `method` where each has its own. */
  constructor(targets: readonly { readonly topic: string; readonly method?: string }[]) {
    this.#peers = targets.map(({ topic, method = '' }, index) => ({
      ...{ index, topic, method, state: 'waiting', callId: null, elapsedMs: null, responseCode: null, group: null },
    }));
  }

  begin(index: number, callId: number): void {
    const peer = this.#peers[index] as Peer;
    peer.state = 'pending';
    peer.callId = callId;
    this.version += 1;
  }

  end(index: number, state: BatchOutcome, outcome: RpcOutcome | null, elapsedMs: number | null): void {
    const peer = this.#peers[index] as Peer;
    peer.state = state;
    peer.elapsedMs = state === 'ok' || (outcome !== null && 'error' in outcome && outcome.error.origin === 'remote') ? elapsedMs : null;
    peer.responseCode = outcome?.code ?? null;
    peer.group = this.#groupOf(state, outcome);
    peer.group.count += 1;
    this.version += 1;
  }

  /** To be called again. Answers what it was. */
  reset(index: number): PeerState {
    const peer = this.#peers[index] as Peer;
    const { state, group } = peer;
    if (group) {
      group.count -= 1;
      if (group.count === 0) this.#groups.delete(group.key);
    }
    Object.assign(peer, { state: 'waiting', elapsedMs: null, responseCode: null, group: null });
    this.version += 1;
    return state;
  }

  /** Their places. */
  withoutResult(): readonly number[] {
    return this.#peers.filter(({ state }) => state !== 'ok').map(({ index }) => index);
  }

  page(query: Query): ResultsPage {
    const peers = this.#arranged(query);
    const groups = [...this.#groups.values()].toSorted((a, b) => b.count - a.count);
    return {
      rows: peers.slice(query.offset, query.offset + query.limit).map(rowOf),
      total: peers.length,
      groups: groups.slice(0, shownGroups).map(({ key, state, text, count }): ResultGroup => ({ group: key, state, text, count })),
      otherGroups: Math.max(0, groups.length - shownGroups),
    };
  }

  #arranged({ states, group, text = '', sort = 'order', descending = false }: Query): readonly Peer[] {
    const question = JSON.stringify([states, group, text, sort, descending]);
    if (this.#sorted?.question === question && this.#sorted.version === this.version) return this.#sorted.peers;
    const wanted = states && new Set(states);
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const fitting = this.#peers.filter((peer) => {
      if (wanted !== undefined && !wanted.has(peer.state)) return false;
      if (group !== undefined && peer.group?.key !== group) return false;
      if (words.length === 0) return true;
      const haystack = `${peer.topic}\n${peer.method}\n${peer.group?.text ?? ''}`.toLowerCase();
      return words.every((word) => haystack.includes(word));
    });
    const compare = comparers[sort];
    const sign = descending ? -1 : 1;
    // Equal ones stay in the order of the list that was given.
    const peers = sort === 'order' && !descending ? fitting : fitting.toSorted((a, b) => sign * compare(a, b) || a.index - b.index);
    this.#sorted = { question, version: this.version, peers };
    return peers;
  }

  #groupOf(state: BatchOutcome, outcome: RpcOutcome | null): Group {
    const whole = textOf(state, outcome);
    const key = createHash('sha1').update(`${state}\n${whole}`).digest('hex');
    let group = this.#groups.get(key);
    if (!group) this.#groups.set(key, (group = { key, state, text: whole.slice(0, maxTextLength), count: 0 }));
    return group;
  }
}

const comparers: Readonly<Record<NonNullable<Query['sort']>, (a: Peer, b: Peer) => number>> = {
  order: (a, b) => a.index - b.index,
  topic: (a, b) => compareTexts(a.topic, b.topic) || compareTexts(a.method, b.method),
  state: (a, b) => peerStates.indexOf(a.state) - peerStates.indexOf(b.state),
  result: (a, b) => compareTexts(a.group?.text ?? '', b.group?.text ?? ''),
  // Without a time comes last.
  time: (a, b) => (a.elapsedMs ?? Infinity) - (b.elapsedMs ?? Infinity) || 0,
};

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rowOf({ index, topic, method, state, callId, elapsedMs, responseCode, group }: Peer): PeerResult {
  return { index, topic, method, state, callId, elapsedMs, responseCode, text: group?.text ?? null, group: group?.key ?? null };
}

function textOf(state: BatchOutcome, outcome: RpcOutcome | null): string {
  if (outcome === null) return state === 'cancelled' ? 'cancelled' : '';
  if ('error' in outcome) return `${outcome.error.name}: ${outcome.error.message}`;
  return JSON.stringify(sorted(plainValue(outcome.result)));
}

/** Members in the order of their names: that they came in another one is no difference. */
function sorted(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => compareTexts(a, b))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
