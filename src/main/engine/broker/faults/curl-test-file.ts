import { openSync, closeSync, fstatSync, readSync } from 'node:fs';
import path from 'node:path';

const maxFileBytes = 1_048_576;

/** What the reply of a test of curl's suite holds: `<data>` in `<reply>` of the file `test<number>`. `null`: there is none, or no such file. */
export function curlReplyData(folder: string | undefined, number: number): Buffer | null {
  if (folder === undefined || folder === '' || !Number.isSafeInteger(number)) return null;
  const text = readSmallFile(path.join(folder, `test${number}`));
  return text === null ? null : partOf(text, 'reply', 'data');
}

function readSmallFile(file: string): Buffer | null {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const stats = fstatSync(handle);
    if (!stats.isFile() || stats.size > maxFileBytes) return null;
    const bytes = Buffer.alloc(stats.size);
    return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, 0));
  } catch {
    return null;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** A part of a section of a test file: the lines between its tags, with the attributes that the servers of the suite heed. */
export function partOf(file: Buffer, section: string, part: string): Buffer | null {
  let isInside = false;
  let attributes: string | null = null;
  const lines: Buffer[] = [];
  for (const line of linesOf(file)) {
    const text = line.toString('latin1').trim();
    if (attributes !== null) {
      if (text === `</${part}>`) return decodedPart(Buffer.concat(lines), attributes);
      lines.push(line);
    } else if (!isInside) isInside = text === `<${section}>` || text.startsWith(`<${section} `);
    else if (text === `</${section}>`) return null;
    else if (text === `<${part}>` || (text.startsWith(`<${part} `) && text.endsWith('>'))) attributes = text.slice(part.length + 1, -1);
  }
  return null;
}

function* linesOf(file: Buffer): Generator<Buffer> {
  let start = 0;
  while (start < file.length) {
    const end = file.indexOf(0x0a, start);
    const next = end < 0 ? file.length : end + 1;
    yield file.subarray(start, next);
    start = next;
  }
}

function decodedPart(data: Buffer, attributes: string): Buffer {
  const has = (name: string): boolean => new RegExp(`(?:^|\\s)${name}="yes"`).test(attributes);
  if (has('base64')) return Buffer.from(data.toString('latin1'), 'base64');
  if (has('hex')) return Buffer.from(data.toString('latin1').replaceAll(/[^0-9a-f]/gi, ''), 'hex');
  if (!has('nonewline')) return data;
  return data.at(-1) === 0x0a ? data.subarray(0, data.at(-2) === 0x0d ? -2 : -1) : data;
}
