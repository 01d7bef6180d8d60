import type { SourceId } from '../../../../shared/contract/common.ts';
import type { RpcNode, RpcRule, ServedMethod } from '../../../../shared/contract/rpc-nodes.ts';
import { engineClient } from '../../../data/index.ts';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { act, copyName, newId } from '../../common/index.ts';
import type { MethodDraft } from './method-draft.ts';
import { copyNode, newNode, readyNode, firstMethodName } from './node-draft.ts';
import { nodesStore } from './nodes-model.ts';
import { savedKey, unsavedParts, nodeState, type NodeTab } from './nodes-store.ts';
import { moved } from './rule-draft.ts';

const create = (node: RpcNode): Promise<boolean> => act(engineClient().call('rpcNodes.save', node), 'The node could not be made');

/** Makes a node and shows its settings. */
export async function addNode(source: SourceId, others: readonly RpcNode[], topic?: string): Promise<string | null> {
  const node = newNode(newId(), source, others, topic);
  if (!(await create(node))) return null;
  show(source, node.id, 'settings');
  return node.id;
}

/** A node with one method that works at once. */
export async function serveMethod(source: SourceId, others: readonly RpcNode[]): Promise<void> {
  const node = readyNode(newId(), source, others);
  if (!(await create(node))) return;
  show(source, node.id, 'methods');
  nodesStore().set(node.id, { methodKey: savedKey(firstMethodName) });
  await startNode(node.id);
}

export async function duplicateNode(node: RpcNode, others: readonly RpcNode[]): Promise<void> {
  const copy = copyNode(node, newId(), others);
  if (await create(copy)) show(node.source, copy.id, 'settings');
}

function show(source: SourceId, id: string, tab: NodeTab): void {
  nodesStore().select(source, id);
  nodesStore().set(id, { tab });
}

export const startNode = (id: string): Promise<boolean> => act(engineClient().call('rpcNodes.start', { id }), 'The node could not be started');
export const stopNode = (id: string): Promise<boolean> => act(engineClient().call('rpcNodes.stop', { id }), 'The node could not be stopped');

/** Removes a node; it can be taken back, with what was not saved. */
export async function removeNode(node: RpcNode, isOn: boolean): Promise<void> {
  if (!(await act(engineClient().call('rpcNodes.remove', { id: node.id }), 'The node could not be deleted'))) return;
  nodesStore().select(node.source, null);
  toasts.show({
    title: `Node “${node.name}” deleted`,
    action: { label: 'Undo', run: () => void restoreNode(node, isOn) },
  });
}

export async function restoreNode(node: RpcNode, start: boolean): Promise<void> {
  if (!(await create(node))) return;
  nodesStore().select(node.source, node.id);
  if (start) await startNode(node.id);
}

/** Drops everything that was written for a node and not saved, after asking. */
export async function discardAll(node: RpcNode): Promise<void> {
  const parts = unsavedParts(node, nodeState(nodesStore().state.getState(), node.id));
  const agreed = await confirm({ title: `Discard the changes to “${node.name}”?`, text: `Lost are: ${parts.join(', ')}.`, action: 'Discard', danger: true });
  if (agreed) nodesStore().forget(node.id);
}

const changeNode = (id: string, change: (node: RpcNode) => RpcNode, failed: string): Promise<boolean> => act(nodesStore().change(id, change), failed);

export async function saveSettings(node: RpcNode): Promise<boolean> {
  let saved = false;
  const work = nodesStore()
    .saveSettings(node)
    .then((done) => (saved = done));
  await act(work, 'The settings could not be saved');
  return saved;
}

export async function saveMethod(node: RpcNode, key: string): Promise<void> {
  await act(nodesStore().saveMethod(node, key), 'The method could not be saved');
}

export async function saveRule(node: RpcNode): Promise<void> {
  await act(nodesStore().saveRule(node), 'The rule could not be saved');
}

/** Takes effect at once, as every switch does. */
export function enableMethod(id: string, name: string, enabled: boolean): void {
  const set = (method: ServedMethod): ServedMethod => (method.name === name ? { ...method, enabled } : method);
  void changeNode(id, (node) => ({ ...node, methods: node.methods.map(set) }), 'The method could not be switched');
}

export async function removeMethod(node: RpcNode, method: ServedMethod): Promise<void> {
  const store = nodesStore();
  const key = savedKey(method.name);
  const open = nodeState(store.state.getState(), node.id).methods[key];
  const at = node.methods.findIndex(({ name }) => name === method.name);
  const gone = (now: RpcNode): RpcNode => ({ ...now, methods: now.methods.filter(({ name }) => name !== method.name) });
  if (!(await changeNode(node.id, gone, 'The method could not be deleted'))) return;
  store.discardMethod(node.id, key);
  const neighbour = node.methods[at + 1] ?? node.methods[at - 1];
  store.set(node.id, { methodKey: neighbour ? savedKey(neighbour.name) : null });
  const back = async (): Promise<void> => {
    const put = (now: RpcNode): RpcNode =>
      now.methods.some(({ name }) => name === method.name) ? now : { ...now, methods: now.methods.toSpliced(at, 0, method) };
    if (!(await changeNode(node.id, put, 'The method could not be restored'))) return;
    store.set(node.id, { methodKey: key });
    if (open) store.editMethod({ ...node, methods: [method] }, key, open.draft);
  };
  toasts.show({ title: `Method “${method.name}” deleted`, action: { label: 'Undo', run: () => void back() } });
}

/** A copy that waits for being saved. */
export function duplicateMethod(node: RpcNode, draft: MethodDraft): void {
  const name = copyName(
    draft.name,
    node.methods.map((method) => method.name),
  );
  nodesStore().addMethod(node.id, { ...draft, name: name.replaceAll(' ', '_') });
}

const changeRules = (id: string, change: (rules: readonly RpcRule[]) => readonly RpcRule[], failed: string): Promise<boolean> =>
  changeNode(id, (node) => ({ ...node, rules: [...change(node.rules)] }), failed);

export function enableRule(id: string, ruleId: string, enabled: boolean): void {
  const set = (rule: RpcRule): RpcRule => (rule.id === ruleId ? { ...rule, enabled } : rule);
  void changeRules(id, (rules) => rules.map(set), 'The rule could not be switched');
}

export async function removeRule(id: string, rule: RpcRule, at: number): Promise<void> {
  if (!(await changeRules(id, (rules) => rules.filter((one) => one.id !== rule.id), 'The rule could not be deleted'))) return;
  const put = (rules: readonly RpcRule[]): readonly RpcRule[] => (rules.some((one) => one.id === rule.id) ? rules : rules.toSpliced(at, 0, rule));
  toasts.show({ title: `Rule ${at + 1} deleted`, action: { label: 'Undo', run: () => void changeRules(id, put, 'The rule could not be restored') } });
}

/** Puts a rule before the one that stands at a place now. */
export function moveRule(id: string, ruleId: string, to: number): Promise<boolean> {
  const move = (rules: readonly RpcRule[]): readonly RpcRule[] =>
    moved(
      rules,
      rules.findIndex((rule) => rule.id === ruleId),
      to,
    );
  return changeRules(id, move, 'The rule could not be moved');
}

export const clearLog = (id: string): Promise<boolean> => act(engineClient().call('rpcNodes.clearLog', { id }), 'The log could not be cleared');
