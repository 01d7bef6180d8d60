const maxShown = 2000;

/** What people look at is short. */
export function cut(text: string): string {
  return text.length <= maxShown ? text : `${text.slice(0, maxShown - 1).toWellFormed()}…`;
}
