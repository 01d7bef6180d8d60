/** A key or index on the way to a part of a value. */
type Step = string | number;

export interface GuestJson {
  /** JSON text of a value; throws a `TypeError` that names the part which has no JSON. `what` names the value. */
  readonly write: (value: unknown, what: string, maxLength: number) => string;
  /** `bigs`: where the text holds the digits of a number as a string, because a double cannot hold it; these become `BigInt`. */
  readonly read: (text: string, bigs: readonly (readonly Step[])[]) => unknown;
}

/** Runs inside the sandbox, from its own text: uses nothing from outside this function. */
export function guestJson(): GuestJson {
  const { parse, stringify } = JSON;
  const { isArray } = Array;
  const { keys, prototype } = Object;
  const toText = prototype.toString;
  const call = Function.prototype.call.bind(Function.prototype.call) as (run: () => unknown, self: unknown) => unknown;
  const maxDepth = 500;

  const read = (text: string, bigs: readonly (readonly Step[])[]): unknown => {
    const root = { value: parse(text) as unknown };
    for (const path of bigs) {
      let holder = root as Record<Step, unknown>;
      let key: Step = 'value';
      for (const step of path) {
        holder = holder[key] as Record<Step, unknown>;
        key = step;
      }
      Object.defineProperty(holder, key, { value: BigInt(holder[key] as string), writable: true, enumerable: true, configurable: true });
    }
    return root.value;
  };

  const write = (value: unknown, what: string, maxLength: number): string => {
    const path: Step[] = [];
    const open: object[] = [];
    let length = 0;
    const step = (key: Step): string => {
      if (typeof key === 'number') return `[${key}]`;
      return /^[A-Za-z_$][\w$]{0,60}$/.test(key) ? `.${key}` : `[${stringify(key.slice(0, 60))}]`;
    };
    const place = (): string => (path.length === 0 ? what : `${what}: ${path.map(step).join('').replace(/^\./, '')}`);
    const fail = (problem: string): never => {
      throw new TypeError(`${place()} ${problem}`);
    };
    const count = (text: string): string => {
      length += text.length;
      if (length > maxLength) throw Object.assign(new RangeError(`${what} is larger than ${maxLength} bytes of JSON.`), { limit: 'result' });
      return text;
    };

    const writeValue = (given: unknown, key: Step): string | undefined => {
      let item = given;
      if ((typeof item === 'object' && item !== null) || typeof item === 'bigint') {
        const { toJSON } = item as { toJSON?: unknown };
        if (typeof toJSON === 'function') item = Reflect.apply(toJSON, item, [String(key)]);
      }
      switch (typeof item) {
        case 'undefined':
          return undefined;
        case 'string':
          return count(stringify(item));
        case 'boolean':
          return count(item ? 'true' : 'false');
        case 'number':
          return Number.isFinite(item) ? count(stringify(item)) : fail(`is ${item}, which JSON does not have.`);
        case 'bigint':
          return count(item.toString());
        case 'function':
          return fail('is a function, which JSON does not have. Did you mean to call it?');
        case 'symbol':
          return fail('is a symbol, which JSON does not have.');
        default:
          return item === null ? count('null') : writeObject(item as object);
      }
    };

    const writeObject = (item: object): string => {
      if (open.includes(item)) return fail('holds itself, which JSON cannot.');
      if (open.length >= maxDepth) return fail(`is nested deeper than ${maxDepth} levels.`);
      const kind = (call(toText, item) as string).slice(8, -1);
      if (kind === 'Number' || kind === 'String' || kind === 'Boolean') return writeValue((item as { valueOf: () => unknown }).valueOf(), '') ?? 'null';
      if (item instanceof Promise) return fail('is a promise. Did you forget “await”?');
      if (item instanceof Error) return fail('is an error. Throw it, or give its message.');
      if (item instanceof Map || item instanceof Set)
        return fail(`is a ${kind}, which JSON does not have. Make it ${kind === 'Map' ? 'an object: Object.fromEntries(…)' : 'a list: [...…]'}.`);
      if (item instanceof ArrayBuffer || ArrayBuffer.isView(item)) return fail('is bytes, which JSON does not have. Make them a list: [...…], or text.');
      open.push(item);
      const text = isArray(item) ? writeList(item) : writeMembers(item);
      open.pop();
      return text;
    };

    const writeList = (list: readonly unknown[]): string => {
      const parts: string[] = [];
      for (let index = 0; index < list.length; index += 1) {
        path.push(index);
        parts.push(writeValue(list[index], index) ?? count('null'));
        path.pop();
        count(',');
      }
      return `[${parts.join(',')}]`;
    };

    const writeMembers = (item: object): string => {
      const parts: string[] = [];
      for (const key of keys(item)) {
        path.push(key);
        const text = writeValue((item as Record<string, unknown>)[key], key);
        if (text !== undefined) parts.push(`${count(stringify(key))}:${text}`);
        path.pop();
        count(',:');
      }
      return `{${parts.join(',')}}`;
    };

    return writeValue(value, '') ?? '';
  };

  return { read, write };
}
