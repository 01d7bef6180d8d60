import type { CoapBridge, coapBridgesContract } from '../../../shared/contract/coap-bridges.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { bridgeProblem } from '../coap/index.ts';
import { sendSnapshots } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

const maxBridges = 100;

export function coapBridgesHandlers({ coapBridges, workspace }: Services): Handlers<typeof coapBridgesContract> {
  const saved = workspace.coapBridges;
  const find = (id: string): void => {
    if (!saved.list().some((one) => one.id === id)) throw new CodedError('not-found', 'That bridge does not exist (any more).');
  };
  const check = (bridge: CoapBridge): void => {
    const problem = bridgeProblem(bridge);
    if (problem) throw new CodedError(problem.code, problem.message, { advice: problem.advice });
    if (saved.list().filter(({ id }) => id !== bridge.id).length >= maxBridges)
      throw new CodedError('invalid-state', `No more than ${maxBridges} bridges can be kept.`, { advice: 'Delete some first.' });
  };

  return {
    'coapBridges.watch'(_input, sink) {
      let sent: readonly CoapBridge[] | undefined;
      const read = (): { readonly bridges: readonly CoapBridge[] } | undefined => {
        const bridges = saved.list().toSorted((one, other) => one.name.localeCompare(other.name));
        // Saving puts another object in its place.
        if (sent?.length === bridges.length && bridges.every((bridge, at) => bridge === sent?.[at])) return undefined;
        sent = bridges;
        return { bridges };
      };
      return sendSnapshots(sink, read, coapBridges.changed.subscribe);
    },
    'coapBridges.statuses': (_input, sink) => sendSnapshots(sink, () => ({ statuses: coapBridges.statuses() }), coapBridges.changed.subscribe),
    'coapBridges.log'({ id }, sink) {
      find(id);
      return sendSnapshots(sink, () => coapBridges.log(id) ?? undefined, coapBridges.changed.subscribe);
    },
    'coapBridges.clearLog'({ id }) {
      find(id);
      coapBridges.clearLog(id);
    },
    async 'coapBridges.save'(bridge) {
      check(bridge);
      const saving = saved.save(bridge);
      // What was changed is in use even when it could not be written; the failure is told afterwards.
      if (saved.list().includes(bridge)) await coapBridges.save(bridge);
      await saving;
    },
    async 'coapBridges.remove'({ id }) {
      find(id);
      await coapBridges.remove(id);
      const removing = saved.remove(id);
      coapBridges.changed.notify();
      await removing;
    },
    'coapBridges.start'({ id }) {
      find(id);
      coapBridges.start(id);
    },
    async 'coapBridges.stop'({ id }) {
      find(id);
      await coapBridges.stop(id);
    },
  };
}
