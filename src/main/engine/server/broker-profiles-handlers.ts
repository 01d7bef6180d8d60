import type { BrokerProfilesView, brokerProfilesContract } from '../../../shared/contract/broker-profiles.ts';
import { compareProfiles } from '../../../shared/broker/profile/compare-profiles.ts';
import { newProfileText } from '../../../shared/broker/profile/edit-profile.ts';
import { importProfile } from '../../../shared/broker/profile/import/index.ts';
import { readProfile } from '../../../shared/broker/profile/read-profile.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { settingsOf } from '../broker/index.ts';
import { changesOf, sendSnapshots, whenNewText } from '../snapshot-stream.ts';
import { usualProfile } from '../workspace/index.ts';
import type { Services } from './services.ts';
import { startBroker } from './start-broker.ts';

export function brokerProfilesHandlers({ broker, brokerChanged, workspace }: Services): Handlers<typeof brokerProfilesContract> {
  const profiles = workspace.brokerProfiles;
  const view = (): BrokerProfilesView => {
    const options = broker.runsWith();
    return {
      profiles: profiles.list(),
      current: profiles.currentName(),
      problem: profiles.problem(),
      pending: options === null ? [] : compareProfiles(options, settingsOf(profiles.current())),
    };
  };
  return {
    // Clients come and go far more often than profiles.
    'brokerProfiles.watch': (_input, sink) => sendSnapshots(sink, whenNewText(view), changesOf(profiles.changed, brokerChanged)),
    async 'brokerProfiles.read'({ name }) {
      const { text, revision, read } = await profiles.file(name);
      return { text, revision, problems: read.problems };
    },
    'brokerProfiles.check': ({ text }) => readProfile(text).problems,
    async 'brokerProfiles.create'({ name, from, text }) {
      const content = text ?? (from === undefined ? newProfileText(usualProfile) : (await profiles.file(from)).text);
      return { name: await profiles.create(name, content) };
    },
    'brokerProfiles.write': ({ name, text, revision }) => profiles.write(name, text, revision),
    async 'brokerProfiles.rename'({ name, to }) {
      return { name: await profiles.rename(name, to) };
    },
    async 'brokerProfiles.remove'({ name }) {
      return { text: await profiles.remove(name) };
    },
    'brokerProfiles.readImport'({ text, format }) {
      const read = importProfile(text, format);
      const notes = read.notes.toSorted((one, other) => (one.line ?? 0) - (other.line ?? 0));
      // What is ours already keeps its comments.
      const made = read.profile === null ? '' : read.format === 'profile' ? text : newProfileText(read.profile);
      return { format: read.format, problem: read.problem, text: made, notes };
    },
    async 'brokerProfiles.compare'({ name }) {
      const { read } = await profiles.file(name);
      return read.profile === null ? [] : compareProfiles(profiles.current(), profiles.asUsed(read.profile));
    },
    async 'brokerProfiles.choose'({ name, restart }) {
      const runs = broker.runsWith() !== null;
      await profiles.choose(name);
      if (!runs || !restart) return;
      await broker.stop();
      await startBroker({ broker, workspace }, {});
    },
  };
}
