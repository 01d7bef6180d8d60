import type { TopicRow } from '../../../shared/contract/topics.ts';
import type { TopicNode } from './topic-node.ts';

const maxPreviewCharacters = 120;

type Preview = Pick<TopicRow, 'preview' | 'previewKind'>;

/** One line of the last value. Cheap, and only made for rows that are seen. */
export function previewOf(node: TopicNode): Preview {
  if (node.sizeBytes < 0) return { preview: null, previewKind: 'empty' };
  if (node.sizeBytes === 0) return { preview: '', previewKind: 'empty' };
  const bytes = Buffer.from(node.head, 'latin1');
  const text = decodeStart(bytes, node.sizeBytes > bytes.byteLength);
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (text === undefined || /[\u0000-\u0008\u000e-\u001f]/.test(text)) return { preview: hexStart(bytes, node.sizeBytes), previewKind: 'binary' };
  const line = text.replace(/\s+/g, ' ').trim();
  return {
    preview: line.length > maxPreviewCharacters ? `${line.slice(0, maxPreviewCharacters).trimEnd()}…` : line,
    previewKind: looksLikeJson(line) ? 'json' : 'text',
  };
}

/** Strict UTF-8; a character cut by the end of the head is left out. */
function decodeStart(bytes: Buffer, isCut: boolean): string | undefined {
  for (let trim = 0; trim <= (isCut ? 3 : 0); trim += 1) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, bytes.byteLength - trim));
    } catch {
      // Perhaps only the last character is cut: try without its bytes.
    }
  }
  return undefined;
}

function hexStart(bytes: Buffer, sizeBytes: number): string {
  const shown = bytes.subarray(0, 24);
  return `${shown.toString('hex').replace(/(..)(?=.)/g, '$1 ')}${sizeBytes > shown.byteLength ? ' …' : ''}`;
}

const looksLikeJson = (line: string): boolean => /^(?:[{[]|"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$|true$|false$|null$)/i.test(line);
