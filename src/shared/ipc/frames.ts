import type { WireError } from './errors.ts';

/** Raised when the frames themselves change; peers with another number do not talk to each other. */
export const protocolVersion = 1;

interface Hello {
  readonly protocol: number;
  /** Identifies one run of the serving side; a new value after a reconnect means it was restarted. */
  readonly instance: string;
}

export type Frame =
  | readonly ['hello', Hello]
  | readonly ['call', id: number, name: string, input: unknown]
  | readonly ['open', id: number, name: string, input: unknown]
  | readonly ['cancel', id: number]
  | readonly ['credit', id: number, count: number]
  | readonly ['ok', id: number, output: unknown]
  | readonly ['item', id: number, item: unknown, skipped: number]
  | readonly ['end', id: number]
  | readonly ['err', id: number, error: WireError];

const shapes: Record<Frame[0], (frame: readonly unknown[]) => boolean> = {
  hello: (f) => f.length === 2 && isHello(f[1]),
  call: (f) => f.length === 4 && isId(f[1]) && typeof f[2] === 'string',
  open: (f) => f.length === 4 && isId(f[1]) && typeof f[2] === 'string',
  cancel: (f) => f.length === 2 && isId(f[1]),
  credit: (f) => f.length === 3 && isId(f[1]) && isId(f[2]) && f[2] > 0,
  ok: (f) => f.length === 3 && isId(f[1]),
  item: (f) => f.length === 4 && isId(f[1]) && isId(f[3]),
  end: (f) => f.length === 2 && isId(f[1]),
  err: (f) => f.length === 3 && isId(f[1]) && typeof f[2] === 'object' && f[2] !== null,
};

/** Checks the shape of a received frame. The inner input or item is checked later, by the schema of its operation. */
export function isFrame(value: unknown): value is Frame {
  if (!Array.isArray(value) || typeof value[0] !== 'string' || !Object.hasOwn(shapes, value[0])) return false;
  return shapes[value[0] as Frame[0]](value);
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isHello(value: unknown): value is Hello {
  if (typeof value !== 'object' || value === null) return false;
  const { protocol, instance } = value as Partial<Hello>;
  return typeof protocol === 'number' && typeof instance === 'string';
}
