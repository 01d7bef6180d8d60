/**
 * Stands after the script of a request, in the same module, so that lines keep their numbers. It calls `before` and `after`, if they are there, and brings
 * `expect`. What was expected and what variables were set can be asked for after a failure as well.
 */
export const guestSource = `
;let $workbenchState = { checks: [], variables: {}, given: {} };
export async function $workbenchBefore(variables) {
  $workbenchState = { checks: [], variables: { ...variables }, given: variables };
  if (typeof before === 'function') await before($workbenchState.variables);
  return typeof before === 'function' || typeof after === 'function';
}
export async function $workbenchAfter(response, variables) {
  $workbenchState = { checks: [], variables: { ...variables }, given: variables };
  if (typeof after === 'function') await after(response, $workbenchState.variables, $workbenchExpect($workbenchState.checks));
}
export function $workbenchOutcome() {
  const { checks, variables, given } = $workbenchState;
  const text = (value) => (typeof value === 'string' ? value : typeof value === 'bigint' ? String(value) : JSON.stringify(value) ?? '');
  const changed = Object.entries(variables).filter(([name, value]) => value !== undefined && !(Object.hasOwn(given, name) && given[name] === value));
  return { checks, variables: Object.fromEntries(changed.map(([name, value]) => [name, text(value)])) };
}
function $workbenchExpect(checks) {
  const shown = (value) => {
    if (typeof value === 'bigint') return String(value);
    if (value === undefined || typeof value === 'function' || typeof value === 'symbol' || value instanceof RegExp || Object.is(value, -0) || Number.isNaN(value)) return Object.is(value, -0) ? '-0' : String(value);
    let text;
    try { text = JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? String(value); } catch { text = String(value); }
    return text.length > 1900 ? text.slice(0, 1900) + '…' : text;
  };
  const same = (a, b) => {
    if (Object.is(a, b) || a === b) return true;
    if ((typeof a === 'bigint' && typeof b === 'number') || (typeof a === 'number' && typeof b === 'bigint')) return a == b;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
  };
  const isNumber = (value) => typeof value === 'number' || typeof value === 'bigint';
  const at = (value, path) => {
    let found = value;
    for (const step of Array.isArray(path) ? path : String(path).replace(/\\[(\\d+)\\]/g, '.$1').split('.').filter((part) => part !== '')) {
      if (found === null || found === undefined || !Object.hasOwn(Object(found), step)) return { has: false };
      found = found[step];
    }
    return { has: true, value: found };
  };
  const matchers = {
    toBe: [(actual, wanted) => Object.is(actual, wanted) || ((isNumber(actual) && isNumber(wanted)) && actual == wanted)],
    toEqual: [same],
    toBeGreaterThan: [(actual, limit) => isNumber(actual) && actual > limit],
    toBeGreaterThanOrEqual: [(actual, limit) => isNumber(actual) && actual >= limit],
    toBeLessThan: [(actual, limit) => isNumber(actual) && actual < limit],
    toBeLessThanOrEqual: [(actual, limit) => isNumber(actual) && actual <= limit],
    toBeCloseTo: [(actual, wanted, digits = 2) => isNumber(actual) && Math.abs(Number(actual) - Number(wanted)) < 10 ** -digits / 2],
    toMatch: [(actual, pattern) => (pattern instanceof RegExp ? pattern.test(String(actual)) : String(actual).includes(String(pattern)))],
    toContain: [(actual, part) => (typeof actual === 'string' ? actual.includes(part) : Array.isArray(actual) && actual.some((item) => same(item, part)))],
    toHaveLength: [(actual, length) => actual !== null && actual !== undefined && actual.length === length],
    toHaveProperty: [(actual, path, ...wanted) => { const found = at(actual, path); return found.has && (wanted.length === 0 || same(found.value, wanted[0])); }],
    toBeTypeOf: [(actual, type) => (type === 'array' ? Array.isArray(actual) : type === 'null' ? actual === null : typeof actual === type)],
    toBeTruthy: [(actual) => Boolean(actual), 'a value that counts as true'],
    toBeFalsy: [(actual) => !actual, 'a value that counts as false'],
    toBeNull: [(actual) => actual === null, 'null'],
    toBeUndefined: [(actual) => actual === undefined, 'undefined'],
    toBeDefined: [(actual) => actual !== undefined, 'a value'],
  };
  class ExpectationError extends Error {}
  ExpectationError.prototype.name = 'ExpectationError';
  return (actual, what) => {
    const make = (negated) => Object.fromEntries(Object.entries(matchers).map(([name, [holds, words]]) => [name, (...wanted) => {
      const passed = holds(actual, ...wanted) !== negated;
      const expected = (negated ? 'not ' : '') + (words ?? wanted.map(shown).join(', '));
      const label = (what === undefined ? 'expect(' + shown(actual).slice(0, 200) + ')' : String(what)) + (negated ? '.not' : '') + '.' + name + '(' + wanted.map(shown).join(', ').slice(0, 200) + ')';
      if (checks.length < 1000 || !passed) checks.push({ label, passed, expected, actual: shown(actual) });
      if (!passed) throw new ExpectationError('Expected ' + expected + ', but it is ' + shown(actual) + '.');
    }]));
    return { ...make(false), not: make(true) };
  };
}
`;
