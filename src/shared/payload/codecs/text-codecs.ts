import type { Codec } from '../codec.ts';
import { hexText } from '../hex-text.ts';
import { compactJson, indentJson } from '../indent-json.ts';
import { jsonErrorPosition } from '../json-error-position.ts';
import { encodePublishPayload } from '../publish-payload.ts';
import { decodeText } from '../utf8-text.ts';
import { maxTextLength } from '../value/limits.ts';
import { PayloadFailure } from '../value/payload-failure.ts';
import { readValueText } from '../value/value-reader.ts';
import { pythonText } from './python-text.ts';

const encoder = new TextEncoder();

/** Text that is UTF-8 to the last byte (RFC 3629). */
export function textOf(bytes: Uint8Array): string {
  const { text, invalidAt } = decodeText(bytes);
  if (invalidAt !== null) throw new PayloadFailure('the bytes are not UTF-8 text', invalidAt);
  return text;
}

export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  if (!text.isWellFormed()) throw new PayloadFailure('the text contains half of a surrogate pair: a character was cut in two');
  return encoder.encode(text);
}

export const noopCodec: Codec = {
  name: 'noop',
  title: 'Bytes',
  help: 'The bytes as they are. To write them, choose Hex, Base64 or a file: text is refused, as distmqtt does.',
  params: [],
  decode: (bytes) => ({ decoded: { kind: 'bytes', bytes } }),
  encode: () => {
    throw new PayloadFailure('this codec takes bytes, not text: choose Hex, Base64 or a file');
  },
};

export const utf8Codec: Codec = {
  name: 'utf8',
  title: 'Text',
  help: 'UTF-8 text.',
  params: [],
  decode: (bytes) => ({ decoded: { kind: 'text', text: textOf(bytes), language: 'plaintext' } }),
  encode: bytesOfText,
};

export const jsonCodec: Codec = {
  name: 'json',
  title: 'JSON',
  help: 'JSON text (RFC 8259). Shown indented with every digit, key and duplicate as it was sent.',
  params: [
    {
      name: 'layout',
      title: 'Written as',
      help: 'typed: exactly as typed. compact: without spaces. python: as distmqtt and other Python programs write it, with spaces after "," and ":" and everything beyond ASCII escaped.',
      type: 'choice',
      choices: ['typed', 'compact', 'python'],
      default: 'typed',
    },
  ],
  decode(bytes) {
    const text = textOf(bytes);
    if (text.trim() === '') throw new PayloadFailure('the payload is empty: a JSON value is missing', 0);
    try {
      JSON.parse(text);
    } catch {
      const at = jsonErrorPosition(text);
      throw new PayloadFailure(at >= text.trimEnd().length ? 'the JSON text ends too early' : 'this is not JSON', encoder.encode(text.slice(0, at)).length);
    }
    return { decoded: { kind: 'text', text: indentJson(text), language: 'json' } };
  },
  encode(text, { params }) {
    const typed = encodePublishPayload('json', text);
    if ('problem' in typed) throw new PayloadFailure(lowerFirst(typed.problem), text.trim() === '' ? 0 : jsonErrorPosition(text));
    if (params['layout'] === 'python') return encoder.encode(pythonText(readValueText(text)));
    return params['layout'] === 'compact' ? encoder.encode(compactJson(text)) : typed.bytes;
  },
};

/** Sentences of forms begin with a capital letter, reasons do not. */
const lowerFirst = (sentence: string): string => `${sentence.slice(0, 1).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;

/** Bytes that are shown and written as digits. */
function digitsCodec(about: Pick<Codec, 'name' | 'title' | 'help'>, format: 'hex' | 'base64', show: (bytes: Uint8Array) => string): Codec {
  return {
    ...about,
    params: [],
    decode(bytes) {
      if (bytes.length * 3 > maxTextLength) throw new PayloadFailure('the payload is too large to be shown as digits');
      return { decoded: { kind: 'text', text: show(bytes), language: 'plaintext' } };
    },
    encode(text) {
      const encoded = encodePublishPayload(format, text);
      if ('problem' in encoded) throw new PayloadFailure(lowerFirst(encoded.problem));
      return encoded.bytes;
    },
  };
}

export const hexCodec = digitsCodec({ name: 'hex', title: 'Hex', help: 'Any bytes, as two hex digits each.' }, 'hex', (bytes) => hexText(bytes, ' '));

export const base64Codec = digitsCodec({ name: 'base64', title: 'Base64', help: 'Any bytes, as Base64 (RFC 4648).' }, 'base64', (bytes) => {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 30_000) parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 30_000))));
  return parts.join('');
});
