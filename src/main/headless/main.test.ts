import path from 'node:path';
import { expect, it } from 'vitest';
import { execute } from '../../../tools/project.ts';

const headless = (...args: readonly string[]) =>
  execute(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(import.meta.dirname, 'main.ts'), ...args]);

it('makes calls and runs collections as the installed program does, without serving anything', async () => {
  expect(await headless('call', '--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: mqtt-workbench call ADDRESS') });
  expect(await headless('run')).toMatchObject({ code: 2, stderr: expect.stringContaining('A run needs the folder of a collection.') });
  expect(await headless('walk')).toMatchObject({ code: 2, stderr: expect.stringContaining("Unexpected argument 'walk'") });
});
