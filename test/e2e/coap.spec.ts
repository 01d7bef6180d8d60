import type { Locator, Page } from '@playwright/test';
import { RawClient } from '../conformance/mqtt/raw-client.ts';
import { dialTcp } from '../conformance/mqtt/streams.ts';
import { expectFieldError, fillPublish, goTo, setBrokerPorts, startBroker } from './steps.ts';
import { violations } from './axe.ts';
import { expect, freePort, test, type Workbench } from './workbench.ts';

const tree = (page: Page): Locator => page.getByRole('tree', { name: 'Devices' });
const treeLine = (page: Page, name: string): Locator => tree(page).getByRole('treeitem', { name: new RegExp(`^${name}\\b`) });
const builder = (page: Page): Locator => page.getByRole('form', { name: 'Request to a device' });
const response = (page: Page): Locator => page.getByRole('region', { name: 'Response', exact: true });
const field = (page: Page, name: string): Locator => builder(page).getByRole('textbox', { name, exact: true });
const send = (page: Page): Promise<void> => builder(page).getByRole('button', { name: 'Send', exact: true }).click();
const chooseMethod = (page: Page, method: string): Promise<void> => builder(page).getByRole('radio', { name: method, exact: true }).click();
const expectCode = (page: Page, code: string): Promise<void> => expect(response(page).getByRole('status').first()).toContainText(code);

/** Replaces the body as a person would, whatever editor is there. */
async function writeBody(page: Page, json: string): Promise<void> {
  await builder(page)
    .getByRole('textbox', { name: /^Body as JSON/ })
    .focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  if (json !== '') await page.keyboard.insertText(json);
}

async function expectAccessible(workbench: Workbench): Promise<void> {
  expect(await violations(workbench, 'CoAP')).toEqual([]);
}

