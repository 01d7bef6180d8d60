import path from 'node:path';
import { z } from 'zod';
import { connectionProfileSchema, type ConnectionProfile } from '../../../shared/contract/connections.ts';
import { interceptSchema, type Intercept } from '../../../shared/contract/broker-intercepts.ts';
import { faultFileSchema, noFaultFile, type FaultFile } from '../../../shared/contract/broker-faults.ts';
import { coapBridgeSchema, type CoapBridge } from '../../../shared/contract/coap-bridges.ts';
import { pipelineSchema, type GfPipeline } from '../../../shared/contract/coap-pipeline.ts';
import { mockDeviceSchema, type MockDevice } from '../../../shared/contract/mock-devices.ts';
import { payloadCodecsSchema, type PayloadCodecs } from '../../../shared/contract/payload.ts';
import { rpcNodeSchema, type RpcNode } from '../../../shared/contract/rpc-nodes.ts';
import { keptMethodSchema, type KeptMethod } from '../../../shared/contract/rpc-schemas.ts';
import { topicBridgeSchema, type TopicBridge } from '../../../shared/contract/topic-bridges.ts';
import { rpcDialectSchema, type RpcDialect } from '../../../shared/contract/rpc-dialects.ts';
import {
  layoutSchema,
  savedPublishSchema,
  settingsFileSchema,
  type Layout,
  type SavedPublish,
  type Settings,
  type SettingsPatch,
  type WorkspaceProblem,
  type WorkspaceView,
} from '../../../shared/contract/workspace.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { settingsOf } from '../broker/index.ts';
import { openBrokerAccess, readFormerAccess, type BrokerAccessFiles } from './broker-access-files.ts';
import { openBrokerProfiles, usualProfile, type BrokerProfiles } from './broker-profiles/broker-profiles.ts';
import { openBrokerRedis, type BrokerRedisFile } from './broker-redis-file.ts';
import { diskAccess, errorCode, type FileAccess } from './file-access.ts';
import { createJsonFile, sortKeys, type FileContent, type JsonFile } from './json-file.ts';
import { openRecordFiles, type RecordFiles } from './record-files.ts';
import { createKeyFileCipher } from './secrets/key-file-cipher.ts';
import { openSecretVault, secretsFolderName, type SecretVault } from './secrets/secret-vault.ts';
import type { VaultCipher } from './secrets/vault-cipher.ts';
import { lockWorkspace, type WorkspaceLock } from './workspace-lock.ts';

const layoutDelayMs = 400;
const maxLayoutBytes = 1024 * 1024;
const maxSavedPublishes = 5_000;

export interface WorkspaceOptions {
  readonly folder: string;
  readonly instance: string;
  readonly hostName: string;
  readonly cipher: VaultCipher | 'key-file';
  /** Unix ms. */
  readonly now: () => number;
  readonly files?: FileAccess | undefined;
}

/**
 * What the user keeps: settings, layout, saved publishes, connections and their passwords. Memory holds the truth of this
 * run; the folder follows. A change that cannot be saved rejects with `workspace-unwritable` and is in use all the same.
 */
