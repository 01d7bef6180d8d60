import type { EngineHealth } from '../../shared/host/preload-api.ts';

/** How long the engine gets for what, and how often it is started again. All times in ms. */
export interface LifecycleLimits {
  /** Wait before each restart after a crash; when they are used up, the engine is given up. */
  readonly retryDelaysMs: readonly number[];
  /** An engine that ran this long is healthy again: its next crash starts from the first delay. */
  readonly stableAfterMs: number;
  readonly startTimeoutMs: number;
  readonly heartbeatMs: number;
  /** Unanswered heartbeats until the engine counts as not responding. */
  readonly missesUntilSilent: number;
  /** Time to close connections and files after being asked to exit. */
  readonly exitTimeoutMs: number;
}

export const defaultLimits: LifecycleLimits = {
  retryDelaysMs: [250, 1000, 3000],
  stableAfterMs: 60_000,
  startTimeoutMs: 20_000,
  heartbeatMs: 5000,
  missesUntilSilent: 2,
  exitTimeoutMs: 1700,
};

export type LifecyclePhase = 'off' | 'starting' | 'running' | 'silent' | 'replacing' | 'waiting' | 'failed' | 'stopping' | 'stopped';

export interface LifecycleState {
  readonly phase: LifecyclePhase;
  /** Restarts since the engine last ran stably. */
  readonly retries: number;
  /** Heartbeats sent since the last answer. */
  readonly unanswered: number;
  /** True once an engine has been started in place of another one. */
  readonly again: boolean;
}

export type LifecycleEvent =
  | { readonly type: 'start' }
  | { readonly type: 'ready' }
  | { readonly type: 'pong' }
  /** The engine said why it cannot start; starting it again by itself would not help. */
  | { readonly type: 'refused' }
  | { readonly type: 'exited' }
  /** The phase's timer went off: see `timerOf`. */
  | { readonly type: 'timer' }
  | { readonly type: 'stable' }
  | { readonly type: 'restart' }
  | { readonly type: 'stop' };

export type LifecycleEffect = 'fork' | 'ping' | 'ask-exit' | 'kill' | 'report-failed' | 'report-stopped';

export interface Transition {
  readonly state: LifecycleState;
  readonly effects: readonly LifecycleEffect[];
}

export const initialState: LifecycleState = { phase: 'off', retries: 0, unanswered: 0, again: false };

/** The one timer a phase has: how long until its `timer` event, repeated while the phase lasts; `undefined` for none. */
export function timerOf(state: LifecycleState, limits: LifecycleLimits): number | undefined {
  switch (state.phase) {
    case 'starting':
      return limits.startTimeoutMs;
    case 'running':
    case 'silent':
      return limits.heartbeatMs;
    case 'waiting':
      return limits.retryDelaysMs[state.retries - 1];
    case 'stopping':
    case 'replacing':
      return limits.exitTimeoutMs;
    default:
      return undefined;
  }
}

export function healthOf({ phase, again }: LifecycleState): EngineHealth {
  switch (phase) {
    case 'running':
      return 'running';
    case 'silent':
      return 'not-responding';
    case 'waiting':
    case 'replacing':
      return 'restarting';
    case 'failed':
      return 'failed';
    default:
      return again ? 'restarting' : 'starting';
  }
}

/** The transition table. Events that mean nothing in a phase change nothing: a late `pong` or a second `stop` is normal. */
export function transition(state: LifecycleState, event: LifecycleEvent, limits: LifecycleLimits): Transition {
  const stay: Transition = { state, effects: [] };
  const go = (phase: LifecyclePhase, effects: readonly LifecycleEffect[] = [], more: Partial<LifecycleState> = {}): Transition => ({
    state: { ...state, unanswered: 0, ...more, phase },
    effects,
  });
  const crashed = (): Transition =>
    state.retries < limits.retryDelaysMs.length ? go('waiting', [], { retries: state.retries + 1 }) : go('failed', ['report-failed']);

  switch (state.phase) {
    case 'off':
      if (event.type === 'start') return go('starting', ['fork']);
      return event.type === 'stop' ? go('stopped', ['report-stopped']) : stay;
    case 'starting':
      if (event.type === 'ready') return go('running', ['ping'], { unanswered: 1 });
      if (event.type === 'refused') return go('failed', ['report-failed']);
      // The exit that follows counts as a crash.
      if (event.type === 'timer') return { state, effects: ['kill'] };
      if (event.type === 'exited') return crashed();
      return event.type === 'stop' ? go('stopping', ['ask-exit']) : stay;
    case 'running':
    case 'silent':
      if (event.type === 'pong') return go('running');
      if (event.type === 'timer') {
        const silent = state.unanswered >= limits.missesUntilSilent;
        return go(silent ? 'silent' : 'running', ['ping'], { unanswered: state.unanswered + 1 });
      }
      if (event.type === 'stable') return { state: { ...state, retries: 0 }, effects: [] };
      if (event.type === 'exited') return crashed();
      if (event.type === 'restart' && state.phase === 'silent') return go('replacing', ['ask-exit']);
      return event.type === 'stop' ? go('stopping', ['ask-exit']) : stay;
    case 'replacing':
      if (event.type === 'timer') return { state, effects: ['kill'] };
      if (event.type === 'exited') return go('starting', ['fork'], { retries: 0, again: true });
      return event.type === 'stop' ? go('stopping') : stay;
    case 'waiting':
      if (event.type === 'timer') return go('starting', ['fork'], { again: true });
      return event.type === 'stop' ? go('stopped', ['report-stopped']) : stay;
    case 'failed':
      if (event.type === 'restart') return go('starting', ['fork'], { retries: 0, again: true });
      return event.type === 'stop' ? go('stopped', ['report-stopped']) : stay;
    case 'stopping':
      if (event.type === 'timer') return { state, effects: ['kill'] };
      return event.type === 'exited' ? go('stopped', ['report-stopped']) : stay;
    case 'stopped':
      return event.type === 'stop' ? { state, effects: ['report-stopped'] } : stay;
  }
}
