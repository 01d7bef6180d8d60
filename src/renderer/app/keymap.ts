import { chordId, isTypingChord, parseChord, type Chord } from '../ui/chord.ts';
import type { Command } from './command-registry.ts';

/** Command id to chord where it differs from the default; `null` takes the default away. */
export type KeymapOverrides = Readonly<Record<string, string | null>>;

export interface Binding {
  readonly command: Command;
  /** As it is written in settings: `Mod+K`. `undefined`: no key. */
  readonly chord: string | undefined;
  readonly changed: boolean;
  /** Other commands with the same key that can be offered at the same time. */
  readonly conflicts: readonly Command[];
}

/** What each command is bound to, in the order of the commands. */
export function bindingsOf(commands: readonly Command[], overrides: KeymapOverrides, mac: boolean): readonly Binding[] {
  const chords = commands.map((command) => effectiveChord(command, overrides));
  const byId = new Map<string, Command[]>();
  commands.forEach((command, at) => {
    const id = idOf(chords[at], mac);
    if (id !== undefined) byId.set(id, [...(byId.get(id) ?? []), command]);
  });
  return commands.map((command, at) => {
    const id = idOf(chords[at], mac);
    return {
      command,
      chord: chords[at],
      changed: chords[at] !== command.shortcut,
      conflicts: id === undefined ? [] : (byId.get(id) ?? []).filter((other) => other !== command && canMeet(command, other)),
    };
  });
}

/** Whether two commands can be offered at the same time, so that they cannot share keys. */
export function canMeet(a: Command, b: Command): boolean {
  if (a.place === undefined || b.place === undefined) return true;
  return a.place === b.place && (a.view === undefined || b.view === undefined || a.view === b.view);
}

/** An override that is no chord counts as none, so a hand-edited file cannot lock a command away. */
export function effectiveChord(command: Command, overrides: KeymapOverrides): string | undefined {
  const override = Object.hasOwn(overrides, command.id) ? overrides[command.id] : undefined;
  if (override === null) return undefined;
  return override !== undefined && parseChord(override) ? override : command.shortcut;
}

/** The command a pressed chord runs: of several that can be run, the one added last. */
export function commandFor(chord: Chord, bindings: readonly Binding[], mac: boolean, inTextField: boolean): Command | undefined {
  if (inTextField && isTypingChord(chord)) return undefined;
  const pressed = chordId(chord, mac);
  return bindings.findLast(({ command, chord: bound }) => idOf(bound, mac) === pressed && command.when?.() !== false)?.command;
}

/** The overrides after giving a command a chord (`null`: none), taking the chord away from others when asked to. */
export function rebind(
  commands: readonly Command[],
  overrides: KeymapOverrides,
  id: string,
  chord: string | null,
  takeFromOthers: boolean,
  mac: boolean,
): KeymapOverrides {
  const next: Record<string, string | null> = { ...overrides };
  const rebound = commands.find((command) => command.id === id);
  if (chord !== null && takeFromOthers) {
    for (const other of commands) {
      if (other.id !== id && (!rebound || canMeet(rebound, other)) && idOf(effectiveChord(other, overrides), mac) === idOf(chord, mac)) next[other.id] = null;
    }
  }
  const standard = rebound?.shortcut;
  if (idOf(standard, mac) === (chord === null ? undefined : idOf(chord, mac))) delete next[id];
  else next[id] = chord;
  return next;
}

function idOf(text: string | undefined, mac: boolean): string | undefined {
  const chord = text === undefined ? undefined : parseChord(text);
  return chord && chordId(chord, mac);
}
