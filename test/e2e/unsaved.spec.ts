import type { Page } from '@playwright/test';
import { connectionForm, goTo } from './steps.ts';
import { expect, test } from './workbench.ts';

/** Whether the page lets itself be closed, as a browser asks it. */
const mayClose = (page: Page): Promise<boolean> => page.evaluate(() => window.dispatchEvent(new Event('beforeunload', { cancelable: true })));

test('what is not saved is guarded wherever the user looks', async ({ workbench: { page } }) => {
  await goTo(page, 'Connections');
  await page.getByRole('button', { name: 'New connection' }).first().click();
  expect(await mayClose(page), 'a form in which nothing was entered is nothing to lose').toBe(true);
  await connectionForm(page).getByLabel('Address', { exact: true }).fill('mqtt://half.example');
  await goTo(page, 'Topics');
  expect(await mayClose(page)).toBe(false);
  await goTo(page, 'Connections');
  await page.getByRole('button', { name: 'Discard' }).first().click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
  expect(await mayClose(page)).toBe(true);

  await goTo(page, 'Collections');
  await page.getByRole('button', { name: 'Environments …' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Environments' });
  await dialog.getByRole('button', { name: 'New environment' }).click();
  expect(await mayClose(page)).toBe(false);
  await dialog.getByRole('button', { name: 'Delete the environment' }).click();
  expect(await mayClose(page)).toBe(true);
});
