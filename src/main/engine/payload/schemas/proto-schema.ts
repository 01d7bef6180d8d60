import protobuf from 'protobufjs';
import {
  wireTypeOf,
  wireTypes,
  type EnumType,
  type FieldType,
  type MessageType,
  type ProtobufSchema,
  type ScalarType,
  type ValueType,
} from '../../../../shared/payload/codecs/protobuf/message-type.ts';
import { placeOf, SchemaProblem } from './schema-problem.ts';

/** The schema files of the workspace by name. */
export type SchemaTexts = ReadonlyMap<string, string>;

const maxImports = 500;

/** What a .proto file and its imports say. Only parsed: no function is made of it. Throws `SchemaProblem`. */
export function readProtoSchema(name: string, texts: SchemaTexts): { readonly schema: ProtobufSchema; readonly own: readonly string[] } {
  const root = new protobuf.Root();
  const order: string[] = [];
  readFile(name, null, { root, texts, seen: new Set(), order });
  try {
    root.resolveAll();
  } catch (error) {
    throw unresolved(error as Error, order, texts, name);
  }
  const messages = new Map<string, MessageType>();
  const types = new Map<protobuf.Type, MessageType>();
  const own: string[] = [];
  for (const type of typesOf(root)) {
    const message = messageOf(type, types);
    messages.set(message.name, message);
    if (type.filename === name) own.push(message.name);
  }
  return { schema: { messages }, own };
}

interface Reading {
  readonly root: protobuf.Root;
  readonly texts: SchemaTexts;
  readonly seen: Set<string>;
  readonly order: string[];
}

function readFile(name: string, importer: string | null, reading: Reading): void {
  const { root, texts, seen, order } = reading;
  if (seen.has(name)) return;
  seen.add(name);
  order.push(name);
  const text = texts.get(name);
  if (text === undefined) throw missing(name, importer, texts);
  if (seen.size > maxImports) throw new SchemaProblem(`more than ${maxImports} files are imported`, name, null, null);
  const parser = protobuf.parse as typeof protobuf.parse & { filename: string | null };
  parser.filename = name;
  let imports: readonly string[];
  try {
    const parsed = protobuf.parse(text, root, { keepCase: true });
    imports = [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])];
  } catch (error) {
    throw broken(error as Error, name, text);
  } finally {
    parser.filename = null;
  }
  for (const wanted of imports) {
    const known = protobuf.common.get(wanted);
    if (known?.nested && !texts.has(wanted)) {
      if (!seen.has(wanted)) root.addJSON(known.nested);
      seen.add(wanted);
      continue;
    }
    // From the folder of all schemas, as protoc does; else from where the file is that imports it.
    const beside = [...name.split('/').slice(0, -1), wanted].join('/');
    readFile(texts.has(wanted) || !texts.has(beside) ? wanted : beside, name, reading);
  }
}

function missing(name: string, importer: string | null, texts: SchemaTexts): SchemaProblem {
  const text = importer === null ? '' : (texts.get(importer) ?? '');
  const at = text.indexOf(name);
  const { line, column } = at < 0 ? { line: null, column: null } : placeOf(text, at);
  return new SchemaProblem(
    importer === null ? `There is no file ${name}.` : `The imported file ${name} is not in the workspace.`,
    importer ?? name,
    line,
    column,
  );
}

/** The parser says which word in which line; the column is where that stands. */
function broken(error: Error, name: string, text: string): SchemaProblem {
  const line = Number(/line (\d+)\)$/.exec(error.message)?.[1] ?? Number.NaN);
  const reason = error.message.replace(/ \([^()]*line \d+\)$/, '').replace(/^illegal token '(.*)'$/s, '"$1" does not belong here');
  if (Number.isNaN(line)) {
    const { line, column } = placeOfName(error.message, text);
    return new SchemaProblem(sentence(reason), name, line, column);
  }
  const word = /'(.*)'/s.exec(error.message)?.[1] ?? '';
  const found = word === '' ? -1 : (text.split('\n')[line - 1] ?? '').indexOf(word);
  return new SchemaProblem(sentence(reason), name, line, found < 0 ? 1 : found + 1);
}

const sentence = (reason: string): string => `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`;

function placeOfName(message: string, text: string): { readonly line: number | null; readonly column: number | null } {
  const word = /'([^']+)'/.exec(message)?.[1] ?? /: (\S+)$/.exec(message)?.[1];
  const at = word === undefined ? -1 : text.search(new RegExp(`\\b${word.replaceAll(/[^\w]/g, '\\$&')}\\b`));
  return at < 0 ? { line: null, column: null } : placeOf(text, at);
}

/** A type that is named and not there: in the first file that has the name. */
function unresolved(error: Error, order: readonly string[], texts: SchemaTexts, name: string): SchemaProblem {
  for (const file of order) {
    const text = texts.get(file) ?? '';
    const { line, column } = placeOfName(error.message, text);
    if (line !== null)
      return new SchemaProblem(sentence(error.message.replace(/^no such (?:Type or Enum|type): (.*)$/i, 'there is no type $1')), file, line, column);
  }
  return new SchemaProblem(sentence(error.message), name, null, null);
}

function* typesOf(namespace: protobuf.NamespaceBase): Generator<protobuf.Type> {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Type) yield nested;
    if (nested instanceof protobuf.Namespace) yield* typesOf(nested);
  }
}

const fullName = (object: protobuf.ReflectionObject): string => object.fullName.replace(/^\./, '');

function messageOf(type: protobuf.Type, known: Map<protobuf.Type, MessageType>): MessageType {
  const before = known.get(type);
  if (before) return before;
  const fields: FieldType[] = [];
  const message: MessageType = { name: fullName(type), fields };
  known.set(type, message);
  for (const field of type.fieldsArray) fields.push(fieldOf(field, known));
  return message;
}

function fieldOf(field: protobuf.Field, known: Map<protobuf.Type, MessageType>): FieldType {
  const isMap = field instanceof protobuf.MapField;
  // An extension is called by its full name.
  const name = field.name.startsWith('.') ? `[${field.name.slice(1)}]` : field.name;
  const value = valueOf(field, known);
  return {
    number: field.id,
    name,
    jsonName: typeof field.options?.['json_name'] === 'string' ? field.options['json_name'] : protobuf.util.camelCase(name),
    value,
    repeated: field.repeated || isMap,
    // Messages, texts and bytes never are, whatever the default of the syntax.
    packed: field.packed && wireTypeOf(value) !== wireTypes.bytes && wireTypeOf(value) !== wireTypes.group,
    mapKey: isMap ? (field.keyType as ScalarType) : null,
  };
}

function valueOf(field: protobuf.Field, known: Map<protobuf.Type, MessageType>): ValueType {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) {
    const isGroup = (resolvedType as protobuf.Type & { readonly group?: boolean }).group === true;
    const { delimited } = field as protobuf.Field & { readonly delimited: boolean };
    const type = resolvedType;
    return { kind: 'message', of: () => messageOf(type, known), delimited: isGroup || (delimited && !(field instanceof protobuf.MapField)) };
  }
  if (resolvedType instanceof protobuf.Enum) return { kind: 'enum', of: enumOf(resolvedType) };
  return { kind: 'scalar', scalar: field.type as ScalarType };
}

function enumOf(type: protobuf.Enum): EnumType {
  return { name: fullName(type), values: Object.entries(type.values) };
}
