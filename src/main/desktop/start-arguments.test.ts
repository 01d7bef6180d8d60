import path from 'node:path';
import { expect, test } from 'vitest';
import { appFolders, commandArguments, workspaceArgument } from './start-arguments.ts';

test.each([
  [['electron', '.', '--workspace', 'lab'], path.resolve('/home', 'lab')],
  [['electron', '.', '--workspace=/data/lab'], path.resolve('/data/lab')],
  [['electron', '.'], undefined],
  [['electron', '.', '--workspace'], undefined],
  [['electron', '.', '--workspace='], undefined],
  [['electron', '.', '--workspace', '--no-sandbox'], undefined],
])('%j names %s', (args, folder) => expect(workspaceArgument(args, '/home')).toBe(folder));

test('each workspace has its own app folder, always the same', () => {
  const standard = appFolders('/cfg/app', undefined, '/data/standard');
  const lab = appFolders('/cfg/app', '/data/lab', '/data/standard');
  expect(standard).toEqual({ userData: path.join('/cfg/app', 'desktop'), workspace: '/data/standard' });
  expect(lab.workspace).toBe('/data/lab');
  expect(lab).toEqual(appFolders('/cfg/app', '/data/lab', '/data/standard'));
  expect(new Set([standard.userData, lab.userData, appFolders('/cfg/app', '/data/other', '/data/standard').userData]).size).toBe(3);
});

test.each([
  [['/opt/mqtt-workbench', 'call', 'mqtt://a', 't', 'm', '--json'], true, { name: 'call', args: ['mqtt://a', 't', 'm', '--json'] }],
  [['/opt/mqtt-workbench', '--no-sandbox', '--disable-gpu', 'run', 'Lab'], true, { name: 'run', args: ['Lab'] }],
  [['electron', '--no-sandbox', '/src', 'run', '--help'], false, { name: 'run', args: ['--help'] }],
  [['electron', '/src', '--disable-gpu', 'run'], false, { name: 'run', args: [] }],
  [['/opt/mqtt-workbench'], true, undefined],
  [['/opt/mqtt-workbench', '--workspace', 'call'], true, undefined],
  [['/opt/mqtt-workbench', '--workspace=x', 'call'], true, undefined],
  [['/opt/mqtt-workbench', 'constructor'], true, undefined],
  [['electron', 'call'], false, undefined],
])('%j is a command or not', (argv, isPackaged, command) => expect(commandArguments(argv, isPackaged)).toEqual(command));
