import type { ConnectionProfile } from '../../contract/connection-profile.ts';
import { validateTopicFilter } from '../../mqtt/topic-filter.ts';
import { shorten } from '../../text/shorten.ts';
import { newSubscription } from '../new-profile.ts';
import type { Fields } from './fields.ts';
import type { LossLog } from './losses.ts';

export type UserProperties = [string, string][];

const maxText = 65_535;

/** `{"key": "value"}` or `{"key": ["value", …]}`, as MQTT.js takes them. */
export function readUserProperties(from: Fields, key: string): UserProperties {
  const pairs: UserProperties = [];
  const entries = from.fields(key)?.entries() ?? [];
  for (const [name, value] of entries) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one === 'string' && one.length <= maxText && name.length <= maxText && pairs.length < 1000) pairs.push([name, one]);
      else if (one !== null)
        from.note(`${key}.${name}`, one, pairs.length < 1000 ? 'A user property is a text.' : 'A connection has at most 1000 user properties.');
    }
  }
  return pairs;
}

/** Pairs of one name become a list, in order; how pairs of several names stand to each other gets lost. */
export function writeUserProperties(pairs: readonly (readonly [string, string])[]): Record<string, string | string[]> | undefined {
  if (pairs.length === 0) return undefined;
  const byName = new Map<string, string[]>();
  for (const [name, value] of pairs) byName.set(name, [...(byName.get(name) ?? []), value]);
  return Object.fromEntries([...byName].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]));
}

/** Base64 of bytes that stand as text, as `{"type": "Buffer", "data": […]}`, or as they are; `undefined` where it is none of these. */
export function readBytes(value: unknown): string | undefined {
  if (typeof value === 'string') return toBase64(new TextEncoder().encode(value));
  if (value instanceof Uint8Array) return toBase64(value);
  if (typeof value !== 'object' || value === null || !('data' in value) || !Array.isArray(value.data)) return undefined;
  const bytes = value.data as unknown[];
  if (bytes.length > 65_535 || !bytes.every((byte) => typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte <= 255)) return undefined;
  return toBase64(Uint8Array.from(bytes as number[]));
}

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCodePoint(byte);
  return btoa(text);
}

/** `undefined` where the text is not Base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** A subscription if the filter is one. */
export function readFilter(filter: unknown, path: string, log: LossLog): ReturnType<typeof newSubscription> | undefined {
  if (typeof filter !== 'string') {
    log.add(path, filter, 'A subscription needs a topic filter.');
    return undefined;
  }
  const problem = validateTopicFilter(filter);
  if (!problem) return newSubscription(filter);
  log.add(path, filter, `${problem.message} ${problem.advice}`);
  return undefined;
}

/** Names of connections have 1 to 200 characters. */
export function nameOf(given: string | undefined, uri: string): string {
  const name = (given ?? '').trim();
  if (name !== '') return shorten(name, 199);
  return shorten(uri.replace(/^[a-z]+:\/\//, ''), 199);
}

/** Said wherever a file names another file. */
export const filesAreNotRead = 'Files that a configuration names are not read. Open the connection and choose the file there.';

export const isPem = (text: string): boolean => /-----BEGIN [A-Z0-9 ]+-----/.test(text);

const hexOfColor = {
  red: '#e5484d',
  orange: '#f76b15',
  yellow: '#ffe629',
  green: '#30a46c',
  teal: '#12a594',
  blue: '#0090ff',
  purple: '#8e4ec6',
  pink: '#e93d82',
} as const;

type Color = ConnectionProfile['color'];

/** `#rrggbb` of a label. */
export function hexOf(color: Color): string | undefined {
  return color === null ? undefined : hexOfColor[color];
}

/** The label that looks most like a colour; `null` for greys and for what is no colour. */
export function nearestColor(hex: string): Color {
  const wanted = rgb(hex);
  if (!wanted || Math.max(...wanted) - Math.min(...wanted) < 24) return null;
  let best: { readonly name: Exclude<Color, null>; readonly distance: number } | null = null;
  for (const [name, own] of Object.entries(hexOfColor)) {
    const distance = (rgb(own) ?? []).reduce((sum, part, at) => sum + (part - (wanted[at] ?? 0)) ** 2, 0);
    if (!best || distance < best.distance) best = { name: name as Exclude<Color, null>, distance };
  }
  return best?.name ?? null;
}

function rgb(hex: string): number[] | undefined {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
  return parts?.slice(1).map((part) => Number.parseInt(part, 16));
}
