import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { bin, execute, projectFolder } from '../../tools/project.ts';
import { plantTree, type PlantedTree } from './planted-tree.ts';

let tree: PlantedTree | undefined;
afterEach(() => {
  tree?.remove();
  tree = undefined;
});

/** Compiles planted files under the project's own tsconfig of that part. */
async function typeErrors(part: string, files: Readonly<Record<string, string>>): Promise<string> {
  tree = plantTree(files);
  for (const file of ['tsconfig.base.json', 'src/shared/tsconfig.json', `${part}/tsconfig.json`]) {
    mkdirSync(path.dirname(path.join(tree.folder, file)), { recursive: true });
    copyFileSync(path.join(projectFolder, file), path.join(tree.folder, file));
  }
  const shared = path.join(tree.folder, 'src/shared/globals.d.ts');
  copyFileSync(path.join(projectFolder, 'src/shared/globals.d.ts'), shared);
  const out = path.join(tree.folder, 'out');
  const { stdout } = await execute(bin('tsc'), ['-p', part, '--outDir', out, '--tsBuildInfoFile', path.join(out, 'info')], { cwd: tree.folder });
  return stdout;
}

describe('project references keep the parts apart', () => {
  test('Node in shared code', async () => {
    expect(await typeErrors('src/shared', { 'src/shared/a.ts': "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n" })).toContain(
      'node:fs',
    );
  });
  test('the DOM in shared code', async () => {
    expect(await typeErrors('src/shared', { 'src/shared/a.ts': 'export const a = document.title;\n' })).toContain("'document'");
  });
  test('Node globals in the page', async () => {
    expect(await typeErrors('src/renderer', { 'src/renderer/a.ts': 'export const a = process.pid;\n' })).toContain("'process'");
  });
  test('the engine from the page', async () => {
    const errors = await typeErrors('src/renderer', {
      'src/renderer/a.ts': "import { b } from '../main/engine/b.ts';\nexport const a = b;\n",
      'src/main/engine/b.ts': 'export const b = 1;\n',
    });
    expect(errors).toMatch(/TS6307|TS6059/);
  });
  test('clean code passes', async () => {
    expect(await typeErrors('src/shared', { 'src/shared/a.ts': 'export const a = new AbortController().signal.aborted;\n' })).toBe('');
  });
});
