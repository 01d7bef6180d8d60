import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import { menuTemplate } from './menu-template.ts';

const commands = [
  { id: 'broker.start', title: 'Start & watch', group: 'Broker', shortcut: 'Mod+B' },
  { id: 'view.palette', title: 'Command palette', group: 'View', shortcut: 'G T' },
  { id: 'broker.stop', title: 'Stop', group: 'broker', enabled: false },
  { id: 'help.keys', title: 'Keys', group: 'Help' },
];

function labels(items: readonly MenuItemConstructorOptions[]): readonly (string | undefined)[] {
  return items.map((item) => item.label ?? item.role);
}

function submenu(items: readonly MenuItemConstructorOptions[], label: string): MenuItemConstructorOptions[] {
  return items.find((item) => item.label === label)?.submenu as MenuItemConstructorOptions[];
}

test('puts each command into its group, in order, among the standard menus', () => {
  const ran: string[] = [];
  const template = menuTemplate({ commands, platform: 'linux', appName: 'App', developerTools: false, run: (id) => ran.push(id) });
  expect(labels(template)).toEqual(['File', 'Edit', 'View', 'Broker', 'Window', 'Help']);
  const [start, stop] = submenu(template, 'Broker');
  expect([start, stop]).toMatchObject([
    { id: 'broker.start', label: 'Start && watch', accelerator: 'CommandOrControl+B', registerAccelerator: false, enabled: true },
    { id: 'broker.stop', label: 'Stop', enabled: false },
  ]);
  (start as { click: () => void }).click();
  expect(ran).toEqual(['broker.start']);
  expect(submenu(template, 'View')[0]).not.toHaveProperty('accelerator');
});

test('has the standard editing and window items without any command', () => {
  const template = menuTemplate({ commands: [], platform: 'linux', appName: 'App', developerTools: true, run: () => {} });
  expect(labels(template)).toEqual(['File', 'Edit', 'View', 'Window']);
  expect(submenu(template, 'Edit').map((item) => item.role)).toEqual(expect.arrayContaining(['undo', 'copy', 'paste', 'selectAll']));
  expect(submenu(template, 'View').map((item) => item.role)).toContain('toggleDevTools');
  expect(submenu(template, 'File').map((item) => item.role)).toEqual(['quit']);
});

test('macOS gets its app menu, and closing instead of quitting under File', () => {
  const template = menuTemplate({ commands: [], platform: 'darwin', appName: 'App', developerTools: false, run: () => {} });
  expect(template[0]).toMatchObject({ label: 'App', role: 'appMenu' });
  expect(submenu(template, 'File').map((item) => item.role)).toEqual(['close']);
});
