import type { Locator, Page } from '@playwright/test';
import { openCoapServer, type CoapServer } from '../../src/main/engine/coap/udp/coap-server.ts';
import { fileSavedBy, goTo, goToCoap } from './steps.ts';
import { violations } from './axe.ts';
import { expect, test } from './workbench.ts';

const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);
const builder = (page: Page): Locator => page.getByRole('form', { name: 'Request over UDP' });
const address = (page: Page): Locator => builder(page).getByRole('textbox', { name: 'Address' });
const response = (page: Page): Locator => page.getByRole('region', { name: 'Response' });
const send = (page: Page): Promise<void> => builder(page).getByRole('button', { name: 'Send' }).click();

interface Played {
  readonly server: CoapServer;
  readonly uri: string;
  readonly stored: { bytes: number };
}

/** A thermostat that can be observed, a file that can be written, and something that fails. */
async function play(): Promise<Played> {
  const stored = { bytes: 0 };
  let reads = 0;
  const server = await openCoapServer({
    port: 0,
    host: '127.0.0.1',
    clock: () => performance.now(),
    random: Math.random,
    maxBodyBytes: 1_000_000,
    handle({ path, method, payload }) {
      switch (path.join('/')) {
        case '.well-known/core':
          return { code: '2.05', contentFormat: 40, payload: bytes('</temp>;rt="temperature";obs,</file>;title="A file"') };
        case 'temp':
          reads += 1;
          return { code: '2.05', contentFormat: 50, payload: bytes(JSON.stringify({ celsius: 20 + reads })), observable: true };
        case 'file':
          if (method === 'PUT') stored.bytes = payload.length;
          return method === 'PUT' ? { code: '2.04' } : { code: '2.05', contentFormat: 42, payload: Uint8Array.from({ length: 3000 }, (_, n) => n % 251) };
        case 'door':
          return { code: '2.05', contentFormat: 0, payload: bytes('shut'), observable: true };
        default:
          return { code: '4.04', payload: bytes('nothing here') };
      }
    },
  });
  return { server, uri: `coap://127.0.0.1:${server.local.port}`, stored };
}

test('asks a CoAP server, and shows the response, its options and every message', async ({ workbench }) => {
  const { page } = workbench;
  const { server, uri } = await play();
  await goToCoap(page, 'Over UDP');
  await expect(page.getByText('No request yet')).toBeVisible();
  await address(page).fill('http://x');
  await send(page);
  await expect(address(page)).toHaveAttribute('aria-invalid', 'true');

  await test.step('discovery', async () => {
    await address(page).fill(uri);
    await page.getByRole('button', { name: 'Discover' }).click();
    const tree = page.getByRole('tree', { name: 'Servers and resources' });
    await expect(tree.getByRole('treeitem', { name: /temperature, observable/ })).toBeVisible();
    await tree.getByRole('treeitem', { name: /temperature/ }).click();
    await expect(address(page)).toHaveValue(`${uri}/temp`);
  });

  await test.step('GET', async () => {
    await address(page).press('ControlOrMeta+Enter');
    await expect(response(page)).toContainText('2.05 Content');
    await expect(response(page)).toContainText('"celsius": 21');
    await expect(response(page)).toContainText('50 (application/json)');
  });

  await test.step('options are checked', async () => {
    await page.getByRole('button', { name: 'Add option' }).click();
    await page.getByRole('combobox', { name: 'Name of option 1' }).click();
    await page.getByRole('option', { name: /^Accept/ }).click();
    const value = page.getByRole('textbox', { name: 'Value of option 1' });
    await value.fill('json');
    await expect(page.getByText('Accept needs an integer from 0.')).toBeVisible();
    await value.fill('50');
    await send(page);
    await page.getByRole('tab', { name: 'Messages' }).click();
    await expect(page.getByRole('list', { name: 'Messages' })).toContainText('Accept: 50');
    await page.getByRole('searchbox', { name: 'Filter messages' }).fill('accept');
    await expect(page.getByRole('list', { name: 'Messages' }).getByRole('listitem')).toHaveCount(1);
    await page.getByRole('list', { name: 'Messages' }).getByRole('listitem').first().click();
    await expect(page.getByRole('region', { name: 'Selected message' })).toContainText('CON 0.01 GET');
    await page.getByRole('button', { name: 'Clear the log' }).click();
    await expect(page.getByText('0 of 0 messages')).toBeVisible();
    await page.getByRole('button', { name: 'Remove option 1' }).click();
  });

  await test.step('an error of the server, and a port on which nothing listens', async () => {
    await address(page).fill(`${uri}/none`);
    await send(page);
    await expect(response(page)).toContainText('4.04 Not Found');
    server.close();
    await send(page);
    await expect(response(page).getByRole('alert')).toContainText('Nothing listens on the UDP port');
    await address(page).fill('coap://224.0.1.187/');
    await send(page);
    await expect(response(page).getByRole('alert')).toContainText('multicast');
  });
});

