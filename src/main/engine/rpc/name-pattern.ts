/**
 * Whether a text has the form of a pattern, in which `*` stands for any characters, also none. An empty pattern matches everything. Texts come from
 * peers and may be of a megabyte: what stands between the stars is searched for as a whole.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  if (pattern === '') return true;
  const parts = pattern.split('*');
  if (parts.length === 1) return pattern === text;
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
    if (from > end) return false;
  }
  return true;
}
