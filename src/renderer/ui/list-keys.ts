/** What a key means in a list of rows. */
export type ListAction = { readonly kind: 'move'; readonly to: number } | { readonly kind: 'select' } | { readonly kind: 'activate' };

export interface ListPosition {
  /** -1 when there is none yet. */
  readonly active: number;
  readonly count: number;
  readonly pageRows: number;
}

interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export function listAction(press: Press, { active, count, pageRows }: ListPosition): ListAction | undefined {
  if (count === 0 || press.altKey) return undefined;
  const move = (to: number): ListAction => ({ kind: 'move', to: Math.min(count - 1, Math.max(0, to)) });
  if (press.ctrlKey || press.metaKey) {
    if (press.key === 'Home') return move(0);
    if (press.key === 'End') return move(count - 1);
    return undefined;
  }
  switch (press.key) {
    case 'ArrowDown':
      return move(active + 1);
    case 'ArrowUp':
      return move(active < 0 ? 0 : active - 1);
    case 'Home':
      return move(0);
    case 'End':
      return move(count - 1);
    case 'PageDown':
      return move(Math.max(0, active) + pageRows);
    case 'PageUp':
      return move(Math.max(0, active) - pageRows);
    case 'Enter':
      return { kind: 'activate' };
    case ' ':
      return { kind: 'select' };
    default:
      return undefined;
  }
}
