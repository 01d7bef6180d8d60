import type { Codec, ValueFormat } from '../codec.ts';
import { readValueText } from '../value/value-reader.ts';
import { valueText } from '../value/value-text.ts';

/** A codec of a format that holds a value: shown and written as JSON text with the forms of `docs/payloads.md`. */
export function valueCodec(about: Pick<Codec, 'name' | 'title' | 'help' | 'params' | 'check'>, format: ValueFormat): Codec {
  return {
    ...about,
    decode(bytes, context) {
      const { value, notes = [] } = format.read(bytes, context);
      return { decoded: { kind: 'text', text: valueText(value), language: 'json' }, notes };
    },
    encode: (text, context) => format.write(readValueText(text), context),
  };
}
