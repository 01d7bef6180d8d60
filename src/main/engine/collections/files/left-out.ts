import { isEntryPath, lastLevel, maxEntryDepth } from '../../../../shared/collections/entry-path.ts';
import { shorten } from '../../../../shared/text/shorten.ts';

export const maxEntries = 20_000;
const maxNames = 3;

/** Entries that were met and are not listed, with the reason for each. */
export class LeftOut {
  #crowded = 0;
  #deep = 0;
  #badNames = 0;
  readonly #names: string[] = [];

  get count(): number {
    return this.#crowded + this.#deep + this.#badNames;
  }

  /** Beyond what is listed. */
  crowded(count = 1): void {
    this.#crowded += count;
  }

  /** One whose path cannot be used. */
  badPath(id: string): void {
    const name = lastLevel(id);
    if (isEntryPath(name)) {
      this.#deep += 1;
      return;
    }
    this.#badNames += 1;
    if (this.#names.length < maxNames) this.#names.push(`“${shorten(name, 60)}”`);
  }

  /** One sentence for each reason; `null`: nothing is left out. */
  why(): string | null {
    const why: string[] = [];
    if (this.#badNames > 0) {
      const more = this.#badNames - this.#names.length;
      const names = `${this.#names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
      why.push(`Names with “:”, “\\” or characters that cannot be seen are not used, as not every system takes them: ${names}.`);
    }
    if (this.#deep > 0) why.push(`${this.#deep} are nested deeper than ${maxEntryDepth} levels.`);
    if (this.#crowded > 0) why.push(`There are ${this.#crowded} more than the ${maxEntries} that are listed.`);
    return why.length === 0 ? null : why.join(' ');
  }
}
