import type { CodecContext } from '../../codec.ts';
import { PayloadFailure } from '../../value/payload-failure.ts';
import { valueCodec } from '../value-codec.ts';
import { readMessage } from './message-reader.ts';
import type { MessageType, ProtobufSchema } from './message-type.ts';
import { writeMessage } from './message-writer.ts';

/** Without a schema every field is one that is not known: its number and its bytes are still right. */
const anyMessage: MessageType = { name: 'a message without a schema', fields: [] };

export const protobufCodec = valueCodec(
  {
    name: 'protobuf',
    title: 'Protocol Buffers',
    help: 'One message of a .proto file of the workspace. Without a file, the fields are shown by their numbers. Fields that the schema does not have are kept under "$unknown".',
    params: [
      { name: 'schema', title: 'Schema', help: 'A .proto file of the workspace.', type: 'schema' },
      { name: 'message', title: 'Message', help: 'With its package: acme.Reading. May be left out when the file has only one.', type: 'message' },
    ],
  },
  {
    read(bytes, context) {
      const type = messageTypeOf(context);
      const { value, notes } = readMessage(bytes, type);
      return { value, notes: type === anyMessage ? ['Without a schema: texts and messages inside are guessed.', ...notes] : notes };
    },
    write: (value, context) => writeMessage(value, messageTypeOf(context)),
  },
);

function messageTypeOf({ params, tools }: CodecContext): MessageType {
  const file = params['schema'];
  if (file === undefined || file === '') return anyMessage;
  const { messages } = tools.schema('protobuf', String(file)) as ProtobufSchema;
  const wanted = String(params['message'] ?? '');
  const names = [...messages.keys()];
  const only = names.length === 1 ? names[0] : undefined;
  const type = messages.get(wanted === '' ? (only ?? '') : wanted);
  if (type) return type;
  const known = `${String(file)} has ${names.length === 0 ? 'no messages' : `${names.slice(0, 20).join(', ')}${names.length > 20 ? ' and more' : ''}`}`;
  throw new PayloadFailure(wanted === '' ? `choose a message: ${known}` : `there is no message ${wanted}: ${known}`);
}
