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
