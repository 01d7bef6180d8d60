import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { HandlerLogLine } from '../../../../shared/contract/broker-handlers.ts';
import { createScripts } from '../../scripts/index.ts';
import { harmless } from '../../terminal-text.ts';
import { BrokerHandlers } from '../handlers/broker-handlers.ts';
import { openHandlerFiles } from '../../handler-files/index.ts';

export interface ServedHandlers {
  readonly handlers: BrokerHandlers;
  close(): Promise<void>;
}

/** The handlers of a folder, read again whenever something in it changes. `say` gets lines for a person. Rejects when there is no such folder. */
export async function serveHandlers(folder: string, say: (line: string) => void): Promise<ServedHandlers> {
  const facts = await stat(folder).catch(() => null);
  if (facts?.isDirectory() !== true) throw new Error(`--handlers: there is no folder ${folder}.`);
  const files = openHandlerFiles(folder);
  const scripts = createScripts({
    onBug: (error) => {
      throw error;
    },
  });
  const tell = ({ id, level, text, line }: HandlerLogLine): void => {
    // The header is not in the script.
    const place = line === null ? '' : `:${line + files.skippedLines(id)}`;
    say(`${id}.js${place}: ${level === 'log' ? '' : `${level}: `}${harmless(text)}`);
  };
  const handlers = new BrokerHandlers({ scripts, now: Date.now, onLine: tell });
  let used: string | undefined;
  const use = (): void => {
    const { handlers: saved, problem } = files.view();
    const text = JSON.stringify([saved, problem]);
    if (text === used) return;
    used = text;
    const usable = files.usable();
    for (const message of [problem, ...saved.map((one) => one.problem)].flatMap((one) => (one === null ? [] : [one.message]))) say(harmless(message));
    const on = usable.filter(({ enabled }) => enabled);
    say(on.length === 0 ? `no handlers in ${path.basename(folder)}` : `handlers: ${on.map(({ id }) => harmless(id)).join(', ')}`);
    handlers.set(usable);
  };
  await files.refresh();
  use();
  const stop = files.changed.subscribe(use);
  return {
    handlers,
    async close() {
      stop();
      files.close();
      await scripts.close();
    },
  };
}
