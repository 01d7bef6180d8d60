import type { RetainedMessage, RetainedWanted } from '../../../../shared/contract/broker-lists.ts';
import type { PublishInput } from '../../../../shared/contract/messages.ts';
import type { CodedError } from '../../../../shared/ipc/errors.ts';
import { engineClient } from '../../../data/index.ts';
import { showError } from '../../../app/show-error.ts';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { act, formatBytes, plural, saveFile } from '../../common/index.ts';
import { refreshLists } from '../polled-list.ts';
import { readRetainedLine, retainedLine } from './retained-file.ts';

/** A message larger than this cannot be brought back after it was deleted. */
const undoBytes = 16_777_216;
/** Of a file that is imported: it is read as a whole. */
const importBytes = 268_435_456;
/** Publishes of an import that are under way at once. */
const atOnce = 50;

export function publishRetained(message: Omit<PublishInput, 'source' | 'retain'>): Promise<unknown> {
  return engineClient().call('messages.publish', { ...message, source: 'broker', retain: true });
}

/** As it was, so that it can be published again. */
export function publishable({ topic, payload, qos, properties }: RetainedMessage): Omit<PublishInput, 'source' | 'retain'> {
  const { subscriptionIdentifiers: _identifiers, topicAlias: _alias, userProperties, ...others } = properties ?? {};
  const pairs = userProperties?.map(([name, value]): [string, string] => [name, value]);
  const given = Object.fromEntries(Object.entries({ ...others, userProperties: pairs }).filter(([, value]) => value !== undefined));
  return { topic, payload: new Uint8Array(payload), qos, ...(Object.keys(given).length === 0 ? {} : { properties: given }) };
}

/** Deletes one message, which can be undone; a very large one is asked for instead. */
export async function deleteOne(topic: string, sizeBytes: number): Promise<boolean> {
  const isLarge = sizeBytes > undoBytes;
  if (isLarge) {
    const text = `Its ${formatBytes(sizeBytes)} are too many to keep: this cannot be undone.`;
    if (!(await confirm({ title: `Delete the retained message of “${topic}”?`, text, action: 'Delete', danger: true }))) return false;
  }
  const engine = engineClient();
  let message: RetainedMessage | null = null;
  const isDone = await act(
    (async () => {
      if (!isLarge) message = await engine.call('broker.retainedMessage', { topic, maxBytes: undoBytes });
      await engine.call('messages.clearRetained', { source: 'broker', topic, subtree: false });
    })(),
    'The message could not be deleted',
  );
  refreshLists();
  if (!isDone) return false;
  const kept = message as RetainedMessage | null;
  toasts.show({
    title: 'Retained message deleted',
    detail: topic,
    action:
      kept === null
        ? undefined
        : {
            label: 'Undo',
            // What was there before may come back, whatever it does to others.
            run: () => void act(publishRetained({ ...publishable(kept), knowingly: true }), 'The message could not be kept again').then(refreshLists),
          },
  });
  return true;
}

export interface LongWork {
  readonly title: string;
  readonly done: number;
  /** `null`: not known. */
  readonly total: number | null;
  readonly cancel: () => void;
}

/** Tells how far long work is; `null`: it is over. */
export type Progress = (work: LongWork | null) => void;

const plain = (error: CodedError | undefined, title: string): void => {
  if (error) showError(error, title);
};

/** Deletes all that fit, after asking; it can be stopped between two. */
export async function deleteAll(wanted: RetainedWanted, total: number, what: string, progress: Progress): Promise<void> {
  const agreed = await confirm({
    title: `Delete ${plural(total, 'retained message')}?`,
    text: `${what} Subscribers are told with an empty message each. Those of the broker itself below $SYS stay. This cannot be undone.`,
    action: `Delete ${plural(total, 'message')}`,
    danger: true,
  });
  if (!agreed) return;
  let deleted = 0;
  const tell = (): void => progress({ title: 'Deleting retained messages', done: deleted, total, cancel });
  const close = engineClient().stream('broker.deleteRetained', wanted, {
    item: (item) => {
      ({ deleted } = item);
      tell();
      return Promise.resolve();
    },
    end: (error) => {
      plain(error, 'Not all messages were deleted');
      finish();
    },
  });
  const finish = (): void => {
    progress(null);
    refreshLists();
    toasts.show({ title: `${plural(deleted, 'retained message')} deleted` });
  };
  function cancel(): void {
    close();
    finish();
  }
  tell();
}

/** Saves all that fit as JSON lines. */
export function exportAll(wanted: RetainedWanted, total: number, as: 'text' | 'base64', progress: Progress): void {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let done = 0;
  let leftOut = 0;
  const tell = (): void => progress({ title: 'Reading retained messages', done, total, cancel: () => stop() });
  const close = engineClient().stream('broker.exportRetained', wanted, {
    item: ({ messages }) => {
      const whole = messages.filter(({ payload, sizeBytes }) => payload.length === sizeBytes);
      for (const message of whole) parts.push(encoder.encode(`${retainedLine(message, as)}\n`));
      done += whole.length;
      leftOut += messages.length - whole.length;
      tell();
      return Promise.resolve();
    },
    end: (error) => {
      progress(null);
      if (error) return plain(error, 'The retained messages could not be exported');
      saveFile(parts, 'retained-messages.jsonl');
      toasts.show({
        kind: leftOut === 0 ? 'ok' : 'warn',
        title: `${plural(done, 'retained message')} exported`,
        detail: leftOut === 0 ? undefined : `${plural(leftOut, 'message')} above 32 MiB ${leftOut === 1 ? 'is' : 'are'} left out.`,
      });
    },
  });
  const stop = (): void => {
    close();
    progress(null);
  };
  tell();
}

/** Publishes what a file holds, and says which lines cannot be used. */
export async function importFile(file: File, progress: Progress): Promise<void> {
  if (file.size > importBytes) {
    toasts.show({
      kind: 'bad',
      title: 'This file is too large to import',
      detail: `It has ${formatBytes(file.size)}; ${formatBytes(importBytes)} are read at most. Split it by lines.`,
    });
    return;
  }
  const lines = (await file.text()).split(/\r?\n/);
  const problems: string[] = [];
  const stop = new AbortController();
  let done = 0;
  const total = lines.filter((line) => line.trim() !== '').length;
  const publishLine = async (line: string, at: number): Promise<void> => {
    if (line.trim() === '') return;
    const read = readRetainedLine(line);
    if ('problem' in read) {
      problems.push(`Line ${at + 1}: ${read.problem}`);
      return;
    }
    try {
      await publishRetained(read.message);
      done += 1;
    } catch (error) {
      problems.push(`Line ${at + 1}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (let at = 0; at < lines.length && !stop.signal.aborted; at += atOnce) {
    progress({ title: 'Publishing retained messages', done, total, cancel: () => stop.abort() });
    await Promise.all(lines.slice(at, at + atOnce).map((line, more) => publishLine(line, at + more)));
  }
  progress(null);
  refreshLists();
  const first = problems.slice(0, 5).join('\n');
  if (problems.length === 0) toasts.show({ kind: 'ok', title: `${plural(done, 'retained message')} imported` });
  else
    toasts.show({
      kind: 'bad',
      title: `${plural(done, 'message')} imported, ${plural(problems.length, 'line')} not`,
      detail: problems.length > 5 ? `${first}\nand ${plural(problems.length - 5, 'further line')}` : first,
    });
}
