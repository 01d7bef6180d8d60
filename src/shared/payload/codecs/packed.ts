import type { Codec, PackFormat } from '../codec.ts';
import { maxTextLength } from '../value/limits.ts';
import { PayloadFailure } from '../value/payload-failure.ts';

const formats: readonly { readonly name: PackFormat; readonly title: string; readonly help: string }[] = [
  { name: 'gzip', title: 'gzip', help: 'Compressed with gzip (RFC 1952).' },
  { name: 'zlib', title: 'zlib', help: 'Compressed with zlib (RFC 1950), which HTTP calls "deflate".' },
  { name: 'deflate', title: 'Raw deflate', help: 'Compressed with deflate and nothing around it (RFC 1951).' },
  { name: 'zstd', title: 'Zstandard', help: 'Compressed with Zstandard (RFC 8878).' },
];
const maxLayers = 4;

/** Compressed payloads: unpacked, and read with the codec inside. */
export const packedCodecs: readonly Codec[] = formats.map(({ name, title, help }) => ({
  name,
  title,
  help: `${help} No more than 20 MiB are unpacked.`,
  params: [{ name: 'inner', title: 'Inside', help: 'How to read what was compressed. auto: told by its bytes.', type: 'codec', default: 'auto' } as const],
  decode(bytes, { params, tools, inner, facts }) {
    if (facts.layers !== undefined && facts.layers >= maxLayers) throw new PayloadFailure(`compressed more than ${maxLayers} times`, 0);
    const unpacked = tools.unpack(name, bytes, maxTextLength);
    const note = `${title}: ${bytes.length.toLocaleString('en')} bytes became ${unpacked.length.toLocaleString('en')}.`;
    const read = inner.decode(String(params['inner']), unpacked);
    if ('decoded' in read) return { decoded: read.decoded, notes: [note, ...read.notes] };
    // Unpacking went well: what was inside is shown, with the reason why it cannot be read further.
    return { decoded: { kind: 'bytes', bytes: unpacked }, notes: [note, `Inside, it cannot be read as ${String(params['inner'])}: ${read.failure.reason}.`] };
  },
  encode: (text, { params, tools, inner }) => tools.pack(name, inner.encode(String(params['inner']), text)),
}));
