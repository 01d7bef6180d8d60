import { z } from 'zod';
import { qosSchema, topicTextSchema } from './common.ts';
import { chosenCodecSchema } from './payload-codec-choice.ts';

const mqttText = z.string().max(65_535);

/** MQTT 5 properties of a message as they are written, with `{{variables}}` where the message is filled in. Empty and `null`: not sent. */
const publishPropertyTextsSchema = z.strictObject({
  contentType: mqttText.default(''),
  responseTopic: topicTextSchema.default(''),
  correlationData: mqttText.default(''),
  correlationAs: z.enum(['text', 'hex', 'base64']).default('text'),
  messageExpirySeconds: z.int().min(0).max(4_294_967_295).nullable().default(null),
  payloadIsUtf8: z.boolean().nullable().default(null),
  topicAlias: z.int().min(1).max(65_535).nullable().default(null),
  /** In this order; names may repeat. */
  userProperties: z
    .array(z.tuple([mqttText, mqttText]))
    .max(1000)
    .default([]),
});
export type PublishPropertyTexts = z.infer<typeof publishPropertyTextsSchema>;

const messageFields = {
  topic: topicTextSchema,
  payload: z.string().max(28_000_000),
  /** `empty`: no bytes at all. */
  format: z.enum(['text', 'json', 'hex', 'base64', 'codec', 'empty']),
  /** With the format `codec`. */
  codec: chosenCodecSchema.optional(),
  /** `null`: from the defaults of the connection. */
  qos: qosSchema.nullable(),
  /** `null`: from the defaults of the connection. */
  retain: z.boolean().nullable(),
  /** Whether `{{…}}` in topic, payload and properties is filled in; otherwise it is sent as it stands. */
  fillIn: z.boolean().default(false),
  /** `null`: none. */
  properties: publishPropertyTextsSchema.nullable().default(null),
};

/** A message as a person writes it. */
export const publishMessageSchema = z.strictObject(messageFields);
export type PublishMessage = z.infer<typeof publishMessageSchema>;

export const savedPublishSchema = z.strictObject({
  id: z.string().min(1).max(64),
  name: z.string().min(1).max(200),
  /** Names with `/` between them; empty: at the top. */
  folder: z.string().max(500).default(''),
  ...messageFields,
});
export type SavedPublish = z.infer<typeof savedPublishSchema>;
