import { bitPattern, type Field } from '../../../../shared/mqtt/dissect/index.ts';

/** A field in the flattened tree. */
export interface FieldRow {
  /** Places of the field and of those around it: `2.0.1`. */
  readonly key: string;
  readonly field: Field;
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  readonly expanded: boolean | undefined;
}

/** Groups are open unless they are in `closed`. */
export function fieldRows(fields: readonly Field[], closed: ReadonlySet<string>): readonly FieldRow[] {
  const rows: FieldRow[] = [];
  const add = (list: readonly Field[], level: number, prefix: string): void => {
    for (const [at, field] of list.entries()) {
      const key = `${prefix}${at}`;
      const hasChildren = field.children !== undefined && field.children.length > 0;
      const expanded = hasChildren ? !closed.has(key) : undefined;
      rows.push({ key, field, level, position: at + 1, siblings: list.length, expanded });
      if (expanded === true) add(field.children ?? [], level + 1, `${key}.`);
    }
  };
  add(fields, 1, '');
  return rows;
}

/** The keys of the groups around a field, and of itself. */
export function keysAround(key: string): readonly string[] {
  const parts = key.split('.');
  return parts.map((_, at) => parts.slice(0, at + 1).join('.'));
}

export function fieldOf(fields: readonly Field[], key: string): Field | undefined {
  let list: readonly Field[] | undefined = fields;
  let found: Field | undefined;
  for (const part of key.split('.')) {
    found = list?.[Number(part)];
    list = found?.children;
  }
  return found;
}

/** The innermost field that a byte belongs to; of parts of a byte, the byte itself. */
export function fieldAt(fields: readonly Field[], offset: number): string | null {
  let key: string | null = null;
  let list: readonly Field[] = fields;
  for (;;) {
    const at = list.findIndex((field) => field.bits === undefined && offset >= field.start && offset < field.end);
    if (at < 0) return key;
    key = key === null ? String(at) : `${key}.${at}`;
    list = list[at]?.children ?? [];
  }
}

export const bitsText = (field: Field, bytes: Uint8Array): string => (field.bits ? bitPattern(bytes[field.start] ?? 0, field.bits) : '');

/** `4–9`: the bytes of a field. */
export function rangeText({ start, end, bits }: Field): string {
  if (bits) return bits[0] === bits[1] ? `bit ${bits[0]}` : `bits ${bits[0]}–${bits[1]}`;
  if (end <= start) return '';
  return end - start === 1 ? String(start) : `${start}–${end - 1}`;
}

/** All as indented text, to be copied. */
export function fieldsAsText(fields: readonly Field[], showSecrets: boolean, indent = ''): string {
  return fields
    .map((field) => {
      const value = field.secret === true && !showSecrets ? '(hidden)' : field.text;
      const meaning = field.meaning === undefined ? '' : ` (${field.meaning})`;
      return `${indent}${field.name}${value === '' ? '' : `: ${value}`}${meaning}\n${fieldsAsText(field.children ?? [], showSecrets, `${indent}  `)}`;
    })
    .join('');
}
