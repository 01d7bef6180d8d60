import { z } from 'zod';
import { dialectIdSchema, type DialectId, type JsonSchema } from '../../../shared/contract/rpc.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { readJsonPayload } from '../../../shared/rpc/json-payload.ts';
import { schemaProblemOf } from '../../../shared/rpc/lockable-schema.ts';
import type { JsonValue } from '../../../shared/rpc/python-json.ts';
import type { ToldMethod } from './methods/method-entry.ts';

export interface Descriptor {
  readonly dialect: DialectId;
  readonly topic: string;
  readonly methods: readonly ToldMethod[];
}

const mark = Buffer.from('"rpc_topic"');
const maxBytes = 65_536;
const maxMethods = 1000;

const schema = z.looseObject({
  rpc_topic: z.string().min(1),
  rpc_dialect: dialectIdSchema.default('mqttxx2'),
  rpc_methods: z.array(z.unknown()).max(maxMethods).default([]),
});

const methodName = z.string().min(1).max(1000);
/** Beside its name, whatever it says that can be used. */
const describedMethod = z.looseObject({
  name: methodName,
  description: z.string().max(2000).catch(''),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
});

/** A retained message in which a device says where it takes calls: JSON with `rpc_topic`, and maybe `rpc_dialect` and `rpc_methods`. `null`: it is none. */
export function readDescriptor({ retain, payload }: MessageRecord): Descriptor | null {
  if (!retain || payload.byteLength > maxBytes) return null;
  if (!Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).includes(mark)) return null;
  const read = readJsonPayload(payload);
  const found = 'reason' in read ? null : schema.safeParse(read.value);
  if (!found?.success || validateTopicName(found.data.rpc_topic)) return null;
  return { dialect: found.data.rpc_dialect, topic: found.data.rpc_topic, methods: found.data.rpc_methods.flatMap(readMethod) };
}

/** A name, or an object with a name and maybe a description and schemas of params and result; what cannot be read of it is left out. */
function readMethod(method: unknown): readonly ToldMethod[] {
  const name = methodName.safeParse(method).data;
  if (name !== undefined) return [{ name, description: '', params: null, result: null }];
  const described = describedMethod.safeParse(method).data;
  if (!described) return [];
  return [{ name: described.name, description: described.description, params: readSchema(described.params), result: readSchema(described.result) }];
}

function readSchema(schema: unknown): JsonSchema | null {
  return schema !== undefined && schemaProblemOf(schema as JsonValue) === null ? (schema as JsonSchema) : null;
}
