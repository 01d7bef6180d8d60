import type { Locator, Page } from '@playwright/test';
import { connectAsync } from 'mqtt';
import { buildGfRequest, buildGfResponse } from '../../src/shared/coap/gf/build.ts';
import { goToCoap, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

const list = (page: Page): Locator => page.getByRole('list', { name: 'Handlers in their order' });
const editor = (page: Page): Locator => page.getByRole('form', { name: /^Handler / });
const traces = (page: Page): Locator => page.getByRole('list', { name: 'Traced messages' });
const steps = (page: Page): Locator => page.getByRole('list', { name: 'Steps' });
const outcome = (page: Page): Locator => page.getByRole('region', { name: 'Outcome' });

async function write(page: Page, source: string): Promise<void> {
  await editor(page).getByRole('textbox', { name: 'Script of the handler' }).focus();
  await page.keyboard.press('ControlOrMeta+A');
  // What is typed would get its closing braces by itself.
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), source);
  await page.keyboard.press('ControlOrMeta+V');
  await editor(page).getByRole('button', { name: 'Save' }).click();
  await expect(list(page).getByText('Unsaved')).toBeHidden();
}

async function open(page: Page): Promise<number> {
  const port = await startQuietBroker(page, await freePort(), await freePort());
  await goToCoap(page, 'Handlers');
  await page.getByRole('heading', { name: 'Handle messages as gf_mqtt_client does' }).waitFor();
  return port;
}

test('a handler is made by clicking, answers a real request, and shows what it did step by step', async ({ workbench }) => {
  const { page } = workbench;
  const port = await open(page);
  await page.getByRole('button', { name: 'Request handler' }).click();
  await editor(page).getByRole('textbox', { name: 'Path' }).fill('gains');
  await editor(page).getByRole('textbox', { name: 'Name' }).fill('Gains');
  await write(page, 'export const handle = ({ header }) => { console.log("hello", header.source); return [header.path]; };');
  await expect(page.getByText('Takes gf_int_v1/+/request/WORKBENCH/+', { exact: false })).toBeVisible();

  const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
  const answers: string[] = [];
  client.on('message', (_topic, payload) => void answers.push(payload.toString()));
  await client.subscribeAsync('gf_int_v1/+/response/#');
  const ask = (path: string): Promise<unknown> => {
    const requestId = crypto.randomUUID();
    const text = buildGfRequest({ method: 'GET', path, requestId, source: 'e2e', body: null, timestampMs: 1 });
    return client.publishAsync(`gf_int_v1/demo/request/WORKBENCH/${requestId}`, text, { qos: 1 });
  };
  await ask('gains');
  await expect(traces(page).getByText('→ GET gains')).toBeVisible();
  await expect(outcome(page)).toContainText('Answered with 205 Content');
  await expect(steps(page).getByRole('listitem').first()).toContainText('hello e2e');
  await expect.poll(() => answers.length).toBe(1);
  expect(JSON.parse(answers[0] ?? '')).toMatchObject({ header: { response_code: 205, path: 'gains', source: 'WORKBENCH' }, body: ['gains'] });

  await test.step('why it does not take another one', async () => {
    await ask('other');
    await expect(steps(page)).toContainText('The path is other, not gains.');
    await expect(outcome(page)).toContainText('Nothing is published');
  });

  await test.step('what fails names its line', async () => {
    await write(page, 'export const handle = (message) => {\n  return message.header.none.at;\n};');
    await ask('gains');
    await expect(page.getByRole('alert').filter({ hasText: 'TypeError' })).toContainText('(line 2)');
  });
  await client.endAsync();
  expect(workbench.pageErrors).toEqual([]);
});

