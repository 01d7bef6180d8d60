import { createNotifier, type Notifier } from '../../notifier.ts';
import { watchFolders, type FolderWatch } from './folder-watch.ts';

export interface FollowedFolder {
  /** Somebody who listens keeps the folder watched. */
  readonly changed: Notifier;
  /** Reads the folder again, and anew when it was changed meanwhile. */
  refresh(): Promise<void>;
  /** One change at a time: names are chosen by what is there. The folder is read again afterwards. */
  change<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
}

export interface FollowedFolderOptions {
  /** Answers with the folders to watch. Never rejects for what is wrong on the disk. */
  readonly read: () => Promise<readonly string[]>;
}

/** A folder of files that other programs change as well: read when somebody looks, watched as long as somebody does. */
export function followFolder({ read }: FollowedFolderOptions): FollowedFolder {
  const changed = createNotifier();
  let listeners = 0;
  let watching: FolderWatch | undefined;
  let reading: Promise<void> | undefined;
  let again = false;
  let queue: Promise<unknown> = Promise.resolve();

  const readAll = async (): Promise<void> => {
    try {
      do {
        again = false;
        const folders = await read();
        // What happened between the reading and the watching would be missed.
        if (watching?.watch(folders) === true) again = true;
        changed.notify();
      } while (again);
    } finally {
      // In the same turn: who asks from now on is not answered by this one.
      reading = undefined;
    }
  };
  const refresh = (): Promise<void> => {
    if (reading) again = true;
    else reading = readAll();
    return reading;
  };
  const refreshSoon = (): void => void refresh().catch(() => undefined);

  return {
    changed: {
      notify: changed.notify,
      subscribe(listener) {
        listeners += 1;
        watching ??= watchFolders(refreshSoon);
        const stop = changed.subscribe(listener);
        refreshSoon();
        let stopped = false;
        return () => {
          if (stopped) return;
          stopped = true;
          stop();
          listeners -= 1;
          if (listeners > 0) return;
          watching?.close();
          watching = undefined;
        };
      },
    },
    refresh,
    async change(work) {
      const outcome = queue.then(work);
      queue = outcome.catch(() => undefined);
      try {
        return await outcome;
      } finally {
        refreshSoon();
      }
    },
    close() {
      watching?.close();
      watching = undefined;
    },
  };
}
