import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { customProfileSchema } from '../rpc/custom-profile.ts';
import type { JsonValue } from '../rpc/python-json.ts';
import { noInput, topicTextSchema } from './common.ts';
import { customDialectIdSchema } from './rpc.ts';

/** A dialect of the user; as `DialectId` it is `custom:<id>`. Kept in the workspace as `rpc-dialects/<id>.json`. */
export const rpcDialectSchema = z.strictObject({
  id: customDialectIdSchema,
  name: z.string().trim().min(1).max(100),
  description: z.string().max(2000).default(''),
  profile: customProfileSchema,
});
export type RpcDialect = z.infer<typeof rpcDialectSchema>;

/** What a message is in a dialect. */
export type DialectReading =
  | {
      readonly kind: 'request';
      readonly requestId: string;
      /** The topic of the service, and of the answer; empty: it names none. */
      readonly topic: string;
      readonly replyTo: string;
      readonly method: string;
      readonly callerId: string;
      readonly params: JsonValue;
    }
  | { readonly kind: 'response'; readonly requestId: string; readonly result?: JsonValue; readonly errorText?: string }
  /** `invalid`: it belongs to the dialect and cannot be read. `other`: nothing of this dialect. */
  | { readonly kind: 'invalid' | 'other'; readonly reason: string };

/** What a profile would do. */
export interface DialectCheck {
  /** What is wrong with the profile; then nothing else was tried. `path` is where: `request.topic`. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  /** Of the sample message; `null`: none was given. */
  readonly reading: DialectReading | null;
  /** The request of the sample call, its payload as text; `null`: none was given. */
  readonly request: { readonly topic: string; readonly payload: string; readonly replyTo: string } | { readonly problem: string } | null;
}

export const rpcDialectsContract = {
  'rpcDialects.watch': stream<{ readonly dialects: readonly RpcDialect[] }>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** Adds it, or takes the place of the one with this id. Messages from now on are read by it; what was read stays as it is. At most 50. */
  'rpcDialects.save': call<void>()(rpcDialectSchema),
  /** Calls and services that were seen stay, and can be read; calling in it is refused. */
  'rpcDialects.remove': call<void>()(z.strictObject({ id: customDialectIdSchema })),
  /** Tries a profile, which may be wrong, without keeping it. */
  'rpcDialects.test': call<DialectCheck>()(
    z.strictObject({
      profile: z.json(),
      message: z.strictObject({ topic: topicTextSchema, payload: z.string().max(1_048_576) }).optional(),
      call: z.strictObject({ topic: topicTextSchema, method: z.string().max(1000), params: z.json() }).optional(),
    }),
  ),
} as const;
