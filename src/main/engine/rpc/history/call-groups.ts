import type { CallFilter, CallGroup, GroupOutcome, GroupsFrame } from '../../../../shared/contract/call-history.ts';
import type { CallRow } from '../../../../shared/contract/rpc.ts';
import { findResponseCode } from '../../../../shared/coap/gf/response-codes.ts';
import type { Notifier } from '../../notifier.ts';
import type { CallsView, CallsWindow } from './calls-view.ts';

/** The newest so many requests are grouped: their rows are held here. */
const maxGrouped = 20_000;
const maxOutcomes = 20;

type OpenList = (
  filter: CallFilter,
  window: CallsWindow,
) => { readonly view: Pick<CallsView, 'frame' | 'setWindow'>; readonly changed: Notifier; close(): void };

/** A list of calls, grouped by their correlation id. */
export class CallGroups {
  readonly #list: ReturnType<OpenList>;
  #window: CallsWindow;

  constructor(open: OpenList, filter: CallFilter, window: CallsWindow) {
    this.#window = window;
    this.#list = open({ ...filter, correlated: true }, allOf(window));
  }

  get changed(): Notifier {
    return this.#list.changed;
  }

  setWindow(window: CallsWindow): void {
    this.#window = window;
    this.#list.view.setWindow(allOf(window));
  }

  /** `undefined`: there is nothing new to say, or not yet. */
  frame(): GroupsFrame | undefined {
    const frame = this.#list.view.frame();
    if (!frame) return undefined;
    const { rows, total, firstRow: _all, ...rest } = frame;
    const groups = groupsOf(rows);
    const { first, count } = this.#window;
    return {
      ...rest,
      firstRow: first,
      rows: groups.slice(first, first + count).map(summaryOf),
      total: groups.length,
      requests: rows.length,
      leftOut: Math.max(0, total - rows.length),
    };
  }

  close(): void {
    this.#list.close();
  }
}

const allOf = ({ frozen }: CallsWindow): CallsWindow => ({ first: 0, count: maxGrouped, frozen });

/** By their newest request, as the rows are. */
function groupsOf(rows: readonly CallRow[]): readonly (readonly CallRow[])[] {
  const groups = new Map<string, CallRow[]>();
  for (const row of rows) {
    if (row.correlationId === null) continue;
    const group = groups.get(row.correlationId);
    if (group) group.push(row);
    else groups.set(row.correlationId, [row]);
  }
  return [...groups.values()];
}

function summaryOf(rows: readonly CallRow[]): CallGroup {
  const outcomes = new Map<string, GroupOutcome>();
  let [firstUs, lastUs] = [Infinity, 0];
  for (const { state, own, responseCode, timeUs } of rows) {
    const key = `${state} ${own} ${responseCode}`;
    outcomes.set(key, { state, own, responseCode, count: (outcomes.get(key)?.count ?? 0) + 1 });
    firstUs = Math.min(firstUs, timeUs);
    lastUs = Math.max(lastUs, timeUs);
  }
  const worstFirst = [...outcomes.values()].toSorted((a, b) => badness(b) - badness(a) || (b.responseCode ?? 0) - (a.responseCode ?? 0));
  return {
    correlationId: rows[0]?.correlationId ?? '',
    requests: rows.length,
    services: new Set(rows.map(({ topic }) => topic)).size,
    outcomes: worstFirst.slice(0, maxOutcomes),
    otherOutcomes: worstFirst.slice(maxOutcomes).reduce((sum, { count }) => sum + count, 0),
    firstUs,
    lastUs,
  };
}

/** A success is the least; without a response at all is as bad as an error of the server. */
function badness({ state, responseCode }: GroupOutcome): number {
  switch (state) {
    case 'ok':
      return 0;
    case 'pending':
      return 1;
    case 'cancelled':
      return 2;
    case 'orphan':
    case 'wrong-reply-topic':
      return 3;
    case 'timed-out':
    case 'late':
      return 6;
    case 'failed':
      return responseCode === null || !findResponseCode(responseCode) ? 7 : responseCode < 500 ? 4 : 5;
  }
}
