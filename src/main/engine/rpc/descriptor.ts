import { z } from 'zod';
import { dialectIdSchema, type DialectId } from '../../../shared/contract/rpc.ts';
import type { MessageRecord } from '../../../shared/messages/record.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { readJsonPayload } from '../../../shared/rpc/json-payload.ts';

export interface Descriptor {
  readonly dialect: DialectId;
  readonly topic: string;
  readonly methods: readonly string[];
}

const mark = Buffer.from('"rpc_topic"');
const maxBytes = 65_536;
const maxMethods = 1000;

const schema = z.looseObject({
  rpc_topic: z.string().min(1),
  rpc_dialect: dialectIdSchema.default('mqttxx2'),
  rpc_methods: z.array(z.string().min(1).max(1000)).max(maxMethods).default([]),
});

/** A retained message in which a device says where it takes calls: JSON with `rpc_topic`, and maybe `rpc_dialect` and `rpc_methods`. `null`: it is none. */
export function readDescriptor({ retain, payload }: MessageRecord): Descriptor | null {
  if (!retain || payload.byteLength > maxBytes) return null;
  if (!Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).includes(mark)) return null;
  const read = readJsonPayload(payload);
  const found = 'reason' in read ? null : schema.safeParse(read.value);
  if (!found?.success || validateTopicName(found.data.rpc_topic)) return null;
  return { dialect: found.data.rpc_dialect, topic: found.data.rpc_topic, methods: found.data.rpc_methods };
}
