import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RequestFile } from '../../../shared/contract/collections.ts';
import { CodedError } from '../../../shared/ipc/errors.ts';
import type { Engine } from '../common/index.ts';
import { isWithin, movedId } from './collection-tree.ts';
import { requestDraft, sameDraft, toRequest, type RequestDraft } from './request-draft.ts';

/** A request that was looked at: what is in its file, and what was changed here and not saved yet. */
export interface OpenRequest {
  /** As it was read last; `null` until then. */
  readonly file: RequestFile | null;
  /** Why it cannot be read. */
  readonly error: CodedError | null;
  /** `null`: as in the file. */
  readonly draft: RequestDraft | null;
  /** What another program made of the file while there are changes here: its new content, or that it is gone. */
  readonly foreign: RequestFile | 'gone' | null;
  /** Problems of all parts are shown once a save was tried. */
  readonly reveal: boolean;
  readonly saving: boolean;
  /** Grows when another program's content took the place of the one shown here. */
  readonly reloads: number;
}

const unread: OpenRequest = { file: null, error: null, draft: null, foreign: null, reveal: false, saving: false, reloads: 0 };

type OpenState = Readonly<Record<string, OpenRequest>>;

export interface OpenRequests {
  readonly state: StoreApi<OpenState>;
  /** Reads the file, and again after it may have changed. */
  read(id: string): Promise<void>;
  edit(id: string, change: Partial<RequestDraft>): void;
  /** Back to what is in the file. */
  discard(id: string): void;
  /** What another program wrote takes the place of the changes here. */
  takeForeign(id: string): void;
  /** The changes here stay, and replace what another program wrote when they are saved. */
  keepOwn(id: string): void;
  /** Answers whether it is saved. Rejects when the engine refuses for another reason than a changed file, which is told in the state. */
  save(id: string, name: string): Promise<boolean>;
  /** Something was renamed or moved, and what is below it with it. */
  move(from: string, to: string): void;
  /** Something was deleted here, and what is below it with it. */
  drop(id: string): void;
  /** What is there now: of the rest only changes are kept. */
  keepOnly(ids: ReadonlySet<string>): void;
}

/** What stands in the editor: the changes, or the file. */
export function shownDraft(open: OpenRequest | undefined): RequestDraft | null {
  if (!open) return null;
  return open.draft ?? fileDraft(open.file);
}

const drafts = new WeakMap<object, RequestDraft>();
/** The rows of a file's draft keep their keys as long as the file is the same. */
function fileDraft(file: RequestFile | null): RequestDraft | null {
  if (!file?.request) return null;
  let draft = drafts.get(file.request);
  if (!draft) {
    draft = requestDraft(file.request);
    drafts.set(file.request, draft);
  }
  return draft;
}

const wasChanged = (error: unknown): boolean =>
  error instanceof CodedError && error.code === 'invalid-state' && (error.data as { readonly reason?: unknown } | undefined)?.reason === 'changed';

export function createOpenRequests(engine: Engine): OpenRequests {
  const state = createStore<OpenState>(() => ({}));
  const { getState, setState } = state;
  const get = (id: string): OpenRequest => getState()[id] ?? unread;
  const put = (id: string, change: Partial<OpenRequest>): void => setState({ [id]: { ...get(id), ...change } });
  const replace = (next: OpenState): void => setState(next, true);
  /** A slower answer must not overwrite a newer one. */
  const reading = new Map<string, number>();

  const take = (id: string, file: RequestFile): void => {
    const open = get(id);
    if (open.file?.revision === file.revision) return put(id, { error: null, foreign: null });
    if (open.saving) return;
    const [known, before] = [fileDraft(file), fileDraft(open.file)];
    // Written anew with nothing else in it, as by a new name: what was changed here goes on from there.
    if (open.draft && known && before && sameDraft(known, before)) return put(id, { file, error: null, foreign: null });
    if (open.draft && !(known && sameDraft(known, open.draft))) return put(id, { error: null, foreign: file });
    put(id, { file, error: null, draft: null, foreign: null, reloads: open.file ? open.reloads + 1 : open.reloads });
  };
  const read = async (id: string): Promise<void> => {
    const turn = (reading.get(id) ?? 0) + 1;
    reading.set(id, turn);
    try {
      const file = await engine.call('collections.read', { id });
      if (reading.get(id) === turn) take(id, file);
    } catch (error) {
      if (reading.get(id) !== turn) return;
      const coded = error instanceof CodedError ? error : new CodedError('internal', error instanceof Error ? error.message : String(error));
      put(id, get(id).draft && coded.code === 'not-found' ? { foreign: 'gone' } : { error: coded });
    }
  };

  /** `null`: the file was another by now, with nothing else in it. */
  const save = async (id: string, name: string): Promise<boolean | null> => {
    const open = get(id);
    if (open.saving) return false;
    if (!open.draft) return true;
    const request = toRequest(name, open.draft);
    if (!request || open.foreign !== null) {
      put(id, { reveal: true });
      return false;
    }
    put(id, { saving: true });
    const revision = open.file?.revision;
    try {
      const saved = await engine.call('collections.save', { id, request, ...(revision === undefined ? {} : { revision }) });
      const now = get(id);
      const file = { revision: saved.revision, problem: null, text: null, request };
      // What was typed while saving stays open.
      put(id, { file, saving: false, reveal: false, draft: now.draft === open.draft ? null : now.draft });
      return true;
    } catch (error) {
      put(id, { saving: false });
      if (!wasChanged(error)) throw error;
      await read(id);
      return get(id).foreign === null && get(id).error === null ? null : false;
    }
  };

  return {
    state,
    read,
    edit: (id, change) => {
      const open = get(id);
      const before = shownDraft(open);
      if (!before) return;
      const draft = { ...before, ...change } as RequestDraft;
      const saved = fileDraft(open.file);
      // Back at what is saved: nothing is open any more.
      put(id, { draft: saved && open.foreign === null && sameDraft(draft, saved) ? null : draft });
    },
    discard: (id) => {
      const { foreign } = get(id);
      put(id, { draft: null, reveal: false, foreign: null, ...(foreign !== null && foreign !== 'gone' ? { file: foreign } : {}) });
    },
    takeForeign: (id) => {
      const { foreign } = get(id);
      if (foreign !== null && foreign !== 'gone') put(id, { file: foreign, draft: null, foreign: null, reveal: false });
    },
    keepOwn: (id) => {
      const { foreign } = get(id);
      if (foreign !== null && foreign !== 'gone') put(id, { file: foreign, foreign: null });
    },
    save: async (id, name) => (await save(id, name)) ?? (await save(id, name)) ?? false,
    move: (from, to) => replace(Object.fromEntries(Object.entries(getState()).map(([id, open]) => [movedId(id, from, to), open]))),
    drop: (gone) => replace(Object.fromEntries(Object.entries(getState()).filter(([id]) => !isWithin(id, gone)))),
    keepOnly: (ids) => {
      const entries = Object.entries(getState());
      const kept = entries.flatMap(([id, open]): [string, OpenRequest][] => {
        if (ids.has(id)) return [[id, open.foreign === 'gone' ? { ...open, foreign: null } : open]];
        return open.draft ? [[id, { ...open, foreign: 'gone' }]] : [];
      });
      if (kept.length !== entries.length || kept.some(([id, open]) => getState()[id]?.foreign !== open.foreign)) replace(Object.fromEntries(kept));
    },
  };
}
