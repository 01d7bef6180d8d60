import { receiveLate } from '../core/received.ts';
import { Restoring } from '../core/persistence/restore.ts';
import { compareLogIds } from './log-id.ts';
import { readItem, readRange, type LogEntry } from './log-reader.ts';
import type { RedisCluster } from './redis-cluster.ts';
import type { LoadedRows } from './session-rows.ts';

/** The session of a client that is this broker's by now; `null`: it cannot be read, `undefined`: there is none, or no longer for this broker. */
export async function readSession(cluster: RedisCluster, clientId: string): Promise<LoadedRows | null | undefined> {
  const { link, run, rows, journal } = cluster;
  const answer = (await link.scripts.callBuffer('mqttLoad', run, clientId)) as readonly unknown[] | null;
  return answer === null ? undefined : rows.read(clientId, answer, () => journal.nextKey());
}

/**
 * Puts sessions into the core, with what the log has had for them since they left the broker they were at; `isWanted` is asked in the end.
 * False: this broker is not the one any more that fetched them, or cannot ask Redis at the moment.
 */
export async function installSessions(cluster: RedisCluster, loaded: readonly LoadedRows[], isWanted: (clientId: string) => boolean): Promise<boolean> {
  const { link, run } = cluster;
  const from = loaded.map(({ cursor }) => cursor).reduce((one, other) => (compareLogIds(one, other) <= 0 ? one : other));
  const newest = loaded.map((rows) => rows.newest).reduce((one, other) => (compareLogIds(one, other) >= 0 ? one : other));
  // What is read while the question is under way is kept beside it.
  const recent: LogEntry[] = [];
  cluster.intake.recent.add(recent);
  try {
    // Behind that, this broker would give them again what they have had elsewhere.
    await cluster.intake.caughtUp(newest);
    const entries = await readRange(link.commands, link.key('log'), from, cluster.intake.cursor);
    if (cluster.run !== run || !cluster.isReady) return false;
    const last = entries.at(-1)?.id ?? from;
    const wanted = loaded.filter(({ clientId }) => isWanted(clientId));
    install(cluster, wanted, [...entries, ...recent.filter(({ id }) => compareLogIds(id, last) > 0)]);
    return true;
  } finally {
    cluster.intake.recent.delete(recent);
  }
}

function install(cluster: RedisCluster, loaded: readonly LoadedRows[], entries: readonly LogEntry[]): void {
  const { core, journal } = cluster;
  const restoring = new Restoring(core, journal);
  const installed: LoadedRows[] = [];
  for (const rows of loaded) {
    // It has come in meanwhile without asking; that one counts.
    if (core.sessions.has(rows.clientId)) continue;
    restoring.take(rows.records);
    installed.push(rows);
    cluster.claims.took(rows.clientId);
  }
  for (const { clientId } of installed) {
    const session = core.sessions.get(clientId);
    if (session !== undefined) cluster.arrived(session);
  }
  for (const entry of entries) {
    // Later ones come by the log.
    if (compareLogIds(entry.id, cluster.intake.cursor) > 0) break;
    for (const rows of installed) if (compareLogIds(entry.id, rows.cursor) > 0) giveEntry(cluster, rows, entry);
  }
  restoring.finish(core.wallMs);
  for (const { clientId } of installed) {
    const session = core.sessions.get(clientId);
    // Written as this broker's, in the same step as all that was given to it here.
    if (session !== undefined) journal.sessionChanged(session);
  }
}

function giveEntry(cluster: RedisCluster, { clientId, skip, skipSeq, late }: LoadedRows, { run, items }: LogEntry): void {
  const session = cluster.core.sessions.get(clientId);
  if (session === undefined) return;
  for (const one of items) {
    if (run === skip && one.seq <= skipSeq && one.seq > late) continue;
    const item = readItem(one);
    if (!item || item.isRedirected) continue;
    const message = cluster.intake.read(item);
    if (message !== null) receiveLate(cluster.core, session, message);
  }
}
