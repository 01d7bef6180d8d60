import type { FieldType, MessageType, ScalarType, ValueType } from '../protobuf/message-type.ts';

/** Sparkplug 3.0 §6.4.16: the numbers of its data types, from 0 on. */
const dataTypes = [
  ...['Unknown', 'Int8', 'Int16', 'Int32', 'Int64', 'UInt8', 'UInt16', 'UInt32', 'UInt64', 'Float', 'Double', 'Boolean', 'String', 'DateTime', 'Text', 'UUID'],
  ...['DataSet', 'Bytes', 'File', 'Template', 'PropertySet', 'PropertySetList', 'Int8Array', 'Int16Array', 'Int32Array', 'Int64Array', 'UInt8Array'],
  ...['UInt16Array', 'UInt32Array', 'UInt64Array', 'FloatArray', 'DoubleArray', 'BooleanArray', 'StringArray', 'DateTimeArray'],
].map((name, number) => [name, number] as const);

const typeValue: ValueType = { kind: 'enum', of: { name: 'DataType', values: dataTypes } };
const inside = (of: () => MessageType): ValueType => ({ kind: 'message', of, delimited: false });
const scalar = (scalar: ScalarType): ValueType => ({ kind: 'scalar', scalar });

function field(number: number, name: string, value: ScalarType | ValueType, repeated = false): FieldType {
  const jsonName = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  // The schema is one of proto2: lists of numbers are not packed.
  return { number, name, jsonName, value: typeof value === 'string' ? scalar(value) : value, repeated, packed: false, mapKey: null };
}

/** The six simple kinds of a value, as metrics, parameters, properties and data sets all have them. */
const simpleValues = (first: number): readonly FieldType[] => [
  field(first, 'int_value', 'uint32'),
  field(first + 1, 'long_value', 'uint64'),
  field(first + 2, 'float_value', 'float'),
  field(first + 3, 'double_value', 'double'),
  field(first + 4, 'boolean_value', 'bool'),
  field(first + 5, 'string_value', 'string'),
];

const metaData: MessageType = {
  name: 'MetaData',
  fields: [
    field(1, 'is_multi_part', 'bool'),
    field(2, 'content_type', 'string'),
    field(3, 'size', 'uint64'),
    field(4, 'seq', 'uint64'),
    field(5, 'file_name', 'string'),
    field(6, 'file_type', 'string'),
    field(7, 'md5', 'string'),
    field(8, 'description', 'string'),
  ],
};

const propertyValue: MessageType = {
  name: 'PropertyValue',
  fields: [
    field(1, 'type', typeValue),
    field(2, 'is_null', 'bool'),
    ...simpleValues(3),
    field(
      9,
      'propertyset_value',
      inside(() => propertySet),
    ),
    field(
      10,
      'propertysets_value',
      inside(() => propertySetList),
    ),
  ],
};

const propertySet: MessageType = {
  name: 'PropertySet',
  fields: [
    field(1, 'keys', 'string', true),
    field(
      2,
      'values',
      inside(() => propertyValue),
      true,
    ),
  ],
};

const propertySetList: MessageType = {
  name: 'PropertySetList',
  fields: [
    field(
      1,
      'propertyset',
      inside(() => propertySet),
      true,
    ),
  ],
};

const dataSetValue: MessageType = { name: 'DataSetValue', fields: simpleValues(1) };
const row: MessageType = {
  name: 'Row',
  fields: [
    field(
      1,
      'elements',
      inside(() => dataSetValue),
      true,
    ),
  ],
};

const dataSet: MessageType = {
  name: 'DataSet',
  fields: [
    field(1, 'num_of_columns', 'uint64'),
    field(2, 'columns', 'string', true),
    field(3, 'types', typeValue, true),
    field(
      4,
      'rows',
      inside(() => row),
      true,
    ),
  ],
};

const parameter: MessageType = { name: 'Parameter', fields: [field(1, 'name', 'string'), field(2, 'type', typeValue), ...simpleValues(3)] };

const template: MessageType = {
  name: 'Template',
  fields: [
    field(1, 'version', 'string'),
    field(
      2,
      'metrics',
      inside(() => metric),
      true,
    ),
    field(
      3,
      'parameters',
      inside(() => parameter),
      true,
    ),
    field(4, 'template_ref', 'string'),
    field(5, 'is_definition', 'bool'),
  ],
};

const metric: MessageType = {
  name: 'Metric',
  fields: [
    field(1, 'name', 'string'),
    field(2, 'alias', 'uint64'),
    field(3, 'timestamp', 'uint64'),
    field(4, 'datatype', typeValue),
    field(5, 'is_historical', 'bool'),
    field(6, 'is_transient', 'bool'),
    field(7, 'is_null', 'bool'),
    field(
      8,
      'metadata',
      inside(() => metaData),
    ),
    field(
      9,
      'properties',
      inside(() => propertySet),
    ),
    ...simpleValues(10),
    field(16, 'bytes_value', 'bytes'),
    field(
      17,
      'dataset_value',
      inside(() => dataSet),
    ),
    field(
      18,
      'template_value',
      inside(() => template),
    ),
  ],
};

/** `Payload` of sparkplug_b.proto (Sparkplug 3.0 §6.4.1), without its extensions, which stay readable as unknown fields. */
export const sparkplugPayload: MessageType = {
  name: 'Payload',
  fields: [
    field(1, 'timestamp', 'uint64'),
    field(
      2,
      'metrics',
      inside(() => metric),
      true,
    ),
    field(3, 'seq', 'uint64'),
    field(4, 'uuid', 'string'),
    field(5, 'body', 'bytes'),
  ],
};
