import type { JsonSchema } from '../../../../shared/contract/rpc.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { schemaProblemOf } from '../../../../shared/rpc/lockable-schema.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { SchemaLock } from './schema-lock.ts';

/** Values that wait to be measured: what comes faster is counted and passed over. */
const maxWaiting = 200;
/** Larger values are passed over as well. */
const maxValueBytes = 262_144;

/** Runs where it can be stopped: patterns may never end. */
export interface SchemaThread {
  /** A sentence; `null`: it fits. */
  problem(schema: JsonSchema, value: JsonValue): Promise<string | null>;
}

interface Waiting {
  readonly lock: SchemaLock;
  readonly value: JsonValue;
  readonly at: number;
  readonly onDone: () => void;
}

/** Measures traffic by locked schemas, one value after the other, beside everything else. */
export class SchemaJudge {
  readonly #thread: SchemaThread | null;
  readonly #onBug: (error: unknown) => void;
  #waiting: Waiting[] = [];
  #busy = false;

  /** Without a thread nothing is measured, and everything is counted as passed over. */
  constructor(thread: SchemaThread | null, onBug: (error: unknown) => void) {
    this.#thread = thread;
    this.#onBug = onBug;
  }

  /** `at`: Unix ms. `onDone` is told when the counts of the lock have changed. */
  measure(lock: SchemaLock, value: JsonValue, payloadBytes: number, at: number, onDone: () => void): void {
    if (!this.#thread || this.#waiting.length >= maxWaiting || payloadBytes > maxValueBytes) {
      lock.unchecked();
      onDone();
      return;
    }
    this.#waiting.push({ lock, value, at, onDone });
    if (!this.#busy) void this.#run(this.#thread);
  }

  /** What is wrong with a schema that is to be locked; `null`: nothing. */
  async tryOut(schema: JsonSchema): Promise<string | null> {
    const problem = schemaProblemOf(schema);
    if (problem !== null || !this.#thread) return problem;
    for (const value of [null, {}] as const) {
      const said = await this.#thread.problem(schema, value).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      // A value that does not fit is no problem of the schema.
      if (said !== null && /^(?:The schema |It took )/.test(said)) return said;
    }
    return null;
  }

  async #run(thread: SchemaThread): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { lock, value, at, onDone } = next;
      try {
        const problem = await thread.problem(lock.schema, value);
        if (problem === null) lock.fits();
        else lock.contradicted(problem, value, at);
      } catch (error) {
        lock.unchecked();
        // `cancelled`: the program is about to end.
        if (!(error instanceof CodedError)) this.#onBug(error);
      }
      onDone();
    }
    this.#busy = false;
  }
}
