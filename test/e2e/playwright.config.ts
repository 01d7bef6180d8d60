import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '..',
  outputDir: '../../test-results/playwright',
  timeout: 180_000,
  expect: { timeout: 30_000 },
  fullyParallel: false,
  workers: 2,
  // A machine under load may lose a race against a time-out of the product itself; what needed this is named at the end of the run.
  retries: 1,
  forbidOnly: true,
  reporter: [['list'], ['../../tools/playwright-totals.ts']],
  use: { trace: 'on-first-retry', screenshot: 'only-on-failure' },
  projects: [
    { name: 'browser', testMatch: ['e2e/**/*.spec.ts'] },
    { name: 'desktop', testMatch: ['e2e/**/*.spec.ts', 'desktop/**/*.spec.ts'] },
  ],
});
