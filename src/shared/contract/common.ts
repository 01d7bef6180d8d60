import { z } from 'zod';

export const qosSchema = z.union([z.literal(0), z.literal(1), z.literal(2)]);
export type Qos = z.infer<typeof qosSchema>;

/** Where messages come from: the tap inside the local broker, one connection, or devices whose way to another broker is intercepted. */
export const sourceIdSchema = z.union([
  z.literal('broker'),
  z.templateLiteral(['connection:', z.string().min(1).max(64)]),
  z.templateLiteral(['intercept:', z.string().min(1).max(64)]),
]);
export type SourceId = z.infer<typeof sourceIdSchema>;

export const protocolVersionSchema = z.enum(['3.1', '3.1.1', '5']);
export type MqttVersion = z.infer<typeof protocolVersionSchema>;

/** A topic name may have up to 65,535 bytes [MQTT-1.5.4]; checked in detail where it is used. */
export const topicTextSchema = z.string().max(65_535);

/** A failure shown to a person: what happened, and what to do about it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly advice?: string | undefined;
}

export const noInput = z.undefined();
