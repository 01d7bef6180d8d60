import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { qosSchema, sourceIdSchema, type SourceId } from '../../../shared/contract/common.ts';
import { publishMessageSchema, type PublishMessage } from '../../../shared/contract/publish-message.ts';
import type { PublishedRow } from '../../../shared/contract/publishing.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { createNotifier, type Notifier } from '../notifier.ts';

const maxEntries = 100;
/** UTF-16 units of a payload, and of properties, that are kept to be loaded again. */
const maxKeptLength = 65_536;
const previewLength = 200;
const saveDelayMs = 1000;

const entrySchema = z.strictObject({
  id: z.int(),
  at: z.number(),
  kind: z.enum(['once', 'repeat', 'lines']),
  qos: qosSchema,
  retain: z.boolean(),
  fileName: z.string().nullable(),
  problem: z.string().nullable(),
  topic: z.string(),
  preview: z.string(),
  message: publishMessageSchema.nullable(),
  answers: z.record(z.string(), z.string()),
});
type Entry = z.infer<typeof entrySchema>;
const fileSchema = z.array(z.tuple([sourceIdSchema, z.array(entrySchema).max(maxEntries)]));

export interface PublishedHistory {
  readonly changed: Notifier;
  add(source: SourceId, entry: NewEntry): void;
  rows(source: SourceId): readonly PublishedRow[];
  /** Throws `not-found`. */
  message(source: SourceId, id: number): { readonly message: PublishMessage; readonly answers: Readonly<Record<string, string>> };
  clear(source: SourceId): void;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

interface NewEntry extends Pick<Entry, 'kind' | 'qos' | 'retain' | 'fileName' | 'problem' | 'answers'> {
  readonly message: PublishMessage;
}

/** What was published here, of each source. Templates are kept as they were written, so that no secret of an environment gets into the file. */
export async function openPublishedHistory(file: string, now: () => number): Promise<PublishedHistory> {
  const sources = new Map<SourceId, readonly Entry[]>(await read(file));
  const changed = createNotifier();
  let lastId = Math.max(0, ...[...sources.values()].flat().map(({ id }) => id));
  let timer: NodeJS.Timeout | undefined;
  let saving: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    saving = saving.then(() => write(file, JSON.stringify([...sources])));
    return saving;
  };
  const put = (source: SourceId, entries: readonly Entry[]): void => {
    if (entries.length > 0) sources.set(source, entries);
    else sources.delete(source);
    timer ??= setTimeout(() => void save(), saveDelayMs);
    changed.notify();
  };
  return {
    changed,
    add(source, { message, ...more }) {
      lastId += 1;
      const isSmall = message.payload.length + JSON.stringify(message.properties).length + message.topic.length <= maxKeptLength;
      const { topic } = message;
      const entry: Entry = { id: lastId, at: now(), ...more, topic, preview: message.payload.slice(0, previewLength), message: isSmall ? message : null };
      put(source, [entry, ...(sources.get(source) ?? [])].slice(0, maxEntries));
    },
    rows: (source) => (sources.get(source) ?? []).map(({ message, answers: _answers, ...row }) => ({ ...row, kept: message !== null })),
    message(source, id) {
      const entry = sources.get(source)?.find((one) => one.id === id);
      if (!entry?.message) throw new CodedError('not-found', 'That message is not kept (any more).');
      return { message: entry.message, answers: entry.answers };
    },
    clear: (source) => put(source, []),
    async close() {
      await (timer ? save() : saving);
    },
  };
}

/** A file that is damaged is no history: it holds nothing that could not be written anew. */
async function read(file: string): Promise<readonly (readonly [SourceId, readonly Entry[]])[]> {
  const parsed = fileSchema.safeParse(await readFile(file, 'utf8').then(JSON.parse, () => null));
  return parsed.success ? parsed.data : [];
}

/** What cannot be written stays in memory. */
async function write(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch {
    // The next change tries again.
  }
}
