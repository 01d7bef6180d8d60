import { z } from 'zod';
import { call, stream } from '../ipc/contract.ts';
import { profileImportFormats, type ImportNote, type ProfileChange, type ProfileImportFormat, type ProfileProblem } from './broker-profile.ts';
import { noInput, type Problem } from './common.ts';

/** Also the name of its file, without the ending. */
const profileNameSchema = z.string().min(1).max(100);

export interface ProfileSummary {
  readonly name: string;
  /** In the folder of the workspace: `brokers/lab.yaml`. */
  readonly file: string;
  readonly description: string;
  /** The same for the same bytes. */
  readonly revision: string;
  /** It cannot be used at all: the first problem says why. */
  readonly broken: boolean;
  readonly problems: readonly ProfileProblem[];
}

export interface BrokerProfilesView {
  /** By name. */
  readonly profiles: readonly ProfileSummary[];
  /** Its name; its file may be broken, or missing. */
  readonly current: string;
  /** What is wrong with the current one, in words; `null`: the broker can be started with it. */
  readonly problem: string | null;
  /** What the running broker would take from the current profile with a restart. Empty: nothing, or it does not run. */
  readonly pending: readonly ProfileChange[];
}

export interface ProfileImportPreview {
  /** `null`: it was not recognised. */
  readonly format: ProfileImportFormat | null;
  readonly problem: Problem | null;
  /** The profile it would make, as its file; empty with a problem. */
  readonly text: string;
  /** In the order of the lines. */
  readonly notes: readonly ImportNote[];
}

const textSchema = z.string().max(1_000_000);
const byName = z.strictObject({ name: profileNameSchema });

/** Named configurations of the local broker, each a file of the workspace. */
export const brokerProfilesContract = {
  'brokerProfiles.watch': stream<BrokerProfilesView>()(noInput, { overflow: 'coalesce', window: 2 }),
  'brokerProfiles.read': call<{ readonly text: string; readonly revision: string; readonly problems: readonly ProfileProblem[] }>()(byName),
  /** What is wrong with a text that is not saved yet. */
  'brokerProfiles.check': call<readonly ProfileProblem[]>()(z.strictObject({ text: textSchema })),
  /** Without `text` and `from` as usual. Answers with the name, which is another one where that is taken. */
  'brokerProfiles.create': call<{ readonly name: string }>()(
    z.strictObject({ name: profileNameSchema, from: profileNameSchema.optional(), text: textSchema.optional() }),
  ),
  /** Rejects with `invalid-state` when the file is another by now than the one of `revision`. */
  'brokerProfiles.write': call<void>()(z.strictObject({ name: profileNameSchema, text: textSchema, revision: z.string().max(100).optional() })),
  'brokerProfiles.rename': call<{ readonly name: string }>()(z.strictObject({ name: profileNameSchema, to: profileNameSchema })),
  /** Answers with what was in the file, for undo. Rejects for the current one. */
  'brokerProfiles.remove': call<{ readonly text: string }>()(byName),
  /** What a configuration of another broker, or a profile from elsewhere, would become. Nothing is made yet, and no file that it names is read. */
  'brokerProfiles.readImport': call<ProfileImportPreview>()(z.strictObject({ text: textSchema, format: z.enum(profileImportFormats).optional() })),
  /** From the current one to this one. */
  'brokerProfiles.compare': call<readonly ProfileChange[]>()(byName),
  /** Makes it the current one; a broker that runs is started again with it where `restart` says so. */
  'brokerProfiles.choose': call<void>()(z.strictObject({ name: profileNameSchema, restart: z.boolean() })),
} as const;
