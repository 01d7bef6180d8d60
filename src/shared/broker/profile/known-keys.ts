import type { z } from 'zod';

interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly discriminator?: string;
  readonly values?: readonly unknown[];
}

const definitionOf = (schema: z.core.$ZodType): Definition => schema._zod.def;

/** The keys that an object at this place may have; `value` tells which of several kinds it is. Empty: it is no object. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[], value: unknown): readonly string[] {
  const found = schemaAt(schema, path, value);
  return Object.keys((found && definitionOf(found.schema).shape) ?? {});
}

function schemaAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
  value: unknown,
): { readonly schema: z.core.$ZodType; readonly value: unknown } | undefined {
  const bare = bareSchema(schema, value);
  const [step, ...rest] = path;
  if (!bare || step === undefined) return bare && { schema: bare, value };
  const { shape, element } = definitionOf(bare);
  const next = element ?? (typeof step === 'string' && shape && Object.hasOwn(shape, step) ? shape[step] : undefined);
  const inner = typeof value === 'object' && value !== null ? (value as Readonly<Record<PropertyKey, unknown>>)[step] : undefined;
  return next && schemaAt(next, rest, inner);
}

/** Without what stands around it: optional, default, checks; of a choice the one that the value belongs to. */
function bareSchema(schema: z.core.$ZodType, value: unknown): z.core.$ZodType | undefined {
  const { type, innerType, in: input, options, discriminator } = definitionOf(schema);
  if (type === 'union' && options) {
    if (discriminator === undefined) return options.map((option) => bareSchema(option, value)).find((option) => option && definitionOf(option).shape);
    const chosen = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[discriminator] : undefined;
    return options.find((option) => valuesOf(option, discriminator).includes(chosen));
  }
  const inner = innerType ?? (type === 'pipe' ? input : undefined);
  return inner ? bareSchema(inner, value) : schema;
}

/** What a key of an object may be, where only certain words are allowed. */
function valuesOf(schema: z.core.$ZodType, key: string): readonly unknown[] {
  const { shape } = definitionOf(schema);
  const field = shape?.[key];
  return (field && definitionOf(field).values) ?? [];
}
