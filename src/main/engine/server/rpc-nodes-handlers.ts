import type { RpcNode, rpcNodesContract } from '../../../shared/contract/rpc-nodes.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { nodeProblem } from '../rpc/index.ts';
import { sendSnapshots, whenNewItems } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

const maxNodes = 200;
const maxBytes = 16 * 1024 * 1024;

export function rpcNodesHandlers({ rpcNodes, workspace }: Services): Handlers<typeof rpcNodesContract> {
  const saved = workspace.rpcNodes;
  const find = (id: string): RpcNode => {
    const node = saved.list().find((one) => one.id === id);
    if (!node) throw new CodedError('not-found', 'That RPC node does not exist (any more).');
    return node;
  };
  const check = (node: RpcNode): void => {
    const problem = nodeProblem(node);
    if (problem) throw new CodedError(problem.code, problem.message, { advice: problem.advice });
    const others = saved.list().filter(({ id }) => id !== node.id);
    if (others.length >= maxNodes) throw new CodedError('invalid-state', `No more than ${maxNodes} RPC nodes can be kept.`, { advice: 'Delete some first.' });
    const bytes = [node, ...others].reduce((sum, one) => sum + Buffer.byteLength(JSON.stringify(one)), 0);
    if (bytes > maxBytes)
      throw new CodedError('payload-too-large', 'All RPC nodes together are too large to be kept (16 MiB at most).', { advice: 'Delete some.' });
  };

  return {
    'rpcNodes.watch'(_input, sink) {
      const read = whenNewItems(() => saved.list().toSorted((one, other) => one.name.localeCompare(other.name)));
      const readView = (): { readonly nodes: readonly RpcNode[] } | undefined => {
        const nodes = read();
        return nodes && { nodes };
      };
      return sendSnapshots(sink, readView, rpcNodes.changed.subscribe);
    },
    'rpcNodes.statuses': (_input, sink) => sendSnapshots(sink, () => ({ statuses: rpcNodes.statuses() }), rpcNodes.changed.subscribe),
    'rpcNodes.log'({ id }, sink) {
      find(id);
      return sendSnapshots(sink, () => rpcNodes.log(id) ?? undefined, rpcNodes.changed.subscribe);
    },
    'rpcNodes.clearLog'({ id }) {
      find(id);
      rpcNodes.clearLog(id);
    },
    async 'rpcNodes.save'(node) {
      check(node);
      const saving = saved.save(node);
      // What was changed is in use even when it could not be written; the failure is told afterwards.
      if (saved.list().includes(node)) rpcNodes.save(node);
      await saving;
    },
    async 'rpcNodes.remove'({ id }) {
      find(id);
      // Both at once: what is saved while it closes is another node of that id.
      await Promise.all([saved.remove(id), rpcNodes.remove(id)]);
    },
    'rpcNodes.start'({ id }) {
      find(id);
      rpcNodes.start(id);
    },
    async 'rpcNodes.stop'({ id }) {
      find(id);
      await rpcNodes.stop(id);
    },
    'rpcNodes.testRules': ({ rules, callerId, method, topic, params = null }) => rpcNodes.testRules(rules, { callerId, method, topic, params }),
    'rpcNodes.tryAnswer': ({ id, answer, request }, { signal }) => rpcNodes.tryAnswer(id, answer, request, signal),
  };
}
