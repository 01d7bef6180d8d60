import type { CallQuery, CallsPage } from '../../../../shared/contract/rpc.ts';
import type { CallList } from './call-list.ts';
import { rowOf, type CallRecord } from './call-record.ts';

/** A page of the list, newest first. */
export function queryCalls(list: CallList, query: CallQuery): CallsPage {
  const { offset = 0, limit } = query;
  const matches = matcherOf(query);
  const rows: CallRecord[] = [];
  let total = 0;
  for (const call of list.newestFirst()) {
    if (matches) {
      if (!matches(call)) continue;
    } else if (rows.length >= limit) break;
    if (total >= offset && rows.length < limit) rows.push(call);
    total += 1;
  }
  return { rows: rows.map(rowOf), total: matches ? total : list.size, forgotten: list.forgotten };
}

/** `null`: every call is wanted. */
function matcherOf({ source, topic, method, states, text = '' }: CallQuery): ((call: CallRecord) => boolean) | null {
  const words = text
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const wanted = states && new Set(states);
  if (source === undefined && topic === undefined && method === undefined && wanted === undefined && words.length === 0) return null;
  return (call) => {
    if (source !== undefined && call.source !== source) return false;
    if (topic !== undefined && call.topic !== topic) return false;
    if (method !== undefined && call.method !== method) return false;
    if (wanted !== undefined && !wanted.has(call.state)) return false;
    if (words.length === 0) return true;
    const haystack = `${call.topic}\n${call.method}\n${call.callerId}\n${call.errorText ?? ''}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  };
}
