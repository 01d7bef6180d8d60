import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '..',
  outputDir: '../../test-results/playwright',
  timeout: 90_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: [['list'], ['../../tools/playwright-totals.ts']],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    { name: 'browser', testMatch: ['e2e/**/*.spec.ts'] },
    { name: 'desktop', testMatch: ['e2e/**/*.spec.ts', 'desktop/**/*.spec.ts'] },
  ],
});
