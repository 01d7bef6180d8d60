/** What one script may use. */
export interface ScriptLimits {
  /** Of one call, in the processor. */
  readonly cpuMs: number;
  /** Of one call, from its start. */
  readonly wallMs: number;
  /** Of all the script's values. */
  readonly memoryBytes: number;
  readonly stackBytes: number;
  /** Of one call; what comes after is left out, which a last line tells. */
  readonly consoleBytes: number;
  readonly consoleLines: number;
  /** JSON of a result, and of the arguments of one call in either direction. */
  readonly jsonBytes: number;
  /** Host functions and sleeps under way in one call. */
  readonly hostCalls: number;
  /** Calls of one script at once. */
  readonly concurrentCalls: number;
}

export const defaultLimits: ScriptLimits = {
  cpuMs: 1000,
  wallMs: 30_000,
  memoryBytes: 32 * 1024 * 1024,
  stackBytes: 512 * 1024,
  consoleBytes: 64 * 1024,
  consoleLines: 200,
  jsonBytes: 1024 * 1024,
  hostCalls: 100,
  concurrentCalls: 32,
};

/** UTF-16 units of a source. */
export const maxSourceLength = 256 * 1024;
