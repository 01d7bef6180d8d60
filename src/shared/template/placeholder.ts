import { TemplateFault } from './template-problem.ts';

/** What stands between `{{` and `}}`. Offsets are within the text it was read from. */
export type Placeholder = {
  readonly at: number;
  /** After `}}`. */
  readonly end: number;
  /** After `|`: taken where the name is not known or the path leads nowhere. */
  readonly fallback: string | undefined;
} & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly path: readonly PathStep[] }
  | { readonly kind: 'function'; readonly name: string; readonly args: readonly string[]; readonly nameAt: number }
);

/** A number is an index of a list. `dotted`: written with a dot before it, so that it may also be a part of a name with dots in it. */
export interface PathStep {
  readonly key: string | number;
  readonly dotted: boolean;
  readonly at: number;
  readonly length: number;
}

const quoted = /"(?:[^"\\]|\\.)*"/suy;
const firstName = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const laterName = /[\p{L}\p{N}_$-]+/uy;
const functionName = /\$[\p{L}_][\p{L}\p{N}_]*/uy;
const index = /0|[1-9]\d{0,8}/uy;
const word = /[^\s|{}"]+/uy;
const space = /\s*/uy;
/** Names and paths longer than this are a mistake, not a name. */
const maxPathSteps = 100;
const writeName = 'Write a name such as {{name}}, {{params.list[0]}} or {{$uuid}}; braces that are meant as such are written as {{"{{"}}.';

/** Reads the placeholder whose `{{` is at `at`. */
export function readPlaceholder(text: string, at: number): Placeholder {
  return new PlaceholderReader(text, at).read();
}

class PlaceholderReader {
  readonly #text: string;
  readonly #start: number;
  #at: number;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
    this.#at = start + 2;
  }

  read(): Placeholder {
    this.#take(space);
    const nameAt = this.#at;
    const literal = this.#quoted();
    if (literal !== undefined) return { kind: 'text', text: literal, ...this.#rest() };
    const called = this.#take(functionName);
    if (called !== undefined) return { kind: 'function', name: called, nameAt, args: this.#arguments(), ...this.#rest() };
    return { kind: 'path', path: this.#path(), ...this.#rest() };
  }

  #path(): readonly PathStep[] {
    const steps: PathStep[] = [];
    const add = (key: string | number, dotted: boolean, at: number): void => {
      if (steps.length === maxPathSteps) throw this.#fault(`A path has at most ${maxPathSteps} steps.`, 'Make the path shorter.');
      steps.push({ key, dotted, at, length: this.#at - at });
    };
    const start = this.#at;
    const first = this.#take(firstName);
    if (first === undefined) throw this.#unexpected();
    add(first, false, start);
    for (;;) {
      const at = this.#at;
      if (this.#is('.')) {
        this.#at += 1;
        const name = this.#take(laterName);
        if (name === undefined) throw this.#fault('There is no name after the dot.', 'Write a name, or for any other key ["key"].');
        add(name, true, at);
      } else if (this.#is('[')) {
        this.#at += 1;
        this.#take(space);
        const key = this.#quoted() ?? this.#index();
        this.#take(space);
        if (!this.#is(']')) throw this.#fault('The bracket is not closed.', 'Write ] after the index or key.');
        this.#at += 1;
        add(key, false, at);
      } else return steps;
    }
  }

  #index(): number {
    const digits = this.#take(index);
    if (digits === undefined) throw this.#fault('In brackets is neither an index nor a key.', 'Write an index such as [0], or a key such as ["key"].');
    return Number(digits);
  }

  #arguments(): readonly string[] {
    const args: string[] = [];
    for (;;) {
      this.#take(space);
      // `}` and `|` end the arguments; in quotes they may be part of one.
      const arg = this.#quoted() ?? this.#take(word);
      if (arg === undefined) return args;
      args.push(arg);
    }
  }

  /** The fallback and the end. */
  #rest(): { readonly at: number; readonly end: number; readonly fallback: string | undefined } {
    this.#take(space);
    let fallback: string | undefined;
    if (this.#is('|')) {
      this.#at += 1;
      fallback = this.#fallback();
    }
    if (!this.#text.startsWith('}}', this.#at)) throw this.#unexpected();
    return { at: this.#start, end: this.#at + 2, fallback };
  }

  #fallback(): string {
    const start = this.#at;
    this.#take(space);
    const literal = this.#quoted();
    this.#take(space);
    if (literal !== undefined && this.#text.startsWith('}}', this.#at)) return literal;
    const end = this.#text.indexOf('}}', start);
    if (end === -1) throw this.#unclosed();
    const text = this.#text.slice(start, end);
    const inner = text.indexOf('{{');
    if (inner !== -1) {
      this.#at = start + inner;
      throw this.#fault('A placeholder is inside the fallback of another.', 'Write a plain text after |.');
    }
    this.#at = end;
    return text.trim();
  }

  /** A text in quotes, with the escapes of JSON; `undefined`: there is none here. */
  #quoted(): string | undefined {
    if (!this.#is('"')) return undefined;
    const start = this.#at;
    const source = this.#take(quoted);
    if (source === undefined) throw this.#fault('The quotation mark has no partner.', 'Write " at the end of the text, and \\" for one inside it.');
    try {
      return JSON.parse(source) as string;
    } catch {
      throw new TemplateFault(
        'This text in quotes cannot be read.',
        'After a backslash stands one of " \\ / b f n r t u; line breaks are \\n.',
        start,
        source.length,
      );
    }
  }

  #is(mark: string): boolean {
    return this.#text.charAt(this.#at) === mark;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(): TemplateFault {
    if (this.#at >= this.#text.length) return this.#unclosed();
    if (this.#text.startsWith('}}', this.#at)) return this.#fault('The placeholder is empty.', writeName);
    const found = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    return this.#fault(`“${found}” is not expected here.`, writeName);
  }

  #unclosed(): TemplateFault {
    return new TemplateFault('The placeholder is not closed.', 'Write }} at its end.', this.#start, Math.min(2, this.#text.length - this.#start));
  }

  #fault(problem: string, advice: string): TemplateFault {
    return new TemplateFault(problem, advice, this.#at, Math.min(1, this.#text.length - this.#at));
  }
}
