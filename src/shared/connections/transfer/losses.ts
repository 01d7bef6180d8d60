import { shorten } from '../../text/shorten.ts';
import type { Loss } from './transfer-types.ts';

const most = 500;

/** Collects what is lost, up to a bound; what is beyond it is counted. */
export class LossLog {
  readonly #losses: Loss[] = [];
  #more = 0;

  add(path: string, value: unknown, reason: string, more: { readonly minor?: boolean; readonly secret?: boolean } = {}): void {
    if (this.#losses.length >= most) this.#more += 1;
    else this.#losses.push({ path: shorten(path, 200), value: more.secret ? '••••' : describeValue(value), reason, minor: more.minor ?? false });
  }

  list(): readonly Loss[] {
    if (this.#more === 0) return this.#losses;
    return [...this.#losses, { path: '…', value: `${this.#more} more`, reason: 'Only the first ones are listed.', minor: false }];
  }
}

/** One line of at most 80 characters, whatever the value is. */
function describeValue(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[…] with ${value.length} ${value.length === 1 ? 'entry' : 'entries'}`;
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    return keys.length === 0 ? '{}' : shorten(`{${keys.slice(0, 8).join(', ')}}`, 80);
  }
  if (typeof value === 'string') return value === '' ? '""' : shorten(shorten(value, 200).replaceAll(/\s+/g, ' '), 80);
  return String(value);
}
