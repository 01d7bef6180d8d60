import type { Intercept, InterceptView, interceptsContract } from '../../../shared/contract/broker-intercepts.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { sendSnapshots, whenNewItems } from '../snapshot-stream.ts';
import { checkBrokerUri } from './input-rules.ts';
import { createRemovedPasswords } from './removed-passwords.ts';
import { interceptSecret, type Services } from './services.ts';

const maxIntercepts = 100;
/** So long a removal can be taken back with its messages. */
const regretMs = 60_000;

export function interceptsHandlers(services: Services): Handlers<typeof interceptsContract> {
  const { intercepts, workspace, topics, rpc, store, callHistory, payload } = services;
  const saved = workspace.intercepts;
  const passwords = createRemovedPasswords(workspace.secrets, interceptSecret);
  const leaving = new Map<string, NodeJS.Timeout>();
  const views = new WeakMap<Intercept, InterceptView>();
  const view = (intercept: Intercept): InterceptView => {
    const passwordSet = workspace.secrets.has(interceptSecret(intercept.id));
    const known = views.get(intercept);
    if (known?.passwordSet === passwordSet) return known;
    const made = { ...intercept, passwordSet };
    views.set(intercept, made);
    return made;
  };
  const find = (id: string): void => {
    if (!saved.list().some((one) => one.id === id)) throw new CodedError('not-found', 'That intercept does not exist (any more).');
  };
  const check = ({ id, remote }: Intercept): void => {
    if (remote.kind === 'address') checkBrokerUri(remote.uri);
    if (saved.list().filter((one) => one.id !== id).length >= maxIntercepts)
      throw new CodedError('invalid-state', `No more than ${maxIntercepts} intercepts can be kept.`, { advice: 'Delete some first.' });
  };
  /** Its messages go later: who takes the removal back has them again. */
  const forgetLater = (id: string): void => {
    const source = `intercept:${id}` as const;
    const forget = (): void => {
      leaving.delete(id);
      topics.drop(source);
      rpc.drop(source);
      // The ledger says what the history cannot do.
      Promise.all([store.clear(source), callHistory.clear(source), payload.forgetSource(source)]).catch(() => undefined);
    };
    leaving.set(id, setTimeout(forget, regretMs).unref());
  };

  return {
    'intercepts.watch'(_input, sink) {
      const read = whenNewItems(() =>
        saved
          .list()
          .map(view)
          .toSorted((one, other) => one.name.localeCompare(other.name)),
      );
      const asView = (): { readonly intercepts: readonly InterceptView[] } | undefined => {
        const items = read();
        return items && { intercepts: items };
      };
      return sendSnapshots(sink, asView, intercepts.changed.subscribe);
    },
    'intercepts.statuses': (_input, sink) => sendSnapshots(sink, () => ({ statuses: intercepts.statuses() }), intercepts.changed.subscribe),
    'intercepts.connections'({ id }, sink) {
      find(id);
      return sendSnapshots(sink, () => intercepts.connections(id) ?? undefined, intercepts.changed.subscribe);
    },
    async 'intercepts.save'({ intercept, password }) {
      check(intercept);
      clearTimeout(leaving.get(intercept.id));
      leaving.delete(intercept.id);
      const saving = Promise.allSettled([saved.save(intercept), passwords.set(intercept.id, password)]);
      // What was changed is in use even when it could not be written; the failure is told afterwards.
      if (saved.list().includes(intercept)) await intercepts.save(intercept);
      const failure = (await saving).find((outcome) => outcome.status === 'rejected');
      intercepts.changed.notify();
      if (failure) throw failure.reason;
    },
    async 'intercepts.remove'({ id }) {
      find(id);
      intercepts.remove(id);
      const removing = saved.remove(id);
      forgetLater(id);
      await passwords.remove(id);
      intercepts.changed.notify();
      await removing;
    },
    async 'intercepts.start'({ id }) {
      find(id);
      await intercepts.start(id);
    },
    'intercepts.stop'({ id }) {
      find(id);
      intercepts.stop(id);
    },
    'intercepts.end'({ id, number }) {
      find(id);
      intercepts.endConnection(id, number);
    },
  };
}
