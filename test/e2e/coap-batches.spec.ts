import type { Locator, Page } from '@playwright/test';
import { violations } from './axe.ts';
import { engineClient } from './engine-client.ts';
import { goTo, goToCoap, setBrokerPorts, startBroker } from './steps.ts';
import { expect, freePort, test, type Workbench } from './workbench.ts';

const builder = (page: Page): Locator => page.getByRole('form', { name: 'Request to a device' });
const response = (page: Page): Locator => page.getByRole('region', { name: 'Response', exact: true });
const field = (page: Page, name: string): Locator => builder(page).getByRole('textbox', { name, exact: true });
const press = (page: Page, name: string | RegExp): Promise<void> => builder(page).getByRole('button', { name }).click();
const choose = (page: Page, name: string): Promise<void> => builder(page).getByRole('radio', { name, exact: true }).click();

async function startWithDemo(page: Page): Promise<void> {
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
  await goToCoap(page, 'Over MQTT');
  await page.getByRole('button', { name: 'Request the demo device' }).first().click();
  await expect(response(page)).toContainText('205 Content');
}

async function writeBody(page: Page, name: string, text: string): Promise<void> {
  await builder(page).getByRole('textbox', { name }).focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  if (text !== '') await page.keyboard.insertText(text);
}

/** With a variable and a secret, chosen. Only the browser host can be asked from here. */
async function chooseEnvironment({ url, page }: Workbench): Promise<void> {
  const engine = await engineClient(url as string);
  const variables = [
    { name: 'device', value: 'DEMO_THERMOSTAT', secret: false },
    { name: 'warm', value: '22.5', secret: false },
    { name: 'key', value: 's3cret', secret: true },
  ];
  await engine.call('environments.save', { environment: { id: 'lab', name: 'Lab', variables } });
  await engine.call('environments.choose', { id: 'lab' });
  engine.close();
  await expect(builder(page).getByRole('combobox', { name: 'Environment' })).toContainText('Lab');
}

