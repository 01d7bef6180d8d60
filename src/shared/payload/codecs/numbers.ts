import type { Codec } from '../codec.ts';
import { ByteWriter } from '../value/byte-writer.ts';
import { maxValues } from '../value/limits.ts';
import { PayloadFailure } from '../value/payload-failure.ts';
import { floatValue, integerValue, isList, isSpecial, type PayloadValue } from '../value/payload-value.ts';
import { valueCodec } from './value-codec.ts';

interface NumberType {
  readonly name: string;
  readonly title: string;
  readonly size: 1 | 2 | 4 | 8;
  readonly kind: 'signed' | 'unsigned' | 'float';
}

const integerTypes = ([8, 16, 32, 64] as const).flatMap((bits): NumberType[] => [
  { name: `int${bits}`, title: `Integer, ${bits} bits`, size: (bits / 8) as NumberType['size'], kind: 'signed' },
  { name: `uint${bits}`, title: `Unsigned integer, ${bits} bits`, size: (bits / 8) as NumberType['size'], kind: 'unsigned' },
]);
const types: readonly NumberType[] = [
  ...integerTypes,
  { name: 'float', title: 'Float, 32 bits', size: 4, kind: 'float' },
  { name: 'double', title: 'Double, 64 bits', size: 8, kind: 'float' },
];

/** Plain numbers of a fixed size, as microcontrollers send them: one, or a list of them. */
export const numberCodecs: readonly Codec[] = types.map((type) =>
  valueCodec(
    {
      name: type.name,
      title: type.title,
      help: `${type.kind === 'float' ? 'An IEEE 754 floating-point number' : 'A whole number'} of ${type.size === 1 ? 'one byte' : `${type.size} bytes`}, or a list of them.`,
      params: [
        ...(type.size === 1
          ? []
          : [
              {
                name: 'endian',
                title: 'Byte order',
                help: 'big: the highest byte first, as networks do.',
                type: 'choice',
                choices: ['big', 'little'],
                default: 'big',
              } as const,
            ]),
        { name: 'array', title: 'List', help: 'The payload is a list of any number of them.', type: 'flag', default: false },
      ],
    },
    {
      read: (bytes, { params }) => ({ value: read(type, bytes, params['endian'] === 'little', params['array'] === true) }),
      write: (value, { params }) => write(type, value, params['endian'] === 'little', params['array'] === true),
    },
  ),
);

function read(type: NumberType, bytes: Uint8Array, littleEndian: boolean, isArray: boolean): PayloadValue {
  const { name, size } = type;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isArray) {
    if (bytes.length !== size) throw new PayloadFailure(`${name} has ${count(size)}, and the payload ${count(bytes.length)}`, Math.min(size, bytes.length));
    return readAt(type, view, 0, littleEndian);
  }
  const rest = bytes.length % size;
  if (rest > 0) throw new PayloadFailure(`a list of ${name} has a multiple of ${size} bytes, and ${count(rest)} are left over`, bytes.length - rest);
  if (bytes.length / size > maxValues) throw new PayloadFailure(`more than ${maxValues.toLocaleString('en')} values`, maxValues * size);
  return Array.from({ length: bytes.length / size }, (_, index) => readAt(type, view, index * size, littleEndian));
}

const count = (bytes: number): string => (bytes === 1 ? '1 byte' : `${bytes} bytes`);

function readAt({ kind, size }: NumberType, view: DataView, at: number, littleEndian: boolean): PayloadValue {
  if (kind === 'float') return floatValue(size === 4 ? view.getFloat32(at, littleEndian) : view.getFloat64(at, littleEndian));
  const isSigned = kind === 'signed';
  switch (size) {
    case 1:
      return isSigned ? view.getInt8(at) : view.getUint8(at);
    case 2:
      return isSigned ? view.getInt16(at, littleEndian) : view.getUint16(at, littleEndian);
    case 4:
      return isSigned ? view.getInt32(at, littleEndian) : view.getUint32(at, littleEndian);
    case 8:
      return integerValue(isSigned ? view.getBigInt64(at, littleEndian) : view.getBigUint64(at, littleEndian));
  }
}

function write(type: NumberType, value: PayloadValue, littleEndian: boolean, isArray: boolean): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  if (!isArray) writeOne(type, writer, value, littleEndian, '');
  else if (isList(value)) for (const [index, item] of value.entries()) writeOne(type, writer, item, littleEndian, ` at [${index}]`);
  else throw new PayloadFailure(`a list of numbers is needed, such as [1, 2, 3]`, 0);
  return writer.finish();
}

function writeOne({ kind, size, name }: NumberType, writer: ByteWriter, value: PayloadValue, littleEndian: boolean, where: string): void {
  if (kind === 'float') {
    const number = numberOf(value);
    if (number === null) throw new PayloadFailure(`a number is needed${where}`, 0);
    if (size === 4 && Number.isFinite(number) && !Number.isFinite(Math.fround(number)))
      throw new PayloadFailure(`${number}${where} is larger than a float can be`, 0);
    return size === 4 ? writer.f32(number, littleEndian) : writer.f64(number, littleEndian);
  }
  const number = numberOf(value);
  if (number === null || (typeof value !== 'bigint' && !Number.isInteger(number))) throw new PayloadFailure(`a whole number is needed${where}`, 0);
  const whole = typeof value === 'bigint' ? value : BigInt(number);
  const bits = size * 8;
  const fits = (kind === 'signed' ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole)) === whole;
  if (!fits) {
    const [low, high] = kind === 'signed' ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : [0n, 2n ** BigInt(bits) - 1n];
    throw new PayloadFailure(`${name} holds ${low} to ${high}: ${String(whole).slice(0, 30)}${where} does not fit`, 0);
  }
  writeWhole(writer, whole, size, littleEndian);
}

function writeWhole(writer: ByteWriter, whole: bigint, size: number, littleEndian: boolean): void {
  for (let at = 0; at < size; at += 1) {
    const byte = littleEndian ? at : size - 1 - at;
    writer.u8(Number((whole >> BigInt(8 * byte)) & 0xffn));
  }
}

function numberOf(value: PayloadValue): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return value !== null && typeof value === 'object' && isSpecial(value) && value.kind === 'float' ? value.value : null;
}
