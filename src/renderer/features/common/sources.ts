import type { BrokerStatus } from '../../../shared/contract/broker.ts';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { InterceptStatus, InterceptView } from '../../../shared/contract/broker-intercepts.ts';
import type { ConnectionPhase, ConnectionsView } from '../../../shared/contract/connections.ts';

export type SourceTone = 'ok' | 'busy' | 'off' | 'bad';

/** Something topics can be watched on. */
export interface SourceOption {
  readonly id: SourceId;
  readonly name: string;
  readonly tone: SourceTone;
  /** The state in a word, for people who do not see the dot's colour. */
  readonly state: string;
  /** Whether messages can be sent there now. */
  readonly live: boolean;
}

export const connectionSource = (id: string): SourceId => `connection:${id}`;

/** The connection behind a source, or `null` for the local broker and for intercepts. */
export function connectionOf(source: SourceId): string | null {
  return source.startsWith('connection:') ? source.slice('connection:'.length) : null;
}

const interceptSource = (id: string): SourceId => `intercept:${id}`;
/** What passes an intercept can be looked at, and that is all. */
export const isIntercept = (source: SourceId): boolean => source.startsWith('intercept:');

const interceptWords: Record<InterceptStatus['phase'], readonly [SourceTone, string]> = {
  stopped: ['off', 'stopped'],
  starting: ['busy', 'starting'],
  running: ['ok', 'listening'],
  failed: ['bad', 'failed'],
};

/** For places that only look: intercepts in the order of their names. */
export function listIntercepts(intercepts: readonly InterceptView[] | undefined, statuses: readonly InterceptStatus[] | undefined): readonly SourceOption[] {
  return (intercepts ?? []).map(({ id, name }) => {
    const [tone, state] = interceptWords[statuses?.find((status) => status.id === id)?.phase ?? 'stopped'];
    return { id: interceptSource(id), name, tone, state, live: false };
  });
}

const brokerWords: Record<BrokerStatus['phase'], readonly [SourceTone, string]> = {
  stopped: ['off', 'stopped'],
  starting: ['busy', 'starting'],
  running: ['ok', 'running'],
  stopping: ['busy', 'stopping'],
  failed: ['bad', 'failed'],
};

const connectionWords: Record<ConnectionPhase, readonly [SourceTone, string]> = {
  disconnected: ['off', 'disconnected'],
  connecting: ['busy', 'connecting'],
  connected: ['ok', 'connected'],
  waiting: ['bad', 'waiting to reconnect'],
  disconnecting: ['busy', 'disconnecting'],
};

export function connectionTone(phase: ConnectionPhase, failed: boolean): readonly [SourceTone, string] {
  if (phase === 'disconnected' && failed) return ['bad', 'disconnected after a problem'];
  return connectionWords[phase];
}

/** The local broker first, then every connection in the order of its profiles. */
export function listSources(broker: BrokerStatus | undefined, connections: ConnectionsView | undefined): readonly [SourceOption, ...SourceOption[]] {
  const [tone, state] = brokerWords[broker?.phase ?? 'stopped'];
  const statuses = new Map(connections?.statuses.map((status) => [status.id, status]));
  return [
    { id: 'broker', name: 'Local broker', tone, state, live: broker?.phase === 'running' },
    ...(connections?.profiles ?? []).map((profile): SourceOption => {
      const status = statuses.get(profile.id);
      const phase = status?.phase ?? 'disconnected';
      const [profileTone, word] = connectionTone(phase, status?.lastProblem != null);
      return { id: connectionSource(profile.id), name: profile.name, tone: profileTone, state: word, live: phase === 'connected' };
    }),
  ];
}

/** The source to show: the chosen one while it exists, otherwise the first live one, otherwise the local broker. */
export function effectiveSource(chosen: SourceId | null, sources: readonly SourceOption[]): SourceId {
  if (chosen !== null && sources.some((source) => source.id === chosen)) return chosen;
  return sources.find((source) => source.live)?.id ?? 'broker';
}
