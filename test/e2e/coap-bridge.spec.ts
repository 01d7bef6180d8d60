import type { Locator, Page } from '@playwright/test';
import { openCoapServer, type CoapServer } from '../../src/main/engine/coap/udp/coap-server.ts';
import { violations } from './axe.ts';
import { goToCoap, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

const view = (page: Page): Locator => page.getByRole('region', { name: /^Bridge / });
const settings = (page: Page): Locator => page.getByRole('form', { name: 'Bridge settings' });
const lines = (page: Page): Locator => page.getByRole('list', { name: 'Carried requests' }).getByRole('listitem');
const save = async (page: Page): Promise<void> => {
  await settings(page).getByRole('button', { name: 'Save' }).click();
  await expect(settings(page).getByRole('button', { name: 'Save' })).toBeHidden();
};

/** A server with one resource that keeps what is put. */
function play(): Promise<CoapServer> {
  let stored = '{"open":false}';
  return openCoapServer({
    ...{ port: 0, host: '127.0.0.1', maxBodyBytes: 100_000 },
    clock: () => performance.now(),
    random: Math.random,
    handle({ method, path, payload }) {
      if (path.join('/') !== 'valve') return { code: '4.04' };
      if (method === 'GET') return { code: '2.05', payload: new TextEncoder().encode(stored), contentFormat: 50 };
      stored = new TextDecoder().decode(payload);
      return { code: '2.04' };
    },
  });
}

/** From the place with the builder already on the device. */
async function ask(page: Page, path: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Path' }).fill(path);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

test('a bridge made by clicking carries a request over MQTT to a mock device on a UDP port, and another one a request over UDP to that', async ({
  workbench,
}) => {
  const { page } = workbench;
  await startQuietBroker(page, await freePort(), await freePort());
  await goToCoap(page, 'Mock devices');
  await page.getByRole('button', { name: 'Add a mock device' }).last().click();
  const device = page.getByRole('region', { name: /^Mock device / });
  await device.getByRole('tab', { name: 'Settings' }).click();
  await device.getByRole('checkbox', { name: 'Take CoAP requests on a UDP port' }).click();
  await device.getByRole('textbox', { name: 'Port' }).fill('0');
  await device.getByRole('button', { name: 'Save' }).click();
  await expect(device.getByRole('status').first()).toContainText(/UDP: coap:\/\/127\.0\.0\.1:\d+/);
  const [target = ''] = /coap:\/\/127\.0\.0\.1:\d+/.exec((await device.getByRole('status').first().textContent()) ?? '') ?? [];

  await goToCoap(page, 'Bridges');
  await page.getByRole('button', { name: 'Add a CoAP server' }).click();
  await expect(view(page).getByRole('status')).toContainText('gf_int_v1/+/request/COAP_1/+');
  await settings(page).getByRole('textbox', { name: 'Address' }).fill('coap://224.0.1.187');
  await expect(settings(page)).toContainText('one of a group');
  await settings(page).getByRole('textbox', { name: 'Address' }).fill(target);
  await save(page);
  await view(page).getByRole('tab', { name: 'Log' }).click();
  await view(page).getByRole('button', { name: 'Ask it over MQTT' }).click();
  await ask(page, 'gains');
  await expect(page.getByRole('region', { name: 'Response' })).toContainText('205');
  await ask(page, 'nothing');
  await expect(page.getByRole('region', { name: 'Response' })).toContainText('NotFoundResponse');
  await goToCoap(page, 'Bridges');
  await expect(lines(page)).toHaveCount(2);
  await lines(page).filter({ hasText: 'GET gains' }).click();
  await expect(page.getByRole('region', { name: 'Carried request' })).toContainText(`GET ${target}/gains`);

  // The other way, to the device that the first bridge plays.
  await page.getByRole('button', { name: 'Add a bridge' }).click();
  await page.getByRole('menuitem', { name: 'Devices over MQTT as a CoAP server' }).click();
  await settings(page).getByRole('textbox', { name: 'Port' }).fill('0');
  await save(page);
  await expect(view(page).getByRole('status')).toContainText('Running on coap://127.0.0.1:');
  await view(page).getByRole('tab', { name: 'Log' }).click();
  await view(page).getByRole('button', { name: 'Ask it over UDP' }).click();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Response' })).toContainText('COAP_1/gains');
  const address = page.getByRole('textbox', { name: 'Address' });
  await address.fill((await address.inputValue()).replace('.well-known/core', 'coap/COAP_1/gains'));
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Response' })).toContainText('/coap/COAP_1/gains');
  await expect(page.getByRole('region', { name: 'Response' })).toContainText('2.05 Content');
  expect(workbench.pageErrors).toEqual([]);
});

test('a taken port is said, with a free one to take instead, and a removed bridge comes back', async ({ workbench }) => {
  const { page } = workbench;
  const server = await play();
  await startQuietBroker(page, await freePort(), await freePort());
  await goToCoap(page, 'Bridges');
  await page.getByRole('button', { name: 'Open a CoAP port' }).click();
  await settings(page).getByRole('textbox', { name: 'Port' }).fill(String(server.local.port));
  await save(page);
  await expect(view(page).getByRole('alert')).toContainText('is in use');
  await view(page)
    .getByRole('button', { name: /^Use port \d+$/ })
    .click();
  await expect(view(page).getByRole('status')).toContainText('Running on');
  await view(page).getByRole('button', { name: 'More of the bridge' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await expect(page.getByRole('heading', { name: 'Bring CoAP and MQTT together' })).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(view(page).getByRole('status')).toContainText('Running on');
  server.close();
});

test('passes axe', async ({ workbench }) => {
  const { page } = workbench;
  const server = await play();
  const found: string[] = [];
  const check = async (when: string): Promise<void> => {
    found.push(...(await violations(workbench, when)));
  };
  await startQuietBroker(page, await freePort(), await freePort());
  await goToCoap(page, 'Bridges');
  await page.getByRole('heading', { name: 'Bring CoAP and MQTT together' }).waitFor();
  await check('empty');
  await page.getByRole('button', { name: 'Open a CoAP port' }).click();
  await settings(page).getByText('of one device').click();
  await check('settings of a port');
  await page.getByRole('button', { name: 'Add a bridge' }).click();
  await page.getByRole('menuitem', { name: 'A CoAP server as a device over MQTT' }).click();
  await settings(page).getByRole('textbox', { name: 'Address' }).fill(`coap://127.0.0.1:${server.local.port}`);
  await check('settings of a server');
  await save(page);
  await view(page).getByRole('tab', { name: 'Log' }).click();
  await check('log without lines');
  await view(page).getByRole('button', { name: 'Ask it over MQTT' }).click();
  await ask(page, 'valve');
  await goToCoap(page, 'Bridges');
  await lines(page).first().click();
  await check('log');
  await goToCoap(page, 'Over UDP');
  await page.getByRole('switch', { name: 'Multicast' }).click();
  await check('multicast');
  expect(found).toEqual([]);
  server.close();
});
