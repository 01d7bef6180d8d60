import { readMsgpack } from './msgpack-read.ts';
import { writeMsgpack } from './msgpack-write.ts';
import { valueCodec } from './value-codec.ts';

export const msgpackCodec = valueCodec(
  {
    name: 'msgpack',
    title: 'MessagePack',
    help: 'Compact binary values. Shown and written as JSON; whole numbers keep their digits, byte strings and extensions have forms of their own.',
    params: [
      {
        name: 'use_bin_type',
        title: 'Bytes and text are different types',
        help: 'Off for peers of the older format, where both are one raw type: it is read as bytes then.',
        type: 'flag',
        default: true,
      },
      {
        name: 'use_list',
        title: 'Arrays as lists',
        help: 'Of distmqtt: chooses a container of Python, and changes neither bytes nor what is shown.',
        type: 'flag',
        default: false,
      },
      { name: 'float32', title: 'Short floats', help: 'Writes floating-point numbers with 32 bits where that loses nothing.', type: 'flag', default: false },
    ],
  },
  {
    read: (bytes, { params }) => ({ value: readMsgpack(bytes, { rawAsBytes: params['use_bin_type'] === false }) }),
    write: (value, { params }) => writeMsgpack(value, { binType: params['use_bin_type'] !== false, float32: params['float32'] === true }),
  },
);
