import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ConnectionProfileView, Subscription } from '../../../shared/contract/connections.ts';
import { copyName, newId, type Engine } from '../common/index.ts';
import { checkDraft, draftOf, newDraft, sameDraft, saveInput, type CheckUri, type ProfileDraft } from './profile-draft.ts';

/** A profile that was changed here and not saved yet. It waits when another one is selected or the screen is left. */
interface OpenDraft {
  readonly draft: ProfileDraft;
  /** For a profile that was never saved: its subscriptions wait with it. */
  readonly unsaved: { readonly subscriptions: readonly Subscription[] } | null;
  /** Problems are shown once a save was tried. */
  readonly reveal: boolean;
}

export interface ConnectionsState {
  readonly selectedId: string | null;
  readonly drafts: Readonly<Record<string, OpenDraft>>;
  readonly saving: boolean;
}

export interface ConnectionsStore {
  readonly state: StoreApi<ConnectionsState>;
  select(id: string | null): void;
  /** Starts a profile that does not exist yet and selects it. */
  add(): string;
  duplicate(profile: ConnectionProfileView, existing: readonly ConnectionProfileView[]): string;
  edit(id: string, saved: ConnectionProfileView | undefined, change: Partial<ProfileDraft>): void;
  setUnsavedSubscriptions(id: string, subscriptions: readonly Subscription[]): void;
  discard(id: string): void;
  /** Saves what is open; answers whether the profile is now saved. Rejects when the engine refuses. */
  save(id: string, saved: ConnectionProfileView | undefined): Promise<boolean>;
}

export function createConnectionsStore(engine: Engine, checkUri: CheckUri): ConnectionsStore {
  const state = createStore<ConnectionsState>(() => ({ selectedId: null, drafts: {}, saving: false }));
  const { getState, setState } = state;
  const put = (id: string, open: OpenDraft | null): void => {
    const { [id]: _old, ...others } = getState().drafts;
    setState({ drafts: open ? { ...others, [id]: open } : others });
  };
  const start = (draft: ProfileDraft, subscriptions: readonly Subscription[]): string => {
    put(draft.id, { draft, unsaved: { subscriptions }, reveal: false });
    setState({ selectedId: draft.id });
    return draft.id;
  };

  return {
    state,
    select: (selectedId) => setState({ selectedId }),
    add: () => {
      const open = Object.values(getState().drafts).find(({ draft, unsaved }) => unsaved && sameDraft(draft, newDraft(draft.id)));
      if (!open) return start(newDraft(newId()), []);
      setState({ selectedId: open.draft.id });
      return open.draft.id;
    },
    duplicate: (profile, existing) => {
      const name = copyName(
        profile.name,
        existing.map((other) => other.name),
      );
      return start({ ...draftOf(profile), id: newId(), name }, profile.subscriptions);
    },
    edit: (id, saved, change) => {
      const open = getState().drafts[id];
      const before = open?.draft ?? (saved ? draftOf(saved) : newDraft(id));
      const draft = { ...before, ...change };
      // Back at what is saved: nothing is open any more.
      if (saved && sameDraft(draft, draftOf(saved))) put(id, null);
      else put(id, { draft, unsaved: open?.unsaved ?? (saved ? null : { subscriptions: [] }), reveal: open?.reveal ?? false });
    },
    setUnsavedSubscriptions: (id, subscriptions) => {
      const open = getState().drafts[id];
      if (open?.unsaved) put(id, { ...open, unsaved: { subscriptions } });
    },
    discard: (id) => {
      const isNew = getState().drafts[id]?.unsaved != null;
      put(id, null);
      if (isNew && getState().selectedId === id) setState({ selectedId: null });
    },
    save: async (id, saved) => {
      const open = getState().drafts[id];
      if (!open) return saved !== undefined;
      if (Object.keys(checkDraft(open.draft, saved?.secretsSet.includes('password') ?? false, checkUri)).length > 0) {
        put(id, { ...open, reveal: true });
        return false;
      }
      setState({ saving: true });
      try {
        await engine.call('connections.save', saveInput(open.draft, saved, open.unsaved?.subscriptions ?? saved?.subscriptions ?? []));
        // What was typed while saving stays open.
        if (getState().drafts[id]?.draft === open.draft) put(id, null);
        return true;
      } finally {
        setState({ saving: false });
      }
    },
  };
}
