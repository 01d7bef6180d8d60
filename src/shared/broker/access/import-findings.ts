import type { AccessRule } from './access-rules.ts';

/** A line of a file that could not be carried over, or not as it was. */
export interface ImportFinding {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface ImportedRules {
  readonly rules: readonly AccessRule[];
  readonly findings: readonly ImportFinding[];
}
