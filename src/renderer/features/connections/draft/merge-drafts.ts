import { draftOf, newDraft, type ProfileDraft } from './profile-draft.ts';
import type { DraftProblems } from './problems.ts';
import type { ConnectionProfileView } from '../../../../shared/contract/connections.ts';

/** Whether two drafts say the same. */
export const sameDraft = (a: ProfileDraft, b: ProfileDraft): boolean => sameValue(a, b);

export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return keys.length === others.length && keys.every((key) => key in b && sameValue(a[key as keyof typeof a], b[key as keyof typeof b]));
}

/**
 * What was changed here since `base`, on top of what is saved now: a profile may change while it is edited (a certificate that is trusted, a move to
 * another folder), and neither may undo the other. Lists count as one thing.
 */
export function rebase<T extends object>(draft: T, base: T, saved: T): T {
  if (sameValue(base, saved)) return draft;
  const entries = (Object.keys(draft) as (keyof T)[]).map((key) => {
    const [mine, before, now] = [draft[key], base[key], saved[key]];
    if (sameValue(mine, before)) return [key, now];
    return [key, isSection(mine) && isSection(before) && isSection(now) ? rebase(mine, before, now) : mine];
  });
  return Object.fromEntries(entries) as T;
}

const isSection = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A draft with what it started from. */
export interface EditedDraft {
  readonly draft: ProfileDraft;
  readonly base: ProfileDraft;
}

/** What the form of a connection shows. */
export function shownDraft(id: string, open: EditedDraft | undefined, saved: ConnectionProfileView | undefined): ProfileDraft {
  if (!open) return saved ? draftOf(saved) : newDraft(id);
  return saved ? rebase(open.draft, open.base, draftOf(saved)) : open.draft;
}

/** The problems of fields that were changed: an empty form is not full of complaints. */
export function shownProblems(problems: DraftProblems, draft: ProfileDraft, saved: ProfileDraft): DraftProblems {
  return Object.fromEntries(Object.entries(problems).filter(([path]) => !sameValue(at(draft, path), at(saved, path))));
}

/** What stands at a path, where nothing and an empty text are the same. */
function at(draft: ProfileDraft, path: string): unknown {
  let value: unknown = draft;
  for (const key of path.split('.')) value = typeof value === 'object' && value !== null ? value[key as keyof typeof value] : undefined;
  return isEmpty(value) ? undefined : value;
}

const isEmpty = (value: unknown): boolean => value === '' || (Array.isArray(value) && value.every((part) => part === '')) || isEmptyTopic(value);
const isEmptyTopic = (value: unknown): boolean => typeof value === 'object' && value !== null && 'topic' in value && value.topic === '';
