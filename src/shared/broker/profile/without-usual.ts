import { listenerOptionsSchema } from '../../contract/listeners.ts';
import { isSame } from './is-same.ts';

type Plain = Readonly<Record<string, unknown>>;

/** A listener without the keys that mean the same when they are left out. */
export function withoutUsual(listener: unknown): unknown {
  const whole = listenerOptionsSchema.safeParse(listener);
  if (!whole.success) return listener;
  let kept = listener as Plain;
  const tryThis = (candidate: Plain): void => {
    const parsed = listenerOptionsSchema.safeParse(candidate);
    if (parsed.success && isSame(parsed.data, whole.data)) kept = candidate;
  };
  for (const key of Object.keys(kept)) {
    const value = kept[key];
    tryThis(without(kept, key));
    if (!Object.hasOwn(kept, key) || typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    for (const inner of Object.keys(value)) tryThis({ ...kept, [key]: without(kept[key] as Plain, inner) });
  }
  return kept;
}

function without(value: Plain, key: string): Plain {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}
