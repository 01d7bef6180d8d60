import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SourceId } from '../../../../shared/contract/common.ts';
import type { RpcNode, RpcRule, ServedMethod } from '../../../../shared/contract/rpc-nodes.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import type { JsonValue } from '../../../../shared/rpc/python-json.ts';
import { newId, type Engine } from '../../common/index.ts';
import { checkMethod, emptyMethod, methodDraftOf, methodOf, sameMethod, type MethodDraft } from './method-draft.ts';
import { checkSettings, sameSettings, settingsOf, withSettings, type SettingsDraft } from './node-draft.ts';
import { checkRule, newRule, ruleDraftOf, ruleOf, type RuleDraft } from './rule-draft.ts';

export type NodeTab = 'methods' | 'rules' | 'log' | 'settings';

/** A method that is being written. It waits when another one is selected or the screen is left. */
export interface OpenMethod {
  /** The name it is saved under; `null` for one that never was. */
  readonly savedName: string | null;
  readonly draft: MethodDraft;
  /** Problems are shown once a save was tried. */
  readonly reveal: boolean;
}

/** What the page holds of one node beside what the engine says. */
export interface NodeState {
  readonly tab: NodeTab;
  /** Of the selected method, see `savedKey`. */
  readonly methodKey: string | null;
  readonly filter: string;
  readonly settings: SettingsDraft | null;
  readonly revealSettings: boolean;
  readonly methods: Readonly<Record<string, OpenMethod>>;
  /** The rule that is being written. */
  readonly rule: RuleDraft | null;
  /** As it was seen last: what remains when somebody removes it elsewhere. */
  readonly lastSeen: RpcNode | null;
  readonly saving: boolean;
}

/** A recorded call that is to become a method. */
export interface MockRequest {
  readonly source: SourceId;
  readonly topic: string;
  readonly method: string;
  readonly answer: { readonly result: JsonValue } | { readonly error: string };
}

export interface NodesState {
  readonly selected: Readonly<Partial<Record<SourceId, string>>>;
  readonly nodes: Readonly<Record<string, NodeState>>;
  readonly mock: MockRequest | null;
}

const newState: NodeState = {
  tab: 'methods',
  methodKey: null,
  filter: '',
  settings: null,
  revealSettings: false,
  methods: {},
  rule: null,
  lastSeen: null,
  saving: false,
};

export const nodeState = (state: NodesState, id: string): NodeState => state.nodes[id] ?? newState;

/** Key of a saved method; those that never were saved have a random one. */
export const savedKey = (name: string): string => `=${name}`;

export interface NodesStore {
  readonly state: StoreApi<NodesState>;
  select(source: SourceId, id: string | null): void;
  set(id: string, change: Partial<Pick<NodeState, 'tab' | 'methodKey' | 'filter' | 'rule'>>): void;
  /** Remembers a node as the engine tells of it. */
  seen(node: RpcNode): void;
  /** The node as it is saved now, changed and saved again: one change after the other. Rejects with the engine's reason. */
  change(id: string, change: (node: RpcNode) => RpcNode): Promise<void>;
  editSettings(node: RpcNode, change: Partial<SettingsDraft>): void;
  discardSettings(id: string): void;
  /** Answers whether they are saved now. Rejects when the engine refuses; so do the other saves. */
  saveSettings(node: RpcNode): Promise<boolean>;
  /** Starts a method that does not exist yet, and selects it. */
  addMethod(id: string, draft?: MethodDraft): string;
  editMethod(node: RpcNode, key: string, change: Partial<MethodDraft>): void;
  discardMethod(id: string, key: string): void;
  saveMethod(node: RpcNode, key: string): Promise<boolean>;
  saveRule(node: RpcNode): Promise<boolean>;
  mock(request: MockRequest | null): void;
  /** Everything that was written and not saved is gone. */
  forget(id: string): void;
}

