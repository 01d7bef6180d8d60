import type { CallDetail, CallRow } from '../../../shared/contract/rpc.ts';
import type { EngineContract } from '../../../shared/contract/index.ts';
import type { InputOf, ItemOf } from '../../../shared/ipc/contract.ts';
import type { Engine } from '../common/index.ts';
import type { CallsQuery } from './calls-view.ts';

const pageRows = 500;
/** Calls asked for at the same time. */
const parallel = 16;

type ReadName = 'rpc.calls' | 'rpc.detail';

/** The first item of a stream: what is there now. */
function readOnce<K extends ReadName>(engine: Engine, name: K, input: InputOf<EngineContract[K]>): Promise<ItemOf<EngineContract[K]>> {
  return new Promise((resolve, reject) => {
    const close = engine.stream<K>(name, input, {
      item: (item) => {
        resolve(item);
        close();
      },
      end: (error) => reject(error ?? new Error('The list of calls ended.')),
    });
  });
}

/** Every call that fits a filter, newest first. Calls that come meanwhile shift the pages; none is listed twice. */
export async function readCalls(engine: Engine, query: CallsQuery): Promise<readonly CallRow[]> {
  const found = new Map<number, CallRow>();
  for (let offset = 0; ; offset += pageRows) {
    const { rows } = await readOnce(engine, 'rpc.calls', { ...query, offset, limit: pageRows });
    for (const row of rows) found.set(row.id, row);
    if (rows.length < pageRows) return [...found.values()];
  }
}

/** The calls with all that is known of each; what was forgotten meanwhile is left out. */
export async function readDetails(engine: Engine, rows: readonly CallRow[]): Promise<readonly CallDetail[]> {
  const details: CallDetail[] = [];
  for (let at = 0; at < rows.length; at += parallel) {
    const some = await Promise.all(rows.slice(at, at + parallel).map(({ id }) => readOnce(engine, 'rpc.detail', { id })));
    details.push(...some.filter((detail) => detail !== null));
  }
  return details;
}

const isoTime = (timeUs: number): string => new Date(timeUs / 1000).toISOString();

/** As JSON: one object for each call with params and result, without the bytes. */
export function callsAsJson(calls: readonly CallDetail[]): string {
  return JSON.stringify(
    calls.map(({ request, answers, timeUs, ...call }) => ({
      time: isoTime(timeUs),
      ...call,
      requestBytes: request?.sizeBytes ?? null,
      answers: answers.map(({ topic, timeUs: at, qos, sizeBytes }) => ({ time: isoTime(at), topic, qos, bytes: sizeBytes })),
    })),
    null,
    2,
  );
}

const columns: readonly (readonly [name: string, read: (row: CallRow) => string | number | null])[] = [
  ['time', (row) => isoTime(row.timeUs)],
  ['state', (row) => row.state],
  ['source', (row) => row.source],
  ['dialect', (row) => row.dialect],
  ['topic', (row) => row.topic],
  ['method', (row) => row.method],
  ['caller', (row) => row.callerId],
  ['own', (row) => (row.own ? 'yes' : 'no')],
  ['elapsed_ms', (row) => row.elapsedMs],
  ['duplicates', (row) => row.duplicates],
  ['error', (row) => row.errorText],
];

/** As CSV (RFC 4180) with a line of names. */
export function callsAsCsv(rows: readonly CallRow[]): string {
  return [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, read]) => cell(read(row))))].map((line) => `${line.join(',')}\r\n`).join('');
}

/** Texts come from devices: one that a spreadsheet would run as a formula is marked as text. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
