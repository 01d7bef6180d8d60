import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { bin, execute, projectFolder } from '../../tools/project.ts';
import { plantTree, type PlantedTree } from './planted-tree.ts';

let tree: PlantedTree | undefined;
afterEach(() => {
  tree?.remove();
  tree = undefined;
});

/** Lints planted files with the project's own configuration; the names of the rules they break. */
async function brokenRules(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  tree = plantTree(files);
  copyFileSync(path.join(projectFolder, '.oxlintrc.json'), path.join(tree.folder, '.oxlintrc.json'));
  const { stdout, stderr } = await execute(bin('oxlint'), ['--format', 'json', 'src'], { cwd: tree.folder });
  if (!stdout.trim().startsWith('{')) throw new Error(`oxlint failed: ${stderr}${stdout}`);
  return (JSON.parse(stdout) as { diagnostics: { code: string }[] }).diagnostics.map((d) => d.code);
}

describe('lint rules catch planted violations', () => {
  const plants: readonly (readonly [name: string, file: string, text: string, rule: string])[] = [
    ['Electron outside the desktop host', 'src/main/engine/a.ts', "import { app } from 'electron';\nexport const a = app;\n", 'no-restricted-imports'],
    ['raw ipcMain outside its one file', 'src/main/desktop/a.ts', "import { ipcMain } from 'electron';\nexport const a = ipcMain;\n", 'no-restricted-imports'],
    ['Node in the page', 'src/renderer/a.ts', "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n", 'no-restricted-imports'],
    ['schemas in the page', 'src/renderer/a.ts', "import { z } from 'zod';\nexport const a = z;\n", 'no-restricted-imports'],
    ['a default export', 'src/shared/a.ts', 'export default 1;\n', 'no-default-export'],
    ['console in the engine', 'src/main/engine/a.ts', "console.log('x');\n", 'no-console'],
    ['any', 'src/shared/a.ts', 'export const a = (b: any): unknown => b;\n', 'no-explicit-any'],
    ['HTML from data', 'src/renderer/a.tsx', 'export const A = ({ h }: { h: string }) => <p dangerouslySetInnerHTML={{ __html: h }} />;\n', 'no-danger'],
    ['a file over 500 lines', 'src/shared/a.ts', `export const a = 1;\n${'// line\n'.repeat(501)}`, 'max-lines'],
  ];
  for (const [name, file, text, rule] of plants) {
    test(name, async () => {
      const rules = await brokenRules({ [file]: text });
      expect(rules.some((code) => code.includes(`(${rule})`))).toBe(true);
    });
  }

  test('allowed: Electron in the desktop host, ipcMain in its file', async () => {
    const rules = await brokenRules({ 'src/main/desktop/ipc-main.ts': "import { ipcMain } from 'electron';\nexport const a = ipcMain;\n" });
    expect(rules).toEqual([]);
  });
});
