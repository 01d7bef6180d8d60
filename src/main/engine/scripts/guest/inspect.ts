/** `name` is empty for what is not an error. `stack` is the one of the engine. */
export interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string;
  readonly limit?: string;
}

export interface GuestInspect {
  /** What `console` prints: texts as they are, the rest like a literal. Runs no getters. */
  readonly line: (values: readonly unknown[]) => string;
  /** What was thrown, whatever it is; does not throw. */
  readonly thrown: (value: unknown) => Thrown;
}

/** Runs inside the sandbox, from its own text: uses nothing from outside this function. */
export function guestInspect(): GuestInspect {
  const maxLine = 8192;
  const maxItems = 100;
  const maxDepth = 4;
  const { stringify } = JSON;
  const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
  const { ownKeys } = Reflect;

  const guarded = (make: () => unknown, otherwise: string): string => {
    try {
      const text = make();
      return typeof text === 'string' ? text : otherwise;
    } catch {
      return otherwise;
    }
  };
  const errorText = (error: Error): string => {
    const head = guarded(() => (error.message === '' ? error.name : `${error.name}: ${error.message}`), 'Error');
    // Without what called the script.
    const frames = guarded(() => error.stack, '')
      .replace(/\n?[^\n]*\(sandbox:[^]*$/, '')
      .replace(/(\n?[^\n]*\(native\))+\s*$/, '')
      .trimEnd();
    return frames === '' ? head : `${head}\n${frames}`;
  };
  const keyText = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : stringify(key));

  const inspect = (value: unknown, depth: number, open: readonly object[]): string => {
    switch (typeof value) {
      case 'string':
        return stringify(value);
      case 'bigint':
        return `${value}n`;
      case 'symbol':
        return value.toString();
      case 'function':
        return `[Function ${guarded(() => value.name, '') || '(anonymous)'}]`;
      case 'object':
        if (value === null) return 'null';
        break;
      default:
        return Object.is(value, -0) ? '-0' : String(value);
    }
    if (open.includes(value)) return '[Circular]';
    if (value instanceof Error) return errorText(value);
    if (value instanceof Date) return Number.isNaN(Number(value)) ? 'Invalid Date' : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Promise) return 'Promise {}';
    const below = (inner: unknown): string => inspect(inner, depth + 1, [...open, value]);
    const some = (parts: readonly string[], total: number): string =>
      [...parts, ...(total > parts.length ? [`… ${total - parts.length} more`] : [])].join(', ');
    if (depth >= maxDepth) return Array.isArray(value) ? '[Array]' : '[Object]';
    if (Array.isArray(value)) return `[${some(value.slice(0, maxItems).map(below), value.length)}]`;
    if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength})`;
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      const list = value as unknown as { readonly length: number } & ArrayLike<number>;
      return `${getPrototypeOf(value).constructor.name}(${list.length}) [${some(
        Array.from({ length: Math.min(maxItems, list.length) }, (_, at) => String(list[at])),
        list.length,
      )}]`;
    }
    if (value instanceof Map)
      return `Map(${value.size}) {${some(
        [...value].slice(0, maxItems).map(([key, inner]) => `${below(key)} => ${below(inner)}`),
        value.size,
      )}}`;
    if (value instanceof Set) return `Set(${value.size}) {${some([...value].slice(0, maxItems).map(below), value.size)}}`;
    const keys = ownKeys(value).filter((key): key is string => typeof key === 'string' && getOwnPropertyDescriptor(value, key)?.enumerable === true);
    const parts = keys.slice(0, maxItems).map((key) => {
      const described = getOwnPropertyDescriptor(value, key);
      return `${keyText(key)}: ${described && 'value' in described ? below(described.value) : '[Getter]'}`;
    });
    const maker = guarded(() => (getPrototypeOf(value) as object | null)?.constructor.name, '');
    return `${maker === '' || maker === 'Object' ? '' : `${maker} `}{${parts.length === 0 ? '' : ` ${some(parts, keys.length)} `}}`;
  };

  const show = (value: unknown): string => {
    try {
      return typeof value === 'string' ? value : inspect(value, 0, []);
    } catch (error) {
      return `[cannot be shown: ${guarded(() => (error as Error).message, 'it throws')}]`;
    }
  };

  const line = (values: readonly unknown[]): string => {
    const rest = [...values];
    let text = '';
    if (typeof rest[0] === 'string' && rest.length > 1) {
      // https://console.spec.whatwg.org/#formatter
      text = (rest.shift() as string).replace(/%([sdifoOjc%])/g, (all, kind: string) => {
        if (kind === '%') return '%';
        if (rest.length === 0) return all;
        const value = rest.shift();
        if (kind === 'c') return '';
        if (kind === 's') return show(value);
        if (kind === 'd' || kind === 'i')
          return typeof value === 'symbol' ? 'NaN' : guarded(() => String(kind === 'i' ? Math.trunc(Number(value)) : Number(value)), 'NaN');
        if (kind === 'f') return guarded(() => String(Number(value)), 'NaN');
        return show(value);
      });
      if (rest.length > 0) text += ' ';
    }
    text += rest.map(show).join(' ');
    return text.length > maxLine ? `${text.slice(0, maxLine)}… (${text.length - maxLine} more characters)` : text;
  };

  const thrown: GuestInspect['thrown'] = (value) => {
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    const member = (name: string): string => (isObject ? guarded(() => (value as Record<string, unknown>)[name], '') : '').slice(0, maxLine);
    // `instanceof` may be tampered with, and throw.
    const isError = guarded(() => (isObject && value instanceof Error ? 'yes' : ''), '') === 'yes';
    const [code, limit] = [member('code'), member('limit')];
    return {
      name: isError ? member('name') || 'Error' : '',
      message: isError ? member('message') : show(value).slice(0, maxLine),
      stack: member('stack'),
      ...(code === '' ? {} : { code }),
      ...(limit === '' ? {} : { limit }),
    };
  };

  return { line, thrown };
}
