import { defineConfig } from 'vitest/config';
import { projectFolder } from '../../tools/project.ts';

export default defineConfig({
  test: {
    root: projectFolder,
    include: ['test/interop/**/*.test.ts'],
    testTimeout: 60_000,
    // The first run makes a Python environment and installs packages into it.
    hookTimeout: 300_000,
    pool: 'forks',
  },
});
