import type { CallDetail } from '../../../../../shared/contract/rpc.ts';
import { isoTime, type ExportFormat } from './exported-call.ts';

const columns: readonly (readonly [name: string, read: (call: CallDetail) => string | number | null])[] = [
  ['time', ({ timeUs }) => isoTime(timeUs)],
  ['state', ({ state }) => state],
  ['source', ({ source }) => source],
  ['dialect', ({ dialect }) => dialect],
  ['topic', ({ topic }) => topic],
  ['method', ({ method }) => method],
  ['caller', ({ callerId }) => callerId],
  ['own', ({ own }) => (own ? 'yes' : 'no')],
  ['elapsed_ms', ({ elapsedMs }) => elapsedMs],
  ['further_answers', ({ duplicates }) => duplicates],
  ['error', ({ errorText }) => errorText],
  ['reply_topic', ({ replyTo }) => replyTo],
  ['request_id', ({ requestId }) => requestId],
  ['params', ({ request, params }) => (request === null ? null : JSON.stringify(params))],
  ['result', ({ result }) => (result === undefined ? null : JSON.stringify(result))],
];

/** Texts come from devices: one that a spreadsheet would run as a formula is marked as text. A number is none. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/u;
const plainNumber = /^-?\d+(\.\d+)?$/;

/** CSV (RFC 4180) with a line of names. */
export const csvFormat: ExportFormat = {
  head: line(columns.map(([name]) => name)),
  entry: ({ detail }) => line(columns.map(([, read]) => read(detail))),
  tail: '',
};

function line(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = formula.test(value) && !plainNumber.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
