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
    expect(store.state.getState()).toMatchObject({ drafts: { lab: { refused: 1 } }, openSections: new Set(['session']) });
  });
  it('keep what was saved meanwhile, such as a certificate that was trusted', async () => {
    const [store, saved] = open();
    store.edit('lab', lab, (now) => ({ tls: { ...now.tls, serverName: 'lab' } }));
    const pin = Array.from({ length: 32 }, () => 'AB').join(':');
    const trusted = { ...lab, folder: 'Plant', tls: { ...lab.tls, pinned: [pin] } };
    store.edit('lab', trusted, { notes: 'x' });
    expect(await store.save('lab', trusted)).toBe(true);
    expect(saved).toMatchObject([{ profile: { folder: 'Plant', notes: 'x', tls: { serverName: 'lab', pinned: [pin] } } }]);
  });
  it('say what a live connection does not know yet, as long as it is the same', async () => {
    const [store] = open();
    store.edit('lab', lab, { username: 'me', notes: 'x' });
    expect(await store.save('lab', lab, 1000)).toBe(true);
    expect(store.state.getState().waiting).toEqual({ lab: { connectedAt: 1000, words: ['User name'] } });
    store.edit('lab', lab, (now) => ({ will: { ...now.will, enabled: true, topic: 'w' } }));
    expect(await store.save('lab', lab, 1000)).toBe(true);
    expect(store.state.getState().waiting['lab']?.words).toEqual(['User name', 'Will']);
    store.edit('lab', lab, { cleanStart: true, keepAliveSeconds: '5' });
    expect(await store.save('lab', lab, 2000)).toBe(true);
    expect(store.state.getState().waiting['lab']).toEqual({ connectedAt: 2000, words: ['Session'] });
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
  it('start in a folder', () => {
    const [store] = open();
    const id = store.add('Plant');
    expect(store.state.getState().drafts[id]?.draft.folder).toBe('Plant');
    expect(store.add()).toBe(id);
    expect(store.state.getState().drafts[id]?.draft.folder).toBe('');
  });
  it('leave the screen when discarded', () => {
    const [store] = open();
    store.discard(store.add());
    expect(store.state.getState()).toMatchObject({ selectedId: null, drafts: {} });
  });
});
