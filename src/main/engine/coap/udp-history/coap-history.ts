import { appendFile, mkdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CoapHistoryEntry, CoapHistoryPage, CoapHistoryQuery, CoapHistoryRow } from '../../../../shared/contract/coap-history.ts';
import { codeTitle, formatCode } from '../../../../shared/coap/udp/packet.ts';
import { createNotifier, type Notifier } from '../../notifier.ts';
import { diskAccess, errorCode } from '../../workspace/index.ts';
import { readLine, writeLine } from './history-line.ts';

export interface CoapHistoryLimits {
  readonly entries: number;
  /** Of payloads. */
  readonly bytes: number;
  /** Of each payload. */
  readonly payloadBytes: number;
  /** A file that has grown beyond is not read. */
  readonly fileBytes: number;
}

export const coapHistoryLimits: CoapHistoryLimits = { entries: 5000, bytes: 32 * 1024 * 1024, payloadBytes: 64 * 1024, fileBytes: 256 * 1024 * 1024 };

/** Of an entry without its payloads, about. */
const rowBytes = 1024;

interface Kept {
  readonly entry: CoapHistoryEntry;
  readonly bytes: number;
  /** Small letters, for filters. */
  readonly words: string;
}

/** Requests that have ended, the last ones of all runs of the program: a file with a line for each. */
export interface CoapHistory {
  /** For a request that begins. */
  newId(): number;
  add(entry: CoapHistoryEntry): void;
  page(query: CoapHistoryQuery): CoapHistoryPage;
  entry(id: number): CoapHistoryEntry | null;
  /** Resolves when the disk has none of it any more. */
  clear(): Promise<void>;
  readonly changed: Notifier;
  /** Writes what waits. */
  close(): Promise<void>;
}

/** Reads what is there. Damaged lines are passed over and counted; what cannot be read or written is said, and the list goes on in memory. */
export async function openCoapHistory(file: string, limits: CoapHistoryLimits = coapHistoryLimits): Promise<CoapHistory> {
  const changed = createNotifier();
  /** The oldest first. */
  let kept: Kept[] = [];
  let bytes = 0;
  let forgotten = 0;
  let lastId = 0;
  let linesInFile = 0;
  let bytesInFile = 0;
  let readProblem: string | null = null;
  let writeProblem: string | null = null;
  let needsNewLine = false;
  let waiting: string[] = [];
  let writing: Promise<void> = Promise.resolve();

  const keep = (entry: CoapHistoryEntry): number => {
    const size = rowBytes + entry.request.payload.length + (entry.response?.payload.length ?? 0);
    kept.push({ entry, bytes: size, words: wordsOf(entry) });
    bytes += size;
    let gone = 0;
    for (; kept.length - gone > limits.entries || bytes > limits.bytes; gone += 1) bytes -= kept[gone]?.bytes ?? bytes;
    kept.splice(0, gone);
    return gone;
  };

  const read = async (): Promise<void> => {
    let text: string;
    try {
      if ((await stat(file)).size > limits.fileBytes) throw Object.assign(new Error(), { code: 'EFBIG' });
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') readProblem = `The history of earlier requests could not be read (${errorCode(error)}).`;
      return;
    }
    needsNewLine = text !== '' && !text.endsWith('\n');
    bytesInFile = Buffer.byteLength(text);
    let damaged = 0;
    for (const line of text.split('\n')) {
      if (line === '') continue;
      linesInFile += 1;
      const entry = readLine(line);
      if (!entry) damaged += 1;
      else {
        keep(entry);
        lastId = Math.max(lastId, entry.row.id);
      }
    }
    if (damaged > 0)
      readProblem = `${damaged === 1 ? 'One line' : `${damaged} lines`} of the history could not be read, and ${damaged === 1 ? 'was' : 'were'} passed over.`;
  };

  const rewrite = async (): Promise<void> => {
    const text = kept.map(({ entry }) => writeLine(entry)).join('');
    await diskAccess.makeFolder(path.dirname(file));
    await diskAccess.writeAtomic(file, text, 0o600);
    [linesInFile, bytesInFile, needsNewLine] = [kept.length, Buffer.byteLength(text), false];
  };

  const write = async (): Promise<void> => {
    const lines = waiting;
    if (lines.length === 0) return;
    waiting = [];
    try {
      // Of what is forgotten the file has at most as much again.
      if (linesInFile + lines.length > 2 * limits.entries || bytesInFile > 4 * limits.bytes) await rewrite();
      else {
        const text = `${needsNewLine ? '\n' : ''}${lines.join('')}`;
        await mkdir(path.dirname(file), { recursive: true });
        await appendFile(file, text, { mode: 0o600 });
        [linesInFile, bytesInFile, needsNewLine] = [linesInFile + lines.length, bytesInFile + Buffer.byteLength(text), false];
      }
      writeProblem = null;
    } catch (error) {
      // A line that was written in part must not damage the next one.
      needsNewLine = true;
      writeProblem = `Requests could not be written to the history on disk (${errorCode(error)}): they are gone when the program ends.`;
    }
    changed.notify();
  };

  const enqueue = (work: () => Promise<void>): Promise<void> => (writing = writing.then(work, work));

  await read();
  return {
    newId: () => (lastId += 1),
    add(given) {
      const { request, response } = given;
      const cut = (payload: Uint8Array): Uint8Array => (payload.length > limits.payloadBytes ? payload.slice(0, limits.payloadBytes) : payload);
      const entry = {
        ...given,
        request: { ...request, payload: cut(request.payload) },
        response: response && { ...response, payload: cut(response.payload) },
      };
      forgotten += keep(entry);
      waiting.push(writeLine(entry));
      void enqueue(write);
      changed.notify();
    },
    page({ offset, limit, text, outcome }) {
      const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
      const all = wanted.length === 0 && outcome === 'all';
      const fitting = all
        ? kept
        : kept.filter(({ entry, words }) => (outcome === 'all' || isOk(entry.row) === (outcome === 'ok')) && wanted.every((word) => words.includes(word)));
      const end = Math.max(0, fitting.length - offset);
      const rows = fitting
        .slice(Math.max(0, end - limit), end)
        .toReversed()
        .map(({ entry }) => entry.row);
      const problem = [readProblem, writeProblem].filter((one) => one !== null).join(' ');
      return { rows, total: fitting.length, kept: kept.length, forgotten, problem: problem === '' ? null : problem };
    },
    entry: (id) => kept.findLast(({ entry }) => entry.row.id === id)?.entry ?? null,
    async clear() {
      [kept, waiting, bytes, forgotten, readProblem] = [[], [], 0, 0, null];
      changed.notify();
      let failure: unknown = null;
      await enqueue(() => rewrite().catch((error: unknown) => void (failure = error)));
      if (failure === null) return;
      writeProblem = `The history could not be deleted on disk (${errorCode(failure)}).`;
      changed.notify();
    },
    changed,
    close: () => enqueue(write),
  };
}

const isOk = ({ code }: CoapHistoryRow): boolean => code !== null && code >> 5 === 2;

function wordsOf({ row: { method, uri, code, run }, failure }: CoapHistoryEntry): string {
  const result = code === null ? `${failure?.kind ?? ''} ${failure?.message ?? ''}` : `${formatCode(code)} ${codeTitle(code) ?? ''}`;
  return `${method} ${uri} ${result}${run ? ' run' : ''}`.toLowerCase();
}
