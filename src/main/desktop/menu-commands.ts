import type { MenuCommand } from '../../shared/host/preload-api.ts';

const maxCommands = 500;
const maxTextLength = 120;
const idPattern = /^[A-Za-z][A-Za-z0-9.:_-]{0,79}$/;

/** The commands of an untrusted list that can go into a menu; `undefined` when it is no such list at all. */
export function parseMenuCommands(value: unknown): readonly MenuCommand[] | undefined {
  if (!Array.isArray(value) || value.length > maxCommands) return undefined;
  const commands: MenuCommand[] = [];
  const ids = new Set<string>();
  for (const entry of value as readonly unknown[]) {
    const command = parseMenuCommand(entry);
    if (!command || ids.has(command.id)) return undefined;
    ids.add(command.id);
    commands.push(command);
  }
  return commands;
}

function parseMenuCommand(value: unknown): MenuCommand | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, title, group, shortcut, enabled } = value as Partial<Record<keyof MenuCommand, unknown>>;
  if (typeof id !== 'string' || !idPattern.test(id) || !isLabel(title) || !isLabel(group)) return undefined;
  if (shortcut !== undefined && (typeof shortcut !== 'string' || shortcut.length > maxTextLength)) return undefined;
  if (enabled !== undefined && typeof enabled !== 'boolean') return undefined;
  return { id, title, group, shortcut, enabled };
}

function isLabel(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= maxTextLength;
}

const modifiers: Readonly<Record<string, string>> = {
  mod: 'CommandOrControl',
  cmd: 'Command',
  meta: 'Command',
  ctrl: 'Control',
  control: 'Control',
  alt: 'Alt',
  option: 'Alt',
  shift: 'Shift',
};

const namedKeys: Readonly<Record<string, string>> = {
  arrowdown: 'Down',
  arrowleft: 'Left',
  arrowright: 'Right',
  arrowup: 'Up',
  backspace: 'Backspace',
  delete: 'Delete',
  down: 'Down',
  end: 'End',
  enter: 'Enter',
  escape: 'Escape',
  esc: 'Escape',
  home: 'Home',
  insert: 'Insert',
  left: 'Left',
  pagedown: 'PageDown',
  pageup: 'PageUp',
  plus: 'Plus',
  right: 'Right',
  space: 'Space',
  tab: 'Tab',
  up: 'Up',
};

/** Electron's spelling of a shortcut, or `undefined` for one a menu cannot show (sequences, unknown keys). */
export function acceleratorOf(shortcut: string | undefined): string | undefined {
  if (!shortcut) return undefined;
  const parts = shortcut.endsWith('++') ? [...shortcut.slice(0, -2).split('+'), 'plus'] : shortcut.split('+');
  const key = keyOf(parts.pop() ?? '');
  const prefix = parts.map((part) => modifiers[part.trim().toLowerCase()]);
  if (key === undefined || prefix.includes(undefined)) return undefined;
  return [...prefix, key].join('+');
}

function keyOf(text: string): string | undefined {
  const name = text.trim();
  if (/^[A-Za-z0-9`\-=[\]\\;',./]$/.test(name)) return name.toUpperCase();
  if (/^F([1-9]|1\d|2[0-4])$/i.test(name)) return name.toUpperCase();
  return namedKeys[name.toLowerCase()];
}
