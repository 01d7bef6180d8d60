import type { CallFilter } from '../../../../shared/contract/call-history.ts';
import { stateCodes } from './stored-call.ts';

export interface Where {
  /** After WHERE; names are those of the table `call`. */
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** Each is a condition of its own, of which SQLite takes no more than about a thousand. */
const maxWords = 50;

/** The words that all have to be found, the first fifty; case is folded as in `text.folded`. */
export function wordsOf(text: string): readonly string[] {
  const words = fold(text)
    .split(/\s+/)
    .filter((word) => word !== '');
  return [...new Set(words)].slice(0, maxWords);
}

export const fold = (text: string): string => text.toLowerCase();

/**
 * A filter as a condition; `null`: nothing in this file can fit. `textId` finds the number of a text. Words that may stand in the payloads are
 * left to who reads these.
 */
export function whereOf(filter: CallFilter, textId: (value: string) => number | undefined): Where | null {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, ...some: readonly (string | number)[]): void => {
    parts.push(sql);
    values.push(...some);
  };
  for (const column of ['source', 'dialect', 'topic', 'method'] as const) {
    const value = filter[column];
    if (value === undefined) continue;
    const id = textId(value);
    if (id === undefined) return null;
    add(`${column} = ?`, id);
  }
  const { correlationId, correlated } = filter;
  if (correlationId !== undefined) {
    const id = textId(correlationId);
    if (id === undefined) return null;
    add('correlation = ?', id);
  }
  if (correlated !== undefined) add(correlated ? 'correlation IS NOT NULL' : 'correlation IS NULL');
  const { states, own, repeated, fromMs, toMs, slowerThanMs, text = '', inPayloads } = filter;
  if (states) add(`state IN (${states.map(() => '?').join(', ')})`, ...states.map((state) => stateCodes[state]));
  if (own !== undefined) add('own = ?', own ? 1 : 0);
  if (repeated !== undefined) add(repeated ? 'duplicates > 0' : 'duplicates = 0');
  if (fromMs !== undefined) add('time_us >= ?', fromMs * 1000);
  // All of the last millisecond.
  if (toMs !== undefined) add('time_us < ?', (toMs + 1) * 1000);
  if (slowerThanMs !== undefined) add('elapsed_ms > ?', slowerThanMs);
  if (inPayloads !== true) {
    for (const word of wordsOf(text)) {
      add('EXISTS (SELECT 1 FROM text WHERE text.id IN (topic, method, caller, error) AND instr(coalesce(folded, value), ?) > 0)', word);
    }
  }
  return { sql: parts.length === 0 ? 'TRUE' : parts.join(' AND '), values };
}
