import type { CodecParams, MessageFacts } from './codec.ts';
import { readCbor } from './codecs/cbor-read.ts';
import { recogniseImage } from './codecs/image.ts';
import { readMsgpack } from './codecs/msgpack-read.ts';
import { isJson } from './indent-json.ts';
import { decodeText, hasBinaryControls } from './utf8-text.ts';
import { isList, isSpecial, type PayloadValue } from './value/payload-value.ts';
import { PayloadFailure } from './value/payload-failure.ts';

export interface Detection {
  readonly codec: string;
  readonly params: CodecParams;
  /** Goes on after "because": short, for a person. */
  readonly why: string;
}

/** Media types of MQTT 5's Content Type that name a codec. */
const mediaTypes: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'text/json': 'json',
  'application/cbor': 'cbor',
  'application/msgpack': 'msgpack',
  'application/x-msgpack': 'msgpack',
  'application/vnd.msgpack': 'msgpack',
  'application/protobuf': 'protobuf',
  'application/x-protobuf': 'protobuf',
  'application/vnd.google.protobuf': 'protobuf',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'text/csv': 'csv',
  'text/plain': 'utf8',
  'application/gzip': 'gzip',
  'application/zlib': 'zlib',
  'application/zstd': 'zstd',
};
/** Larger payloads are told by their beginning alone. */
const maxTried = 1_048_576;

/**
 * How to read a payload nobody has said anything about. The first that applies: the topic is Sparkplug's; the content type says it; the
 * first bytes are a signature; it is text (JSON and XML by trying); all of it is one MessagePack or CBOR value that holds a map with text
 * keys. Everything else is bytes: numbers are never guessed.
 */
export function detectCodec(bytes: Uint8Array, facts: MessageFacts): Detection {
  if (bytes.length === 0) return found('utf8', 'it is empty');
  if (isSparkplugTopic(facts.topic)) return found('sparkplug', 'the topic is one of Sparkplug B');
  return (
    byContentType(facts.contentType) ??
    bySignature(bytes) ??
    byText(bytes) ??
    byWholeValue(bytes) ??
    found('noop', 'it is neither text nor a format that can be told by its bytes')
  );
}

const found = (codec: string, why: string): Detection => ({ codec, params: {}, why });

/** `spBv1.0/group/type/node[/device]`; the state of hosts is JSON (Sparkplug 3.0 §6.3.2 and §6.4.26). */
function isSparkplugTopic(topic: string): boolean {
  const levels = topic.split('/');
  return levels[0] === 'spBv1.0' && levels.length >= 4 && levels.length <= 5 && /^[ND](?:BIRTH|DEATH|DATA|CMD)$/.test(levels[2] as string);
}

function byContentType(contentType: string | undefined): Detection | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const codec = Object.hasOwn(mediaTypes, type) ? mediaTypes[type] : /\+(json|cbor|xml)$/.exec(type)?.[1];
  if (codec !== undefined) return found(codec, `its content type is ${type}`);
  return /^image\/(?!svg)/.test(type) ? found('image', `its content type is ${type}`) : undefined;
}

function bySignature(bytes: Uint8Array): Detection | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  const image = recogniseImage(bytes);
  if (image) return found('image', `its first bytes are those of ${image.mediaType}`);
  if (first === 0x1f && second === 0x8b && third === 8) return found('gzip', 'its first bytes are those of gzip');
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return found('zstd', 'its first bytes are those of Zstandard');
  // The header of RFC 1950 §2.2 with its check, as every library writes it; shorter than its frame it is none.
  const isZlib = first === 0x78 && (second === 0x01 || second === 0x5e || second === 0x9c || second === 0xda) && bytes.length > 8;
  return isZlib && decodeText(bytes).invalidAt !== null ? found('zlib', 'its first bytes are those of zlib') : undefined;
}

/** Text or bytes, when nothing more is to be said. */
export function plainCodec(bytes: Uint8Array): 'utf8' | 'noop' {
  const { text, invalidAt } = decodeText(bytes);
  return invalidAt === null && !hasBinaryControls(text) ? 'utf8' : 'noop';
}

function byText(bytes: Uint8Array): Detection | undefined {
  if (plainCodec(bytes) !== 'utf8') return undefined;
  const { text } = decodeText(bytes);
  const first = text.trimStart()[0];
  if ((first === '{' || first === '[') && isJson(text)) return found('json', 'it is JSON text');
  if (first === '<' && /^\s*<(?:\?xml\s|[A-Za-z_][\w:.-]*(?:\s|\/?>))/.test(text) && text.trimEnd().endsWith('>'))
    return found('xml', 'it begins and ends as XML does');
  return found('utf8', 'it is UTF-8 text');
}

function byWholeValue(bytes: Uint8Array): Detection | undefined {
  if (bytes.length > maxTried) return undefined;
  // The tag for "this is CBOR" (RFC 8949 §3.4.6).
  if (bytes[0] === 0xd9 && bytes[1] === 0xd9 && bytes[2] === 0xf7) return found('cbor', 'it says so itself, with tag 55799');
  if (reads(() => readMsgpack(bytes, { rawAsBytes: false }))) return found('msgpack', 'all of it is one MessagePack value with text keys');
  return reads(() => readCbor(bytes)) ? found('cbor', 'all of it is one CBOR item with text keys') : undefined;
}

/** Whether it can be read, and is a map with text keys or a list that holds one: random bytes hardly ever are. */
function reads(read: () => PayloadValue): boolean {
  try {
    const value = read();
    return isNamed(isList(value) ? (value.find(isNamed) ?? null) : value);
  } catch (error) {
    if (error instanceof PayloadFailure) return false;
    throw error;
  }
}

function isNamed(value: PayloadValue): boolean {
  return (
    isSpecial(value) &&
    value.kind === 'map' &&
    value.entries.length > 0 &&
    value.entries.every(([key]) => typeof key === 'string' && key !== '' && !hasBinaryControls(key))
  );
}
