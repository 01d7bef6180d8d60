import { expect, test } from 'vitest';
import { acceleratorOf, parseMenuCommands } from './menu-commands.ts';

const command = { id: 'broker.start', title: 'Start broker', group: 'Broker' };

test('takes well-formed commands and nothing more of them', () => {
  expect(parseMenuCommands([{ ...command, shortcut: 'Mod+B', enabled: false, role: 'quit', click: 'x' }])).toEqual([
    { ...command, shortcut: 'Mod+B', enabled: false },
  ]);
  expect(parseMenuCommands([])).toEqual([]);
});

test.each([
  ['no list', {}],
  ['nothing', undefined],
  ['too many', Array.from({ length: 501 }, (_, index) => ({ ...command, id: `a${index}` }))],
  ['the same id twice', [command, command]],
  ['an id with odd characters', [{ ...command, id: '<b>' }]],
  ['an empty title', [{ ...command, title: ' ' }]],
  ['a title that is no text', [{ ...command, title: 5 }]],
  ['a title without end', [{ ...command, title: 'x'.repeat(1000) }]],
  ['no group', [{ id: 'a', title: 'A' }]],
  ['a shortcut that is no text', [{ ...command, shortcut: [] }]],
  ['null', [null]],
])('refuses %s', (_name, value) => expect(parseMenuCommands(value)).toBeUndefined());

test.each([
  ['Mod+K', 'CommandOrControl+K'],
  ['Ctrl+Shift+p', 'Control+Shift+P'],
  ['Alt+ArrowUp', 'Alt+Up'],
  ['Mod+Enter', 'CommandOrControl+Enter'],
  ['Mod++', 'CommandOrControl+Plus'],
  ['Mod+,', 'CommandOrControl+,'],
  ['F5', 'F5'],
])('%s becomes %s', (shortcut, accelerator) => expect(acceleratorOf(shortcut)).toBe(accelerator));

test.each([undefined, '', 'G T', 'Mod+K Mod+S', 'Hyper+K', 'F25', 'Mod+', 'Mod+Nope'])('%s cannot be shown', (shortcut) =>
  expect(acceleratorOf(shortcut)).toBeUndefined(),
);
