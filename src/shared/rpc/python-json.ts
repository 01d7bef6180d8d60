export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * JSON as Python's `json.dumps` writes it by default: `", "` and `": "` between parts, everything outside printable ASCII as
 * `\uXXXX`. Key order is kept. Peers that compare or sign the text expect exactly these bytes.
 */
export function pythonJson(value: JsonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return JSON.stringify(value);
  if (typeof value === 'string') return quote(value);
  if (JSON.isRawJSON(value)) return value.rawJSON;
  if (isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${quote(key)}: ${pythonJson(item)}`)
    .join(', ')}}`;
}

const isArray: (value: unknown) => value is readonly JsonValue[] = Array.isArray;

const outsideAscii = /[^ -~]/;

function quote(text: string): string {
  const quoted = JSON.stringify(text);
  if (!outsideAscii.test(quoted)) return quoted;
  return quoted.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
