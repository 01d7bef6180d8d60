import type { RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { CallSession } from '../caller/call-session.ts';
import type { NodeActor } from './rpc-node.ts';
import type { NodeSession } from './node-session.ts';

/** What a call made as a node goes by. */
export interface NodeCaller extends Pick<RpcNode, 'id' | 'name' | 'source' | 'replies' | 'timeoutMs' | 'maxConcurrentCalls'> {
  readonly session: CallSession;
  /** Of the node, where its answers come to; `undefined`: where the dialect has them sent, as the node has no topic or a filter. */
  readonly replyTo: string | undefined;
}

const sessions = new WeakMap<NodeSession, CallSession>();

export function callerOf(actor: NodeActor): NodeCaller {
  const { node, session } = actor;
  if (!session) throw new CodedError('invalid-state', `The node "${node.name}" is not running.`, { advice: 'Start it first.' });
  let call = sessions.get(session);
  if (!call) sessions.set(session, (call = callSession(actor, session)));
  const { id, name, source, replies, timeoutMs, maxConcurrentCalls, topic } = node;
  const replyTo = topic === '' || /[+#]|^\$share\//.test(topic) ? undefined : topic;
  return { id, name, source, replies, timeoutMs, maxConcurrentCalls, session: call, replyTo };
}

/** The node is kept by its user, not by calls. */
function callSession(actor: NodeActor, session: NodeSession): CallSession {
  return {
    clientId: session.clientId,
    version: session.version,
    covering: (topic) => actor.covering(topic) ?? session.covering(topic),
    subscribe: (topic, qos) => session.subscribe(topic, qos),
    unsubscribe: (topic) => session.unsubscribe(topic),
    publish: (message) => session.publish(message),
    onEnd: (listener) => actor.onSessionEnd(listener),
    hold: () => undefined,
    release: () => undefined,
  };
}
