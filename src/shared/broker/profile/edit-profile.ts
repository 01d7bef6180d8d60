import { isMap, isNode, isScalar, isSeq, parseDocument, type Document, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import type { BrokerProfile } from '../../contract/broker-profile.ts';
import { isSame } from './is-same.ts';
import { readProfile } from './read-profile.ts';
import { withoutUsual } from './without-usual.ts';

const style = { lineWidth: 0, flowCollectionPadding: false, indentSeq: true } as const;
type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The text with `after` in place of `before`, which is what it holds. Only what differs is written: comments, the order of keys, and how a value is
 * written otherwise stay. `seen` is how the two see a profile that was read.
 */
export function editProfile(text: string, before: BrokerProfile, after: BrokerProfile, seen = (profile: BrokerProfile): BrokerProfile => profile): string {
  let [result, present] = [text, before];
  // What a key left out means may depend on another one that was changed: it is then written down in the next round.
  for (let round = 0; round < 3 && !isSame(present, after); round += 1) {
    result = editOnce(result, present, after);
    const read = readProfile(result).profile;
    present = read ? seen(read) : after;
  }
  return result;
}

function editOnce(text: string, before: BrokerProfile, after: BrokerProfile): string {
  const document = parseDocument(text, { logLevel: 'silent' });
  if (!isMap(document.contents)) document.contents = document.createNode({}) as never;
  editMap(document, document.contents, before, after, []);
  return document.toString(style);
}

function editMap(document: Document, map: YAMLMap, before: Plain, after: Plain, path: readonly string[]): void {
  let hasMore = false;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, next] = [before[key], after[key]];
    if (isSame(old, next)) continue;
    const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    const node = pair?.value;
    if (next === undefined) map.delete(key);
    else if (isMap(node) && isPlain(old) && isPlain(next)) editMap(document, node, old, next, [...path, key]);
    else if (isSeq(node) && Array.isArray(old) && Array.isArray(next)) {
      hasMore ||= next.length > old.length;
      editList(document, node, old, next, [...path, key]);
    } else if (isScalar(node) && isScalarValue(next)) node.value = scalarOf(key, next);
    else {
      const made = nodeOf(document, key, next, before[key], path);
      hasMore ||= (isMap(made) || isSeq(made)) && made.items.length > 0;
      if (pair) {
        if (isNode(node)) Object.assign(made, { comment: node.comment, commentBefore: node.commentBefore });
        pair.value = made;
      } else map.set(key, made);
    }
  }
  // One line was enough as long as it was short.
  if (hasMore) map.flow = false;
}

/** Entries that are still there keep their node, known by their id or by being the same. */
function editList(document: Document, list: YAMLSeq, before: readonly unknown[], after: readonly unknown[], path: readonly string[]): void {
  const nodes = list.items;
  const [first] = nodes;
  if (list.commentBefore && isNode(first)) {
    // The parser takes the comment above the first entry for one about all.
    first.commentBefore = list.commentBefore;
    list.commentBefore = null;
  }
  const free = new Set(before.keys());
  const idOf = (value: unknown): unknown => (isPlain(value) ? value['id'] : undefined);
  const byId = new Map<unknown, number>();
  const byText = new Map<string, number[]>();
  for (const [at, value] of before.entries()) {
    if (idOf(value) !== undefined) byId.set(idOf(value), at);
    const key = JSON.stringify(value);
    const same = byText.get(key);
    if (same) same.push(at);
    else byText.set(key, [at]);
  }
  list.items = after.map((value) => {
    const same = byText.get(JSON.stringify(value))?.find((at) => free.has(at));
    const found = same ?? (idOf(value) === undefined ? undefined : byId.get(idOf(value)));
    const node = found !== undefined && free.delete(found) ? nodes[found] : undefined;
    if (found === undefined || !isNode(node)) return entryOf(document, value, path);
    const old = before[found];
    if (isSame(old, value)) return node;
    if (!isMap(node) || !isPlain(old) || !isPlain(value)) return entryOf(document, value, path);
    editMap(document, node, old, value, path);
    return node;
  });
  // What was written in one line as an empty list is not kept so.
  if (list.flow === true && list.items.some((item) => isMap(item))) list.flow = false;
}

function isScalarValue(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

/** Ports that are switched off say so. */
function scalarOf(key: string, value: unknown): unknown {
  return value === null && (key === 'tcpPort' || key === 'webSocketPort') ? 'off' : value;
}

function nodeOf(document: Document, key: string, value: unknown, usual: unknown, path: readonly string[]): Node {
  if (isScalarValue(value)) return document.createNode(scalarOf(key, value));
  if (Array.isArray(value)) {
    const list = document.createNode([]) as YAMLSeq;
    list.items = value.map((entry) => entryOf(document, entry, [...path, key]));
    return list;
  }
  // Only what is not as usual: the file did not have it before either.
  const given = isPlain(value) && isPlain(usual) ? Object.fromEntries(Object.entries(value).filter(([name, one]) => !isSame(one, usual[name]))) : value;
  const map = document.createNode({}) as YAMLMap;
  for (const [name, one] of Object.entries(given as Plain)) map.set(name, nodeOf(document, name, one, undefined, [...path, key]));
  return map;
}

/** A rule is one line, a listener is written without what is as usual. */
function entryOf(document: Document, value: unknown, path: readonly string[]): Node {
  const node = document.createNode(path[0] === 'listeners' ? withoutUsual(value) : value);
  if (path.join('.') === 'access.rules' && isMap(node)) node.flow = true;
  return node;
}

const heading = ` A profile of the local broker of MQTT Workbench. What is left out is as usual;
 comments stay when the workbench saves. Every key: docs/broker-configuration.md`;

/** The text of a new file: what people look for first is always there. */
export function newProfileText(profile: BrokerProfile): string {
  const { version, description, engine, persistence, host, tcpPort, webSocketPort } = profile;
  const { access } = profile;
  const start = {
    version,
    ...(description === '' ? {} : { description }),
    engine,
    persistence,
    host,
    tcpPort: tcpPort ?? 'off',
    webSocketPort: webSocketPort ?? 'off',
    access: { login: access.login, ...(access.login === 'users' ? { anonymous: access.anonymous } : {}) },
  };
  const document = parseDocument('{}');
  document.contents = document.createNode(start) as never;
  document.commentBefore = heading;
  const text = document.toString(style);
  const read = readProfile(text);
  if (read.profile === null) throw new Error(`A new profile cannot be read: ${read.problems[0]?.message ?? ''}`);
  return editProfile(text, read.profile, profile);
}
