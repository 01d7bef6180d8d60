import path from 'node:path';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { diskAccess, errorCode, type FileAccess } from './file-access.ts';

/** The owner rewrites the lock this often; one that was not rewritten for `staleAfterMs` belongs to nobody. */
const renewEveryMs = 5_000;
const staleAfterMs = 30_000;

export interface LockOptions {
  readonly folder: string;
  /** Of this run of the engine. */
  readonly instance: string;
  readonly hostName: string;
  /** Unix ms. */
  readonly now: () => number;
  /** Another program has taken the workspace over, although this one is still running. */
  readonly onLost: () => void;
  readonly files?: FileAccess;
  readonly isAlive?: (pid: number) => boolean;
}

export interface WorkspaceLock {
  release(): Promise<void>;
}

interface LockContent {
  readonly pid: number;
  readonly hostName: string;
  readonly instance: string;
  readonly renewedAt: number;
}

// Locks of this process: its own process id in a lock file proves nothing otherwise, as ids are used again after a restart.
const heldHere = new Set<string>();

/** Makes this engine the only one in the workspace, or rejects with `invalid-state`. A lock left by a crash is taken over. */
export async function lockWorkspace(options: LockOptions): Promise<WorkspaceLock> {
  const { files = diskAccess, now, instance } = options;
  const file = path.join(options.folder, '.lock');
  const content = (): string => `${JSON.stringify({ pid: process.pid, hostName: options.hostName, instance, renewedAt: now() } satisfies LockContent)}\n`;

  let tookOver = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await files.create(file, content(), 0o644);
      break;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const holder = await readLock(files, file);
    if (holder === 'gone') continue;
    if (attempt > 3 || (holder !== 'unreadable' && isHeld(holder, options))) throw inUse(options.folder, holder, options.hostName);
    await files.remove(file);
    tookOver = true;
  }
  if (tookOver) await yieldToRival(files, file, options);
  heldHere.add(instance);

  let timer: NodeJS.Timeout | undefined;
  let renewing: Promise<void> = Promise.resolve();
  const stop = (): void => {
    clearInterval(timer);
    heldHere.delete(instance);
  };
  const ownsFile = async (): Promise<boolean> => {
    const holder = await readLock(files, file);
    return typeof holder !== 'object' || holder.instance === instance;
  };
  const renew = async (): Promise<void> => {
    if (!(await ownsFile())) {
      stop();
      options.onLost();
      return;
    }
    await files.writeAtomic(file, content(), 0o644);
  };
  timer = setInterval(() => {
    // A full disk must not end the work: the process id still shows that the owner lives.
    renewing = renewing.then(renew).catch(() => {});
  }, renewEveryMs);
  timer.unref();

  return {
    async release() {
      const held = heldHere.has(instance);
      stop();
      await renewing;
      if (held && (await ownsFile().catch(() => false))) await files.remove(file).catch(() => {});
    },
  };
}

/** Two starters may find the same stale lock, and the slower one then removes the new lock of the faster: the last writer stays. */
async function yieldToRival(files: FileAccess, file: string, options: LockOptions): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  const holder = await readLock(files, file);
  if (typeof holder === 'object' && holder.instance !== options.instance) throw inUse(options.folder, holder, options.hostName);
}

function isHeld(holder: LockContent, options: LockOptions): boolean {
  if (holder.hostName === options.hostName) {
    if (holder.pid === process.pid) return heldHere.has(holder.instance);
    if (!(options.isAlive ?? processIsAlive)(holder.pid)) return false;
  }
  // The process id may be that of a stranger by now, or mean nothing here: an owner that lives renews its lock.
  return Math.abs(options.now() - holder.renewedAt) < staleAfterMs;
}

async function readLock(files: FileAccess, file: string): Promise<LockContent | 'gone' | 'unreadable'> {
  try {
    const content = JSON.parse((await files.read(file)).toString('utf8')) as Partial<LockContent> | null;
    const { pid, hostName, instance, renewedAt } = content ?? {};
    if (typeof pid !== 'number' || typeof hostName !== 'string' || typeof instance !== 'string' || typeof renewedAt !== 'number') return 'unreadable';
    return { pid, hostName, instance, renewedAt };
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'gone' : 'unreadable';
  }
}

function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function inUse(folder: string, holder: LockContent | 'unreadable', hostName: string): CodedError {
  const who =
    holder === 'unreadable'
      ? 'Another workbench'
      : holder.hostName === hostName
        ? `Another workbench (process ${holder.pid})`
        : `A workbench on ${holder.hostName}`;
  return new CodedError('invalid-state', `${who} is using the workspace ${folder}.`, {
    advice: 'Close it, or give this one a folder of its own: --workspace DIR.',
    data: { reason: 'workspace-in-use' },
  });
}