export function createNodesStore(engine: Engine): NodesStore {
  const state = createStore<NodesState>(() => ({ selected: {}, nodes: {}, mock: null }));
  const of = (id: string): NodeState => nodeState(state.getState(), id);
  const put = (id: string, change: Partial<NodeState>): void =>
    state.setState(({ nodes }) => ({ nodes: { ...nodes, [id]: { ...(nodes[id] ?? newState), ...change } } }));
  const putMethod = (id: string, key: string, open: OpenMethod | null): void => {
    const { [key]: _old, ...others } = of(id).methods;
    put(id, { methods: open ? { ...others, [key]: open } : others });
  };

  // What is saved elsewhere, or a moment ago, must not be undone by a change of something else.
  let queue: Promise<void> = Promise.resolve();
  const change = (id: string, apply: (node: RpcNode) => RpcNode): Promise<void> => {
    const done = queue.then(async () => {
      const node = (await readNodes(engine)).find((one) => one.id === id);
      if (!node) throw new CodedError('not-found', 'This node was deleted meanwhile.', { advice: 'Restore it, or write to another one.' });
      const next = apply(node);
      if (next !== node) await engine.call('rpcNodes.save', next);
    });
    queue = done.catch(() => undefined);
    return done;
  };
  const saving = async (id: string, work: () => Promise<void>): Promise<boolean> => {
    if (of(id).saving) return false;
    put(id, { saving: true });
    try {
      await work();
      return true;
    } finally {
      put(id, { saving: false });
    }
  };

  return {
    state,
    select: (source, id) => state.setState(({ selected }) => ({ selected: { ...selected, [source]: id ?? undefined } })),
    set: put,
    seen: (node) => {
      if (of(node.id).lastSeen !== node) put(node.id, { lastSeen: node });
    },
    change,
    editSettings: (node, edit) => {
      const settings = { ...(of(node.id).settings ?? settingsOf(node)), ...edit };
      // Back at what is saved: nothing is open any more.
      put(node.id, { settings: sameSettings(settings, settingsOf(node)) ? null : settings });
    },
    discardSettings: (id) => put(id, { settings: null, revealSettings: false }),
    saveSettings: async (node) => {
      const { settings } = of(node.id);
      if (!settings) return true;
      put(node.id, { revealSettings: true });
      if (Object.keys(checkSettings(settings, node.source)).length > 0) return false;
      return saving(node.id, async () => {
        await change(node.id, (now) => withSettings(now, settings));
        // What was typed while saving stays open.
        if (of(node.id).settings === settings) put(node.id, { settings: null, revealSettings: false });
      });
    },
    addMethod: (id, draft = emptyMethod) => {
      const blank = Object.entries(of(id).methods).find(([, open]) => open.savedName === null && sameMethod(open.draft, draft));
      const key = blank?.[0] ?? `+${newId()}`;
      if (!blank) putMethod(id, key, { savedName: null, draft, reveal: false });
      put(id, { tab: 'methods', methodKey: key });
      return key;
    },
    editMethod: (node, key, edit) => {
      const open = of(node.id).methods[key];
      const saved = node.methods.find(({ name }) => savedKey(name) === key);
      const before = open?.draft ?? (saved && methodDraftOf(saved));
      if (!before) return;
      putMethod(node.id, key, { savedName: open?.savedName ?? saved?.name ?? null, draft: { ...before, ...edit }, reveal: open?.reveal ?? false });
    },
    discardMethod: (id, key) => {
      const isNew = of(id).methods[key]?.savedName === null;
      putMethod(id, key, null);
      if (isNew && of(id).methodKey === key) put(id, { methodKey: null });
    },
    saveMethod: async (node, key) => {
      const open = of(node.id).methods[key];
      if (!open) return true;
      const { savedName, draft } = open;
      const others = node.methods.flatMap(({ name }) => (name === savedName ? [] : [name]));
      if (Object.keys(checkMethod(draft, others)).length > 0) {
        putMethod(node.id, key, { ...open, reveal: true });
        return false;
      }
      return saving(node.id, async () => {
        await change(node.id, (now) => withMethod(now, savedName, draft));
        const { methods, methodKey } = of(node.id);
        if (methods[key]?.draft === draft) putMethod(node.id, key, null);
        // What was typed while saving goes on under the new name.
        else if (methods[key]) {
          putMethod(node.id, savedKey(draft.name), { ...methods[key], savedName: draft.name });
          if (key !== savedKey(draft.name)) putMethod(node.id, key, null);
        }
        if (methodKey === key) put(node.id, { methodKey: savedKey(draft.name) });
      });
    },
    saveRule: async (node) => {
      const { rule } = of(node.id);
      if (!rule || Object.keys(checkRule(rule)).length > 0) return rule === null;
      return saving(node.id, async () => {
        await change(node.id, (now) => ({ ...now, rules: withRule(now.rules, rule) }));
        if (of(node.id).rule === rule) put(node.id, { rule: null });
      });
    },
    mock: (mock) => state.setState({ mock }),
    forget: (id) =>
      state.setState(({ nodes, selected }) => {
        const { [id]: _gone, ...others } = nodes;
        return { nodes: others, selected: Object.fromEntries(Object.entries(selected).filter(([, one]) => one !== id)) };
      }),
  };
}

