import { PayloadFailure } from '../value/payload-failure.ts';
import { isList, isSpecial, type PayloadValue } from '../value/payload-value.ts';
import { valueText } from '../value/value-text.ts';

/** A value as Python's `json.dumps` writes it: `", "` and `": "` between parts, everything beyond printable ASCII escaped, every digit kept. */
export function pythonText(value: PayloadValue): string {
  if (typeof value === 'string') return quote(value);
  if (isList(value)) return `[${value.map(pythonText).join(', ')}]`;
  if (!isSpecial(value)) return valueText(value);
  if (value.kind === 'float' && Number.isFinite(value.value)) return valueText(value);
  if (value.kind !== 'map') throw new PayloadFailure(`JSON has no word for ${valueText(value)}`);
  return `{${value.entries
    .map(([key, item]) => {
      if (typeof key !== 'string') throw new PayloadFailure('keys of JSON are text');
      return `${quote(key)}: ${pythonText(item)}`;
    })
    .join(', ')}}`;
}

const quote = (text: string): string => JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
