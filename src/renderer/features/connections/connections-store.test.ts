import { afterEach, describe, expect, it } from 'vitest';
import { newProfile, newSubscription } from '../../../shared/connections/new-profile.ts';
import { connectionsContract, type ConnectionProfileView } from '../../../shared/contract/connections.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import { serveForTests, type ServedEngine } from '../serve-for-tests.ts';
import { createConnectionsStore, type ConnectionsStore } from './connections-store.ts';

const { 'connections.save': save } = connectionsContract;
const contract = { 'connections.save': save };

const lab: ConnectionProfileView = {
  ...newProfile('lab', { name: 'Lab', uri: 'mqtt://lab', subscriptions: [newSubscription('a/#', { qos: 1 })] }),
  secretsSet: [],
};

let served: ServedEngine | undefined;
afterEach(() => served?.close());

function open(fail = false): readonly [ConnectionsStore, { readonly profile: unknown; readonly password?: string | null | undefined }[]] {
  const saved: { readonly profile: unknown; readonly password?: string | null | undefined }[] = [];
  served = serveForTests(contract, {
    'connections.save': (input) => {
      if (fail) throw new CodedError('workspace-unwritable');
      saved.push(input);
      return { ...input.profile, secretsSet: [] };
    },
  });
  return [createConnectionsStore(served.engine, () => undefined), saved];
}

describe('drafts', () => {
  it('wait while another profile is selected', () => {
    const [store] = open();
    store.edit('lab', lab, { name: 'Lab 2' });
    store.select('other');
    expect(store.state.getState().drafts['lab']?.draft.name).toBe('Lab 2');
  });
  it('vanish when everything is as saved again', () => {
    const [store] = open();
    store.edit('lab', lab, { name: 'Lab 2' });
    store.edit('lab', lab, { name: 'Lab' });
    expect(store.state.getState().drafts).toEqual({});
  });
  it('are saved with the subscriptions of the profile', async () => {
    const [store, saved] = open();
    store.edit('lab', lab, { name: 'Lab 2' });
    expect(await store.save('lab', lab)).toBe(true);
    expect(saved).toMatchObject([{ profile: { id: 'lab', name: 'Lab 2', subscriptions: lab.subscriptions } }]);
    expect(store.state.getState().drafts).toEqual({});
  });
  it('are not saved while something is wrong, and then show it', async () => {
    const [store, saved] = open();
    store.edit('lab', lab, { keepAliveSeconds: 'x' });
    expect(await store.save('lab', lab)).toBe(false);
    expect(saved).toEqual([]);
    expect(store.state.getState().drafts['lab']?.reveal).toBe(true);
  });
  it('stay when the engine refuses', async () => {
    const [store] = open(true);
    store.edit('lab', lab, { name: 'Lab 2' });
    await expect(store.save('lab', lab)).rejects.toThrow('workspace folder');
    expect(store.state.getState()).toMatchObject({ saving: false, drafts: { lab: { draft: { name: 'Lab 2' } } } });
  });
});

describe('new profiles', () => {
  it('are opened once while untouched', () => {
    const [store] = open();
    expect(store.add()).toBe(store.add());
  });
  it('take their subscriptions along', async () => {
    const [store, saved] = open();
    const id = store.add();
    store.edit(id, undefined, { name: 'New', uri: 'mqtt://new' });
    store.setUnsavedSubscriptions(id, [newSubscription('x')]);
    expect(await store.save(id, undefined)).toBe(true);
    expect(saved).toMatchObject([{ profile: { name: 'New', subscriptions: [{ filter: 'x' }] } }]);
  });
  it('start as a copy', () => {
    const [store] = open();
    const id = store.duplicate(lab, [lab]);
    expect(id).not.toBe('lab');
    expect(store.state.getState().drafts[id]).toMatchObject({ draft: { name: 'Lab copy', uri: 'mqtt://lab' }, unsaved: { subscriptions: lab.subscriptions } });
  });
  it('leave the screen when discarded', () => {
    const [store] = open();
    store.discard(store.add());
    expect(store.state.getState()).toMatchObject({ selectedId: null, drafts: {} });
  });
});
