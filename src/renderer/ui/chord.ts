/**
 * Key chords as text: modifiers in the order Mod, Ctrl, Alt, Shift, Meta, then the key: `Mod+K`, `Ctrl+Shift+Enter`, `F6`, `?`.
 * `Mod` is Cmd on a Mac and Ctrl elsewhere.
 */
export interface Chord {
  readonly mod: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly meta: boolean;
  /** A letter or sign in capitals, or the name of a key: `Enter`, `ArrowDown`, `F6`, `Space`, `Plus`. */
  readonly key: string;
}

/** What a chord is read from; a `KeyboardEvent` fits. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

type Modifier = Exclude<keyof Chord, 'key'>;

const modifierNames: Readonly<Record<string, Modifier>> = {
  mod: 'mod',
  ctrl: 'ctrl',
  control: 'ctrl',
  alt: 'alt',
  option: 'alt',
  shift: 'shift',
  meta: 'meta',
  cmd: 'meta',
  command: 'meta',
};

const namedKeys = [
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'Backspace',
  'Delete',
  'End',
  'Enter',
  'Escape',
  'Home',
  'Insert',
  'PageDown',
  'PageUp',
  'Plus',
  'Space',
  'Tab',
] as const;
const keyAliases: Readonly<Record<string, string>> = {
  down: 'ArrowDown',
  left: 'ArrowLeft',
  right: 'ArrowRight',
  up: 'ArrowUp',
  esc: 'Escape',
  del: 'Delete',
  return: 'Enter',
};
const byLowerName: ReadonlyMap<string, string> = new Map(namedKeys.map((name) => [name.toLowerCase(), name]));

/** Reads a chord; `undefined` when the text is none. */
export function parseChord(text: string): Chord | undefined {
  const parts = text.endsWith('++') ? [...text.slice(0, -2).split('+'), 'Plus'] : text.split('+');
  const key = parseKey(parts.pop()?.trim() ?? '');
  if (key === undefined) return undefined;
  const chord: Record<Modifier, boolean> = { mod: false, ctrl: false, alt: false, shift: false, meta: false };
  for (const part of parts) {
    const modifier = modifierNames[part.trim().toLowerCase()];
    if (modifier === undefined) return undefined;
    chord[modifier] = true;
  }
  return { ...chord, key };
}

function parseKey(name: string): string | undefined {
  if (name.length === 1 && name !== '+') return name.toUpperCase();
  if (/^F([1-9]|1\d|2[0-4])$/i.test(name)) return name.toUpperCase();
  const lower = name.toLowerCase();
  return byLowerName.get(lower) ?? keyAliases[lower];
}

export function chordText(chord: Chord): string {
  const names: string[] = [];
  if (chord.mod) names.push('Mod');
  if (chord.ctrl) names.push('Ctrl');
  if (chord.alt) names.push('Alt');
  if (chord.shift) names.push('Shift');
  if (chord.meta) names.push('Meta');
  return [...names, chord.key].join('+');
}

/** The chord a key press stands for; `undefined` while only modifiers are down or the key has no name. */
export function chordOf(press: KeyPress, mac: boolean): Chord | undefined {
  const key = keyOf(press);
  if (key === undefined) return undefined;
  return {
    mod: mac ? press.metaKey : press.ctrlKey,
    ctrl: mac && press.ctrlKey,
    alt: press.altKey,
    shift: press.shiftKey,
    meta: !mac && press.metaKey,
    key,
  };
}

function keyOf({ key, code }: KeyPress): string | undefined {
  // Shift and Alt turn digits and letters into other signs; the chord names what is printed on the key.
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return digit;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  if (letter !== undefined) return letter;
  if (key === ' ') return 'Space';
  if (key === '+') return 'Plus';
  return parseKey(key);
}

/** One spelling for equal chords on this platform: `Ctrl+K` and `Mod+K` are the same key outside a Mac. */
export function chordId(chord: Chord, mac: boolean): string {
  return chordText({
    ...chord,
    mod: chord.mod || (mac ? chord.meta : chord.ctrl),
    ctrl: mac && chord.ctrl,
    meta: !mac && chord.meta,
  });
}

/** Whether the chord would also be typed as text or move a cursor, so that it must not act inside a text field. */
export function isTypingChord(chord: Chord): boolean {
  if (chord.mod || chord.ctrl || chord.alt || chord.meta) return false;
  return !/^F\d+$/.test(chord.key);
}

const macSigns: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  Backspace: '⌫',
  Delete: '⌦',
  Enter: '↩',
  Escape: 'Esc',
  Plus: '+',
  PageDown: 'Page Down',
  PageUp: 'Page Up',
};
const otherSigns: Readonly<Record<string, string>> = { ...macSigns, Backspace: 'Backspace', Delete: 'Del', Enter: 'Enter' };

/** The keys of a chord as they are printed on this platform's keyboards. */
export function chordKeys(chord: Chord, mac: boolean): readonly string[] {
  const keys: string[] = [];
  if (chord.ctrl || (chord.mod && !mac)) keys.push(mac ? '⌃' : 'Ctrl');
  if (chord.alt) keys.push(mac ? '⌥' : 'Alt');
  if (chord.shift) keys.push(mac ? '⇧' : 'Shift');
  if (chord.meta || (chord.mod && mac)) keys.push(mac ? '⌘' : 'Win');
  keys.push((mac ? macSigns : otherSigns)[chord.key] ?? chord.key);
  return keys;
}

/** `Ctrl+Shift+K`, or `⇧⌘K` on a Mac. */
export function chordLabel(chord: Chord, mac: boolean): string {
  return chordKeys(chord, mac).join(mac ? '' : '+');
}
