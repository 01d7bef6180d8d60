import { expect, it } from 'vitest';
import { defaultWorkspaceFolder } from './workspace-folder.ts';

it.each([
  ['linux', '/home/u', {}, '/home/u/.local/share/mqtt-workbench'],
  ['linux', '/home/u', { XDG_DATA_HOME: '/data' }, '/data/mqtt-workbench'],
  ['linux', '/home/u', { XDG_DATA_HOME: 'relative' }, '/home/u/.local/share/mqtt-workbench'],
  ['linux', '/home/u', { XDG_DATA_HOME: '' }, '/home/u/.local/share/mqtt-workbench'],
  ['darwin', '/Users/u', {}, '/Users/u/Library/Application Support/MQTT Workbench'],
  ['win32', 'C:\\Users\\u', { APPDATA: 'D:\\Roaming' }, 'D:\\Roaming\\MQTT Workbench'],
  ['win32', 'C:\\Users\\u', {}, 'C:\\Users\\u\\AppData\\Roaming\\MQTT Workbench'],
] as const)('is where %s keeps data of applications (%s, %o)', (platform, homeFolder, env, folder) => {
  expect(defaultWorkspaceFolder({ platform, homeFolder, env })).toBe(folder);
});
