import { isList, isSpecial, integerValue, mapOf, type PayloadValue } from '../../value/payload-value.ts';
import { readMessage } from '../protobuf/message-reader.ts';
import { writeMessage } from '../protobuf/message-writer.ts';
import { valueCodec } from '../value-codec.ts';
import { sparkplugPayload } from './sparkplug-schema.ts';

export const sparkplugCodec = valueCodec(
  {
    name: 'sparkplug',
    title: 'Sparkplug B',
    help: 'The metrics of Eclipse Sparkplug 3.0. Names are those of its schema; signed integers, which travel as unsigned ones, are shown signed where the message says their type.',
    params: [],
  },
  {
    read(bytes) {
      const { value, notes } = readMessage(bytes, sparkplugPayload);
      return { value: changeSigns(value, signed), notes };
    },
    write: (value) => writeMessage(changeSigns(value, unsigned), sparkplugPayload),
  },
);

/** Of what is written with the sign carried into 32 or 64 bits (§6.4.16); what was not stays as it is, so that it is written back the same. */
function signed(key: 'int_value' | 'long_value', value: bigint): bigint {
  return BigInt.asIntN(key === 'int_value' ? 32 : 64, value);
}

function unsigned(key: 'int_value' | 'long_value', value: bigint): bigint {
  const bits = key === 'int_value' ? 32 : 64;
  // What does not fit is refused by the writer, with its place.
  return value < 0n && BigInt.asIntN(bits, value) === value ? BigInt.asUintN(bits, value) : value;
}

const signedTypes: ReadonlySet<unknown> = new Set(['Int8', 'Int16', 'Int32', 'Int64']);

/** In each object that says its type. */
function changeSigns(value: PayloadValue, change: typeof signed): PayloadValue {
  if (isList(value)) return value.map((item) => changeSigns(item, change));
  if (!isSpecial(value) || value.kind !== 'map') return value;
  const isSigned = value.entries.some(([key, item]) => (key === 'datatype' || key === 'type') && signedTypes.has(item));
  return mapOf(
    value.entries.map(([key, item]) => {
      if (isSigned && (key === 'int_value' || key === 'long_value') && (typeof item === 'number' || typeof item === 'bigint'))
        return Number.isInteger(Number(item)) ? [key, integerValue(change(key, BigInt(item)))] : [key, item];
      return [key, changeSigns(item, change)];
    }),
  );
}
