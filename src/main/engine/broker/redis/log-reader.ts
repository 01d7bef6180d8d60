import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { compareLogIds } from './log-id.ts';
import { unpackTravelling, type TravellingMessage } from './redis-records.ts';
import { pairs } from './session-rows.ts';

interface LogItem {
  readonly seq: number;
  readonly bytes: Buffer;
}

export interface LogEntry {
  readonly id: string;
  /** Who wrote it. */
  readonly run: string;
  readonly items: readonly LogItem[];
}

const entriesAtOnce = 200;
const blockMs = 1000;
const pauseMs = 100;

/** `null`: what is retained has to be read again; `undefined`: it cannot be read, the log may hold what another program put there. */
export function readItem({ bytes }: LogItem): TravellingMessage | null | undefined {
  try {
    return unpackTravelling(bytes);
  } catch {
    return undefined;
  }
}

function readEntry(id: string, flat: readonly Buffer[]): LogEntry {
  let run = '';
  const items: LogItem[] = [];
  for (const [name, value] of pairs(flat)) {
    if (name.length === 1 && name[0] === 0x62) run = value.toString();
    else items.push({ seq: Number(name.toString()), bytes: value });
  }
  return { id, run, items };
}

type RawEntry = readonly [Buffer, readonly Buffer[]];

/** The entries after `from`, up to at least `to`. */
export async function readRange(commands: Redis, key: string, from: string, to: string): Promise<readonly LogEntry[]> {
  const found: LogEntry[] = [];
  let after = from;
  while (compareLogIds(after, to) < 0) {
    const part = (await commands.callBuffer('XRANGE', key, `(${after}`, '+', 'COUNT', String(entriesAtOnce))) as readonly RawEntry[];
    for (const [id, flat] of part) found.push(readEntry(id.toString(), flat));
    const last = found.at(-1);
    if (part.length < entriesAtOnce || last === undefined) break;
    after = last.id;
  }
  return found;
}

export interface LogReaderOptions {
  readonly client: Redis;
  readonly key: string;
  /** Where to go on; asked before each question. */
  readonly cursor: () => string;
  /** So much is to be done that reading should wait. */
  readonly isBusy: () => boolean;
  readonly onEntry: (entry: LogEntry) => void;
}

/** Reads the log as it grows, until it is closed. */
export class LogReader {
  readonly #options: LogReaderOptions;
  #closed = false;
  #loop: Promise<void> | null = null;

  constructor(options: LogReaderOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async #run(): Promise<void> {
    const { client, key, cursor, isBusy, onEntry } = this.#options;
    while (!this.#closed) {
      if (client.status !== 'ready' || isBusy()) {
        await wait(pauseMs);
        continue;
      }
      const from = cursor();
      let answer: readonly (readonly [Buffer, readonly RawEntry[]])[] | null;
      try {
        answer = (await client.callBuffer('XREAD', 'COUNT', String(entriesAtOnce), 'BLOCK', String(blockMs), 'STREAMS', key, from)) as typeof answer;
      } catch {
        // The connection was lost, or Redis is not ready: the state of the other one says so.
        await wait(pauseMs);
        continue;
      }
      // The broker may have begun anew at another place meanwhile.
      if (this.#closed || cursor() !== from) continue;
      for (const [id, flat] of answer?.[0]?.[1] ?? []) onEntry(readEntry(id.toString(), flat));
    }
  }

  /** The question under way is broken off by whoever closes the connection. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#loop;
  }
}
