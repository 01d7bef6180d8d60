import { z } from 'zod';
import { mostRules, type AccessRule, type AccessVerdict } from '../broker/access/access-rules.ts';
import type { ImportFinding } from '../broker/access/import-findings.ts';
import { call, stream } from '../ipc/contract.ts';
import { validateTopicFilter } from '../mqtt/topic-filter.ts';
import { noInput } from './common.ts';

const nameSchema = z.string().min(1).max(1000);
export const mostUsers = 10_000;

/** Of a rule; `$share` is about who gets a message, not which. */
const ruleFilterSchema = z
  .string()
  .max(65_535)
  .superRefine((filter, context) => {
    const problem = filter.startsWith('$share/') ? 'A rule is about topics, not about a shared subscription.' : validateTopicFilter(filter)?.message;
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const accessRuleSchema: z.ZodType<AccessRule> = z.strictObject({
  effect: z.enum(['allow', 'deny']),
  user: z.string().max(1000).optional(),
  clientId: z.string().max(65_535).optional(),
  action: z.enum(['publish', 'subscribe', 'both']),
  filter: ruleFilterSchema,
});

const rulesFields = { rules: z.array(accessRuleSchema).max(mostRules), otherwise: z.enum(['allow', 'deny']) };

export const accessSettingsSchema = z.strictObject({
  /** `anybody`: no password is asked for, a user name is what the client says. `users`: only users with their password. */
  login: z.enum(['anybody', 'users']),
  /** With `users`: clients without a user name get in as well. */
  anonymous: z.boolean(),
  ...rulesFields,
});
export type AccessSettings = z.infer<typeof accessSettingsSchema>;

/** Everybody may do everything. */
export const openAccess: AccessSettings = { login: 'anybody', anonymous: true, rules: [], otherwise: 'allow' };

export const brokerUserSchema = z.strictObject({
  name: nameSchema,
  /** See `hashForm`. */
  hash: z.string().max(1000),
  /** For SCRAM-SHA-256, as in a users file; absent: this user cannot log in so. */
  scram: z.string().max(1000).optional(),
});
/** Never leaves the engine. */
export type BrokerUser = z.infer<typeof brokerUserSchema>;

export interface AccessView extends AccessSettings {
  readonly users: readonly {
    readonly name: string;
    /** How the password is kept: `scrypt`, or the form of the file it came from. */
    readonly form: string;
    readonly scram: boolean;
  }[];
}

/** What the edited rules would change for a subscription or for messages of a topic. */
export interface AccessChange {
  readonly clientId: string;
  readonly username: string | null;
  readonly action: 'publish' | 'subscribe';
  /** The filter as subscribed, or the topic. */
  readonly target: string;
  /** Publishes; 1 for a subscription. */
  readonly count: number;
  /** As the rules say that are in use. */
  readonly before: AccessVerdict;
  readonly after: AccessVerdict;
}

export interface AccessPreview {
  /** At most 200, subscriptions first. */
  readonly changes: readonly AccessChange[];
  /** Further ones. */
  readonly omitted: number;
  /** Subscriptions that were looked at, those included that were refused. */
  readonly subscriptions: number;
  /** Publishes that were looked at: the last ones of clients, at most 1,000. */
  readonly publishes: number;
  /** Connected clients that would have to go, as they could not log in so: at most 200. */
  readonly leaving: readonly { readonly clientId: string; readonly username: string | null }[];
  /** All of them. */
  readonly leavingTotal: number;
  /** Subscriptions and publishes whose user is not known: of sessions from before the start whose client has not been back. */
  readonly unknown: number;
}

/** What a password file holds. */
export interface ReadPasswords {
  /** `replaces`: there is a user of this name, who gets this password. */
  readonly users: readonly { readonly name: string; readonly form: string; readonly replaces: boolean }[];
  /** How many users there would be, and may be. */
  readonly total: number;
  readonly most: number;
  readonly findings: readonly ImportFinding[];
}

const maxFileText = 4 * 1024 * 1024;
const fileTextSchema = z.string().max(maxFileText);

export const brokerAccessContract = {
  'broker.access': stream<AccessView>()(noInput, { overflow: 'coalesce', window: 2 }),
  /** In use at once. Clients that would no longer get in are disconnected. */
  'broker.saveAccess': call<void>()(accessSettingsSchema),
  /** Adds a user or sets the password of one. `scram`: keys for SCRAM-SHA-256 are kept as well. Rejects with `bad-input`. */
  'broker.setUser': call<void>()(z.strictObject({ name: nameSchema, password: z.string().min(1).max(65_535), scram: z.boolean() })),
  'broker.removeUser': call<void>()(z.strictObject({ name: nameSchema })),
  /** What `importUsers` would do. */
  'broker.readPasswords': call<ReadPasswords>()(z.strictObject({ text: fileTextSchema })),
  /** A password file of mosquitto or distmqtt: its users are added, those of the same name replaced. */
  'broker.importUsers': call<{ readonly added: number; readonly replaced: number; readonly findings: readonly ImportFinding[] }>()(
    z.strictObject({ text: fileTextSchema }),
  ),
  /** The rules of an ACL file, not in use yet; what they do not allow is forbidden there. */
  'broker.readAcl': call<{ readonly rules: readonly AccessRule[]; readonly findings: readonly ImportFinding[] }>()(
    z.strictObject({ format: z.enum(['mosquitto', 'distmqtt']), text: fileTextSchema }),
  ),
  /** Rejects with `broker-not-running`, and with `invalid-state` for aedes. */
  'broker.previewAccess': call<AccessPreview>()(accessSettingsSchema),
} as const;
