import type { Codec, CodecParams } from '../codec.ts';
import { maxValues } from '../value/limits.ts';
import { PayloadFailure } from '../value/payload-failure.ts';
import { bytesOfText, textOf } from './text-codecs.ts';

const delimiters: Readonly<Record<string, string>> = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' };

/** Rows of fields (RFC 4180), shown as a table. */
export const csvCodec: Codec = {
  name: 'csv',
  title: 'CSV',
  help: 'Rows of fields (RFC 4180), shown as a table.',
  params: [
    {
      name: 'delimiter',
      title: 'Between fields',
      help: 'auto: what is most frequent in the first line.',
      type: 'choice',
      choices: ['auto', 'comma', 'semicolon', 'tab', 'pipe'],
      default: 'auto',
    },
    { name: 'header', title: 'Names in the first row', help: 'The first row holds the names of the columns.', type: 'flag', default: true },
  ],
  decode(bytes, { params }) {
    const text = textOf(bytes);
    const rows = readCsv(text, delimiterOf(text, params), (at) => new TextEncoder().encode(text.slice(0, at)).length);
    const [first, ...rest] = rows;
    const withHeader = params['header'] === true && first !== undefined;
    const widths = new Set(rows.map((row) => row.length));
    const notes = widths.size > 1 ? [`The rows have from ${Math.min(...widths)} to ${Math.max(...widths)} fields.`] : [];
    return { decoded: { kind: 'rows', header: withHeader ? first : null, rows: withHeader ? rest : rows }, notes };
  },
  encode(text, { params }) {
    readCsv(text, delimiterOf(text, params), (at) => at);
    return bytesOfText(text);
  },
};

function delimiterOf(text: string, params: CodecParams): string {
  const chosen = delimiters[String(params['delimiter'])];
  if (chosen !== undefined) return chosen;
  const line = (/^[^\r\n]*/.exec(text.slice(0, 10_000))?.[0] ?? '').replaceAll(/"(?:[^"]|"")*"/g, '');
  const counted = Object.values(delimiters).map((one) => [one, line.split(one).length] as const);
  return counted.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** The fields of each row. A quote inside a field without quotes stands for itself, as many programs write it. */
function readCsv(text: string, delimiter: string, placeOf: (at: number) => number): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let fields = 0;
  while (at < text.length) {
    const [field, end] = text[at] === '"' ? quoted(text, at, placeOf) : plain(text, at, delimiter);
    fields += 1;
    if (fields > maxValues) throw new PayloadFailure(`more than ${maxValues.toLocaleString('en')} fields`, placeOf(at));
    row.push(field);
    const next = text[end];
    if (next === delimiter) {
      at = end + 1;
      // A delimiter at the very end begins one more, empty field.
      if (at === text.length) row.push('');
      continue;
    }
    if (next !== undefined && next !== '\r' && next !== '\n') {
      throw new PayloadFailure(`after a closing quote there has to be ${JSON.stringify(delimiter)} or the end of the line`, placeOf(end));
    }
    rows.push(row);
    row = [];
    at = text.startsWith('\r\n', end) ? end + 2 : end + 1;
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

function plain(text: string, from: number, delimiter: string): readonly [string, number] {
  let at = from;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return [text.slice(from, at), at];
}

function quoted(text: string, from: number, placeOf: (at: number) => number): readonly [string, number] {
  let at = from + 1;
  for (;;) {
    at = text.indexOf('"', at);
    if (at < 0) throw new PayloadFailure('a quoted field has no closing quote', placeOf(from));
    if (text[at + 1] !== '"') return [text.slice(from + 1, at).replaceAll('""', '"'), at + 1];
    at += 2;
  }
}
