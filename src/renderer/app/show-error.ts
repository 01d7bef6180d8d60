import { toCodedError } from '../data/index.ts';
import { toasts } from '../ui/toast.tsx';

/** Tells the user about a failure in a toast: the sentence, and what to do about it. */
export function showError(error: unknown, title = 'That did not work'): void {
  const { code, message, advice } = toCodedError(error);
  // What the user stopped needs no report.
  if (code === 'cancelled') return;
  toasts.show({ kind: 'bad', title, detail: advice === undefined ? message : `${message} ${advice}` });
}