/** Every node as it is saved now. */
export function readNodes(engine: Engine): Promise<readonly RpcNode[]> {
  return new Promise((resolve, reject) => {
    const close = engine.stream('rpcNodes.watch', undefined, {
      item: ({ nodes }) => {
        resolve(nodes);
        close();
      },
      end: (error) => reject(error ?? new CodedError('disconnected')),
    });
  });
}

/** The node with a method in its place, or at the end: also when it was deleted meanwhile. */
function withMethod(node: RpcNode, savedName: string | null, draft: MethodDraft): RpcNode {
  const at = node.methods.findIndex(({ name }) => name === savedName);
  const twin = node.methods.findIndex(({ name }) => name === draft.name);
  if (twin >= 0 && twin !== at) {
    throw new CodedError('bad-input', `The node has a method “${draft.name}” meanwhile.`, { advice: 'Give this one another name.' });
  }
  const method: ServedMethod = methodOf(draft, node.methods[at]?.enabled ?? true);
  return { ...node, methods: at < 0 ? [...node.methods, method] : node.methods.with(at, method) };
}

function withRule(rules: readonly RpcRule[], draft: RuleDraft): RpcRule[] {
  const at = rules.findIndex(({ id }) => id === draft.id);
  return at < 0 ? [...rules, ruleOf(draft, true)] : rules.with(at, ruleOf(draft, rules[at]?.enabled ?? true));
}

/** What of a node was written and not saved. */
export function unsavedParts(node: RpcNode | null, state: NodeState): readonly string[] {
  return [
    ...(state.settings ? ['settings'] : []),
    ...Object.entries(state.methods).flatMap(([key, open]) => (isUnsaved(node, key, open) ? [open.draft.name === '' ? 'a new method' : open.draft.name] : [])),
    ...(state.rule && isRuleUnsaved(node, state.rule) ? ['a rule'] : []),
  ];
}

/** Whether a rule that is being written differs from the saved one; a new one from an empty one. */
export function isRuleUnsaved(node: RpcNode | null, draft: RuleDraft): boolean {
  const saved = node?.rules.find(({ id }) => id === draft.id);
  return JSON.stringify(ruleOf(draft, true)) !== JSON.stringify(saved ? { ...ruleOf(ruleDraftOf(saved), true) } : ruleOf(newRule(draft.id), true));
}

/** Whether a method that is open differs from what is saved. */
function isUnsaved(node: RpcNode | null, key: string, open: OpenMethod): boolean {
  const saved = node?.methods.find(({ name }) => savedKey(name) === key);
  return !saved || !sameMethod(open.draft, methodDraftOf(saved));
}
