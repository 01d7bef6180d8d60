import type { Codec, CodecParam, CodecParams, ParamValue } from './codec.ts';
import { avroCodec } from './codecs/avro/avro.ts';
import { boolCodec } from './codecs/bool.ts';
import { cborCodec } from './codecs/cbor.ts';
import { csvCodec } from './codecs/csv.ts';
import { imageCodec } from './codecs/image.ts';
import { msgpackCodec } from './codecs/msgpack.ts';
import { numberCodecs } from './codecs/numbers.ts';
import { packedCodecs } from './codecs/packed.ts';
import { protobufCodec } from './codecs/protobuf/protobuf.ts';
import { sparkplugCodec } from './codecs/sparkplug/sparkplug.ts';
import { base64Codec, hexCodec, jsonCodec, noopCodec, utf8Codec } from './codecs/text-codecs.ts';
import { xmlCodec } from './codecs/xml.ts';

/** In the order of the page's list. */
export const codecs: readonly Codec[] = [
  jsonCodec,
  utf8Codec,
  noopCodec,
  hexCodec,
  base64Codec,
  msgpackCodec,
  cborCodec,
  protobufCodec,
  avroCodec,
  sparkplugCodec,
  boolCodec,
  ...numberCodecs,
  xmlCodec,
  csvCodec,
  imageCodec,
  ...packedCodecs,
];

const byName: ReadonlyMap<string, Codec> = new Map(codecs.map((codec) => [codec.name, codec]));

/**
 * Names for a codec with parameters, as distmqtt's `codec_params` has them: `{"BOOL": {"name": "bool", "on": "ON", "off": "OFF"}}`. An entry
 * without `name` sets parameters of the codec that is called so.
 */
export type CodecNames = Readonly<Record<string, Readonly<Record<string, ParamValue>>>>;

/** Other names of the same codecs: of distmqtt and moat-mqtt, and what people call them. */
export const builtInNames: CodecNames = {
  binary: { name: 'noop' },
  'msgpack+json': { name: 'msgpack' },
  text: { name: 'utf8' },
  float32: { name: 'float' },
  float64: { name: 'double' },
  ...Object.fromEntries(
    ['int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float', 'double'].flatMap((name) => [
      [`${name}_be`, { name, endian: 'big' }],
      [`${name}_le`, { name, endian: 'little' }],
    ]),
  ),
};

export interface ResolvedCodec {
  readonly codec: Codec;
  readonly params: CodecParams;
}

/** Follows a name to its codec; the parameters given here count more than those of the names on the way. `problem`: a sentence. */
export function resolveCodec(name: string, given: CodecParams, names: CodecNames = {}): ResolvedCodec | { readonly problem: string } {
  let params = given;
  let at = name;
  const seen = new Set<string>();
  for (;;) {
    const entry = own(names, at) ?? own(builtInNames, at);
    const { name: next, ...preset } = entry ?? {};
    params = { ...preset, ...params };
    if (next === undefined || next === at) break;
    seen.add(at);
    at = String(next);
    if (seen.has(at)) return { problem: `The codec name "${name}" leads back to itself (${[...seen, at].join(' → ')}).` };
  }
  const codec = byName.get(at);
  if (!codec) return { problem: at === name ? `There is no codec "${name}".` : `The codec name "${name}" stands for "${at}", and there is no such codec.` };
  const read = readParams(codec, params);
  return 'problem' in read ? read : { codec, params: read.params };
}

function own(names: CodecNames, name: string): CodecNames[string] | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

/** With the defaults of what is absent. */
function readParams(codec: Codec, given: CodecParams): { readonly params: CodecParams } | { readonly problem: string } {
  const params: Record<string, ParamValue> = {};
  for (const param of codec.params) {
    const value = given[param.name] ?? param.default;
    if (value === undefined) continue;
    const problem = paramProblem(codec, param, value);
    if (problem !== undefined) return { problem };
    params[param.name] = value;
  }
  const unknown = Object.keys(given).find((name) => !codec.params.some((param) => param.name === name));
  if (unknown !== undefined) {
    const known = codec.params.map((param) => param.name);
    return { problem: `The codec "${codec.name}" has no parameter "${unknown}"${known.length > 0 ? `; it has ${known.join(', ')}` : ''}.` };
  }
  const problem = codec.check?.(params);
  return problem === undefined ? { params } : { problem };
}

function paramProblem(codec: Codec, { name, type, choices = [] }: CodecParam, value: ParamValue): string | undefined {
  const about = `The parameter "${name}" of the codec "${codec.name}"`;
  if (type === 'flag') return typeof value === 'boolean' ? undefined : `${about} is true or false.`;
  if (typeof value !== 'string') return `${about} is a text.`;
  return type === 'choice' && !choices.includes(value) ? `${about} is one of ${choices.join(', ')}.` : undefined;
}
