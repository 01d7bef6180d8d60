import type { RunRequest, RunResult, RunSummary } from '../../contract/collections.ts';

/** A run as far as it has come. */
export interface RunReport {
  /** Of the collection. */
  readonly name: string;
  /** Unix ms. */
  readonly startedAt: number;
  /** Address of the broker, without user and password; `null`: none was needed. */
  readonly broker: string | null;
  readonly environment: string | null;
  readonly requests: readonly RunRequest[];
  readonly iterations: number;
  readonly results: readonly RunResult[];
  readonly summary: RunSummary;
}
