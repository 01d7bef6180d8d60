import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AccessRule } from '../../../../shared/broker/access/access-rules.ts';
import type { AccessSettings } from '../../../../shared/contract/broker-access.ts';
import { guardUnsaved, newId } from '../../common/index.ts';
import { draftOf, sameSettings, settingsOf, type AccessDraft } from './access-draft.ts';
import { newRule, ruleDraftOf, type RuleDraft } from './rule-draft.ts';

/** Of the toast that takes back the last change of the draft: it goes with it. */
export const undoToast = 'access-undo';

/** A rule in its form. */
export interface OpenedRule {
  readonly id: string;
  readonly draft: RuleDraft;
  readonly isNew: boolean;
  /** Where a new one goes; absent: to the end. */
  readonly at?: number;
}

interface AccessState {
  /** What the draft was made from; `null` before the engine has told. */
  readonly base: AccessSettings | null;
  readonly draft: AccessDraft | null;
  /** What was saved elsewhere while the draft has changes of its own. */
  readonly theirs: AccessSettings | null;
  readonly opened: OpenedRule | null;
}

/** What is edited of the access: it outlives the view, so that unsaved changes wait there. */
export class AccessStore {
  readonly state: StoreApi<AccessState> = createStore<AccessState>(() => ({ base: null, draft: null, theirs: null, opened: null }));

  hasUnsaved(): boolean {
    return isUnsaved(this.state.getState());
  }

  /** The engine tells what is saved now. */
  follow(saved: AccessSettings): void {
    const { base, draft } = this.state.getState();
    if (base !== null && sameSettings(base, saved)) return;
    const isMine = draft !== null && sameSettings(settingsOf(draft), saved);
    if (draft === null || isMine || !this.hasUnsaved()) this.#take(saved);
    else this.state.setState({ theirs: saved });
  }

  edit(change: (draft: AccessDraft) => AccessDraft): void {
    const { draft } = this.state.getState();
    if (draft !== null) this.state.setState({ draft: change(draft) });
  }

  /** What was saved counts as the beginning of further changes. */
  saved(settings: AccessSettings): void {
    this.state.setState({ base: settings, theirs: null });
  }

  /** Back to what is saved now. */
  discard(): void {
    const { base, theirs } = this.state.getState();
    const saved = theirs ?? base;
    if (saved !== null) this.#take(saved);
  }

  open(opened: OpenedRule | null): void {
    this.state.setState({ opened });
  }

  /** A form for a new rule, filled in as far as it is known. */
  openNew(filled?: AccessRule, at?: number): void {
    this.open({ id: newId(), draft: filled === undefined ? newRule : ruleDraftOf(filled), isNew: true, ...(at === undefined ? {} : { at }) });
  }

  #take(saved: AccessSettings): void {
    this.state.setState(({ draft }) => ({ base: saved, theirs: null, draft: draftOf(saved, draft?.rules) }));
  }
}

function isUnsaved({ base, draft }: AccessState): boolean {
  return base !== null && draft !== null && !sameSettings(settingsOf(draft), base);
}

let store: AccessStore | undefined;

export function accessStore(): AccessStore {
  if (!store) {
    const made = (store = new AccessStore());
    guardUnsaved(() => made.hasUnsaved());
  }
  return store;
}

export function useAccessState<T>(select: (state: AccessState) => T): T {
  return useStore(accessStore().state, select);
}

export const useUnsavedAccess = (): boolean => useAccessState(isUnsaved);
