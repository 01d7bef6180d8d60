import { randomUUID } from 'node:crypto';
import { readMosquittoConf } from '../../../shared/broker/bridges/read-mosquitto-conf.ts';
import { writeMosquittoConf } from '../../../shared/broker/bridges/write-mosquitto-conf.ts';
import type { TopicBridge, TopicBridgeView, topicBridgesContract } from '../../../shared/contract/topic-bridges.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { topicBridgeProblem } from '../bridges/index.ts';
import { sendSnapshots, whenNewItems } from '../snapshot-stream.ts';
import { checkBrokerUri } from './input-rules.ts';
import { createRemovedPasswords } from './removed-passwords.ts';
import { topicBridgeSecret, type Services } from './services.ts';

const maxBridges = 100;

export function topicBridgesHandlers({ topicBridges, workspace }: Services): Handlers<typeof topicBridgesContract> {
  const saved = workspace.topicBridges;
  const passwords = createRemovedPasswords(workspace.secrets, topicBridgeSecret);
  const views = new WeakMap<TopicBridge, TopicBridgeView>();
  const view = (bridge: TopicBridge): TopicBridgeView => {
    const passwordSet = workspace.secrets.has(topicBridgeSecret(bridge.id));
    const known = views.get(bridge);
    if (known?.passwordSet === passwordSet) return known;
    const made = { ...bridge, passwordSet };
    views.set(bridge, made);
    return made;
  };
  const find = (id: string): TopicBridge => {
    const bridge = saved.list().find((one) => one.id === id);
    if (!bridge) throw new CodedError('not-found', 'That bridge does not exist (any more).');
    return bridge;
  };
  const check = (bridge: TopicBridge): void => {
    const problem = topicBridgeProblem(bridge);
    if (problem) throw new CodedError('bad-input', problem.message, { advice: problem.advice });
    if (bridge.remote.kind === 'address') checkBrokerUri(bridge.remote.uri);
    if (saved.list().filter(({ id }) => id !== bridge.id).length >= maxBridges)
      throw new CodedError('invalid-state', `No more than ${maxBridges} bridges can be kept.`, { advice: 'Delete some first.' });
  };

  return {
    'topicBridges.watch'(_input, sink) {
      const read = whenNewItems(() =>
        saved
          .list()
          .map(view)
          .toSorted((one, other) => one.name.localeCompare(other.name)),
      );
      const asView = (): { readonly bridges: readonly TopicBridgeView[] } | undefined => {
        const bridges = read();
        return bridges && { bridges };
      };
      return sendSnapshots(sink, asView, topicBridges.changed.subscribe);
    },
    'topicBridges.statuses': (_input, sink) => sendSnapshots(sink, () => ({ statuses: topicBridges.statuses() }), topicBridges.changed.subscribe),
    async 'topicBridges.save'({ bridge, password }) {
      check(bridge);
      const saving = Promise.allSettled([saved.save(bridge), passwords.set(bridge.id, password)]);
      // What was changed is in use even when it could not be written; the failure is told afterwards.
      if (saved.list().includes(bridge)) await topicBridges.save(bridge);
      const failure = (await saving).find((outcome) => outcome.status === 'rejected');
      topicBridges.changed.notify();
      if (failure) throw failure.reason;
    },
    async 'topicBridges.remove'({ id }) {
      find(id);
      await topicBridges.remove(id);
      const removing = saved.remove(id);
      await passwords.remove(id);
      topicBridges.changed.notify();
      await removing;
    },
    'topicBridges.start'({ id }) {
      find(id);
      topicBridges.start(id);
    },
    async 'topicBridges.stop'({ id }) {
      find(id);
      await topicBridges.stop(id);
    },
    'topicBridges.readConf': ({ text }) => readMosquittoConf(text, () => randomUUID()),
    'topicBridges.writeConf': ({ ids }) =>
      writeMosquittoConf(
        ids.map((id) => {
          const bridge = find(id);
          const { remote } = bridge;
          if (remote.kind === 'address') return { bridge, uri: remote.uri, username: bridge.username, version: bridge.version };
          const profile = workspace.profiles().find((one) => one.id === remote.id);
          return { bridge, uri: profile?.uri ?? null, username: profile?.username ?? '', version: profile?.version ?? bridge.version };
        }),
      ),
  };
}
