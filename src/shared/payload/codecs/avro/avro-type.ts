/** What a schema of Avro says, resolved: names are replaced by what they name. */
export type AvroType =
  | { readonly kind: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'; readonly logical: LogicalType | null }
  | { readonly kind: 'record'; readonly name: string; readonly fields: readonly AvroField[] }
  | { readonly kind: 'enum'; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: 'fixed'; readonly name: string; readonly size: number; readonly logical: LogicalType | null }
  | { readonly kind: 'array'; readonly items: AvroType }
  | { readonly kind: 'map'; readonly values: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] };

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  /** Whether the text may leave it out. */
  readonly default: { readonly text: string } | null;
}

/** Those that are shown as what they mean; others are shown as what they are made of. */
export type LogicalType =
  | { readonly name: 'timestamp'; readonly unitsPerSecond: 1_000 | 1_000_000 | 1_000_000_000 }
  | { readonly name: 'decimal'; readonly scale: number };

/** The name of a branch of a union, as JSON of Avro has it. */
export function branchName(type: AvroType): string {
  return type.kind === 'record' || type.kind === 'enum' || type.kind === 'fixed' ? type.name : type.kind;
}
