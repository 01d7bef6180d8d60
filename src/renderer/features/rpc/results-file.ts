import type { SourceId } from '../../../shared/contract/common.ts';
import type { PeerResult } from '../../../shared/contract/rpc-batches.ts';

/** As JSON: one object for each peer. A result that was cut, or is none, stays text. */
export function resultsAsJson(rows: readonly PeerResult[]): string {
  return JSON.stringify(
    rows.map(({ topic, state, elapsedMs, text }) => ({
      peer: topic,
      state,
      elapsedMs,
      ...(text === null ? {} : state === 'ok' ? { result: parsed(text) } : { error: text }),
    })),
    null,
    2,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What the view of one source shows, for its file name. */
export const resultsFileName = (source: SourceId, format: 'json' | 'csv'): string => `rpc-peers-${source.replaceAll(/[^A-Za-z0-9-]+/g, '-')}.${format}`;

/** As CSV (RFC 4180) with a line of names. */
export function resultsAsCsv(rows: readonly PeerResult[]): string {
  const lines = rows.map(({ topic, state, elapsedMs, text }) => [topic, state, elapsedMs, text].map(cell));
  return [['peer', 'state', 'elapsed_ms', 'result'], ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

/** Texts come from devices: one that a spreadsheet would run as a formula is marked as text. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