test('writes 64 KiB in blocks', async ({ workbench }) => {
  const { page } = workbench;
  const { server, uri, stored } = await play();
  await goToCoap(page, 'Over UDP');
  await address(page).fill(`${uri}/file`);
  await builder(page).getByRole('combobox', { name: 'Method' }).click();
  await page.getByRole('option', { name: 'PUT' }).click();
  await builder(page).getByRole('textbox', { name: 'Payload' }).fill('x'.repeat(65_536));
  await send(page);
  await expect(response(page)).toContainText('2.04 Changed');
  await expect(response(page).getByRole('progressbar', { name: 'Sent in blocks' })).toHaveAttribute('aria-valuenow', '100');
  expect(stored.bytes).toBe(65_536);
  server.close();
});

test('observes a resource and ends it in each way', async ({ workbench }) => {
  const { page } = workbench;
  const { server, uri } = await play();
  await goToCoap(page, 'Over UDP');
  await address(page).fill(`${uri}/temp`);
  const panel = page.getByRole('region', { name: 'Observed' });
  const begin = async (): Promise<void> => {
    await builder(page).getByRole('button', { name: 'Observe' }).click();
    await expect(panel).toContainText('Observing, 1 state');
  };
  await begin();
  server.changed(['temp']);
  await expect(panel).toContainText('Observing, 2 states');
  await expect(panel).toContainText('"celsius": 22');
  await expect(panel.getByRole('list', { name: 'Notifications' }).getByRole('listitem')).toHaveCount(2);
  // It goes on while another place is shown.
  await goTo(page, 'Start');
  server.changed(['temp']);
  await goToCoap(page, 'Over UDP');
  await expect(panel).toContainText('Observing, 3 states');
  await panel.getByRole('button', { name: 'Deregister' }).click();
  await expect(panel).toContainText('Ended: deregistered');
  expect(server.observers()).toBe(0);

  await begin();
  await panel.getByRole('button', { name: 'Reset' }).click();
  await expect(panel).toContainText('Waiting for the next notification');
  server.changed(['temp']);
  await expect(panel).toContainText('the last notification was rejected');
  await expect.poll(() => server.observers()).toBe(0);

  await begin();
  await panel.getByRole('button', { name: 'Forget' }).click();
  await expect(panel).toContainText('Ended: forgotten');
  expect(server.observers()).toBe(1);
  server.close();
});

test('observes several resources at once, and ends each in its own way', async ({ workbench }) => {
  const { page } = workbench;
  const { server, uri } = await play();
  await goToCoap(page, 'Over UDP');
  const list = page.getByRole('list', { name: 'Observations' });
  const panel = page.getByRole('region', { name: 'Observed' });
  for (const resource of ['temp', 'door', 'temp']) {
    await address(page).fill(`${uri}/${resource}`);
    await builder(page).getByRole('button', { name: 'Observe' }).click();
    await expect(panel).toContainText('Observing, 1 state');
  }
  await expect(list.getByRole('listitem')).toHaveCount(3);
  await expect(page.getByRole('tab', { name: /Observed/ })).toContainText('3');
  expect(server.observers()).toBe(3);
  server.changed(['temp']);
  await expect(list.getByRole('listitem').nth(0)).toContainText('celsius');
  await expect(panel).toContainText('Observing, 2 states');

  await list.getByRole('listitem').nth(1).click();
  await expect(panel).toContainText('Observing, 1 state');
  await expect(list.getByRole('listitem').nth(1)).toContainText('shut');
  await panel.getByRole('button', { name: 'Reset' }).click();
  await expect(panel).toContainText('Waiting for the next notification');
  server.changed(['door']);
  await expect(panel).toContainText('the last notification was rejected');
  await list.getByRole('listitem').nth(0).click();
  await panel.getByRole('button', { name: 'Forget' }).click();
  await expect(panel).toContainText('Ended: forgotten');
  // The last one goes on.
  await list.getByRole('listitem').nth(2).click();
  server.changed(['temp']);
  await expect(panel).toContainText('Observing, 3 states');
  await panel.getByRole('button', { name: 'Deregister' }).click();
  await expect(panel).toContainText('Ended: deregistered');
  await page.getByRole('button', { name: 'Take those that have ended out of the list' }).click();
  await expect(page.getByText('Nothing is observed')).toBeVisible();
  server.close();
});

