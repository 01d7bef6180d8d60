import type { RpcMethodDetail } from '../../../../shared/contract/rpc.ts';
import { plainValue } from '../plain-value.ts';
import { exactDigits } from '../../../../shared/rpc/exact-number.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';

type Shown = RpcMethodDetail['examples'][number];

const maxPerMethod = 5;
/** Of the payloads of one example; a larger one is none to read. */
const maxExampleBytes = 8192;
/** Parsed JSON takes several times the space of its text. */
const bytesPerTextByte = 4;
const maxShelfBytes = 32 * 1024 * 1024;
const signatureDepth = 4;
const signatureMembers = 32;

export interface Example {
  readonly params: JsonValue;
  result?: JsonValue;
  error?: string;
  bytes: number;
  /** Those it stands among; `null`: it was given up. */
  of: Examples | null;
  readonly signature: string;
}

/** The examples of all methods: when they are too many, those that were made longest ago go first. */
export class ExampleShelf {
  readonly #all = new Set<Example>();
  #bytes = 0;

  put(example: Example): void {
    this.#all.add(example);
    this.#bytes += example.bytes;
    this.#shrink();
  }

  grow(example: Example, bytes: number): void {
    if (!this.#all.has(example)) return;
    example.bytes += bytes;
    this.#bytes += bytes;
    this.#shrink();
  }

  drop(example: Example): void {
    if (!this.#all.delete(example)) return;
    this.#bytes -= example.bytes;
    example.of = null;
  }

  #shrink(): void {
    for (const oldest of this.#all) {
      if (this.#bytes <= maxShelfBytes) return;
      oldest.of?.remove(oldest);
      this.drop(oldest);
    }
  }
}

/** The last calls of a method that differ in the shape of their params. */
export class Examples {
  readonly #shelf: ExampleShelf;
  /** By signature, the oldest first. */
  readonly #examples = new Map<string, Example>();

  constructor(shelf: ExampleShelf) {
    this.#shelf = shelf;
  }

  /** `payloadBytes` are those of the request; `null`: too large to keep. */
  begin(params: JsonValue, payloadBytes: number): Example | null {
    if (payloadBytes > maxExampleBytes) return null;
    const signature = signatureOf(params, 0);
    const before = this.#examples.get(signature);
    if (before) this.#forget(before);
    const example: Example = { params, bytes: (payloadBytes + signature.length) * bytesPerTextByte, of: this, signature };
    this.#examples.set(signature, example);
    this.#shelf.put(example);
    for (const oldest of this.#examples.values()) {
      if (this.#examples.size <= maxPerMethod) break;
      this.#forget(oldest);
    }
    return example;
  }

  finish(example: Example, outcome: { readonly result: JsonValue } | { readonly error: string }, payloadBytes: number): void {
    if (example.of !== this || payloadBytes > maxExampleBytes) return;
    if ('error' in outcome) example.error = outcome.error;
    else example.result = outcome.result;
    this.#shelf.grow(example, payloadBytes * bytesPerTextByte);
  }

  newestFirst(): Shown[] {
    return [...this.#examples.values()].toReversed().map(({ params, result, error }) => ({
      params: plainValue(params),
      ...(result === undefined ? {} : { result: plainValue(result) }),
      ...(error === undefined ? {} : { error }),
    }));
  }

  remove(example: Example): void {
    if (this.#examples.get(example.signature) === example) this.#examples.delete(example.signature);
  }

  clear(): void {
    for (const example of this.#examples.values()) this.#shelf.drop(example);
    this.#examples.clear();
  }

  #forget(example: Example): void {
    this.remove(example);
    this.#shelf.drop(example);
  }
}

/** Types and names, without values: calls of one signature are of one kind. */
function signatureOf(value: JsonValue, depth: number): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (exactDigits(value) !== undefined) return 'number';
  if (Array.isArray(value)) return value.length === 0 || depth >= signatureDepth ? '[]' : `[${signatureOf(value[0] as JsonValue, depth + 1)}]`;
  if (depth >= signatureDepth) return '{}';
  const parts: string[] = [];
  for (const [key, inner] of Object.entries(value as { readonly [key: string]: JsonValue })) {
    if (parts.length >= signatureMembers) break;
    parts.push(`${key.slice(0, 64)}:${signatureOf(inner, depth + 1)}`);
  }
  return `{${parts.toSorted().join(',')}}`;
}
