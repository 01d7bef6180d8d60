/** A level of a filter: text that has to be there, `+` for any, `#` for any that follow and the parent. */
export type FilterLevel = { readonly text: string } | '+' | '#';

/** The levels of a topic filter (§4.7.1) without its `$share/NAME/`, which says who gets a message, not which messages. */
export function filterLevels(filter: string): readonly FilterLevel[] {
  const all = filter.split('/');
  const levels = all[0] === '$share' && all.length > 2 ? all.slice(2) : all;
  return normalLevels(levels.map((level) => (level === '+' || level === '#' ? level : { text: level })));
}

/** No topic is empty, so that "#" is no more than "+/#" and "/#" no more than "/+/#": written so, they have no parent that would be a topic. */
export function normalLevels(levels: readonly FilterLevel[]): readonly FilterLevel[] {
  const [first, second] = levels;
  const hasNoParent = first === '#' || (second === '#' && typeof first === 'object' && first.text === '');
  return hasNoParent ? [...levels.slice(0, -1), '+', '#'] : levels;
}

/** Whether every topic that `inner` matches is matched by `outer` as well. */
export function covers(outer: readonly FilterLevel[], inner: readonly FilterLevel[]): boolean {
  if (hides(outer, inner)) return false;
  for (const [at, level] of outer.entries()) {
    if (level === '#') return true;
    const other = inner[at];
    if (other === undefined || other === '#') return false;
    if (level !== '+' && (other === '+' || other.text !== level.text)) return false;
  }
  return inner.length === outer.length;
}

/** Whether there is a topic that both match. */
export function overlap(one: readonly FilterLevel[], other: readonly FilterLevel[]): boolean {
  if (hides(one, other) || hides(other, one)) return false;
  for (let at = 0; at < one.length || at < other.length; at += 1) {
    const a = one[at];
    const b = other[at];
    // "a/#" matches "a" as well (§4.7.1.2).
    if (a === '#' || b === '#') return true;
    if (a === undefined || b === undefined) return false;
    if (a !== '+' && b !== '+' && a.text !== b.text) return false;
  }
  return true;
}

/** A topic split at `/`. */
export function matchesLevels(filter: readonly FilterLevel[], topic: readonly string[]): boolean {
  if (typeof filter[0] === 'string' && topic[0]?.startsWith('$') === true) return false;
  for (const [at, level] of filter.entries()) {
    if (level === '#') return true;
    const part = topic[at];
    if (part === undefined || (level !== '+' && level.text !== part)) return false;
  }
  return topic.length === filter.length;
}

/** A wildcard in front does not stand for a level that begins with `$` [MQTT-4.7.2-1]. */
function hides(wild: readonly FilterLevel[], named: readonly FilterLevel[]): boolean {
  const first = named[0];
  return typeof wild[0] === 'string' && typeof first === 'object' && first.text.startsWith('$');
}
