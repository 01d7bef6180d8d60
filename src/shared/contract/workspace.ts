import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { brokerLimitsSchema } from './broker-limits.ts';
import { brokerEngineSchema, brokerPersistenceSchema } from './broker.ts';
import { listenersSchema } from './listeners.ts';
import { savedPublishSchema, type SavedPublish } from './publish-message.ts';
import { noInput, type Problem } from './common.ts';

export { savedPublishSchema, type SavedPublish } from './publish-message.ts';

// A default inside an optional field is applied even when the field is absent, so a patch is made of the bare fields.
const brokerFields = {
  engine: brokerEngineSchema,
  persistence: brokerPersistenceSchema,
  host: z.string().min(1).max(255),
  tcpPort: z.int().min(0).max(65_535).nullable(),
  webSocketPort: z.int().min(0).max(65_535).nullable(),
  listeners: listenersSchema,
  limits: brokerLimitsSchema,
};
const settingFields = {
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  historyBudgetBytes: z.int().min(1_048_576),
  maxShownPayloadBytes: z.int().min(1024).max(20_971_520),
  demoDevice: z.boolean(),
  broker: z.strictObject(brokerFields).partial(),
  /** Command id to key chord, where it differs from the default. `null` removes the default. */
  keymap: z.record(z.string().max(200), z.string().max(200).nullable()),
};

/** What the local broker is started with: the chosen profile has it, see `broker-profile.ts`. */
export const brokerSettingsSchema = z.strictObject({
  engine: brokerFields.engine.default('workbench'),
  persistence: brokerFields.persistence.default('memory'),
  host: brokerFields.host.default('127.0.0.1'),
  tcpPort: brokerFields.tcpPort.default(1883),
  webSocketPort: brokerFields.webSocketPort.default(8083),
  listeners: brokerFields.listeners.default([]),
  limits: brokerFields.limits.prefault({}),
});

const settingsSchema = z.strictObject({
  theme: settingFields.theme.default('system'),
  historyBudgetBytes: settingFields.historyBudgetBytes.default(1_073_741_824),
  maxShownPayloadBytes: settingFields.maxShownPayloadBytes.default(10_485_760),
  demoDevice: settingFields.demoDevice.default(true),
  broker: brokerSettingsSchema.prefault({}),
  keymap: settingFields.keymap.default({}),
});
export type Settings = z.infer<typeof settingsSchema>;

/** As they are kept: the settings of the broker are in its profile, but for files from before there were profiles. */
export const settingsFileSchema = z.strictObject({
  ...settingsSchema.shape,
  broker: brokerSettingsSchema.optional(),
  /** The name of the chosen one. */
  brokerProfile: z.string().min(1).max(200).default('default'),
});
/** Absent fields stay as they are, those of `broker` as well; `keymap` is replaced as a whole. */
const settingsPatchSchema = z.strictObject(settingFields).partial();
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;

/** What the page remembers of its own arrangement; opaque to the engine apart from its size. */
export const layoutSchema = z.record(z.string().max(200), z.json());
export type Layout = z.infer<typeof layoutSchema>;

/** A workspace file that could not be read or written. `keptAs` is where it was kept, if it was; `advice` says how the workbench goes on, not where. */
export interface WorkspaceProblem extends Problem {
  readonly file: string;
  readonly keptAs: string | null;
}

export interface WorkspaceView {
  readonly folder: string;
  readonly settings: Settings;
  readonly layout: Layout;
  readonly savedPublishes: readonly SavedPublish[];
  readonly problems: readonly WorkspaceProblem[];
}

export const workspaceContract = {
  'workspace.watch': stream<WorkspaceView>()(noInput, { overflow: 'coalesce', window: 2 }),
  'workspace.updateSettings': call<void>()(settingsPatchSchema),
  'workspace.setLayout': call<void>()(layoutSchema),
  'workspace.savePublish': call<void>()(savedPublishSchema),
  'workspace.removePublish': call<void>()(z.strictObject({ id: z.string().min(1).max(64) })),
  'workspace.dismissProblem': call<void>()(z.strictObject({ file: z.string().max(255) })),
} as const;
