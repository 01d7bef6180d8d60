import type { SourceId } from '../../../shared/contract/common.ts';
import { connectionSecretNames } from '../../../shared/contract/connection-profile.ts';
import type { ConnectionProfile, ConnectionProfileView, connectionsContract } from '../../../shared/contract/connections.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { checkBrokerUri, checkTopicFilter } from './input-rules.ts';
import { checkRoom, keepConnection } from './keep-connection.ts';
import { secretKey, type Services } from './services.ts';
import { sendSnapshots } from '../snapshot-stream.ts';

export function connectionsHandlers(services: Services): Handlers<typeof connectionsContract> {
  const { callHistory, connections, connectionsChanged, payload, rpc, store, subscriptionNews, topics, workspace } = services;
  const view = (profile: ConnectionProfile): ConnectionProfileView => ({
    ...profile,
    secretsSet: connectionSecretNames.filter((name) => workspace.secrets.has(secretKey(profile.id, name))),
  });
  const find = (id: string): ConnectionProfile => {
    const profile = workspace.profiles().find((one) => one.id === id);
    if (!profile) throw new CodedError('not-found', 'That connection does not exist (any more).');
    return profile;
  };
  const forgetHistory = async (source: SourceId): Promise<void> => {
    try {
      await Promise.all([store.clear(source), callHistory.clear(source)]);
    } catch (error) {
      // The ledger says so already, and the connection is to go all the same.
      if (!(error instanceof CodedError && error.code === 'store-unavailable')) throw error;
    }
  };

  return {
    'connections.watch': (_input, sink) =>
      sendSnapshots(sink, () => ({ profiles: workspace.profiles().map(view), statuses: connections.statuses() }), connectionsChanged.subscribe),
    async 'connections.save'({ profile, secrets }) {
      checkBrokerUri(profile.uri);
      for (const { filter } of profile.subscriptions) checkTopicFilter(filter);
      if (!workspace.profiles().some(({ id }) => id === profile.id)) checkRoom(services, 1);
      await keepConnection(services, profile, secrets ?? {});
      return view(profile);
    },
    async 'connections.remove'({ id }) {
      find(id);
      await connections.remove(id);
      const source = `connection:${id}` as const;
      topics.drop(source);
      rpc.drop(source);
      const outcomes = await Promise.allSettled([
        workspace.removeProfile(id),
        ...connectionSecretNames.map((name) => workspace.secrets.remove(secretKey(id, name))),
        forgetHistory(source),
        payload.forgetSource(source),
      ]);
      connectionsChanged.notify();
      const failure = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failure) throw failure.reason;
    },
    async 'connections.connect'({ id }) {
      find(id);
      await connections.connect(id);
    },
    async 'connections.disconnect'({ id }) {
      find(id);
      await connections.disconnect(id);
    },
    'connections.notifications': (_input, sink) => subscriptionNews.subscribe((news) => void sink.send(news).catch(() => {})),
    'connections.ping': ({ id }) => connections.ping(id),
    'connections.droppedMessages': ({ id }) => connections.droppedMessages(id),
    'connections.answerChallenge': ({ id, number, data }) => connections.answerChallenge(id, number, data === null ? null : Buffer.from(data, 'base64')),
    async 'connections.setSubscriptions'({ id, subscriptions }) {
      for (const { filter } of subscriptions) checkTopicFilter(filter);
      const profile = { ...find(id), subscriptions };
      connections.setSubscriptions(id, subscriptions);
      await workspace.saveProfile(profile);
      connectionsChanged.notify();
    },
  };
}