test('the resources of the demo device are asked for, changed, and every response is explained', async ({ workbench }) => {
  const { page } = workbench;
  const port = await freePort();
  await goTo(page, 'CoAP');
  await expect(page.getByText('The local broker is not running')).toBeVisible();
  await expectAccessible(workbench);
  await setBrokerPorts(page, port, await freePort());
  await startBroker(page);
  await goTo(page, 'CoAP');

  await test.step('one click asks the demo device for its state', async () => {
    await page.getByRole('button', { name: 'Request the demo device' }).first().click();
    await expectCode(page, '205 Content');
    await expect(field(page, 'Device')).toHaveValue('DEMO_THERMOSTAT');
    await expect(response(page)).toContainText('"temperature"');
    await expect(treeLine(page, 'DEMO_THERMOSTAT')).toBeVisible();
    await expect(treeLine(page, 'GET state')).toContainText('205');
    await response(page).getByRole('radio', { name: 'Header' }).click();
    await expect(response(page).getByRole('group', { name: 'Header of the response' })).toContainText('DEMO_THERMOSTAT');
    await response(page).getByRole('radio', { name: 'Messages' }).click();
    await expect(response(page)).toContainText('"method": "GET"');
    await response(page).getByRole('button', { name: 'Who got it' }).click();
    await expect(response(page).getByRole('region', { name: 'Who got it' }).getByRole('listitem')).toContainText('demo-thermostat');
    await response(page).getByRole('button', { name: 'Who got it' }).click();
    await response(page).getByRole('radio', { name: 'Response' }).click();
  });

  await test.step('PUT, and GET gives it back', async () => {
    await field(page, 'Path').fill('target');
    await chooseMethod(page, 'PUT');
    await writeBody(page, '{"a": }');
    await expect(builder(page)).toContainText('This is not JSON');
    await writeBody(page, '23.5');
    await send(page);
    await expectCode(page, '204 Changed');
    await chooseMethod(page, 'GET');
    await writeBody(page, '');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expectCode(page, '205 Content');
    await expect(response(page).getByRole('textbox', { name: 'Body of the response' })).toBeVisible();
    await expect(response(page)).toContainText('23.5');
    await expect(treeLine(page, 'PUT target')).toContainText('204');
  });

  await test.step('a resource that is not there, as a program with gf_mqtt_client sees it', async () => {
    await field(page, 'Path').fill('nope');
    await send(page);
    await expectCode(page, '404 Not Found');
    const exception = response(page).getByRole('group', { name: 'Exception' });
    await expect(exception).toContainText('NotFoundResponse');
    await expect(exception).toContainText('There is no resource "nope".');
    await expectAccessible(workbench);
  });

  await test.step('what cannot be a level of a topic is refused where it stands', async () => {
    await field(page, 'Device').fill('A/B');
    await expectFieldError(field(page, 'Device'), /contains "\/"/);
    await send(page);
    await expect(response(page)).toContainText('NotFoundResponse');
    await field(page, 'Device').fill('DEMO_THERMOSTAT');
  });

  await test.step('what the real validator refuses is said, and sent all the same', async () => {
    await field(page, 'Path').fill('state');
    await builder(page)
      .getByRole('button', { name: /^Header and delivery/ })
      .click();
    await field(page, 'Token').fill('secret');
    await field(page, 'Correlation id').fill('batch 7');
    await builder(page).getByRole('combobox', { name: 'Methods as' }).click();
    await page.getByRole('option', { name: /^Integers/ }).click();
    await expect(builder(page)).toContainText('The validator of gf_mqtt_client refuses this request');
    await send(page);
    await expectCode(page, '205 Content');
    await response(page).getByRole('radio', { name: 'Messages' }).click();
    await expect(response(page)).toContainText('"method": 1');
    await expect(response(page)).toContainText('"correlation_id": "batch 7"');
    await response(page).getByRole('radio', { name: 'Response' }).click();
    await builder(page).getByRole('combobox', { name: 'Methods as' }).click();
    await page.getByRole('option', { name: /^Words/ }).click();
  });

  await test.step('a device that does not answer ends in a 504 of this side', async () => {
    // It listens, so that the broker does not end the request at once.
    const silent = new RawClient(await dialTcp(port), 5);
    await silent.connect({ clientId: 'SILENT' });
    await silent.subscribe('gf_int_v1/+/request/SILENT/+');
    await field(page, 'Device').fill('SILENT');
    await builder(page).getByRole('textbox', { name: 'Time-out' }).fill('0.5');
    await send(page);
    await expectCode(page, '504 Gateway Timeout (local)');
    const exception = response(page).getByRole('group', { name: 'Exception' });
    await expect(exception).toContainText('GatewayTimeoutResponse');
    await expect(exception).toContainText('Request timed out after 0.500 seconds');
    await builder(page).getByRole('textbox', { name: 'Time-out' }).fill('60');
    await send(page);
    await response(page).getByRole('button', { name: 'Cancel' }).click();
    await expectCode(page, 'Cancelled');
    silent.drop();
  });

  await test.step('the list has them all, with their codes', async () => {
    await page.getByRole('tab', { name: 'All requests' }).click();
    const list = page.getByRole('list', { name: 'Requests' });
    await expect(list.getByRole('listitem')).toHaveCount(7);
    await page.getByRole('searchbox', { name: 'Filter requests' }).fill('nope');
    await expect(list.getByRole('listitem')).toHaveCount(1);
    await list.getByRole('listitem').first().click();
    await expect(page.getByRole('region', { name: 'Selected request' })).toContainText('NotFoundResponse');
    await expectAccessible(workbench);
    await page.getByRole('button', { name: 'Open in the request builder' }).click();
    await expect(field(page, 'Path')).toHaveValue('nope');
  });

  await test.step('devices stand here, and not among the services of RPC', async () => {
    await goTo(page, 'RPC');
    await expect(page.getByRole('tree', { name: 'Services' }).getByRole('treeitem', { name: /DEMO_THERMOSTAT/ })).toHaveCount(0);
  });

  await test.step('a message that would silence a device is stopped when published by hand', async () => {
    const topic = 'gf_int_v1/demo/request/DEMO_THERMOSTAT/by-hand';
    await goTo(page, 'Topics');
    await fillPublish(page, topic, '[1]');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await expect(page.getByText('stops receiving for good')).toBeVisible();
    await page.getByRole('button', { name: 'I know, send it' }).click();
    await expect(page.getByText(`Published to ${topic}`)).toBeVisible();
  });
});
