import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ConnectionProfileView, Subscription } from '../../../shared/contract/connections.ts';
import { copyName, newId, type Engine } from '../common/index.ts';
import { checkDraft } from './draft/check-draft.ts';
import { type CheckUri } from './draft/problems.ts';
import { isUntouched, needsReconnect, sectionsWith, type SectionId } from './draft/draft-sections.ts';
import { sameDraft, shownDraft, type EditedDraft } from './draft/merge-drafts.ts';
import { draftOf, newDraft, type DraftChange, type ProfileDraft } from './draft/profile-draft.ts';
import { saveInput } from './draft/save-input.ts';

/** A profile that was changed here and not saved yet. It waits when another one is selected or the screen is left. */
export interface OpenDraft extends EditedDraft {
  /** For a profile that was never saved: its subscriptions wait with it. */
  readonly unsaved: { readonly subscriptions: readonly Subscription[] } | null;
  /** How often a save was tried in vain: from then on all problems are shown. */
  readonly refused: number;
}

/** Saved since it was connected, and not in force yet. */
interface Waiting {
  readonly connectedAt: number | null;
  readonly words: readonly string[];
}

export interface ConnectionsState {
  readonly selectedId: string | null;
  readonly drafts: Readonly<Record<string, OpenDraft>>;
  readonly saving: boolean;
  /** Folded parts of the form that are open, of whichever connection. */
  readonly openSections: ReadonlySet<SectionId>;
  readonly waiting: Readonly<Record<string, Waiting>>;
  readonly filter: string;
  /** Paths of folders. */
  readonly collapsed: ReadonlySet<string>;
}

export interface ConnectionsStore {
  readonly state: StoreApi<ConnectionsState>;
  select(id: string | null): void;
  /** Starts a profile that does not exist yet and selects it. */
  add(folder?: string): string;
  duplicate(profile: ConnectionProfileView, existing: readonly ConnectionProfileView[]): string;
  edit(id: string, saved: ConnectionProfileView | undefined, change: DraftChange): void;
  setUnsavedSubscriptions(id: string, subscriptions: readonly Subscription[]): void;
  discard(id: string): void;
  /** Saves what is open; answers whether the profile is now saved. Rejects when the engine refuses. `connectedAt`: of a live connection. */
  save(id: string, saved: ConnectionProfileView | undefined, connectedAt?: number | null): Promise<boolean>;
  setSection(section: SectionId, open: boolean): void;
  setFilter(filter: string): void;
  setExpanded(folder: string, expanded: boolean): void;
}

export function createConnectionsStore(engine: Engine, checkUri: CheckUri): ConnectionsStore {
  const state = createStore<ConnectionsState>(() => ({
    ...{ selectedId: null, drafts: {}, saving: false, openSections: new Set<SectionId>(), waiting: {}, filter: '', collapsed: new Set<string>() },
  }));
  const { getState, setState } = state;
  const put = (id: string, open: OpenDraft | null): void => {
    const { [id]: _old, ...others } = getState().drafts;
    setState({ drafts: open ? { ...others, [id]: open } : others });
  };
  const start = (draft: ProfileDraft, subscriptions: readonly Subscription[]): string => {
    put(draft.id, { draft, base: newDraft(draft.id), unsaved: { subscriptions }, refused: 0 });
    setState({ selectedId: draft.id });
    return draft.id;
  };

  return {
    state,
    select: (selectedId) => setState({ selectedId }),
    add: (folder = '') => {
      const open = Object.values(getState().drafts).find(({ draft, unsaved }) => unsaved && isUntouched({ ...draft, folder: '' }));
      if (!open) return start({ ...newDraft(newId()), folder }, []);
      put(open.draft.id, { ...open, draft: { ...open.draft, folder } });
      setState({ selectedId: open.draft.id });
      return open.draft.id;
    },
    duplicate: (profile, existing) => {
      const name = copyName(
        profile.name,
        existing.map((other) => other.name),
      );
      return start({ ...draftOf(profile), id: newId(), name, favourite: false }, profile.subscriptions);
    },
    edit: (id, saved, change) => {
      const open = getState().drafts[id];
      const before = shownDraft(id, open, saved);
      const draft = { ...before, ...(typeof change === 'function' ? change(before) : change) };
      const base = saved ? draftOf(saved) : newDraft(id);
      // Back at what is saved: nothing is open any more.
      if (saved && sameDraft(draft, base)) put(id, null);
      else put(id, { draft, base, unsaved: open?.unsaved ?? (saved ? null : { subscriptions: [] }), refused: open?.refused ?? 0 });
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
    save: async (id, saved, connectedAt = null) => {
      const open = getState().drafts[id];
      if (!open) return saved !== undefined;
      const draft = shownDraft(id, open, saved);
      const problems = checkDraft(draft, saved?.secretsSet ?? [], checkUri);
      if (Object.keys(problems).length > 0) {
        put(id, { ...open, refused: open.refused + 1 });
        setState({ openSections: new Set([...getState().openSections, ...sectionsWith(problems)]) });
        return false;
      }
      setState({ saving: true });
      try {
        await engine.call('connections.save', saveInput(draft, open.unsaved?.subscriptions ?? saved?.subscriptions ?? []));
        // What was typed while saving stays open.
        const now = getState().drafts[id];
        if (now?.draft === open.draft) put(id, null);
        else if (now) put(id, { ...now, base: draft, unsaved: null });
        if (saved && connectedAt !== null) {
          const known = getState().waiting[id];
          const earlier = known?.connectedAt === connectedAt ? known.words : [];
          const words = [...new Set([...earlier, ...needsReconnect(draft, draftOf(saved))])];
          if (words.length > 0) setState({ waiting: { ...getState().waiting, [id]: { connectedAt, words } } });
        }
        return true;
      } finally {
        setState({ saving: false });
      }
    },
    setSection: (section, open) => {
      const openSections = new Set(getState().openSections);
      if (open) openSections.add(section);
      else openSections.delete(section);
      setState({ openSections });
    },
    setFilter: (filter) => setState({ filter }),
    setExpanded: (folder, expanded) => {
      const collapsed = new Set(getState().collapsed);
      if (expanded) collapsed.delete(folder);
      else collapsed.add(folder);
      setState({ collapsed });
    },
  };
}
