import type { FaultReport, FaultView } from '../../../../shared/contract/broker-faults.ts';
import { scopeWords } from '../../../../shared/broker/faults/fault-words.ts';
import { plural } from '../../common/index.ts';

/** What is on, in one line: `“Bad Wi-Fi” for all clients`. */
export function onWords({ active, curlListeners }: Pick<FaultView, 'active' | 'curlListeners'>): string {
  const names = active.map(({ profile, scope }) => `“${profile.name}” for ${scopeWords(scope)}`);
  if (curlListeners.length > 0) names.push(`curl mode on ${plural(curlListeners.length, 'listener')}`);
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}

/** What they do now. */
export function effectWords(report: FaultReport | undefined, running: boolean): string {
  if (!running) return 'They begin when the broker starts.';
  if (report === undefined) return '';
  const { affected, hitCount } = report;
  const clients = affected.total === 0 ? 'No client is affected right now' : `${plural(affected.total, 'client')} affected`;
  return `${clients}; ${hitCount === 0 ? 'nothing has happened yet' : `struck ${plural(hitCount, 'time')}`}.`;
}
