import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'test/{architecture,bench,conformance}/**/*.test.ts', 'tools/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
    // As with the end-to-end tests: what needed it is named at the end of the run.
    retry: 1,
    pool: 'forks',
    // Many tests wait for processes, sockets and clocks: on a machine with two cores, the one worker of the default would leave them idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
