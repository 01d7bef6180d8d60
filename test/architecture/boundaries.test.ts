import { globSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { checkBoundaries } from '../../tools/boundaries.ts';
import { projectFolder } from '../../tools/project.ts';
import { plantTree, type PlantedTree } from './planted-tree.ts';

let tree: PlantedTree | undefined;
afterEach(() => {
  tree?.remove();
  tree = undefined;
});

const other = 'export const value = 1;\n';
const importing = (from: string): string => `import { value } from '${from}';\nexport const copy = value;\n`;

/** For each rule, files of which the first breaks exactly that rule. */
const plants: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no-circular': { 'src/shared/a.ts': importing('./b.ts').replace('copy', 'value'), 'src/shared/b.ts': importing('./a.ts').replace('copy', 'value') },
  'shared-is-pure': { 'src/shared/a.ts': "import { readFileSync } from 'node:fs';\nexport const copy = readFileSync;\n" },
  'engine-without-electron': { 'src/main/engine/a.ts': "import { app } from 'electron';\nexport const copy = app;\n" },
  'engine-without-hosts': { 'src/main/engine/a.ts': importing('../desktop/b.ts'), 'src/main/desktop/b.ts': other },
  'hosts-apart': { 'src/main/desktop/a.ts': importing('../headless/b.ts'), 'src/main/headless/b.ts': other },
  'hosts-use-engine-entry': { 'src/main/headless/a.ts': importing('../engine/store/index.ts'), 'src/main/engine/store/index.ts': other },
  'engine-parts-by-index': { 'src/main/engine/topics/a.ts': importing('../store/database.ts'), 'src/main/engine/store/database.ts': other },
  'server-only-from-main': { 'src/main/engine/broker/index.ts': importing('../server/index.ts'), 'src/main/engine/server/index.ts': other },
  'page-without-main': { 'src/renderer/a.ts': importing('../main/engine/b.ts'), 'src/main/engine/b.ts': other },
  'page-takes-contract-types-only': { 'src/renderer/a.ts': importing('../shared/contract/b.ts'), 'src/shared/contract/b.ts': other },
  'features-by-index': { 'src/renderer/features/broker/a.ts': importing('../topics/view.ts'), 'src/renderer/features/topics/view.ts': other },
  'ui-knows-no-feature': { 'src/renderer/ui/a.ts': importing('../features/broker/index.ts'), 'src/renderer/features/broker/index.ts': other },
  'nothing-imports-tests': { 'src/main/engine/a.ts': importing('../../../test/helper.ts'), 'test/helper.ts': other },
};

describe('import rules', () => {
  test('hold for the whole source tree, and every source file was read', async () => {
    const { moduleCount, violations } = await checkBoundaries(projectFolder);
    expect(violations).toEqual([]);
    const sources = globSync('src/**/*.{ts,tsx}', { cwd: projectFolder }).filter((file) => !file.endsWith('.d.ts'));
    expect(moduleCount).toBeGreaterThanOrEqual(sources.length);
  });

  for (const [rule, files] of Object.entries(plants)) {
    test(`${rule}: a planted violation is caught`, async () => {
      tree = plantTree(files);
      const { violations } = await checkBoundaries(tree.folder);
      expect(violations.map((violation) => violation.rule)).toContain(rule);
    });
  }

  test('a run that reads no module fails', async () => {
    tree = plantTree({ 'src/readme.txt': 'no code here' });
    await expect(checkBoundaries(tree.folder)).rejects.toThrow('0 modules');
  });

  test('type-only imports of the contract are allowed in the page', async () => {
    tree = plantTree({
      'src/renderer/a.ts': "import type { B } from '../shared/contract/b.ts';\nexport const copy: B = 1;\n",
      'src/shared/contract/b.ts': 'export type B = number;\n',
    });
    const { violations } = await checkBoundaries(tree.folder);
    expect(violations).toEqual([]);
  });
});
