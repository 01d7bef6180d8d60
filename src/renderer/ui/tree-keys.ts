import { listAction, type ListAction, type ListPosition } from './list-keys.ts';

/** How a row stands in its tree. */
export interface TreeRowInfo {
  readonly key: string;
  /** 1 for the top level. */
  readonly level: number;
  /** `undefined`: it has no children. */
  readonly expanded: boolean | undefined;
  readonly positionInSet: number;
  readonly setSize: number;
  /** What type-ahead looks for. */
  readonly label: string;
}

/** What a key means in a tree, after the WAI-ARIA tree pattern. */
export type TreeAction =
  | ListAction
  | { readonly kind: 'toggle'; readonly expanded: boolean }
  | { readonly kind: 'parent' }
  | { readonly kind: 'expand-siblings' };

export interface TreePosition extends ListPosition {
  /** The row at a place; `undefined` while it is not loaded. */
  readonly row: (index: number) => TreeRowInfo | undefined;
}

interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export function treeAction(press: Press, position: TreePosition): TreeAction | undefined {
  const { active, count, row } = position;
  const here = row(active);
  if (!press.ctrlKey && !press.metaKey && !press.altKey) {
    switch (press.key) {
      case 'ArrowRight':
        if (here?.expanded === undefined) return undefined;
        if (!here.expanded) return { kind: 'toggle', expanded: true };
        return active + 1 < count ? { kind: 'move', to: active + 1 } : undefined;
      case 'ArrowLeft':
        if (here === undefined) return undefined;
        if (here.expanded) return { kind: 'toggle', expanded: false };
        return here.level > 1 ? { kind: 'parent' } : undefined;
      case '*':
        return here === undefined ? undefined : { kind: 'expand-siblings' };
      default:
    }
  }
  return listAction(press, position);
}

/** The nearest row above that is one level up, among those loaded; `undefined` when it is not there. */
export function loadedParent(index: number, row: (index: number) => TreeRowInfo | undefined): number | undefined {
  const level = row(index)?.level ?? 1;
  for (let at = index - 1; at >= 0; at -= 1) {
    const candidate = row(at);
    if (!candidate) return undefined;
    if (candidate.level < level) return at;
  }
  return undefined;
}

/** The loaded siblings of a row, itself included. */
export function loadedSiblings(index: number, row: (index: number) => TreeRowInfo | undefined): readonly number[] {
  const level = row(index)?.level;
  if (level === undefined) return [];
  const found = [index];
  for (const step of [-1, 1]) {
    for (let at = index + step; ; at += step) {
      const candidate = row(at);
      if (!candidate || candidate.level < level) break;
      if (candidate.level === level) found.push(at);
    }
  }
  return found.toSorted((a, b) => a - b);
}

/** The next loaded row, around the end, whose label starts with the text. A repeated single letter walks on. */
export function typeAhead(
  text: string,
  active: number,
  rows: { readonly first: number; readonly end: number },
  row: (index: number) => TreeRowInfo | undefined,
): number | undefined {
  const wanted = text.toLocaleLowerCase();
  const repeated = wanted.split('').every((letter) => letter === wanted[0]);
  const prefix = repeated ? wanted.slice(0, 1) : wanted;
  const size = rows.end - rows.first;
  const from = Math.min(Math.max(active, rows.first), rows.end - 1);
  for (let step = prefix.length === 1 ? 1 : 0; step <= size; step += 1) {
    const at = rows.first + ((from - rows.first + step) % size);
    if (row(at)?.label.toLocaleLowerCase().startsWith(prefix)) return at;
  }
  return undefined;
}
