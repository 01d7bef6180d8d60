import type { Workspace } from '../workspace/index.ts';

/** Passwords of things that may be taken back after they were removed: the vault forgets them at once, this run does not. */
export interface RemovedPasswords {
  /** A text sets it, `null` removes it; `undefined` keeps it, or brings that of something removed back. */
  set(id: string, password: string | null | undefined): Promise<void>;
  remove(id: string): Promise<void>;
}

const mostKept = 100;

export function createRemovedPasswords(secrets: Workspace['secrets'], keyOf: (id: string) => string): RemovedPasswords {
  const removed = new Map<string, string>();
  return {
    async set(id, password) {
      const wanted = password === undefined ? removed.get(id) : password;
      removed.delete(id);
      if (wanted === null) await secrets.remove(keyOf(id));
      else if (wanted !== undefined) await secrets.set(keyOf(id), wanted);
    },
    async remove(id) {
      // One that cannot be opened (any more) counts as none.
      const password = await secrets.get(keyOf(id)).catch(() => undefined);
      if (password !== undefined) removed.set(id, password);
      const [oldest] = removed.keys();
      if (removed.size > mostKept && oldest !== undefined) removed.delete(oldest);
      await secrets.remove(keyOf(id));
    },
  };
}