export interface Workspace {
  readonly folder: string;
  readonly view: () => WorkspaceView;
  readonly onChange: (listener: () => void) => () => void;
  updateSettings(patch: SettingsPatch): Promise<void>;
  /** Saved a moment later, together with the changes that follow. */
  setLayout(layout: Layout): void;
  savePublish(publish: SavedPublish): Promise<void>;
  removePublish(id: string): Promise<void>;
  dismissProblem(file: string): void;
  profiles(): readonly ConnectionProfile[];
  saveProfile(profile: ConnectionProfile): Promise<void>;
  removeProfile(id: string): Promise<void>;
  /** As read from the disk or saved; checked only against their schema. */
  readonly rpcNodes: RecordFiles<RpcNode>;
  /** Likewise. */
  readonly mockDevices: RecordFiles<MockDevice>;
  /** Likewise. */
  readonly coapBridges: RecordFiles<CoapBridge>;
  /** Likewise. */
  readonly intercepts: RecordFiles<Intercept>;
  /** Likewise. */
  readonly topicBridges: RecordFiles<TopicBridge>;
  /** Likewise. */
  readonly pipelines: RecordFiles<GfPipeline>;
  /** What is kept of RPC methods. */
  rpcMethods(): readonly KeptMethod[];
  saveRpcMethods(methods: readonly KeptMethod[]): Promise<void>;
  /** Which codecs read which payloads, and names of the user for codecs. */
  payloadCodecs(): PayloadCodecs;
  savePayloadCodecs(codecs: PayloadCodecs): Promise<void>;
  /** RPC dialects of the user. */
  readonly dialects: RecordFiles<RpcDialect>;
  readonly secrets: SecretVault;
  readonly brokerAccess: BrokerAccessFiles;
  /** Where the settings of the local broker are. */
  readonly brokerProfiles: BrokerProfiles;
  /** Profiles of faults of the local broker, and those that are kept on. */
  brokerFaults(): FaultFile;
  saveBrokerFaults(faults: FaultFile): Promise<void>;
  readonly brokerRedis: BrokerRedisFile;
  close(): Promise<void>;
}

