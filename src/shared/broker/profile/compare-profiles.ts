import type { ProfileChange } from '../../contract/broker-profile.ts';
import { isSame } from './is-same.ts';

/** What only a new start of the broker can change. */
function needsRestart(path: string): boolean {
  return !/^(?:access|description|version)\b/.test(path);
}

/** What differs between two profiles, or parts of them, in the order of the keys; lists are told by their entries. */
export function compareProfiles(before: object, after: object): readonly ProfileChange[] {
  const changes: ProfileChange[] = [];
  compare(before, after, '', changes);
  return changes;
}

function compare(before: unknown, after: unknown, path: string, changes: ProfileChange[]): void {
  if (isSame(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, path, changes);
  if (isPlain(before) && isPlain(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) compare(before[key], after[key], path === '' ? key : `${path}.${key}`, changes);
    return;
  }
  changes.push({ path, before: shown(before, path), after: shown(after, path), restart: needsRestart(path) });
}

function compareLists(before: readonly unknown[], after: readonly unknown[], path: string, changes: ProfileChange[]): void {
  const withId = (value: unknown): value is Plain => isPlain(value) && value['id'] !== undefined;
  if (![...before, ...after].every(withId)) {
    const count = (list: readonly unknown[]): string => (list.length === 0 ? 'none' : `${list.length} ${list.length === 1 ? 'entry' : 'entries'}`);
    const [one, other] = [count(before), count(after)];
    changes.push({ path, before: one, after: one === other ? `${other}, others` : other, restart: needsRestart(path) });
    return;
  }
  for (const id of new Set([...before, ...after].map((value) => (value as Plain)['id']))) {
    const find = (list: readonly unknown[]): unknown => list.find((value) => isPlain(value) && value['id'] === id);
    const name = `${path}.${String(id)}`;
    const [old, next] = [find(before), find(after)];
    if (old === undefined || next === undefined) changes.push({ path: name, before: shown(old, name), after: shown(next, name), restart: needsRestart(path) });
    else compare(old, next, name, changes);
  }
}

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

function shown(value: unknown, path: string): string {
  if (value === undefined) return 'none';
  if (value === null) return path === 'tcpPort' || path === 'webSocketPort' ? 'off' : 'none';
  if (value === '') return 'empty';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `${value.length} entries`;
  if (isPlain(value)) return describeEntry(value);
  return plainText(value);
}

/** A listener, mostly. */
function describeEntry({ kind, host, port, path, enabled }: Plain): string {
  const place = port === undefined ? path : `${plainText(host)}:${plainText(port)}`;
  const words = [kind, place, enabled === false ? '(off)' : undefined].filter((word) => word !== undefined);
  return words.length === 0 ? 'given' : words.map(plainText).join(' ');
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
