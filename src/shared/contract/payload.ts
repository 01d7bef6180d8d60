import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import type { CodecParam, Decoded } from '../payload/codec.ts';
import { chosenCodecSchema, codecNameSchema, codecParamsSchema } from './payload-codec-choice.ts';
import { noInput, sourceIdSchema, topicTextSchema } from './common.ts';

/** Which codec reads, and writes, the payloads of some messages. */
const codecRuleSchema = z.strictObject({
  id: z.string().min(1).max(64),
  /** `null`: messages of every source. */
  source: sourceIdSchema.nullable(),
  /** `null`: all topics. */
  filter: topicTextSchema.min(1).nullable(),
  /** The filter is one of the connection's subscriptions; of the same filter, such a rule counts more. */
  subscription: z.boolean().default(false),
  /** A codec, a name of the user, or `auto`: found out, whatever less specific rules say. */
  codec: codecNameSchema,
  params: codecParamsSchema.default({}),
});
export type StoredCodecRule = z.infer<typeof codecRuleSchema>;

/** As distmqtt's `codec_params`: names for a codec with parameters. */
const codecNamesSchema = z
  .record(codecNameSchema, codecParamsSchema)
  .refine((names) => Object.keys(names).length <= 200, { message: 'no more than 200 names' });

/** `payload-codecs.json` of the workspace. */
export const payloadCodecsSchema = z.strictObject({ rules: z.array(codecRuleSchema).max(2000).default([]), names: codecNamesSchema.default({}) });
export type PayloadCodecs = z.infer<typeof payloadCodecsSchema>;

/** Of a file below `schemas` in the workspace, with `/` between folders. */
const schemaFileNameSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)*\.(?:proto|avsc)$/, 'letters, digits, "_", "-" and "/", ending with .proto or .avsc');

export interface SchemaFileView {
  readonly name: string;
  readonly kind: 'protobuf' | 'avro';
  /** Messages of the file itself, with their package; of Avro the name of its type. */
  readonly messages: readonly string[];
  /** Why it cannot be used. `file`: where it is wrong, which may be an import. Lines and columns count from 1. */
  readonly problem: { readonly message: string; readonly file: string; readonly line: number | null; readonly column: number | null } | null;
}

export interface PayloadView extends PayloadCodecs {
  readonly schemas: readonly SchemaFileView[];
  /** What the folder of schemas could not give. */
  readonly schemasProblem: string | null;
}

export interface CodecView {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly params: readonly CodecParam[];
  /** Bytes, pictures: what no text can be written as. */
  readonly readOnly: boolean;
}

/** What is shown of a payload. `bytes: null`: those of the payload itself. */
type ShownPayload = Exclude<Decoded, { readonly kind: 'bytes' }> | { readonly kind: 'bytes'; readonly bytes: Uint8Array | null };

export interface PayloadReading {
  /** What it was read with, or taken for where it was found out. */
  readonly codec: string;
  readonly chosenBy: 'asked' | 'rule' | 'found';
  readonly ruleId: string | null;
  /** Goes on after "because". */
  readonly why: string | null;
  readonly shown: ShownPayload;
  /** Sentences. */
  readonly notes: readonly string[];
  /** Why it cannot be read as that; the bytes are shown then. `at`: an offset in the payload. */
  readonly failure: { readonly reason: string; readonly at: number | null } | null;
}

/** `line` and `column` count from 1. */
export type PayloadWriting =
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly problem: { readonly reason: string; readonly line: number | null; readonly column: number | null } };

export const payloadContract = {
  'payload.codecs': call<readonly CodecView[]>()(noInput),
  'payload.watch': stream<PayloadView>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** Adds the rule, in the place of the one with this id, or for the same messages. Rejects with `bad-input` a filter, codec or parameter that is wrong. */
  'payload.saveRule': call<void>()(codecRuleSchema),
  'payload.removeRule': call<void>()(z.strictObject({ id: z.string().min(1).max(64) })),
  'payload.saveNames': call<void>()(z.strictObject({ names: codecNamesSchema })),
  /** Reads a message of the history, or given bytes: with the codec that is asked for, else by the rules, else as found out. Rejects with `not-found`, `timed-out`. */
  'payload.decode': call<PayloadReading>()(
    z.strictObject({
      source: sourceIdSchema,
      topic: topicTextSchema,
      message: z.union([z.int().min(0), z.instanceof(Uint8Array)]),
      contentType: z.string().max(65_535).optional(),
      codec: chosenCodecSchema.optional(),
    }),
  ),
  'payload.encode': call<PayloadWriting>()(z.strictObject({ topic: topicTextSchema, codec: chosenCodecSchema, text: z.string().max(20_971_520) })),
  'payload.readSchema': call<{ readonly text: string }>()(z.strictObject({ name: schemaFileNameSchema })),
  /** Saves it whatever is in it, and answers with what is wrong; files that import it are looked at again. */
  'payload.saveSchema': call<SchemaFileView>()(z.strictObject({ name: schemaFileNameSchema, text: z.string().max(1_048_576) })),
  'payload.removeSchema': call<void>()(z.strictObject({ name: schemaFileNameSchema })),
} as const;
