import type { RpcNode, ServedMethod } from '../../../../shared/contract/rpc-nodes.ts';
import { engineClient } from '../../../data/index.ts';
import { toasts } from '../../../ui/toast.tsx';
import { act, newId } from '../../common/index.ts';
import { rpcStore } from '../rpc-model.ts';
import { methodAnswering, methodOf } from './method-draft.ts';
import { newNode } from './node-draft.ts';
import { nodesStore } from './nodes-model.ts';
import { nodeState, readNodes, savedKey, type MockRequest } from './nodes-store.ts';

const maxErrorLength = 10_000;
const maxNameLength = 200;

/** The method that answers as a call was answered; of one that is served already, only the answer changes. */
export function answeringMethod({ method, answer }: MockRequest, known: ServedMethod | undefined): ServedMethod {
  const bounded = 'error' in answer ? { error: answer.error.slice(0, maxErrorLength) } : answer;
  const made = methodOf(methodAnswering(method, bounded), true);
  return known ? { ...known, enabled: true, answer: made.answer } : made;
}

/** Puts a method in the place of the one with its name, or at the end; `undefined` takes it away. */
export function withAnswer(node: RpcNode, name: string, method: ServedMethod | undefined): RpcNode {
  const at = node.methods.findIndex((one) => one.name === name);
  const put = method ? [method] : [];
  return { ...node, methods: at < 0 ? [...node.methods, ...put] : node.methods.toSpliced(at, 1, ...put) };
}

/** One after the other: what is being taken back must not be added to. */
let lastChange: Promise<unknown> = Promise.resolve();
function inTurn<T>(change: () => Promise<T>): Promise<T> {
  const done = lastChange.then(change);
  lastChange = done.catch(() => undefined);
  return done;
}

/**
 * Serves the answer of a call at once: on the node of its topic, or else on a new one, which waits for being started, as the real peer may be there.
 * The node opens; it can be taken back.
 */
export async function serveAnswer(request: MockRequest): Promise<void> {
  const { source, topic, method: name } = request;
  await act(
    inTurn(async () => {
      const engine = engineClient();
      const nodes = (await readNodes(engine)).filter((node) => node.source === source);
      const existing = nodes.find((node) => node.topic === topic);
      const known = existing?.methods.find((method) => method.name === name);
      const method = answeringMethod(request, known);
      const made = existing ? null : { ...newNode(newId(), source, nodes, topic), name: topic.slice(0, maxNameLength), methods: [method] };
      const node = existing ?? made;
      if (!node) return;
      await (made ? engine.call('rpcNodes.save', made) : nodesStore().change(node.id, (now) => withAnswer(now, name, method)));
      const open = nodeState(nodesStore().state.getState(), node.id).methods[savedKey(name)];
      if (open) nodesStore().discardMethod(node.id, savedKey(name));
      nodesStore().select(source, node.id);
      nodesStore().set(node.id, { tab: 'methods', methodKey: savedKey(name) });
      rpcStore().setTab(source, 'nodes');
      const undo = async (): Promise<void> => {
        if (made) await engine.call('rpcNodes.remove', { id: made.id });
        else await nodesStore().change(node.id, (now) => withAnswer(now, name, known));
        if (made) nodesStore().select(source, null);
        else if (open && known) nodesStore().editMethod({ ...node, methods: [known] }, savedKey(name), open.draft);
      };
      toasts.show({
        kind: 'ok',
        title: made ? `Node “${node.name}” made for “${name}”` : known ? `“${name}” answers so now` : `“${name}” added to “${node.name}”`,
        detail: made ? 'Start it to answer. Where the real peer is connected as well, both do.' : undefined,
        action: { label: 'Undo', run: () => void act(inTurn(undo), 'It could not be taken back') },
      });
    }),
    'The answer could not be served',
  );
}
