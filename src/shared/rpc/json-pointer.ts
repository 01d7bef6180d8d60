import { isJsonObject } from './json-payload.ts';
import type { JsonValue } from './python-json.ts';
import { isList } from './is-list.ts';

/** RFC 6901: the way to a value inside a JSON document, as its parts. The empty pointer is the whole document. */
export type JsonPointer = readonly string[];

/** `undefined`: the text is no pointer. */
export function parsePointer(text: string): JsonPointer | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `undefined`: there is nothing. */
export function valueAt(document: JsonValue, pointer: JsonPointer): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const part of pointer) {
    if (isList(value)) value = /^(?:0|[1-9]\d*)$/.test(part) ? value[Number(part)] : undefined;
    else value = isJsonObject(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value;
}

/** The document with the value in place. What is missing on the way becomes an object, as does what is in the way. */
export function withValueAt(document: JsonValue, pointer: JsonPointer, value: JsonValue): JsonValue {
  const [part, ...rest] = pointer;
  if (part === undefined) return value;
  const object = isJsonObject(document) ? document : {};
  // A computed name, which makes an own property even of "__proto__".
  return { ...object, [part]: withValueAt(Object.hasOwn(object, part) ? (object[part] ?? {}) : {}, rest, value) };
}
