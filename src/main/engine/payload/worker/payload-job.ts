import type { SchemaFileView } from '../../../../shared/contract/payload.ts';
import type { CodecNames } from '../../../../shared/payload/codec-registry.ts';
import type { CodecParams, EncodeResult, MessageFacts } from '../../../../shared/payload/codec.ts';
import type { DecodeOutcome } from '../../../../shared/payload/run-codec.ts';

interface CodecJob {
  readonly codec: string;
  readonly params: CodecParams;
  readonly names: CodecNames;
  readonly facts: MessageFacts;
}

/** What the thread is asked to do. */
export type PayloadJob =
  | (CodecJob & { readonly kind: 'decode'; readonly bytes: Uint8Array })
  | (CodecJob & { readonly kind: 'encode'; readonly text: string })
  | { readonly kind: 'schemas' };

/** `schemas`: the files, when they are others than those of the job before. */
export interface PayloadRequest {
  readonly job: PayloadJob;
  readonly schemas: ReadonlyMap<string, string> | null;
}

export interface PayloadAnswers {
  readonly decode: DecodeOutcome;
  readonly encode: EncodeResult;
  readonly schemas: readonly SchemaFileView[];
}

/** `bug`: what must not happen, to be reported. */
export type PayloadAnswer = { readonly done: PayloadAnswers[PayloadJob['kind']] } | { readonly bug: string };