test('sends a file, and saves a response to one', async ({ workbench }) => {
  const { page } = workbench;
  const { server, uri, stored } = await play();
  await goToCoap(page, 'Over UDP');
  await address(page).fill(`${uri}/file`);
  await builder(page).getByRole('combobox', { name: 'Method' }).click();
  await page.getByRole('option', { name: 'PUT' }).click();
  await builder(page).getByRole('radio', { name: 'File' }).click();
  await send(page);
  expect(stored.bytes).toBe(0);
  await builder(page)
    .getByLabel('File with the payload')
    .setInputFiles({ name: 'firmware.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(70_000, 7) });
  await expect(builder(page)).toContainText('firmware.bin');
  await expect(builder(page)).toContainText('68.4 KiB');
  await send(page);
  await expect(response(page)).toContainText('2.04 Changed');
  await expect(response(page).getByRole('progressbar', { name: 'Sent in blocks' })).toHaveAttribute('aria-valuenow', '100');
  expect(stored.bytes).toBe(70_000);

  await builder(page).getByRole('combobox', { name: 'Method' }).click();
  await page.getByRole('option', { name: 'GET' }).click();
  await builder(page).getByRole('radio', { name: 'Text' }).click();
  await send(page);
  await expect(response(page)).toContainText('2.05 Content');
  const saved = await fileSavedBy(page, () => response(page).getByRole('button', { name: 'Save the payload to a file' }).click());
  expect(saved.name).toMatch(/^file_.*\.bin$/);
  expect([saved.bytes.length, saved.bytes[2999]]).toEqual([3000, 2999 % 251]);
  server.close();
});

test('keeps requests in a history and in a collection, which runs green and red without a broker', async ({ workbench }) => {
  const { page } = workbench;
  const { server, uri } = await play();
  await goToCoap(page, 'Over UDP');
  await address(page).fill(`${uri}/temp`);
  await send(page);
  await expect(response(page)).toContainText('2.05 Content');

  await test.step('saved and run', async () => {
    await builder(page).getByRole('button', { name: 'Save into a collection' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('GET /temp');
    await dialog.getByRole('textbox', { name: 'Name of the collection' }).fill('Sensors');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await goTo(page, 'Collections');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const result = page.getByRole('region', { name: 'Result' });
    await expect(result.getByRole('status')).toContainText('Passed');
    await result.getByRole('tab', { name: 'Answer' }).click();
    await expect(result).toContainText('"celsius"');
  });

  await test.step('what came can be asserted, and is red when it is not so', async () => {
    await page
      .getByRole('tablist', { name: 'Parts of the request' })
      .getByRole('tab', { name: /Assertions/ })
      .click();
    await page.getByRole('button', { name: 'Add an assertion' }).click();
    await page.getByRole('menuitem', { name: 'Code' }).click();
    await page.getByRole('listitem', { name: 'Code 2' }).getByRole('textbox', { name: 'Code or class' }).fill('4.04');
    await page.getByRole('button', { name: 'Save & run' }).click();
    const result = page.getByRole('region', { name: 'Result' });
    await expect(result.getByRole('status')).toContainText('Failed');
    await expect(page.getByRole('listitem', { name: 'Code 2' })).toContainText('The response has the code 2.05.');
  });

  await test.step('the history outlives the program, and can be filtered', async () => {
    const again = await workbench.restart();
    await goToCoap(again, 'Over UDP');
    await again.getByRole('tab', { name: 'History' }).click();
    const list = again.getByRole('list', { name: 'Requests' });
    await expect(list.getByRole('listitem')).toHaveCount(3);
    await again.getByRole('searchbox', { name: 'Filter requests' }).fill('run');
    await expect(list.getByRole('listitem')).toHaveCount(2);
    await again.getByRole('searchbox', { name: 'Filter requests' }).fill('nothing such');
    await expect(again.getByText('No request fits the filter')).toBeVisible();
    await again.getByRole('searchbox', { name: 'Filter requests' }).fill('');
    await list.getByRole('listitem').first().click();
    await again.getByRole('region', { name: 'Selected request' }).getByRole('button', { name: 'Edit' }).click();
    await expect(address(again)).toHaveValue(`${uri}/temp`);
    await again.getByRole('button', { name: 'Delete the history' }).click();
    await again.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await expect(again.getByText('No requests yet')).toBeVisible();
  });
  server.close();
});

test('passes axe', async ({ workbench }) => {
  const { page } = workbench;
  const { server, uri } = await play();
  await goToCoap(page, 'Over UDP');
  const found: string[] = [];
  const check = async (when: string): Promise<void> => {
    found.push(...(await violations(workbench, when)));
  };
  await check('empty');
  await address(page).fill(`${uri}/temp`);
  await page.getByRole('button', { name: 'Discover' }).click();
  await expect(page.getByRole('treeitem', { name: /temperature/ })).toBeVisible();
  await page.getByRole('button', { name: 'Add option' }).click();
  await send(page);
  await check('with an option that is missing');
  await page.getByRole('button', { name: 'Remove option 1' }).click();
  await send(page);
  await expect(response(page)).toContainText('2.05');
  await check('response');
  await builder(page).getByRole('button', { name: 'Observe' }).click();
  await expect(page.getByRole('region', { name: 'Observed' })).toContainText('Observing, 1 state');
  await check('observed');
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('list', { name: 'Requests' }).getByRole('listitem').first().click();
  await expect(page.getByRole('region', { name: 'Selected request' })).toBeVisible();
  await builder(page).getByRole('radio', { name: 'File' }).click();
  await check('history, and a file as payload');
  await page.getByRole('tab', { name: 'Messages' }).click();
  await page.getByRole('list', { name: 'Messages' }).getByRole('listitem').first().click();
  await expect(page.getByRole('region', { name: 'Selected message' })).toBeVisible();
  await check('messages');
  expect(found).toEqual([]);
  server.close();
});
