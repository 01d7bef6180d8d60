import type { JsonSchema } from '../../../../shared/contract/rpc.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import type { Check } from '../../../../shared/collections/check.ts';
import { createCheckThread } from './check-thread.ts';

type SchemaOfCheck = Extract<Check, { kind: 'schema' }>['schema'];

/** Measures values by schemas of users, where what hangs can be stopped. */
export interface SchemaThread {
  /** What does not fit, a sentence; `null`: it fits. */
  problem(schema: JsonSchema, value: JsonValue): Promise<string | null>;
  close(): void;
}

export function createSchemaThread(): SchemaThread {
  const thread = createCheckThread();
  const never = new AbortController().signal;
  return {
    async problem(schema, value) {
      const subject = { status: 'ok', errorName: null, errorText: '', body: value, elapsedMs: null } as const;
      const [outcome] = await thread.run([{ kind: 'schema', schema: schema as SchemaOfCheck }], subject, never);
      const assertion = outcome?.assertion;
      return !assertion || assertion.passed ? null : assertion.message;
    },
    close: () => thread.close(),
  };
}