/** Rejects only when another engine is using the folder (`invalid-state`); everything else is reported in the view. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { folder, now, files = diskAccess } = options;
  const problems = new Map<string, WorkspaceProblem>();
  const listeners = new Set<() => void>();
  let view: WorkspaceView | undefined;
  const changed = (): void => {
    view = undefined;
    for (const listener of listeners) listener();
  };
  const onProblem = (problem: WorkspaceProblem): void => {
    problems.set(problem.file, problem);
    changed();
  };
  const onRecovered = (file: string): void => {
    if (problems.get(file)?.code === 'workspace-unwritable' && problems.delete(file)) changed();
  };
  const onLost = (): void =>
    onProblem({
      code: 'workspace-in-use',
      file: '.lock',
      keptAs: null,
      message: 'Another workbench has taken over this workspace while this one was not responding.',
      advice: 'Close one of them: each saves over what the other did.',
    });

  const lock = await prepareFolder({ ...options, files, onLost, onProblem });
  const fileOptions = { folder, now, onProblem, onRecovered, files };
  const openFile = <T extends FileContent>(name: string, schema: z.ZodType<T>, without: string): JsonFile<T> =>
    createJsonFile({ ...fileOptions, name, schema, without });

  const settingsFile = openFile('settings.json', settingsFileSchema, 'The default settings are in use.');
  const layoutFile = openFile('layout.json', z.strictObject({ layout: layoutSchema }), 'The default layout is in use.');
  const publishesFile = openFile(
    'saved-publishes.json',
    z.strictObject({ publishes: z.array(savedPublishSchema) }),
    'The workbench goes on without saved messages.',
  );

  const rpcMethodsFile = openFile(
    'rpc-methods.json',
    z.strictObject({ methods: z.array(keptMethodSchema).max(5000) }),
    'The workbench goes on without locked schemas and pinned examples.',
  );

  const payloadCodecsFile = openFile('payload-codecs.json', payloadCodecsSchema, 'The workbench goes on without rules for codecs.');

  const { broker: formerBroker, brokerProfile, ...keptSettings } = (await settingsFile.read()) ?? settingsFileSchema.parse({});
  let others: Omit<Settings, 'broker'> = keptSettings;
  let chosenProfile = brokerProfile;
  const saveSettings = (): Promise<void> => {
    const { keymap, ...plain } = others;
    return settingsFile.write({ ...plain, brokerProfile: chosenProfile, keymap: sortKeys(keymap) });
  };
  const faultsFile = openFile('broker-faults.json', faultFileSchema, 'The workbench goes on without profiles of faults, and no fault is on.');

  let layout: Layout = (await layoutFile.read())?.layout ?? {};
  let publishes: readonly SavedPublish[] = (await publishesFile.read())?.publishes ?? [];
  let rpcMethods: readonly KeptMethod[] = (await rpcMethodsFile.read())?.methods ?? [];
  let payloadCodecs: PayloadCodecs = (await payloadCodecsFile.read()) ?? { rules: [], names: {} };
  let brokerFaults: FaultFile = (await faultsFile.read()) ?? noFaultFile;
  const profileFiles = await openRecordFiles(fileOptions, { folder: 'connections', noun: 'connection', schema: connectionProfileSchema });
  const rpcNodes = await openRecordFiles(fileOptions, { folder: 'rpc-nodes', noun: 'node', schema: rpcNodeSchema });
  const mockDevices = await openRecordFiles(fileOptions, { folder: 'mock-devices', noun: 'device', schema: mockDeviceSchema });
  const coapBridges = await openRecordFiles(fileOptions, { folder: 'coap-bridges', noun: 'bridge', schema: coapBridgeSchema });
  const intercepts = await openRecordFiles(fileOptions, { folder: 'broker-intercepts', noun: 'intercept', schema: interceptSchema });
  const topicBridges = await openRecordFiles(fileOptions, { folder: 'topic-bridges', noun: 'bridge', schema: topicBridgeSchema });
  const pipelines = await openRecordFiles(fileOptions, { folder: 'coap-pipelines', noun: 'pipeline', schema: pipelineSchema });
  const dialects = await openRecordFiles(fileOptions, { folder: 'rpc-dialects', noun: 'dialect', schema: rpcDialectSchema });
  const formerAccess = await readFormerAccess(fileOptions);
  const brokerProfiles = await openBrokerProfiles({
    ...fileOptions,
    isWritable: lock !== undefined,
    current: brokerProfile,
    onChosen(name) {
      chosenProfile = name;
      return saveSettings();
    },
    first: async () => ({ ...usualProfile, ...formerBroker, access: formerAccess.access }),
  });
  brokerProfiles.changed.subscribe(changed);
  if (brokerProfiles.isSaved() && (formerBroker !== undefined || formerAccess.exists)) {
    // The first profile has it all. What cannot be written is told in the view, and done at the next start.
    await saveSettings().catch(() => undefined);
    await formerAccess.forget().catch(() => undefined);
  }
  const brokerAccess = await openBrokerAccess(fileOptions, brokerProfiles);
  const brokerRedis = await openBrokerRedis(fileOptions);
  const cipher = options.cipher === 'key-file' ? createKeyFileCipher({ folder: path.join(folder, secretsFolderName), now, onProblem, files }) : options.cipher;
  const secrets = await openSecretVault({ workspaceFolder: folder, cipher, now, onProblem, onRecovered, files });

  let layoutTimer: NodeJS.Timeout | undefined;
  const saveLayout = async (): Promise<void> => {
    clearTimeout(layoutTimer);
    layoutTimer = undefined;
    // A failure is in the view; nobody waits for this one.
    await layoutFile.write({ layout: sortKeys(layout) }).catch(() => {});
  };
  const savePublishes = (next: readonly SavedPublish[]): Promise<void> => {
    publishes = next;
    changed();
    return publishesFile.write({ publishes: [...next] });
  };
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    if (layoutTimer) await saveLayout();
    for (const file of [
      settingsFile,
      layoutFile,
      publishesFile,
      rpcMethodsFile,
      payloadCodecsFile,
      faultsFile,
      profileFiles,
      dialects,
      rpcNodes,
      mockDevices,
      coapBridges,
      intercepts,
      topicBridges,
      pipelines,
      secrets,
      brokerAccess,
      brokerRedis,
    ])
      await file.settle();
    await brokerProfiles.settle();
    brokerProfiles.close();
    await lock?.release();
  };

  return {
    folder,
    secrets,
    brokerAccess,
    brokerProfiles,
    view: () =>
      (view ??= {
        folder,
        settings: { ...others, broker: settingsOf(brokerProfiles.current()) },
        layout,
        savedPublishes: publishes,
        problems: [...problems.values()],
      }),
    brokerRedis,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async updateSettings({ broker, ...patch }) {
      const changes = given(patch);
      const saving: Promise<void>[] = [];
      if (broker !== undefined) saving.push(brokerProfiles.change(given(broker)));
      if (Object.keys(changes).length > 0) {
        others = { ...others, ...changes };
        changed();
        saving.push(saveSettings());
      }
      // All of it is in use, whatever cannot be saved.
      const failed = (await Promise.allSettled(saving)).find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    },
    setLayout(next) {
      if (Buffer.byteLength(JSON.stringify(next)) > maxLayoutBytes) throw new CodedError('bad-input', 'The layout is too large to be kept.');
      layout = next;
      changed();
      layoutTimer ??= setTimeout(() => void saveLayout(), layoutDelayMs);
    },
    async savePublish(publish) {
      const index = publishes.findIndex((one) => one.id === publish.id);
      if (index < 0 && publishes.length >= maxSavedPublishes) {
        throw new CodedError('invalid-state', `No more than ${maxSavedPublishes} publishes can be saved.`, { advice: 'Delete some first.' });
      }
      await savePublishes(index < 0 ? [...publishes, publish] : publishes.with(index, publish));
    },
    async removePublish(id) {
      if (publishes.some((one) => one.id === id)) await savePublishes(publishes.filter((one) => one.id !== id));
    },
    dismissProblem(file) {
      if (problems.delete(file)) changed();
    },
    profiles: () => profileFiles.list(),
    saveProfile: (profile) => profileFiles.save(profile),
    removeProfile: (id) => profileFiles.remove(id),
    dialects,
    rpcNodes,
    mockDevices,
    coapBridges,
    intercepts,
    topicBridges,
    pipelines,
    payloadCodecs: () => payloadCodecs,
    savePayloadCodecs(codecs) {
      payloadCodecs = codecs;
      return payloadCodecsFile.write({ rules: [...codecs.rules], names: sortKeys(codecs.names) });
    },
    brokerFaults: () => brokerFaults,
    saveBrokerFaults(faults) {
      brokerFaults = faults;
      return faultsFile.write(faults);
    },
    rpcMethods: () => rpcMethods,
    saveRpcMethods(methods) {
      rpcMethods = methods;
      return rpcMethodsFile.write({ methods: [...methods] });
    },
    close: () => (closing ??= close()),
  };
}

type PrepareOptions = WorkspaceOptions & { readonly files: FileAccess; readonly onLost: () => void; readonly onProblem: (problem: WorkspaceProblem) => void };

/** Without a lock the folder cannot be written at all; the workbench then works from memory and says so. */
async function prepareFolder(options: PrepareOptions): Promise<WorkspaceLock | undefined> {
  const { folder, files } = options;
  try {
    await files.makeFolder(folder);
    const lock = await lockWorkspace(options);
    await files.create(path.join(folder, '.gitignore'), ignoredByGit).catch(() => {});
    return lock;
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const reason = errorCode(error) || (error instanceof Error ? error.message : String(error));
    options.onProblem({
      code: 'workspace-unwritable',
      file: 'workspace folder',
      keptAs: null,
      message: `The workspace folder ${folder} cannot be written (${reason}).`,
      advice: 'Changes are lost when the workbench closes. Make the folder writable, or start with another one: --workspace DIR.',
    });
    return undefined;
  }
}

const ignoredByGit = `# Kept by MQTT Workbench: what belongs to this computer alone.
.lock
.secrets/
history/
broker/
tls-lab/
active-environment.json
*.broken.json
`;

/** Without what is `undefined`, which would replace what is there. */
function given<T extends object>(patch: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
