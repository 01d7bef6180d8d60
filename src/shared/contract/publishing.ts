import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { noInput, sourceIdSchema, type Problem, type Qos, type SourceId } from './common.ts';
import { publishMessageSchema, type PublishMessage } from './publish-message.ts';

/** What a person answered to `{{$ask name}}`, by name. */
const answersSchema = z.record(z.string().max(200), z.string().max(65_536)).default({});

const messageInput = {
  source: sourceIdSchema,
  message: publishMessageSchema,
  answers: answersSchema,
  /** Sends also what is refused otherwise with `would-silence-peer` or `risky-publish`. */
  knowingly: z.boolean().default(false),
};
const wholeInput = {
  ...messageInput,
  /** The bytes of a file: they are sent in place of the payload of the message. */
  file: z.strictObject({ name: z.string().max(1000), bytes: z.instanceof(Uint8Array) }).optional(),
};

const publishOnceSchema = z.strictObject(wholeInput);
export type PublishOnce = z.infer<typeof publishOnceSchema>;

const publishRepeatSchema = z.strictObject({
  ...wholeInput,
  everyMs: z.int().min(10).max(86_400_000),
  /** `null`: until it is stopped. */
  count: z.int().min(1).max(1_000_000).nullable(),
});
export type PublishRepeat = z.infer<typeof publishRepeatSchema>;

const publishLinesSchema = z.strictObject({
  ...messageInput,
  /** UTF-8 text. Each line is a payload, written in the format of the message; `{{line}}` and `{{lineNumber}}` are known to its other parts. */
  file: z.strictObject({ name: z.string().max(1000), bytes: z.instanceof(Uint8Array) }),
  everyMs: z.int().min(0).max(86_400_000),
  skipEmpty: z.boolean(),
});
export type PublishLines = z.infer<typeof publishLinesSchema>;

/** Something that goes on publishing, whatever page is open. It ends with the connection. */
export interface PublishRun {
  readonly id: string;
  readonly source: SourceId;
  readonly kind: 'repeat' | 'lines';
  /** As it was written. */
  readonly topic: string;
  readonly fileName: string | null;
  readonly everyMs: number;
  /** `null`: until it is stopped. */
  readonly total: number | null;
  readonly sent: number;
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  /** Why it failed. */
  readonly problem: Problem | null;
  /** Unix ms. */
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/** Of what was published here. */
export interface PublishedRow {
  readonly id: number;
  /** Unix ms. */
  readonly at: number;
  readonly kind: 'once' | PublishRun['kind'];
  /** As it was written. */
  readonly topic: string;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly fileName: string | null;
  /** The beginning of the payload, as it was written. */
  readonly preview: string;
  /** Why it was not sent. */
  readonly problem: string | null;
  /** Whether it can be loaded: a payload that is too long is not kept, nor is a file. */
  readonly kept: boolean;
}

export const publishingContract = {
  /** Rejects with `bad-input` for what cannot be filled in or encoded. */
  'publishing.publish': call<{ readonly note: string | null; readonly topic: string; readonly qos: Qos; readonly retain: boolean }>()(publishOnceSchema),
  'publishing.repeat': call<{ readonly id: string }>()(publishRepeatSchema),
  /** Rejects with `bad-input` before anything is sent when one of the lines cannot be. */
  'publishing.lines': call<{ readonly id: string; readonly lines: number }>()(publishLinesSchema),
  /** Those that run, and the last ones that have ended. */
  'publishing.runs': stream<readonly PublishRun[]>()(noInput, { overflow: 'coalesce', window: 2 }),
  'publishing.stop': call<void>()(z.strictObject({ id: z.string().max(64) })),
  /** Takes one that has ended off the list. */
  'publishing.dismiss': call<void>()(z.strictObject({ id: z.string().max(64) })),
  /** The last hundred of a source, newest first. */
  'publishing.history': stream<readonly PublishedRow[]>()(z.strictObject({ source: sourceIdSchema }), { overflow: 'coalesce', window: 2 }),
  'publishing.fromHistory': call<{ readonly message: PublishMessage; readonly answers: Readonly<Record<string, string>> }>()(
    z.strictObject({ source: sourceIdSchema, id: z.int().min(0) }),
  ),
  'publishing.clearHistory': call<void>()(z.strictObject({ source: sourceIdSchema })),
} as const;
