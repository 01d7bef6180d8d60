import { z } from 'zod';
import { call } from '../ipc/contract.ts';
import { methodSchema, type JsonSchema } from './rpc.ts';

const jsonSchemaSchema = z.record(z.string(), z.json()).transform((schema) => schema as JsonSchema);
const pinnedExampleSchema = z.strictObject({ params: z.json(), result: z.json().optional(), error: z.string().max(10_000).optional() });

/** What is kept of a method over restarts, in `rpc-methods.json`: that it was added by hand, its locked schemas, its pinned examples. An empty method: the service. */
export const keptMethodSchema = z.strictObject({
  ...methodSchema.shape,
  addedByHand: z.boolean().default(false),
  paramsSchema: jsonSchemaSchema.optional(),
  resultSchema: jsonSchemaSchema.optional(),
  pinned: z.array(pinnedExampleSchema).max(10).default([]),
});
export type KeptMethod = z.infer<typeof keptMethodSchema>;

export const rpcSchemasContract = {
  /**
   * Locks the schema of params or results: traffic no longer changes it, what contradicts it is counted. `null` unlocks: what was seen counts again.
   * Rejects with `bad-input` what is no schema, leads out of itself, or has more than 64 KiB.
   */
  'rpcSchemas.set': call<void>()(
    z.strictObject({ ...methodSchema.shape, of: z.enum(['params', 'result']), schema: z.record(z.string(), z.json()).nullable() }),
  ),
  /** Forgets what has contradicted the locked schemas of a method. */
  'rpcSchemas.resetCounts': call<void>()(methodSchema),
  /** Keeps an example over restarts, or no longer. At most 10 of a method, and 8 KiB each. */
  'rpcSchemas.pin': call<void>()(z.strictObject({ ...methodSchema.shape, example: pinnedExampleSchema, pinned: z.boolean() })),
} as const;
