import type { Command } from './command-registry.ts';

/** How well a command fits what was typed; 0: not at all. Words may come in any order and be cut short. */
export function score(query: string, command: Pick<Command, 'title' | 'group' | 'keywords'>): number {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const title = command.title.toLocaleLowerCase();
  const rest = `${command.group} ${command.keywords ?? ''}`.toLocaleLowerCase();
  let total = 0;
  for (const word of words) {
    const best = Math.max(fit(word, title) * 2, fit(word, rest));
    if (best === 0) return 0;
    total += best;
  }
  return total + (title.startsWith(query.toLocaleLowerCase()) ? 10 : 0);
}

/** 5: a whole word, 4: the start of one, 3: inside one, 2: the initials of words that follow each other, 1: its letters in order, close together. */
function fit(word: string, text: string): number {
  const at = text.indexOf(word);
  if (at >= 0) {
    const starts = at === 0 || text[at - 1] === ' ' || new RegExp(`\\s${escape(word)}`).test(text);
    if (!starts) return 3;
    return new RegExp(`(^|\\s)${escape(word)}(\\s|$)`).test(text) ? 5 : 4;
  }
  if (word.length < 2) return 0;
  // `slb` for “Start local broker”.
  if (
    Array.from(text.matchAll(/(?:^|\s)(\S)/g), ([, initial]) => initial)
      .join('')
      .includes(word)
  )
    return 2;
  let from = 0;
  let first = -1;
  for (const letter of word) {
    const found = text.indexOf(letter, from);
    if (found < 0) return 0;
    if (first < 0) first = found;
    from = found + 1;
  }
  return from - first <= word.length * 8 ? 1 : 0;
}

function escape(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The commands that fit, best first; of equals the one used more recently, then in the given order. */
export function search(query: string, commands: readonly Command[], recent: readonly string[]): readonly Command[] {
  const used = (id: string): number => {
    const at = recent.indexOf(id);
    return at < 0 ? recent.length : at;
  };
  return commands
    .map((command, order) => ({ command, order, points: score(query, command) }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points || used(a.command.id) - used(b.command.id) || a.order - b.order)
    .map(({ command }) => command);
}
