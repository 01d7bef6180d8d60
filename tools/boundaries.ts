// Checks the import rules of tools/dependency-cruiser.cjs over src/, and that files were really read.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bin, execute, projectFolder } from './project.ts';

export interface BoundaryReport {
  readonly moduleCount: number;
  readonly violations: readonly { readonly rule: string; readonly from: string; readonly to: string }[];
}

/** Cruises `src/` below a folder. A run that reads no module at all is an error, not a success. */
export async function checkBoundaries(folder: string): Promise<BoundaryReport> {
  const config = path.join(projectFolder, 'tools/dependency-cruiser.cjs');
  const { code, stdout, stderr } = await execute(bin('depcruise'), ['src', '--config', config, '--output-type', 'json'], { cwd: folder });
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser failed (${code}): ${stderr || stdout}`);
  const result = JSON.parse(stdout) as { summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] } };
  if (result.summary.totalCruised === 0) throw new Error('dependency-cruiser read 0 modules: its parser does not understand these files.');
  return { moduleCount: result.summary.totalCruised, violations: result.summary.violations.map((v) => ({ rule: v.rule.name, from: v.from, to: v.to })) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { moduleCount, violations } = await checkBoundaries(projectFolder);
  for (const { rule, from, to } of violations) console.error(`${rule}: ${from} → ${to}`);
  console.log(`${moduleCount} modules, ${violations.length} violations`);
  process.exit(violations.length > 0 ? 1 : 0);
}
