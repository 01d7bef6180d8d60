import type { LossLog } from './losses.ts';

type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/**
 * The keys of one object of a file. What is read with the right type and within its bounds is given; what is not is noted with its reason, and
 * `rest` notes the keys that nobody asked for, so that nothing gets lost in silence. Absent keys and `null` are `undefined`.
 */
export class Fields {
  readonly #values: Plain;
  readonly #at: string;
  readonly #log: LossLog;
  readonly #left: Set<string>;

  constructor(values: Plain, at: string, log: LossLog) {
    this.#values = values;
    this.#at = at;
    this.#log = log;
    this.#left = new Set(Object.keys(values));
  }

  path(key: string): string {
    return this.#at === '' ? key : `${this.#at}.${key}`;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#values, key) && this.#values[key] !== null && this.#values[key] !== undefined;
  }

  /** The value as it stands. */
  take(key: string): unknown {
    this.#left.delete(key);
    return this.has(key) ? this.#values[key] : undefined;
  }

  /** Notes a key that was understood, but has no place here. Silent where it is absent, or as `unless`. */
  lose(key: string, reason: string, more: { readonly minor?: boolean; readonly secret?: boolean; readonly unless?: readonly unknown[] } = {}): void {
    const value = this.take(key);
    if (value === undefined || more.unless?.includes(value)) return;
    if (more.unless && (value === '' || (Array.isArray(value) && value.length === 0) || (isPlain(value) && Object.keys(value).length === 0))) return;
    this.#log.add(this.path(key), value, reason, more);
  }

  note(key: string, value: unknown, reason: string, more: { readonly minor?: boolean; readonly secret?: boolean } = {}): void {
    this.#log.add(this.path(key), value, reason, more);
  }

  /** `max`: UTF-16 code units. */
  text(key: string, max: number, more: { readonly secret?: boolean } = {}): string | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.#wrong(key, value, 'text', more);
    if (value.length <= max) return value;
    this.#log.add(this.path(key), value, `It has ${value.length} characters; ${max} are possible.`, more);
    return undefined;
  }

  number(key: string, { min, max, whole = true }: NumberRange): number | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.#wrong(key, value, 'a number');
    if (value < min || value > max || (whole && !Number.isInteger(value))) {
      this.#log.add(this.path(key), value, `It has to be a ${whole ? 'whole number' : 'number'} from ${min} to ${max}.`);
      return undefined;
    }
    return value;
  }

  flag(key: string): boolean | undefined {
    const value = this.take(key);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.#wrong(key, value, 'true or false');
  }

  qos(key: string): 0 | 1 | 2 | undefined {
    const value = this.take(key);
    if (value === undefined || value === 0 || value === 1 || value === 2) return value;
    return this.#wrong(key, value, '0, 1 or 2');
  }

  choice<T extends string>(key: string, values: readonly T[]): T | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    const known = values.find((one) => one === value);
    return known ?? this.#wrong(key, value, `one of ${values.join(', ')}`);
  }

  fields(key: string): Fields | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (isPlain(value)) return new Fields(value, this.path(key), this.#log);
    return this.#wrong(key, value, 'an object with keys');
  }

  /** Each with its path. */
  list(key: string): readonly { readonly value: unknown; readonly path: string }[] {
    const value = this.take(key);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.map((one: unknown, at) => ({ value: one, path: `${this.path(key)}[${at}]` }));
    this.#wrong(key, value, 'a list');
    return [];
  }

  /** All keys with their values. */
  entries(): readonly (readonly [string, unknown])[] {
    return Object.entries(this.#values).map(([key, value]) => {
      this.#left.delete(key);
      return [key, value] as const;
    });
  }

  /** Last of all: the keys that nobody asked for. */
  rest(reason: string): void {
    for (const key of this.#left) if (this.has(key)) this.#log.add(this.path(key), this.#values[key], reason, { secret: /pass|secret|token|key$/i.test(key) });
    this.#left.clear();
  }

  #wrong(key: string, value: unknown, wanted: string, more: { readonly secret?: boolean } = {}): undefined {
    this.#log.add(this.path(key), value, `It has to be ${wanted}.`, more);
    return undefined;
  }
}
