import type { CallExportFormat, CallsExportPart } from '../../../../../shared/contract/call-history.ts';
import type { StreamSink } from '../../../../../shared/ipc/stream-sink.ts';
import { csvFormat } from './csv-format.ts';
import type { ExportedCall, ExportFormat } from './exported-call.ts';
import { harFormat } from './har-format.ts';
import { jsonFormat } from './json-format.ts';

/** Calls that are read and written in one go: few enough to keep nothing else waiting. */
const sliceCalls = 50;

export function exportFormat(name: CallExportFormat, version: string): ExportFormat {
  return name === 'csv' ? csvFormat : name === 'json' ? jsonFormat : harFormat(version);
}

/** Writes the calls as one file, part by part. `read` leaves out what is gone meanwhile. Rejects with `cancelled` when the reader goes. */
export async function exportCalls(
  ids: readonly number[],
  read: (ids: readonly number[]) => Promise<readonly ExportedCall[]>,
  format: ExportFormat,
  sink: StreamSink<CallsExportPart>,
): Promise<void> {
  const encoder = new TextEncoder();
  const total = ids.length;
  let written = 0;
  await sink.send({ bytes: encoder.encode(format.head), done: 0, total });
  for (let at = 0; at < total; at += sliceCalls) {
    const calls = await read(ids.slice(at, at + sliceCalls));
    const text = calls.map((call) => format.entry(call, written++)).join('');
    await sink.send({ bytes: encoder.encode(text), done: Math.min(total, at + sliceCalls), total });
    // What was seen meanwhile comes first.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await sink.send({ bytes: encoder.encode(format.tail), done: total, total });
  sink.end();
}
