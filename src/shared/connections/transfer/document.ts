import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Document, type Node } from 'yaml';
import { jsonErrorPosition } from '../../payload/json-error-position.ts';
import type { Problem } from '../../contract/common.ts';

const maxJson = 16_000_000;
/** A configuration has a page or two. Parsing YAML takes a time that grows with the square of what is nested or broken. */
const maxYaml = 100_000;
const maxDepth = 100;
const maxNodes = 50_000;
const maxDocuments = 1000;

export type ReadDocument = { readonly value: unknown } | { readonly problem: Problem };

const no = (message: string, advice: string): ReadDocument => ({ problem: { code: 'invalid-input', message, advice } });
const tooDeep = no(`The file is nested more than ${maxDepth} levels deep.`, 'Configurations of connections are not; choose another file.');

/** Reads JSON or YAML 1.1, as Python's yaml does; several documents of YAML become a list. Never throws. */
export function readDocument(text: string): ReadDocument {
  if (/^\s*[{[]/.test(text)) {
    const json = readJson(text);
    // A flow mapping of YAML starts like JSON as well.
    if (!('problem' in json) || text.length > 10_000) return json;
    const yaml = readYaml(text);
    return 'problem' in yaml ? json : yaml;
  }
  return readYaml(text);
}

function readJson(text: string): ReadDocument {
  if (text.length > maxJson)
    return no(`The file has more than ${maxJson.toLocaleString('en-GB')} characters.`, 'Export fewer connections, or without their messages.');
  try {
    const value: unknown = JSON.parse(text);
    return isDeep(value) ? tooDeep : { value };
  } catch (error) {
    if (error instanceof RangeError) return tooDeep;
    return no(`This is not valid JSON: ${placeOf(text, jsonErrorPosition(text))}.`, 'Export the file again, or repair it there.');
  }
}

function readYaml(text: string): ReadDocument {
  if (text.length > maxYaml)
    return no(`The YAML has more than ${maxYaml.toLocaleString('en-GB')} characters.`, 'Keep only what belongs to the connection, or convert it to JSON.');
  if (nestsDeeply(text)) return tooDeep;
  try {
    const lines = new LineCounter();
    const documents: Document[] = [
      ...parseAllDocuments(text, { version: '1.1', uniqueKeys: false, prettyErrors: false, lineCounter: lines, logLevel: 'silent' }),
    ];
    const error = documents.flatMap(({ errors }) => errors.slice(0, 1))[0];
    if (error) {
      const { line, col } = lines.linePos(error.pos[0]);
      return no(`This is not valid YAML: line ${line}, column ${col}: ${sentence(error.message)}`, 'Repair it there.');
    }
    if (documents.length > maxDocuments) return no(`The YAML has more than ${maxDocuments} documents.`, 'Keep only what belongs to connections.');
    const values: unknown[] = [];
    const reader = new YamlValues(lines);
    for (const { contents } of documents) {
      const read = reader.read(contents);
      if ('problem' in read) return read;
      values.push(read.value);
    }
    return { value: values.length === 1 ? values[0] : values };
  } catch (error) {
    if (error instanceof RangeError) return tooDeep;
    return no(`This is not valid YAML: ${sentence(error instanceof Error ? error.message : String(error))}`, 'Repair it, or convert it to JSON.');
  }
}

/** Values of a parsed file. An alias gives the same value once more instead of a copy, so that aliases of aliases cost nothing. */
class YamlValues {
  readonly #anchors = new Map<string, unknown>();
  readonly #lines: LineCounter;
  #nodes = 0;
  #problem: ReadDocument | null = null;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  /** Of one document; anchors hold within it. */
  read(contents: unknown): ReadDocument {
    this.#anchors.clear();
    const value = this.#value(contents, 0);
    return this.#problem ?? { value };
  }

  #value(node: unknown, depth: number): unknown {
    if (this.#problem) return null;
    if (depth > maxDepth) this.#problem = tooDeep;
    if ((this.#nodes += 1) > maxNodes) this.#problem = no(`The YAML has more than ${maxNodes} values.`, 'Keep only what belongs to the connection.');
    if (isAlias(node)) {
      if (!this.#anchors.has(node.source)) this.#fail(node, `the alias *${node.source} stands for nothing before it`);
      return this.#anchors.get(node.source);
    }
    const value = this.#whole(node, depth);
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor) this.#anchors.set(node.anchor, value);
    return value;
  }

  #whole(node: unknown, depth: number): unknown {
    if (isScalar(node)) return typeof node.value === 'bigint' ? Number(node.value) : node.value;
    if (isSeq(node)) return node.items.map((item) => this.#value(item, depth + 1));
    if (!isMap(node)) return null;
    const merged = new Map<string, unknown>();
    const own = new Map<string, unknown>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : null;
      const content = this.#value(value, depth + 1);
      if (name === null) this.#fail(node, 'a key that is not text');
      else if (name === '<<' && typeof content === 'object' && content !== null) for (const [one, its] of Object.entries(content)) merged.set(one, its);
      else if (own.has(name)) this.#fail(key, `the key "${name.slice(0, 60)}" stands here twice`);
      else own.set(name, content);
    }
    // What stands here goes before what is merged. `fromEntries` makes `__proto__` a key like any other.
    return Object.fromEntries([...merged, ...own]);
  }

  #fail(node: unknown, why: string): void {
    const start = (node as Node | null)?.range?.[0] ?? 0;
    const { line, col } = this.#lines.linePos(start);
    this.#problem ??= no(`The YAML cannot be used: line ${line}, column ${col}: ${why}.`, 'Repair it there.');
  }
}

/** Before a parser sees it: openers of flow collections and indicators of block collections, roughly counted. */
function nestsDeeply(text: string): boolean {
  let depth = 0;
  for (const mark of text.match(/[[\]{}]/g) ?? []) {
    depth = mark === '[' || mark === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > maxDepth) return true;
  }
  return /(?:[?:-][ \t]+){100}/.test(text);
}

function isDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    const next: unknown[] = [];
    for (const one of level) if (typeof one === 'object' && one !== null) for (const inner of Object.values(one)) next.push(inner);
    level = next;
  }
  return false;
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return at >= text.trimEnd().length ? `it ends too early, in ${place}` : `unexpected "${String.fromCodePoint(text.codePointAt(at) ?? 0)}" in ${place}`;
}

function sentence(text: string): string {
  const line = (text.split('\n')[0] ?? '').slice(0, 200);
  return line.endsWith('.') ? line : `${line}.`;
}
