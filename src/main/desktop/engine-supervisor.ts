import type { EngineHealth } from '../../shared/host/preload-api.ts';
import {
  healthOf,
  initialState,
  timerOf,
  transition,
  type LifecycleEffect,
  type LifecycleEvent,
  type LifecycleLimits,
  type LifecyclePhase,
} from './engine-lifecycle.ts';

/** One running engine, as the supervisor handles it. */
export interface EngineHandle {
  ping(): void;
  askToExit(): void;
  kill(): void;
}

/** What one running engine tells. `exited` comes exactly once and last. */
export interface EngineEvents {
  ready(): void;
  pong(): void;
  refused(): void;
  exited(code: number): void;
}

export interface SupervisorOptions {
  readonly limits: LifecycleLimits;
  readonly fork: (events: EngineEvents) => EngineHandle;
  readonly onHealth: (health: EngineHealth) => void;
  /** Restarting by itself is over: a person has to decide. */
  readonly onFailed: (exitCode: number | undefined) => void;
  readonly setTimer: (run: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

/** Keeps one engine running: heartbeat, restart after a crash, orderly exit. Which step follows which is in `transition`. */
export class EngineSupervisor {
  readonly #options: SupervisorOptions;
  readonly #stopWaiters: (() => void)[] = [];
  #state = initialState;
  #handle: EngineHandle | undefined;
  #phaseTimer: unknown;
  #stableTimer: unknown;
  #exitCode: number | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get phase(): LifecyclePhase {
    return this.#state.phase;
  }

  get health(): EngineHealth {
    return healthOf(this.#state);
  }

  start(): void {
    this.#apply({ type: 'start' });
  }

  restart(): void {
    this.#apply({ type: 'restart' });
  }

  /** Resolves when no engine runs any more. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#stopWaiters.push(resolve);
      this.#apply({ type: 'stop' });
    });
  }

  #apply(event: LifecycleEvent): void {
    const before = this.#state;
    const { state, effects } = transition(before, event, this.#options.limits);
    this.#state = state;
    if (state.phase !== before.phase || event.type === 'timer') this.#armTimer();
    this.#watchStability(before.phase, state.phase);
    if (healthOf(before) !== healthOf(state)) this.#options.onHealth(healthOf(state));
    for (const effect of effects) this.#run(effect);
  }

  #armTimer(): void {
    this.#clear(this.#phaseTimer);
    const ms = timerOf(this.#state, this.#options.limits);
    this.#phaseTimer = ms === undefined ? undefined : this.#options.setTimer(() => this.#apply({ type: 'timer' }), ms);
  }

  #watchStability(from: LifecyclePhase, to: LifecyclePhase): void {
    if (isUp(from) === isUp(to)) return;
    this.#clear(this.#stableTimer);
    this.#stableTimer = isUp(to) ? this.#options.setTimer(() => this.#apply({ type: 'stable' }), this.#options.limits.stableAfterMs) : undefined;
  }

  #run(effect: LifecycleEffect): void {
    switch (effect) {
      case 'fork':
        this.#handle = this.#fork();
        return;
      case 'ping':
        this.#handle?.ping();
        return;
      case 'ask-exit':
        this.#handle?.askToExit();
        return;
      case 'kill':
        this.#handle?.kill();
        return;
      case 'report-failed':
        this.#options.onFailed(this.#exitCode);
        return;
      case 'report-stopped':
        for (const resolve of this.#stopWaiters.splice(0)) resolve();
        return;
    }
  }

  #fork(): EngineHandle {
    const handle = this.#options.fork({
      ready: () => this.#of(handle, { type: 'ready' }),
      pong: () => this.#of(handle, { type: 'pong' }),
      refused: () => this.#of(handle, { type: 'refused' }),
      exited: (code) => {
        if (handle !== this.#handle) return;
        this.#exitCode = code;
        this.#handle = undefined;
        this.#apply({ type: 'exited' });
      },
    });
    return handle;
  }

  /** News of an engine that has been replaced says nothing about the present one. */
  #of(handle: EngineHandle, event: LifecycleEvent): void {
    if (handle === this.#handle) this.#apply(event);
  }

  #clear(timer: unknown): void {
    if (timer !== undefined) this.#options.clearTimer(timer);
  }
}

function isUp(phase: LifecyclePhase): boolean {
  return phase === 'running' || phase === 'silent';
}
