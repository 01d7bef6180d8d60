import { z } from 'zod';
import { findOptionByName } from '../coap/udp/options.ts';
import { coapBlockSizeSchema, coapMethodSchema, coapOptionNumberSchema, coapTransmissionSchema } from './coap-udp.ts';

/** Name or number of an option, and its value as people write it: digits, text, number/more/size; hexadecimal where it is opaque or not registered. */
const savedOptionSchema = z.tuple([
  z.union([coapOptionNumberSchema, z.string().refine((name) => findOptionByName(name) !== undefined, 'There is no option of this name: write its number.')]),
  z.string().max(3000),
]);

/** What a request over UDP says, as it stands in a file. Address, values of options and payload may hold `{{variables}}`. */
export const savedCoapFields = {
  /** `coap://host:port/path?query` */
  uri: z.string().max(8192),
  method: coapMethodSchema.default('GET'),
  type: z.enum(['CON', 'NON']).default('CON'),
  /** Number of the Content-Format of the payload. Absent: the option is not sent. */
  contentFormat: z.int().min(0).max(65_535).optional(),
  /** Beside those of the address and the content format. */
  options: z.array(savedOptionSchema).max(99).default([]),
  payload: z.string().max(1_048_576).default(''),
  /** `hex`: hexadecimal digits, two for each byte. */
  payloadAs: z.enum(['text', 'hex']).default('text'),
  /** Hexadecimal digits. Absent: a new one each time. */
  token: z
    .string()
    .regex(/^(?:[0-9a-f]{2}){0,8}$/i, 'A token is up to 8 bytes in hexadecimal digits.')
    .optional(),
  blockSize: coapBlockSizeSchema.default(1024),
  timeoutMs: z.int().min(1).max(86_400_000).default(30_000),
  /** Absent: as RFC 7252 §4.8 has them. */
  transmission: coapTransmissionSchema.optional(),
};
