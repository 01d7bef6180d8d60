import type { Locator, Page } from '@playwright/test';
import { group, openGroup } from '../support/coap-group.ts';
import { goToCoap } from './steps.ts';
import { expect, test } from './workbench.ts';

const send = (page: Page): Promise<void> => page.getByRole('form', { name: 'Request over UDP' }).getByRole('button', { name: 'Send' }).click();
const responses = (page: Page): Locator => page.getByRole('region', { name: 'Responses of the group' });
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a group is asked only with multicast on, and each of its servers is shown', async ({ workbench }) => {
  const { page } = workbench;
  const members = await openGroup(2, (server, { options }) => {
    const isList = options.some(({ value }) => new TextDecoder().decode(value) === 'core');
    return { code: 0x45, options: [{ number: 12, value: Uint8Array.of(isList ? 40 : 0) }], payload: utf8(isList ? `</of/${server}>` : `I am ${server}`) };
  });
  await goToCoap(page, 'Over UDP');
  await page.getByRole('textbox', { name: 'Address' }).fill(`coap://${group}:${members.port}/name`);
  await send(page);
  await expect(page.getByRole('region', { name: 'Response' }).getByRole('alert')).toContainText('Multicast is off');
  expect(members.received).toEqual([]);

  await page.getByRole('switch', { name: 'Multicast' }).click();
  await page.getByRole('textbox', { name: 'Network interface' }).fill('127.0.0.1');
  await page.getByRole('textbox', { name: 'Collect responses for' }).fill('60');
  await send(page);
  await expect(responses(page).getByRole('status')).toContainText('2 responses');
  for (const [server, address] of members.addresses.entries()) {
    await responses(page).getByRole('listitem').filter({ hasText: address }).click();
    await expect(responses(page)).toContainText(`I am ${server}`);
  }
  expect(members.received.map(({ type }) => type)).toEqual(['NON']);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByRole('form', { name: 'Request over UDP' }).getByRole('button', { name: 'Send' })).toBeVisible();

  await page.getByRole('textbox', { name: 'Collect responses for' }).fill('5');
  await page.getByRole('button', { name: 'Discover' }).click();
  await expect(page.getByRole('region', { name: 'Servers' })).toContainText('2 servers with 2 resources');
  await expect(page.getByRole('treeitem', { name: /\/of\/1/ })).toBeVisible();

  await page.reload();
  await goToCoap(page, 'Over UDP');
  await expect(page.getByRole('switch', { name: 'Multicast' })).not.toBeChecked();
  expect(workbench.pageErrors).toEqual([]);
  members.close();
});
