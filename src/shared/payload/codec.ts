import type { PayloadValue } from './value/payload-value.ts';

/** What a codec made of a payload. */
export type Decoded =
  | { readonly kind: 'text'; readonly text: string; readonly language: 'json' | 'xml' | 'plaintext' }
  /** `header`: the names of the columns, where the first row has them. */
  | { readonly kind: 'rows'; readonly header: readonly string[] | null; readonly rows: readonly (readonly string[])[] }
  /** `mediaType` is one that an `img` element shows. */
  | { readonly kind: 'image'; readonly mediaType: string; readonly width: number | null; readonly height: number | null; readonly bytes: Uint8Array }
  /** Shown as hex. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

/** `at`: offset of the byte (decoding) or of the character (encoding) it is about. The reason goes on after "cannot be read: ". */
interface CodecFailure {
  readonly reason: string;
  readonly at: number | null;
}

/** `notes` are sentences for a person: what was unpacked, what is unusual. */
export type DecodeResult = { readonly decoded: Decoded; readonly notes: readonly string[] } | { readonly failure: CodecFailure };
export type EncodeResult = { readonly bytes: Uint8Array<ArrayBuffer> } | { readonly failure: CodecFailure };

export type ParamValue = string | number | boolean;
export type CodecParams = Readonly<Record<string, ParamValue>>;

export interface CodecParam {
  readonly name: string;
  /** Of the field in the page. */
  readonly title: string;
  readonly help: string;
  /** `schema` and `message` name a file of the workspace and a type in it, `codec` another codec. */
  readonly type: 'text' | 'flag' | 'choice' | 'schema' | 'message' | 'codec';
  readonly choices?: readonly string[];
  /** Absent: the parameter may be left out, and then has no value. */
  readonly default?: ParamValue;
}

/** What codecs need and cannot have from here: unpacking, files of the user. */
export interface CodecTools {
  /** Throws `PayloadFailure`; `limit`: bytes that come out, at most. */
  readonly unpack: (format: PackFormat, bytes: Uint8Array, limit: number) => Uint8Array<ArrayBuffer>;
  readonly pack: (format: PackFormat, bytes: Uint8Array) => Uint8Array<ArrayBuffer>;
  /** A schema of the workspace; throws `PayloadFailure` for one that is missing or does not parse. */
  readonly schema: (kind: SchemaKind, file: string) => unknown;
}

export type PackFormat = 'gzip' | 'zlib' | 'deflate' | 'zstd';
type SchemaKind = 'protobuf' | 'avro';

/** What is decoded besides the bytes: codecs that look inside choose by it. */
export interface MessageFacts {
  /** How many wrappers were taken off. */
  readonly layers?: number;
  readonly topic: string;
  readonly contentType?: string | undefined;
}

export interface CodecContext {
  readonly params: CodecParams;
  readonly tools: CodecTools;
  readonly facts: MessageFacts;
  /** For wrappers: another codec by name, or `auto`. */
  readonly inner: {
    decode(codec: string, bytes: Uint8Array): DecodeResult;
    encode(codec: string, text: string): Uint8Array<ArrayBuffer>;
  };
}

/** One way to read payloads and to write them. Both throw nothing but `PayloadFailure`; `runCodec` catches it. */
export interface Codec {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly params: readonly CodecParam[];
  /** Parameters that contradict each other; a sentence. */
  readonly check?: (params: CodecParams) => string | undefined;
  readonly decode: (bytes: Uint8Array, context: CodecContext) => { readonly decoded: Decoded; readonly notes?: readonly string[] };
  readonly encode: (text: string, context: CodecContext) => Uint8Array<ArrayBuffer>;
}

/** Formats that hold a value: their text is JSON with the forms of `docs/payloads.md`. */
export interface ValueFormat {
  readonly read: (bytes: Uint8Array, context: CodecContext) => { readonly value: PayloadValue; readonly notes?: readonly string[] };
  readonly write: (value: PayloadValue, context: CodecContext) => Uint8Array<ArrayBuffer>;
}
