import { afterEach, describe, expect, it } from 'vitest';
import { rpcNodesContract, type RpcNode } from '../../../../shared/contract/rpc-nodes.ts';
import { CodedError } from '../../../../shared/ipc/errors.ts';
import { serveForTests, type ServedEngine } from '../../serve-for-tests.ts';
import { methodOf, emptyMethod } from './method-draft.ts';
import { newNode } from './node-draft.ts';
import { createNodesStore, nodeState, savedKey, unsavedParts, type NodeState, type NodesStore } from './nodes-store.ts';
import { newRule } from './rule-draft.ts';

const method = (name: string): RpcNode['methods'][number] => methodOf({ ...emptyMethod, name }, true);
const start: RpcNode = { ...newNode('n', 'broker', []), methods: [method('a'), method('b')] };

let served: ServedEngine | undefined;
afterEach(() => served?.close());

const { 'rpcNodes.watch': watch, 'rpcNodes.save': save } = rpcNodesContract;
const contract = { 'rpcNodes.watch': watch, 'rpcNodes.save': save };

interface Scene {
  readonly store: NodesStore;
  readonly engine: { nodes: readonly RpcNode[]; refuse: boolean };
  readonly node: () => RpcNode;
  readonly state: () => NodeState;
}

/** The engine as far as nodes go: it keeps what is saved, unless it is told to refuse. */
function begin(): Scene {
  const engine: Scene['engine'] = { nodes: [start], refuse: false };
  served = serveForTests(contract, {
    'rpcNodes.watch': (_input, sink) => void sink.send({ nodes: engine.nodes }),
    'rpcNodes.save': (node) => {
      if (engine.refuse) throw new CodedError('payload-too-large', 'Too large.');
      engine.nodes = [...engine.nodes.filter(({ id }) => id !== node.id), node];
    },
  });
  const store = createNodesStore(served.engine);
  return { store, engine, node: () => engine.nodes.find(({ id }) => id === 'n') ?? start, state: () => nodeState(store.state.getState(), 'n') };
}

describe('settings', () => {
  it('wait until they are saved, and vanish when all is as it was', () => {
    const { store, state } = begin();
    store.editSettings(start, { name: 'Other' });
    expect(unsavedParts(start, state())).toEqual(['settings']);
    store.editSettings(start, { name: start.name });
    expect(unsavedParts(start, state())).toEqual([]);
  });

  it('are not saved while something is wrong', async () => {
    const { store, state, node } = begin();
    store.editSettings(start, { name: '' });
    expect(await store.saveSettings(start)).toBe(false);
    expect([state().revealSettings, node().name]).toEqual([true, start.name]);
  });

  it('leave alone what was changed elsewhere meanwhile', async () => {
    const { store, node, engine } = begin();
    store.editSettings(start, { name: 'Other' });
    engine.nodes = [{ ...start, methods: [method('c')] }];
    expect(await store.saveSettings(start)).toBe(true);
    expect([node().name, node().methods.map(({ name }) => name)]).toEqual(['Other', ['c']]);
  });

  it('stay when the engine refuses', async () => {
    const { store, state, engine } = begin();
    store.editSettings(start, { name: 'Other' });
    engine.refuse = true;
    await expect(store.saveSettings(start)).rejects.toThrow('Too large.');
    expect([state().settings?.name, state().saving]).toEqual(['Other', false]);
  });
});

describe('methods', () => {
  it('keep their place and their switch when they are renamed', async () => {
    const { store, state, node, engine } = begin();
    engine.nodes = [{ ...start, methods: [{ ...method('a'), enabled: false }, method('b')] }];
    store.set('n', { methodKey: savedKey('a') });
    store.editMethod(start, savedKey('a'), { name: 'z' });
    expect(await store.saveMethod(start, savedKey('a'))).toBe(true);
    expect(node().methods.map(({ name, enabled }) => [name, enabled])).toEqual([
      ['z', false],
      ['b', true],
    ]);
    expect([state().methodKey, state().methods]).toEqual([savedKey('z'), {}]);
  });

  it('come back at the end when they were deleted elsewhere', async () => {
    const { store, node, engine } = begin();
    store.editMethod(start, savedKey('a'), { description: 'kept' });
    engine.nodes = [{ ...start, methods: [method('b')] }];
    await store.saveMethod(node(), savedKey('a'));
    expect(node().methods.map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('do not take the name that another got meanwhile', async () => {
    const { store, state, engine } = begin();
    const key = store.addMethod('n', { ...emptyMethod, name: 'c' });
    engine.nodes = [{ ...start, methods: [...start.methods, method('c')] }];
    await expect(store.saveMethod(start, key)).rejects.toThrow('“c”');
    expect(state().methods[key]?.draft.name).toBe('c');
  });

  it('are opened once while untouched, and shown with what is wrong once a save was tried', async () => {
    const { store, state } = begin();
    const key = store.addMethod('n');
    expect(store.addMethod('n')).toBe(key);
    expect(await store.saveMethod(start, key)).toBe(false);
    expect(state().methods[key]?.reveal).toBe(true);
    store.discardMethod('n', key);
    expect([state().methodKey, state().methods]).toEqual([null, {}]);
  });

  it('are unsaved only while they differ', () => {
    const { store, state } = begin();
    store.editMethod(start, savedKey('a'), { description: 'x' });
    expect(unsavedParts(start, state())).toEqual(['a']);
    store.editMethod(start, savedKey('a'), { description: '' });
    expect(unsavedParts(start, state())).toEqual([]);
    // Without a node, as it was deleted elsewhere, everything that is open would be lost.
    expect(unsavedParts(null, state())).toEqual(['a']);
  });

  it('keep what is typed while they are being saved', async () => {
    const { store, state } = begin();
    store.editMethod(start, savedKey('a'), { name: 'z' });
    const saving = store.saveMethod(start, savedKey('a'));
    store.editMethod(start, savedKey('a'), { name: 'z', description: 'typed meanwhile' });
    await saving;
    expect(state().methods[savedKey('z')]).toMatchObject({ savedName: 'z', draft: { description: 'typed meanwhile' } });
  });
});

describe('changes', () => {
  it('are made one after the other, each to what the one before left', async () => {
    const { store, node } = begin();
    const add = (name: string): Promise<void> => store.change('n', (now) => ({ ...now, methods: [...now.methods, method(name)] }));
    await Promise.all([add('c'), add('d'), add('e')]);
    expect(node().methods.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('of a node that is gone are refused, and the next ones are made', async () => {
    const { store, engine } = begin();
    engine.nodes = [];
    await expect(store.change('n', (now) => now)).rejects.toThrow('deleted meanwhile');
    engine.nodes = [start];
    await expect(store.change('n', (now) => ({ ...now, name: 'again' }))).resolves.toBeUndefined();
  });
});

describe('rules', () => {
  it('are added at the end, and replaced in their place', async () => {
    const { store, state, node } = begin();
    for (const id of ['r1', 'r2']) {
      store.set('n', { rule: { ...newRule(id), method: id } });
      expect(unsavedParts(node(), state())).toEqual(['a rule']);
      await store.saveRule(node());
    }
    store.set('n', { rule: { ...newRule('r1'), method: 'changed', isNew: false } });
    await store.saveRule(node());
    expect(node().rules.map((rule) => rule.method)).toEqual(['changed', 'r2']);
    expect(state().rule).toBeNull();
  });

  it('that were only opened are nothing to lose', () => {
    const { store, state } = begin();
    store.set('n', { rule: newRule('r') });
    expect(unsavedParts(start, state())).toEqual([]);
  });
});
