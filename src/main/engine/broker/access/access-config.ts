import { z } from 'zod';
import { accessSettingsSchema, brokerUserSchema } from '../../../../shared/contract/broker-access.ts';

/** What the broker's thread is told of users and rules. */
export const accessConfigSchema = z.strictObject({
  settings: accessSettingsSchema,
  users: z.array(brokerUserSchema),
  /** The workbench's own clients, which may do everything. */
  own: z.strictObject({ username: z.string(), password: z.string() }),
});
export type AccessConfig = z.infer<typeof accessConfigSchema>;
