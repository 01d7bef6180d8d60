import { clipboardText, addSubscription, connectionState, newConnection, showSource, startQuietBroker, subscriptionLine, topicRow } from './steps.ts';
import { expect, freePort, mosquittoPub, hasMosquittoClients, test } from './workbench.ts';

test('subscriptions with options: what came is counted, dropped and told', async ({ workbench }) => {
  const { page } = workbench;
  test.skip(!hasMosquittoClients(), 'needs mosquitto_pub');
  const port = await startQuietBroker(page, await freePort(), await freePort());
  await newConnection(page, { name: 'Lab', address: `mqtt://127.0.0.1:${port}` });
  await page.getByRole('button', { name: 'Save & connect' }).click();
  await expect(connectionState(page)).toContainText('Connected');
  await addSubscription(page, 'noise/#', 0);
  await expect(subscriptionLine(page, 'noise/#')).toContainText('granted QoS 0');
  await page.getByRole('button', { name: 'Edit noise/#' }).click();
  await page.getByRole('button', { name: 'More options' }).click();
  await page.getByRole('combobox', { name: 'Messages that come' }).click();
  await page.getByRole('option', { name: /^Drop/ }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(subscriptionLine(page, 'noise/#')).toContainText('dropped');

  await page.getByRole('button', { name: 'Add subscription' }).click();
  await page.getByRole('textbox', { name: 'Topic filter' }).fill('door/+');
  await page.getByRole('button', { name: 'More options' }).click();
  await page.getByRole('textbox', { name: 'Alias' }).fill('Doors');
  await page.getByRole('radio', { name: 'green' }).click();
  await page.getByRole('textbox', { name: 'Identifier' }).fill('7');
  await page.getByRole('combobox', { name: 'Messages that come' }).click();
  await page.getByRole('option', { name: /^Notify/ }).click();
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(subscriptionLine(page, 'door/+')).toContainText('granted QoS 0');
  await expect(subscriptionLine(page, 'door/+')).toContainText('id 7');

  await mosquittoPub(port, '-t', 'noise/a', '-m', 'x');
  await mosquittoPub(port, '-t', 'door/front', '-m', 'open');
  await expect(subscriptionLine(page, 'noise/#')).toContainText('1, 1 dropped');
  await expect(page.getByText('Doors · Lab')).toBeVisible();
  await page.getByRole('button', { name: 'Copy the active subscriptions (2)' }).click();
  await page.getByRole('menuitem', { name: /^As JSON/ }).click();
  await expect.poll(() => clipboardText(workbench)).toContain('"identifier": 7');

  await showSource(page, 'Lab');
  await expect(topicRow(page, 'front')).toBeVisible();
  await expect(topicRow(page, 'noise')).toBeHidden();
  await topicRow(page, 'front').click();
  await expect(page.getByRole('group', { name: 'Came by' }).first()).toContainText('Doors');
});