test('a response handler raises on a 404 before its script runs, and the request shows it', async ({ workbench }) => {
  const { page } = workbench;
  const port = await open(page);
  await page.getByRole('button', { name: 'Response handler' }).click();
  await expect(editor(page).getByRole('checkbox', { name: 'raise_exceptions' })).toBeChecked();

  const device = await connectAsync(`mqtt://127.0.0.1:${port}`);
  device.on('message', (topic, payload) => {
    const { header } = JSON.parse(payload.toString()) as { header: { request_id: string; path: string } };
    const code = header.path === 'gains' ? 205 : 404;
    const text = buildGfResponse({
      code,
      path: header.path,
      requestId: header.request_id,
      correlationId: null,
      source: 'D1',
      body: 'as it came',
      timestampMs: 1,
    });
    device.publish(topic.replace('/request/', '/response/'), text);
  });
  await device.subscribeAsync('gf_int_v1/+/request/D1/+');

  const send = async (path: string): Promise<void> => {
    await goToCoap(page, 'Over MQTT');
    const form = page.getByRole('form', { name: 'Request' });
    await form.getByRole('textbox', { name: 'Device' }).fill('D1');
    await form.getByRole('textbox', { name: 'Subsystem' }).fill('demo');
    await form.getByRole('textbox', { name: 'Path' }).fill(path);
    await form.getByRole('button', { name: 'Send' }).click();
  };
  await send('missing');
  const handled = page.getByRole('group', { name: 'Handlers' });
  await expect(handled).toContainText('The caller catches NotFoundResponse');
  await handled.getByRole('button', { name: 'Show the steps' }).click();
  await expect(steps(page).getByRole('listitem').first()).toContainText('Raised before its script runs.');
  await expect(handled.getByRole('region', { name: 'Outcome' })).toContainText('as it came');

  await send('gains');
  await expect(handled).toContainText('Handlers changed what the call gives');

  await goToCoap(page, 'Handlers');
  await expect(traces(page).getByText('NotFoundResponse')).toBeVisible();
  await traces(page).getByText('← 205 gains').click();
  await expect(outcome(page)).toContainText(/"from": ?"D1"/);
  await device.endAsync();
  expect(workbench.pageErrors).toEqual([]);
});

test('handlers change their order with keys, and a recorded message can be traced again', async ({ workbench }) => {
  const { page } = workbench;
  await open(page);
  await page.getByRole('button', { name: 'Add a working example' }).click();
  await page.getByRole('button', { name: 'Request GET gains' }).click();
  await expect(traces(page).getByText('→ GET gains')).toBeVisible();

  const names = (): Promise<readonly string[]> =>
    list(page)
      .getByRole('listitem')
      .evaluateAll((rows) => rows.map((row) => row.textContent?.replace(/^\d+/, '').split(/[→←]/)[0] ?? ''));
  await list(page).getByText('Refuse everything else').click();
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(names).toEqual(['Refuse everything else', 'Log every request', 'Answer GET gains', 'Sum up lists', 'Default response handleralways there']);
  await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(names).toEqual(['Log every request', 'Refuse everything else', 'Answer GET gains', 'Sum up lists', 'Default response handleralways there']);

  await page.getByRole('button', { name: 'Trace a message', exact: true }).click();
  await page.getByRole('button', { name: 'Choose' }).click();
  await page.getByRole('menuitem', { name: '→ GET gains' }).click();
  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  await expect(outcome(page)).toContainText('Answered with 404 Not Found');
  await expect(steps(page)).toContainText('“Refuse everything else” does not propagate.');

  await list(page).getByText('Refuse everything else').click();
  await page.keyboard.press('Delete');
  await expect(list(page).getByRole('listitem')).toHaveCount(4);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(list(page).getByRole('listitem')).toHaveCount(5);

  await page.getByRole('button', { name: 'More of the handlers' }).click();
  await page.getByRole('menuitem', { name: 'Remove all handlers' }).click();
  await expect(page.getByRole('heading', { name: 'Handle messages as gf_mqtt_client does' })).toBeVisible();
  expect(workbench.pageErrors).toEqual([]);
});
