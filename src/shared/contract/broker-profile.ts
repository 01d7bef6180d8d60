import { z } from 'zod';
import { accessSettingsSchema } from './broker-access.ts';
import { brokerSettingsSchema } from './workspace.ts';

const pathSchema = z.string().min(1).max(4096);

/** Options of `npm run broker` that a profile may hold, under their names; the workbench has tabs for all this, and does not look at it. */
const aloneSchema = z
  .strictObject({
    handlers: pathSchema,
    persist: pathSchema,
    packets: pathSchema,
    metrics: z.int().min(0).max(65_535),
    faults: pathSchema,
    'faults-dialect': z.enum(['c', 'python']),
    'faults-tests': pathSchema,
    curl: z.boolean(),
    redis: z.string().min(1).max(2000),
    'redis-channels': z.boolean(),
    'redis-prefix': z.string().min(1).max(100),
    'redis-ca': pathSchema,
    'redis-lease': z.number().positive().max(3600),
  })
  .partial();

/** A broker with all its settings, as one file has it: `brokers/NAME.yaml`. Paths are from the folder of the file on. */
export const brokerProfileSchema = z.strictObject({
  /** Of the format. */
  version: z.literal(1).default(1),
  /** For people. */
  description: z.string().max(1000).default(''),
  ...brokerSettingsSchema.shape,
  access: z.strictObject({
    ...accessSettingsSchema.shape,
    /** Who may log in, with `login: users`: lines of `npm run broker -- --hash-password`, a password file of mosquitto or distmqtt, or the users of a workspace. Absent: those of the workspace. */
    usersFile: pathSchema.optional(),
  }),
  /** Only for `npm run broker`. */
  alone: aloneSchema.optional(),
});
export type BrokerProfile = z.infer<typeof brokerProfileSchema>;

/** Something in a file that cannot be used, and where. */
export interface ProfileProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** One or two sentences. */
  readonly message: string;
}

/** One key whose value differs between two profiles. */
export interface ProfileChange {
  /** As in the file, entries by their id: `limits.maximumQos`, `listeners.tls-1.port`. */
  readonly path: string;
  /** In words. */
  readonly before: string;
  readonly after: string;
  /** A broker that runs takes it only when it is started again. */
  readonly restart: boolean;
}

/** What a profile can be made from. */
export const profileImportFormats = ['profile', 'distmqtt', 'mosquitto', 'mqttd'] as const;
export type ProfileImportFormat = (typeof profileImportFormats)[number];

/** Something that an import cannot carry over (`lost`), or not as it was (`changed`). */
export interface ImportNote {
  readonly kind: 'lost' | 'changed';
  /** From 1; `null`: not about one line. */
  readonly line: number | null;
  readonly key: string;
  /** One or two sentences. */
  readonly message: string;
}
