import type { Locator, Page } from '@playwright/test';
import { connectAsync, type MqttClient } from 'mqtt';
import { buildGfRequest } from '../../src/shared/coap/gf/build.ts';
import { goToCoap, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

const view = (page: Page): Locator => page.getByRole('region', { name: /^Mock device / });
const resources = (page: Page): Locator => page.getByRole('list', { name: 'Resources' });
const editor = (page: Page): Locator => page.getByRole('form', { name: /^Resource / });

type Ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: string) => Promise<unknown>;

/** A caller that does not wait for responses. */
const asking =
  (client: MqttClient): Ask =>
  (method, path, body) => {
    const requestId = crypto.randomUUID();
    const text = buildGfRequest({ method, path, requestId, source: 'e2e', body: body ?? null, timestampMs: 1 });
    return client.publishAsync(`gf_int_v1/demo/request/MOCK_1/${requestId}`, text, { qos: 1 });
  };

test('a mock device is made by clicking, keeps what is put, and answers 500 when its script throws', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  await goToCoap(page, 'Mock devices');
  await view(page)
    .or(page.getByRole('heading', { name: 'Play a device' }))
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Add a mock device' }).last().click();
  await expect(view(page).getByRole('status').first()).toContainText('gf_int_v1/+/request/MOCK_1/+');

  const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
  const ask = asking(client);
  await ask('POST', 'gains', 'made');
  await expect(resources(page).getByText('/gains/1')).toBeVisible();
  await ask('PUT', 'gains', 'put by a request');
  await expect(editor(page).getByRole('group', { name: 'State now' })).toContainText('put by a request');
  await ask('DELETE', 'gains/1');
  await expect(resources(page).getByText('/gains/1')).toBeHidden();

  await editor(page).getByRole('radio', { name: 'Script' }).click();
  const script = page.getByRole('textbox', { name: 'Script that answers' });
  await script.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText("export default () => { throw new Error('no luck'); };");
  await editor(page).getByRole('button', { name: 'Save' }).click();
  await expect(view(page).getByText('1 unsaved')).toBeHidden();
  await ask('GET', 'gains');
  await expect(view(page).getByTitle('Internal Server Error: 1')).toBeVisible();
  await view(page).getByRole('tab', { name: 'Log' }).click();
  await expect(view(page).getByText('500 Internal Server Error to e2e', { exact: false }).first()).toContainText('no luck');

  await view(page).getByRole('button', { name: 'Stop' }).click();
  await expect(view(page).getByRole('status').first()).toContainText('MQTT: stopped');
  await client.endAsync();
  expect(workbench.pageErrors).toEqual([]);
});

test('a request is tried with what is not saved yet, and faults, several devices and what was passed over are seen', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  await goToCoap(page, 'Mock devices');
  await page.getByRole('button', { name: 'Add a mock device' }).last().click();
  await expect(view(page).getByRole('status').first()).toContainText('gf_int_v1/+/request/MOCK_1/+');

  const attempt = editor(page).getByRole('region', { name: 'Try it' });
  await attempt.getByRole('button', { name: 'Try it' }).click();
  await expect(attempt).toContainText('205 Content');
  await editor(page).getByRole('radio', { name: /^POST/ }).click();
  await attempt.getByRole('button', { name: 'Try it' }).click();
  await expect(attempt).toContainText('201 Created');
  await expect(attempt.getByRole('list', { name: 'What it would change' })).toContainText('/gains/1 would be created as null');
  await editor(page).getByRole('radio', { name: 'Script' }).click();
  const script = page.getByRole('textbox', { name: 'Script that answers' });
  await script.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText("export default (body, { query }) => { console.log('asked with', query[0]); throw new Error('no luck'); };");
  await attempt.getByRole('textbox', { name: 'Path to try' }).fill('?unit=C');
  await page.keyboard.press('ControlOrMeta+Shift+Enter');
  await expect(attempt).toContainText('500 Internal Server Error');
  await expect(attempt).toContainText('line 1');
  await expect(attempt.getByRole('list', { name: 'Console' })).toContainText('asked with unit=C');
  await expect(resources(page).getByText('/gains/1')).toBeHidden();

  await editor(page).getByRole('button', { name: 'Faults' }).click();
  const faults = page.getByRole('dialog', { name: 'Faults' });
  await faults.getByRole('combobox', { name: 'Code of the error' }).click();
  await expect(page.getByRole('option')).toHaveCount(21);
  await page.getByRole('option', { name: '503 Service Unavailable' }).click();
  await faults.getByRole('textbox', { name: 'Errors', exact: true }).fill('100');
  await faults.getByRole('textbox', { name: 'Errors', exact: true }).press('Tab');
  await page.keyboard.press('Escape');
  await editor(page).getByRole('button', { name: 'Save' }).click();
  await expect(resources(page).getByText('with faults')).toBeAttached();

  const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
  const text = buildGfRequest({ method: 'GET', path: 'gains', requestId: 'kept', source: 'e2e', body: null, timestampMs: 1 });
  await client.publishAsync('gf_int_v1/demo/request/MOCK_1/kept', text, { qos: 1, retain: true });
  await asking(client)('POST', 'gains');
  await expect(view(page).getByTitle('Service Unavailable: 1')).toBeVisible();

  // A retained request is passed over where it is delivered as such: to who subscribes later.
  await page.getByRole('button', { name: 'Add a mock device' }).click();
  const list = page.getByRole('list', { name: 'Mock devices' });
  await expect(list.getByRole('listitem')).toHaveCount(2);
  await page.getByRole('button', { name: 'Several devices' }).click();
  await page.getByRole('menuitem', { name: /^Stop them/ }).click();
  await expect(list.getByRole('listitem').filter({ hasText: 'MQTT: stopped' }).or(list.getByLabel('MQTT: stopped'))).toHaveCount(2);
  await page.getByRole('searchbox', { name: 'Filter mock devices' }).fill('device 1');
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await page.getByRole('button', { name: 'Several devices' }).click();
  await page.getByRole('menuitem', { name: /^Start them 1 stopped one/ }).click();
  await list.getByText('Mock device 1').click();
  await view(page)
    .getByRole('button', { name: /^1: show the log/ })
    .click();
  await expect(view(page).getByText('A retained request was passed over', { exact: false })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Filter mock devices' }).fill('');
  await list.getByText('Mock device 2').click();
  await expect(view(page).getByRole('status').first()).toContainText('MQTT: stopped');
  await client.endAsync();
  expect(workbench.pageErrors).toEqual([]);
});
