import { existsSync } from 'node:fs';
import path from 'node:path';
import { execute, projectFolder } from '../../tools/project.ts';

/** A Python environment with the given packages from PyPI, or why there is none. Kept between runs. */
export async function pythonWith(name: string, packages: readonly string[]): Promise<{ readonly python: string } | { readonly missing: string }> {
  const folder = path.join(projectFolder, 'node_modules', '.cache', 'python', name);
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    const made = await execute('python3', ['-m', 'venv', folder]);
    if (made.code !== 0) return { missing: 'Python 3 with venv is not installed' };
  }
  const installed = await execute(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  return installed.code === 0 ? { python } : { missing: `${packages.join(', ')} could not be installed from PyPI` };
}
