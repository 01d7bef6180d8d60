import { z } from 'zod';
import { type FaultAction, type FaultPacket, type FaultProfile, type FaultScope } from '../broker/faults/fault-rules.ts';
import type { MqttdKeys } from '../broker/faults/mqttd-keys.ts';
import { call, stream } from '../ipc/contract.ts';
import { packetType } from '../mqtt/packet/packet-type.ts';
import { validateTopicFilter } from '../mqtt/topic-filter.ts';
import { noInput } from './common.ts';

const idSchema = z.string().min(1).max(64);
const nameSchema = z.string().max(200);
const listenerSchema = z.string().min(1).max(64);
const patternSchema = z.string().min(1).max(1000);
const codeSchema = z.int().min(0).max(255);
const mostMs = 3_600_000;

const filterSchema = z
  .string()
  .max(65_535)
  .superRefine((filter, context) => {
    const problem = filter.startsWith('$share/') ? 'A rule is about topics, not about a shared subscription.' : validateTopicFilter(filter)?.message;
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const whereSchema = z.strictObject({
  listener: listenerSchema.optional(),
  clientId: patternSchema.optional(),
  topic: filterSchema.optional(),
  direction: z.enum(['in', 'out', 'both']),
  packets: z
    .array(z.enum(Object.keys(packetType) as [FaultPacket, ...FaultPacket[]]))
    .min(1)
    .max(15)
    .optional(),
  from: z.int().min(1).max(1_000_000_000),
  probability: z.number().min(0).max(1),
  times: z.int().min(1).max(1_000_000_000).nullable(),
});

const endingSchema = z.discriminatedUnion('how', [
  z.strictObject({ how: z.literal('reason'), code: codeSchema }),
  z.strictObject({ how: z.literal('close') }),
  z.strictObject({ how: z.literal('reset') }),
]);

const actionSchema: z.ZodType<FaultAction> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('delay'), ms: z.int().min(0).max(mostMs), jitterMs: z.int().min(0).max(mostMs) }),
  z.strictObject({ kind: z.literal('drop') }),
  z.strictObject({ kind: z.literal('duplicate'), copies: z.int().min(1).max(100) }),
  z.strictObject({ kind: z.literal('reorder'), after: z.int().min(1).max(1000), maxMs: z.int().min(1).max(mostMs) }),
  z.strictObject({
    kind: z.literal('corrupt'),
    unit: z.enum(['bits', 'bytes']),
    count: z.int().min(1).max(1000),
    part: z.enum(['header', 'body', 'payload']),
  }),
  z.strictObject({ kind: z.literal('throttle'), bytesPerSecond: z.int().min(1).max(1_000_000_000) }),
  z.strictObject({ kind: z.literal('freeze') }),
  z.strictObject({ kind: z.literal('disconnect'), when: z.enum(['now', 'packets', 'seconds']), n: z.int().min(0).max(1_000_000), ending: endingSchema }),
  z.strictObject({ kind: z.literal('refuse'), code3: codeSchema, code5: codeSchema }),
  z.strictObject({ kind: z.literal('no-connack'), reset: z.boolean() }),
  z.strictObject({ kind: z.literal('silent') }),
  z.strictObject({ kind: z.literal('stop-reading') }),
]);

const keysSchema: z.ZodType<MqttdKeys> = z.strictObject({
  dialect: z.enum(['c', 'python']),
  version: z.int().min(0).max(2_147_483_647).optional(),
  publishBeforeSuback: z.boolean().optional(),
  shortPublish: z.boolean().optional(),
  errorConnack: z.int().min(0).max(2_147_483_647).optional(),
  excessiveRemaining: z.boolean().optional(),
  remlenConnack: codeSchema.optional(),
  pingrespAsConnack: z.boolean().optional(),
  disconnectMalformed: z.boolean().optional(),
  testnum: z.int().min(0).max(2_147_483_647).optional(),
  testFolder: z.string().max(4096).optional(),
  answer: z.string().max(65_535).optional(),
});

export const mostFaultProfiles = 200;

export const faultProfileSchema: z.ZodType<FaultProfile> = z.strictObject({
  id: idSchema,
  name: nameSchema.min(1),
  description: z.string().max(2000),
  seed: z.int().min(0).max(4_294_967_295),
  rules: z
    .array(z.strictObject({ id: idSchema, name: nameSchema, enabled: z.boolean(), where: whereSchema, action: actionSchema }))
    .max(100)
    .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'Two rules have the same id.'),
  keys: keysSchema.optional(),
});

