/** What is known of a message of Protocol Buffers: plain tables, no code. */
export interface MessageType {
  /** With its package: `acme.Reading`. */
  readonly name: string;
  readonly fields: readonly FieldType[];
}

export type ScalarType =
  | 'double'
  | 'float'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'sint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed32'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes';

export interface EnumType {
  readonly name: string;
  readonly values: readonly (readonly [name: string, number: number])[];
}

export type ValueType =
  | { readonly kind: 'scalar'; readonly scalar: ScalarType }
  | { readonly kind: 'enum'; readonly of: EnumType }
  /** A function, because messages may hold themselves. `delimited`: between two tags, as groups are. */
  | { readonly kind: 'message'; readonly of: () => MessageType; readonly delimited: boolean };

export interface FieldType {
  readonly number: number;
  readonly name: string;
  /** The other name that JSON of Protocol Buffers has for it: `roomTemperature`. */
  readonly jsonName: string;
  readonly value: ValueType;
  readonly repeated: boolean;
  readonly packed: boolean;
  /** Of `map<key, value>`: the type of its keys. */
  readonly mapKey: ScalarType | null;
}

/** The messages of a schema by their full names. */
export interface ProtobufSchema {
  readonly messages: ReadonlyMap<string, MessageType>;
}

export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, group: 3, endGroup: 4, fixed32: 5 } as const;

export function wireTypeOf(value: ValueType): number {
  if (value.kind === 'enum') return wireTypes.varint;
  if (value.kind === 'message') return value.delimited ? wireTypes.group : wireTypes.bytes;
  switch (value.scalar) {
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return wireTypes.fixed64;
    case 'float':
    case 'fixed32':
    case 'sfixed32':
      return wireTypes.fixed32;
    case 'string':
    case 'bytes':
      return wireTypes.bytes;
    default:
      return wireTypes.varint;
  }
}
