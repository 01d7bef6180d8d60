import { readFileSync } from 'node:fs';

/** Clock ticks of /proc in a second: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Processor seconds, user and system, a process or one thread of it has used since its start; `null` where there is no /proc. */
export function processorSeconds(pid: number, tid: number | null): number | null {
  const stat = read(tid === null ? `/proc/${pid}/stat` : `/proc/${pid}/task/${tid}/stat`);
  if (stat === null) return null;
  // The name in parentheses may hold blanks; proc(5) counts utime and stime as fields 14 and 15, the first behind the name is 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Memory of a process that is in use, in bytes; `null` where there is no /proc. */
export function residentBytes(pid: number): number | null {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** Files and sockets this process may open; what it starts may open as many. Node has already raised it as far as it may. */
export function openFilesLimit(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  return limit === undefined ? 1024 : Number(limit);
}

/** The calling thread, as the system numbers it. */
export function ownThread(): number | null {
  const tid = Number.parseInt(read('/proc/thread-self/stat') ?? '', 10);
  return Number.isNaN(tid) ? null : tid;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
