import type { MockDevice } from '../../../../shared/contract/mock-devices.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { callerOf, scriptFunctions, type NodeActor, type NodeCaller, type NodeCalls, type ScriptFunctions } from '../../rpc/index.ts';

/** Ids of RPC nodes have no colon, so the two never meet. */
const prefix = 'mock:';

/** `call` and `publish` as scripts of RPC nodes have them: in the MQTT session of the device, with its tag as the source of requests. `actor`: keeps that session. */
export function deviceFunctions(device: () => MockDevice, actor: () => NodeActor, calls: NodeCalls): ScriptFunctions {
  const running = (): NonNullable<NodeActor['session']> => {
    const { session } = actor();
    if (session) return session;
    const { source, name } = device();
    const why = source === null ? 'takes no requests over MQTT' : 'is not running';
    throw new CodedError('not-connected', `The device "${name}" ${why}, so its scripts can neither call nor publish.`);
  };
  return scriptFunctions(
    {
      get node() {
        return actor().node;
      },
      get session() {
        return running();
      },
    },
    {
      start(input, observer) {
        running();
        return calls.start({ ...input, node: prefix + device().id, callerId: device().tag }, observer);
      },
      cancel: (id) => calls.cancel(id),
    },
  );
}

/** The id of the device that a call names; `null`: it names none. */
export const deviceIdOf = (node: string): string | null => (node.startsWith(prefix) ? node.slice(prefix.length) : null);

/** Throws `invalid-state` while it is not running. */
export function deviceCaller(actor: NodeActor): NodeCaller {
  // Its topic is that of requests: answers of other dialects have no place there.
  return { ...callerOf(actor), replyTo: undefined };
}
