/** Cut after `most` UTF-16 code units, with a mark that something is missing; no character is cut in two. */
export function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…` : text;
}