test('requests are repeated, sent to many devices and in a batch, and stand together by their correlation id', async ({ workbench }) => {
  const { page } = workbench;
  await startWithDemo(page);

  await test.step('twenty times', async () => {
    await choose(page, 'Repeat');
    await field(page, 'Times').fill('20');
    await field(page, 'In flight').fill('4');
    await press(page, 'Send 20 times');
    const panel = page.getByRole('region', { name: 'Repeated request' });
    await expect(panel.getByRole('status').first()).toHaveText('Done');
    await expect(panel).toContainText('20 of 20');
    await expect(panel).toContainText('20 OK');
    expect(await violations(workbench, 'CoAP')).toEqual([]);
  });

  await test.step('to many devices, one of which is not there', async () => {
    await choose(page, 'Many devices');
    await press(page, 'Choose devices …');
    const dialog = page.getByRole('dialog', { name: 'Choose devices' });
    const list = dialog.getByRole('textbox', { name: /^Devices to ask/ });
    await list.fill('DEMO_THERMOSTAT\ndemo/+');
    await expect(dialog).toContainText('Line 2: The tag contains "+"');
    await list.fill('DEMO_THERMOSTAT\ndemo/NOBODY');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await press(page, 'Send to 2 devices');
    const panel = page.getByRole('region', { name: 'Asked devices' });
    await expect(panel.getByRole('status').first()).toHaveText('Done');
    const rows = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
    await expect(rows.nth(0)).toContainText('205 OK');
    await expect(rows.nth(1)).toContainText('PEER_UNREACHABLE');
  });

  await test.step('a batch of different requests', async () => {
    await choose(page, 'Batch');
    await press(page, /^Send$/);
    await expect(builder(page)).toContainText('Add the requests of the batch first.');
    await press(page, 'Add this request');
    await field(page, 'Path').fill('nope');
    await press(page, 'Add this request');
    await field(page, 'Path').fill('target');
    await choose(page, 'PUT');
    await choose(page, 'Number');
    await writeBody(page, 'Body as a number', '21.');
    await expect(builder(page)).toContainText('Write a number, such as 21.5.');
    await expect(builder(page).getByRole('button', { name: 'Add this request' })).toBeDisabled();
    await writeBody(page, 'Body as a number', '21.5');
    await expect(builder(page)).toContainText('Sends the number 21.5');
    await press(page, 'Add this request');
    await builder(page).getByRole('button', { name: 'Move request 3 up' }).click();
    await page.keyboard.press('ControlOrMeta+Enter');
    const panel = page.getByRole('region', { name: 'Batch of requests' });
    await expect(panel.getByRole('status').first()).toHaveText('Done');
    await expect(panel).toContainText('3 of 3');
    const rows = page.getByRole('list', { name: 'Results' }).getByRole('listitem');
    await expect(rows.nth(1)).toContainText('PUT target');
    await expect(rows.nth(2)).toContainText('404 Failed');
    expect(await violations(workbench, 'CoAP')).toEqual([]);
  });

  await test.step('its requests have one correlation id', async () => {
    await page.getByRole('button', { name: 'Show as a group' }).click();
    await expect(page.getByRole('list', { name: 'Requests', exact: true }).getByRole('listitem')).toHaveCount(3);
    await page.getByRole('button', { name: 'All requests', exact: true }).click();
    await expect(page.getByRole('list', { name: 'Requests', exact: true }).getByRole('listitem').nth(5)).toBeVisible();
    await page.getByRole('radio', { name: 'By correlation id' }).click();
    const groups = page.getByRole('list', { name: 'Groups' }).getByRole('listitem');
    await expect(groups).toHaveCount(3);
    await expect(groups.nth(0)).toContainText('3 requests');
    await expect(groups.nth(0)).toContainText('404');
    await expect(groups.nth(1)).toContainText('2 requests, 2 devices');
    await expect(groups.nth(2)).toContainText('20 requests');
    await expect(page.getByRole('status').filter({ hasText: '3 groups of 25 requests' })).toBeVisible();
    expect(await violations(workbench, 'CoAP')).toEqual([]);
    await groups.nth(1).click();
    await expect(page.getByRole('list', { name: 'Requests', exact: true }).getByRole('listitem')).toHaveCount(2);
    await page.getByRole('button', { name: 'All groups' }).click();
    await expect(groups).toHaveCount(3);
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('variables are filled in, secrets are never copied, and a saved request runs from its collection', async ({ workbench }) => {
  test.skip(workbench.kind !== 'browser', 'The environment is made through the address of the browser host.');
  const { page } = workbench;
  await startWithDemo(page);
  await chooseEnvironment(workbench);

  await test.step('in device, path, body and token', async () => {
    await field(page, 'Device').fill('{{device}}');
    await field(page, 'Path').fill('{{where}}');
    await expect(builder(page)).toContainText('{{where}} is not in “Lab”');
    await field(page, 'Path').fill('target');
    await choose(page, 'PUT');
    await writeBody(page, 'Body as JSON; empty stands for none', '{{warm}}');
    await expect(builder(page)).toContainText('Sends the number 22.5, with the values of its variables now');
    await expect(builder(page)).toContainText('Now: device = DEMO_THERMOSTAT');
    await press(page, /^Header and delivery/);
    await field(page, 'Token').fill('{{key}}');
    await press(page, /^Send$/);
    await expect(response(page)).toContainText('204 Changed');
    await response(page).getByRole('radio', { name: 'Messages' }).click();
    await expect(response(page)).toContainText('"body": 22.5');
    await expect(response(page)).toContainText('"token": "s3cret"');
    await expect(response(page)).toContainText('subscribed to this response alone');
  });

  await test.step('one standing subscription for all responses', async () => {
    await builder(page).getByRole('combobox', { name: 'Responses by' }).click();
    await page.getByRole('option', { name: /^One for the device/ }).click();
    await press(page, /^Send$/);
    await expect(response(page)).toContainText('By the standing subscription gf_int_v1/demo/response/DEMO_THERMOSTAT/+');
    await response(page).getByRole('radio', { name: 'Response' }).click();
  });

  await test.step('copied with values, and without the secret', async () => {
    await press(page, 'Copy as');
    await page.getByRole('menuitem', { name: /^Command line/ }).click();
    await expect(page.getByText('Secrets are not copied')).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('DEMO_THERMOSTAT demo target');
    expect(copied).toContain('--body 22.5');
    expect(copied).toContain("--token '{{key}}'");
  });

  await test.step('saved with its variables, shown in the terms of CoAP, and run', async () => {
    await page.keyboard.press('ControlOrMeta+S');
    await page.getByRole('dialog', { name: 'Save into a collection' }).getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Show it' }).click();
    await expect(page.getByRole('textbox', { name: 'Device', exact: true })).toHaveValue('{{device}}');
    await expect(page.getByRole('textbox', { name: 'Path', exact: true })).toHaveValue('target');
    await expect(page.getByRole('textbox', { name: 'Token', exact: true })).toHaveValue('{{key}}');
    await page.getByRole('textbox', { name: 'Path', exact: true }).fill('');
    await page.keyboard.press('ControlOrMeta+S');
    await expect(page.getByText('This cannot be saved yet: Enter the path of the resource.')).toBeVisible();
    await page.getByRole('textbox', { name: 'Path', exact: true }).fill('target');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByText('Passed').first()).toBeVisible();
    await goTo(page, 'CoAP');
    await page.getByRole('tab', { name: 'All requests' }).click();
    await expect(page.getByRole('list', { name: 'Requests', exact: true }).getByRole('listitem')).toHaveCount(4);
  });

  await test.step('what was sent with braces is loaded as it was', async () => {
    await page.getByRole('tab', { name: 'Request', exact: true }).click();
    await press(page, /^Header and delivery/);
    await field(page, 'Token').fill('');
    await writeBody(page, 'Body as JSON; empty stands for none', '{"note": "{{"{{"}}name}}"}');
    await expect(builder(page)).toContainText('not JSON');
    await writeBody(page, 'Body as JSON; empty stands for none', String.raw`{"note": "{{\"{{\"}}name}}"}`);
    await press(page, /^Send$/);
    await response(page).getByRole('radio', { name: 'Messages' }).click();
    await expect(response(page)).toContainText('"note": "{{name}}"');
    await page.getByRole('tab', { name: 'All requests' }).click();
    const newest = page.getByRole('list', { name: 'Requests', exact: true }).getByRole('listitem').first();
    await newest.click();
    await page.getByRole('button', { name: 'Open in the request builder' }).click();
    await expect(builder(page)).toContainText('Sends an object with 1 member');
    await press(page, /^Send$/);
    await expect(response(page)).toContainText('400 Bad Request');
    await response(page).getByRole('radio', { name: 'Messages' }).click();
    await expect(response(page)).toContainText('"note": "{{name}}"');
  });
  expect(workbench.pageErrors).toEqual([]);
});