const faultScopeSchema: z.ZodType<FaultScope> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('listener'), listener: listenerSchema }),
  z.strictObject({ kind: z.literal('client'), clientId: patternSchema }),
]);

const activeFields = { id: idSchema, profile: faultProfileSchema, scope: faultScopeSchema, includeOwn: z.boolean() };
const curlListenersSchema = z.array(listenerSchema).max(100);

/** To the worker of the broker. */
export const faultConfigSchema = z.strictObject({ active: z.array(z.strictObject(activeFields)).max(50), curlListeners: curlListenersSchema });

/** As the engine knows it. */
const heldFaultSchema = z.strictObject({
  ...activeFields,
  /** It stays when the broker is stopped or the workbench closed. */
  keep: z.boolean(),
  /** Unix ms. */
  since: z.number(),
});
export type HeldFault = z.infer<typeof heldFaultSchema>;

/** In the workspace. */
export const faultFileSchema = z.strictObject({
  profiles: z.array(faultProfileSchema).max(mostFaultProfiles),
  kept: z.array(heldFaultSchema).max(50),
  curlListeners: curlListenersSchema,
});
export type FaultFile = z.infer<typeof faultFileSchema>;
export const noFaultFile: FaultFile = { profiles: [], kept: [], curlListeners: [] };

export interface FaultHit {
  /** Unix ms. */
  readonly at: number;
  /** The profile and the rule. */
  readonly rule: string;
  readonly clientId: string | null;
  readonly direction: 'in' | 'out';
  /** `PUBLISH dropped`. */
  readonly what: string;
}

/** What faults have done, and to whom they do something now. */
export interface FaultReport {
  readonly rules: readonly { readonly activation: string; readonly rule: string; readonly hits: number }[];
  /** Since the first of them was turned on. */
  readonly hitCount: number;
  /** Newest first, at most 100. */
  readonly hits: readonly FaultHit[];
  /** What is held back now. */
  readonly held: { readonly packets: number; readonly bytes: number };
  /** Packets that went on before their time because there was no more room to hold them. */
  readonly hurried: number;
  /** Connected clients that rules are on for; at most 100 are listed. */
  readonly affected: { readonly total: number; readonly clients: readonly { readonly clientId: string; readonly faults: readonly string[] }[] };
}

export const noFaultReport: FaultReport = {
  rules: [],
  hitCount: 0,
  hits: [],
  held: { packets: 0, bytes: 0 },
  hurried: 0,
  affected: { total: 0, clients: [] },
};

/** Saved profiles, and what is on. */
export interface FaultView {
  /** Of the user, in the order they were made. */
  readonly profiles: readonly FaultProfile[];
  readonly active: readonly HeldFault[];
  readonly curlListeners: readonly string[];
  /** The workbench's own clients that are connected to the broker now. */
  readonly ownClients: readonly string[];
}

const turnOnSchema = z.strictObject({
  profile: faultProfileSchema,
  scope: faultScopeSchema,
  includeOwn: z.boolean(),
  keep: z.boolean(),
});
export type TurnOnFault = z.infer<typeof turnOnSchema>;

export const brokerFaultsContract = {
  'faults.view': stream<FaultView>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** Of the broker that runs. */
  'faults.report': stream<FaultReport>()(noInput, { overflow: 'coalesce', window: 1 }),
  /** In effect at once, or with the next start of the broker. Answers the id by which it is turned off. */
  'faults.turnOn': call<string>()(turnOnSchema),
  /** Absent: all of them, curl mode included. */
  'faults.turnOff': call<void>()(z.strictObject({ id: idSchema.optional() })),
  /** Adds a profile or puts it in the place of the one with its id; where it is on, the change counts at once. */
  'faults.saveProfile': call<void>()(faultProfileSchema),
  'faults.removeProfile': call<void>()(z.strictObject({ id: idSchema })),
  /** Clients of this listener get DISCONNECT after the first message, so that curl returns. */
  'faults.setCurlMode': call<void>()(z.strictObject({ listener: listenerSchema, on: z.boolean() })),
} as const;
