import type { GuestTask } from './guest/guest.ts';
import type { ScriptLimits } from './script-limits.ts';

export type ConsoleLevel = 'log' | 'info' | 'warn' | 'error' | 'debug';
/** Which limit ended a call. */
export type LimitName = 'cpu' | 'wall' | 'memory' | 'stack' | 'result';

export interface ScriptDefinition {
  readonly name: string;
  readonly source: string;
  readonly functionNames: readonly string[];
  readonly limits: ScriptLimits;
}

/** Where in the source; from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** Why a call, or a check, failed. `advice` where there is one. */
export type Fault =
  | {
      readonly kind: 'error';
      readonly name: string;
      readonly message: string;
      readonly stack: string;
      readonly place: SourcePlace | null;
      readonly advice?: string;
    }
  /** `reloaded`: variables of the module have their first values again. `ownFault`: of this call, not of another one of the script. */
  | { readonly kind: 'limit'; readonly limit: LimitName; readonly reloaded: boolean; readonly ownFault: boolean; readonly place: SourcePlace | null };

/** Numbers of scripts, calls and requests are given by the engine's side, those of requests by the thread. */
export type ToScriptThread =
  | { readonly type: 'open'; readonly script: number; readonly definition: ScriptDefinition }
  | ({ readonly type: 'call'; readonly script: number; readonly call: number } & Pick<GuestTask, 'exportName' | 'args' | 'bigs'>)
  | { readonly type: 'cancel'; readonly script: number; readonly call: number }
  | { readonly type: 'answer'; readonly script: number; readonly request: number; readonly value: string; readonly bigs: GuestTask['bigs'] }
  | { readonly type: 'refuse'; readonly script: number; readonly request: number; readonly message: string; readonly code: string }
  | { readonly type: 'close'; readonly script: number }
  | { readonly type: 'check'; readonly check: number; readonly source: string };

export type FromScriptThread =
  | { readonly type: 'ready' }
  /** `result`: JSON, empty for none. */
  | { readonly type: 'done'; readonly call: number; readonly result: string }
  | { readonly type: 'failed'; readonly call: number; readonly fault: Fault }
  | { readonly type: 'request'; readonly script: number; readonly call: number; readonly request: number; readonly name: string; readonly args: string }
  | { readonly type: 'console'; readonly call: number; readonly level: ConsoleLevel; readonly text: string }
  | { readonly type: 'checked'; readonly check: number; readonly fault: (Fault & { readonly kind: 'error' }) | null };

/** What the engine's side can see, and say, while a thread is busy: 32-bit numbers in shared memory. */
export const turnCells = {
  /** Odd while a script runs; grows with each turn. */
  turn: 0,
  /** Whose turn it is; 0: a check. */
  script: 1,
  /** The call that was cancelled last. */
  cancelled: 2,
} as const;
