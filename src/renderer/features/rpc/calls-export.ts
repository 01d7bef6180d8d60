import type { CallExportFormat, CallFilter } from '../../../shared/contract/call-history.ts';
import type { Engine } from '../common/index.ts';

/** Parts are put together now and then, so that the browser may keep them elsewhere than in memory. */
const collectedBytes = 4 * 1024 * 1024;

export interface ExportProgress {
  readonly done: number;
  readonly total: number;
}

/** Reads a file of calls from the engine; `cancel` ends it with `null`. */
export function exportCalls(
  engine: Engine,
  filter: CallFilter,
  format: CallExportFormat,
  onProgress: (progress: ExportProgress) => void,
): { readonly parts: Promise<readonly (Uint8Array | Blob)[] | null>; cancel(): void } {
  let cancel = (): void => undefined;
  const parts = new Promise<readonly (Uint8Array | Blob)[] | null>((resolve, reject) => {
    const blobs: Blob[] = [];
    let collected: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    const close = engine.stream(
      'callHistory.export',
      { filter, format },
      {
        item: (part) => {
          collected.push(part.bytes as Uint8Array<ArrayBuffer>);
          bytes += part.bytes.byteLength;
          if (bytes >= collectedBytes) {
            blobs.push(new Blob(collected));
            collected = [];
            bytes = 0;
          }
          onProgress({ done: part.done, total: part.total });
        },
        end: (error) => (error ? reject(error) : resolve([...blobs, ...collected])),
        // What came before is of another run.
        restart: () => {
          blobs.length = 0;
          collected = [];
          bytes = 0;
        },
      },
    );
    cancel = () => {
      close();
      resolve(null);
    };
  });
  return { parts, cancel: () => cancel() };
}
