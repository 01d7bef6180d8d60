// npm run check: every rule of the house, cheapest first; stops at the first that fails.
import path from 'node:path';
import { bin, execute, projectFolder } from './project.ts';

const steps: readonly (readonly [title: string, command: string, args: readonly string[]])[] = [
  ['format', bin('oxfmt'), ['--check', '.']],
  ['types', bin('tsc'), ['-b']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['boundaries', process.execPath, [path.join(projectFolder, 'tools/boundaries.ts')]],
  ['dead code', bin('knip'), ['--treat-config-hints-as-errors']],
  ['unit and conformance', process.execPath, [path.join(projectFolder, 'tools/test.ts'), '--only', 'unit']],
  ['browser', process.execPath, [path.join(projectFolder, 'tools/test.ts'), '--only', 'browser']],
];

for (const [title, command, args] of steps) {
  const began = Date.now();
  const { code, stdout, stderr } = await execute(command, args, title === 'unit and conformance' || title === 'browser' ? { show: true } : {});
  if (code !== 0) {
    console.error(`${stdout}${stderr}\n${title}: failed`);
    process.exit(1);
  }
  console.log(`${title}: ok (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}
