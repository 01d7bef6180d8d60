import { resolveCodec, type CodecNames } from './codec-registry.ts';
import type { CodecContext, CodecParams, CodecTools, Decoded, DecodeResult, EncodeResult, MessageFacts } from './codec.ts';
import { detectCodec, plainCodec, type Detection } from './detect.ts';
import { decodeText } from './utf8-text.ts';
import { PayloadFailure } from './value/payload-failure.ts';

/** What `codec` says instead of a name: told by topic, content type and bytes. */
export const autoCodec = 'auto';

export interface CodecCall {
  readonly codec: string;
  readonly params?: CodecParams;
  /** Names the user gave. */
  readonly names?: CodecNames;
  readonly tools: CodecTools;
  readonly facts: MessageFacts;
}

/** How a payload was read: the name of the codec, and why where it was found out. */
export type DecodeOutcome = DecodeResult & { readonly codec: string; readonly why: string | null };

/** Reads a payload. Never throws for what is in it: what cannot be read is a failure with its reason, and the bytes are the caller's to show. */
export function decodePayload(bytes: Uint8Array, call: CodecCall): DecodeOutcome {
  if (call.codec !== autoCodec) return { ...decodeAs(bytes, call), codec: call.codec, why: null };
  const found: Detection = detectCodec(bytes, call.facts);
  const outcome = decodeAs(bytes, { ...call, codec: found.codec, params: found.params });
  if ('decoded' in outcome || found.codec === 'noop') return { ...outcome, codec: found.codec, why: found.why };
  // What looked like something and is damaged: its text or its bytes, and what it was taken for.
  const plain = plainCodec(bytes);
  const decoded: Decoded = plain === 'utf8' ? { kind: 'text', text: decodeText(bytes).text, language: 'plaintext' } : { kind: 'bytes', bytes };
  const note = `It was taken for ${found.codec} because ${found.why}, and cannot be read as that: ${withPlace(outcome.failure.reason, outcome.failure.at)}.`;
  return { decoded, notes: [note], codec: plain, why: 'nothing else fits' };
}

/** Turns a text into the payload that a codec makes of it. */
export function encodePayload(text: string, call: CodecCall): EncodeResult {
  if (call.codec === autoCodec) return { failure: { reason: 'choose a codec to write with', at: null } };
  const resolved = resolveCodec(call.codec, call.params ?? {}, call.names);
  if ('problem' in resolved) return { failure: { reason: resolved.problem, at: null } };
  return caught(() => ({ bytes: resolved.codec.encode(text, contextOf(call, resolved.params)) }));
}

function decodeAs(bytes: Uint8Array, call: CodecCall): DecodeResult {
  const resolved = resolveCodec(call.codec, call.params ?? {}, call.names);
  if ('problem' in resolved) return { failure: { reason: resolved.problem, at: null } };
  return caught(() => {
    const { decoded, notes = [] } = resolved.codec.decode(bytes, contextOf(call, resolved.params));
    return { decoded, notes };
  });
}

function contextOf(call: CodecCall, params: CodecParams): CodecContext {
  const facts = { ...call.facts, layers: (call.facts.layers ?? 0) + 1 };
  const { params: _outer, ...rest } = call;
  return {
    params,
    tools: call.tools,
    facts: call.facts,
    inner: {
      decode: (codec, bytes) => decodePayload(bytes, { ...rest, codec, facts }),
      encode(codec, text) {
        // Nothing tells what a text that is to be written was meant as: JSON where it is, text where not.
        const result = encodePayload(text, { ...rest, codec: codec === autoCodec ? 'utf8' : codec, facts });
        if ('failure' in result) throw new PayloadFailure(result.failure.reason, result.failure.at);
        return result.bytes;
      },
    },
  };
}

function caught<T>(work: () => T): T | { readonly failure: { readonly reason: string; readonly at: number | null } } {
  try {
    return work();
  } catch (error) {
    if (error instanceof PayloadFailure) return { failure: { reason: error.message, at: error.at } };
    throw error;
  }
}

/** "… at byte 3". */
function withPlace(reason: string, at: number | null): string {
  return at === null ? reason : `${reason}, at byte ${at.toLocaleString('en')}`;
}
