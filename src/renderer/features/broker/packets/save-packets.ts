import { useEffect, useRef, useState } from 'react';
import type { PacketFilter } from '../../../../shared/contract/packets.ts';
import type { PacketFileFormat } from '../../../../shared/mqtt/packet-files/index.ts';
import { engineClient } from '../../../data/index.ts';
import { act, saveFile, type Engine } from '../../common/index.ts';

/** Parts are put together now and then, so that the browser may keep them elsewhere than in memory. */
const collectedBytes = 4 * 1024 * 1024;
const progressEveryMs = 100;

const fileNames: Readonly<Record<PacketFileFormat, string>> = { pcapng: 'packets.pcapng', jsonl: 'packets.jsonl', curl: 'packets.txt' };

interface PacketsFileRequest {
  readonly filter: PacketFilter;
  readonly format: PacketFileFormat;
  readonly secrets: boolean;
}

interface Progress {
  readonly done: number;
  readonly total: number;
}

interface RunningSave {
  readonly progress: Progress | null;
  save(request: PacketsFileRequest): void;
  cancel(): void;
}

/** Saves every packet that fits, not only those that are here. Leaving the view cancels. */
export function useSavePackets(): RunningSave {
  const [progress, setProgress] = useState<Progress | null>(null);
  const running = useRef<() => void>(() => undefined);
  useEffect(() => () => running.current(), []);
  const save = async (request: PacketsFileRequest): Promise<void> => {
    setProgress({ done: 0, total: 0 });
    let shownAt = 0;
    const { parts, cancel } = readFile(engineClient(), request, (next) => {
      if (Date.now() - shownAt < progressEveryMs) return;
      shownAt = Date.now();
      setProgress(next);
    });
    running.current = cancel;
    await act(
      parts.then((all) => (all === null ? undefined : saveFile(all, fileNames[request.format]))),
      'The packets could not be saved',
    );
    running.current = () => undefined;
    setProgress(null);
  };
  return { progress, save: (request) => void save(request), cancel: () => running.current() };
}

/** The file in parts; `cancel` ends it with `null`. */
function readFile(
  engine: Engine,
  request: PacketsFileRequest,
  onProgress: (progress: Progress) => void,
): { readonly parts: Promise<readonly (Uint8Array | Blob)[] | null>; cancel(): void } {
  let cancel = (): void => undefined;
  const parts = new Promise<readonly (Uint8Array | Blob)[] | null>((resolve, reject) => {
    const blobs: Blob[] = [];
    let collected: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    const forget = (): void => {
      collected = [];
      bytes = 0;
    };
    const close = engine.stream('packets.export', request, {
      item: (part) => {
        collected.push(part.bytes as Uint8Array<ArrayBuffer>);
        bytes += part.bytes.byteLength;
        if (bytes >= collectedBytes) {
          blobs.push(new Blob(collected));
          forget();
        }
        onProgress({ done: part.done, total: part.total });
      },
      end: (error) => (error ? reject(error) : resolve([...blobs, ...collected])),
      // What came before is of another run.
      restart: () => {
        blobs.length = 0;
        forget();
      },
    });
    cancel = () => {
      close();
      resolve(null);
    };
  });
  return { parts, cancel: () => cancel() };
}
