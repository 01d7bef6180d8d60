import type { CodecContext } from '../../codec.ts';
import { PayloadFailure } from '../../value/payload-failure.ts';
import { valueCodec } from '../value-codec.ts';
import { readAvro } from './avro-read.ts';
import type { AvroType } from './avro-type.ts';
import { writeAvro } from './avro-write.ts';

/** What schema registries put before the value: a zero byte, and the number of the schema in four. */
const registryHeadLength = 5;

export const avroCodec = valueCodec(
  {
    name: 'avro',
    title: 'Avro',
    help: 'One value of an Avro schema (.avsc) of the workspace, in binary encoding. Times and decimals are shown as such; a union of several types names the one that was sent.',
    params: [
      { name: 'schema', title: 'Schema', help: 'An .avsc file of the workspace.', type: 'schema' },
      {
        name: 'framing',
        title: 'Before the value',
        help: 'registry: a zero byte and the number of the schema in four bytes, as schema registries have it.',
        type: 'choice',
        choices: ['none', 'registry'],
        default: 'none',
      },
      { name: 'schema_id', title: 'Number of the schema', help: 'Written in front with "registry".', type: 'text', default: '0' },
    ],
    check: ({ schema_id: id }) =>
      /^\d{1,10}$/.test(String(id)) && Number(id) <= 0xffff_ffff ? undefined : 'The parameter "schema_id" is a number from 0 to 4294967295.',
  },
  {
    read(bytes, context) {
      const type = typeOf(context);
      if (context.params['framing'] !== 'registry') return { value: readAvro(bytes, type) };
      if (bytes.length < registryHeadLength || bytes[0] !== 0)
        throw new PayloadFailure('a zero byte and four bytes with the number of the schema are missing in front', 0);
      const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
      try {
        return { value: readAvro(bytes.subarray(registryHeadLength), type), notes: [`The registry's number of the schema is ${id}.`] };
      } catch (error) {
        if (error instanceof PayloadFailure && error.at !== null) throw new PayloadFailure(error.message, error.at + registryHeadLength);
        throw error;
      }
    },
    write(value, context) {
      const body = writeAvro(value, typeOf(context));
      if (context.params['framing'] !== 'registry') return body;
      const whole = new Uint8Array(registryHeadLength + body.length);
      new DataView(whole.buffer).setUint32(1, Number(context.params['schema_id']));
      whole.set(body, registryHeadLength);
      return whole;
    },
  },
);

function typeOf({ params, tools }: CodecContext): AvroType {
  const file = String(params['schema'] ?? '');
  if (file === '') throw new PayloadFailure('choose the schema: Avro cannot be read without it');
  return tools.schema('avro', file) as AvroType;
}
