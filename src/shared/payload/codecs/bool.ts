import type { Codec, CodecParams } from '../codec.ts';
import { PayloadFailure } from '../value/payload-failure.ts';
import { bytesOfText, textOf } from './text-codecs.ts';

const wordsOf = (params: CodecParams): readonly (readonly [value: 'true' | 'false' | 'null', word: string])[] => [
  ['true', String(params['on'])],
  ['false', String(params['off'])],
  ...(params['null'] === undefined ? [] : ([['null', String(params['null'])]] as const)),
];

/** distmqtt's `bool`: exact words, capital letters counting. Written from `true`, `false`, 1, 0 and, where it has a word, `null`. */
export const boolCodec: Codec = {
  name: 'bool',
  title: 'Boolean',
  help: 'One word for true and one for false, exactly as given here; maybe one for null.',
  params: [
    { name: 'on', title: 'Word for true', help: 'Sent for true.', type: 'text', default: 'on' },
    { name: 'off', title: 'Word for false', help: 'Sent for false.', type: 'text', default: 'off' },
    { name: 'null', title: 'Word for null', help: 'Sent for null, which is refused without it.', type: 'text' },
  ],
  check(params) {
    const words = wordsOf(params).map(([, word]) => word);
    return new Set(words).size < words.length ? 'Two of the words of this Boolean are the same.' : undefined;
  },
  decode(bytes, { params }) {
    const text = textOf(bytes);
    const words = wordsOf(params);
    const found = words.find(([, word]) => word === text);
    if (!found) throw new PayloadFailure(`${quote(text)} is neither ${words.map(([, word]) => quote(word)).join(' nor ')}`, 0);
    return { decoded: { kind: 'text', text: found[0], language: 'json' } };
  },
  encode(text, { params }) {
    const given = text.trim();
    const value = given === '1' ? 'true' : given === '0' ? 'false' : given;
    const found = wordsOf(params).find(([name]) => name === value);
    if (found) return bytesOfText(found[1]);
    throw new PayloadFailure(value === 'null' ? 'there is no word for null: set the parameter "null"' : `${quote(given)} is not true, false or null`, 0);
  },
};

const quote = (text: string): string => `"${text.length > 40 ? `${text.slice(0, 40).toWellFormed()}…` : text}"`;
