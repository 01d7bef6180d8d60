import type { Locator, Page } from '@playwright/test';
import { RawClient } from '../conformance/mqtt/raw-client.ts';
import { dialTcp } from '../conformance/mqtt/streams.ts';
import { expectFieldError, goTo, savedBy, setBrokerPorts, startBroker, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

const device = 'edge/demo-thermostat';

const services = (page: Page): Locator => page.getByRole('tree', { name: 'Services' });
const treeLine = (page: Page, name: string): Locator => services(page).getByRole('treeitem', { name: new RegExp(`^${name}\\b`) });
const builder = (page: Page): Locator => page.getByRole('form', { name: 'Call a method' });
const answer = (page: Page): Locator => page.getByRole('region', { name: 'Answer', exact: true });
const callList = (page: Page): Locator => page.getByRole('list', { name: 'Calls' });
const call = (page: Page): Promise<void> => builder(page).getByRole('button', { name: 'Call', exact: true }).click();

/** The state of the shown call, as the badge says it. */
const expectState = (page: Page, state: string): Promise<void> => expect(answer(page).getByRole('status').first()).toContainText(state);

/** Replaces the JSON of the params as a person would, whatever editor is there. */
async function writeParams(page: Page, json: string): Promise<void> {
  const editor = builder(page).getByRole('textbox', { name: 'Params as JSON' });
  await editor.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  if (json !== '') await page.keyboard.insertText(json);
}

async function chooseMethod(page: Page, method: string): Promise<void> {
  await builder(page).getByRole('textbox', { name: 'Method' }).fill(method);
}

test('the methods of the demo device are found, called, and every answer is explained', async ({ workbench }) => {
  const { page } = workbench;
  const port = await freePort();
  await goTo(page, 'RPC');
  await expect(page.getByText('The local broker is not running')).toBeVisible();
  await setBrokerPorts(page, port, await freePort());
  await startBroker(page);
  await goTo(page, 'RPC');

  await test.step('one click fills in the first call', async () => {
    await page.getByRole('button', { name: 'Call the demo device' }).click();
    await expect(builder(page).getByRole('textbox', { name: 'Topic', exact: true })).toHaveValue(device);
    await expect(builder(page).getByRole('textbox', { name: 'Method' })).toHaveValue('get_status');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expectState(page, 'OK');
    await expect(answer(page)).toContainText('"uptime_seconds"');
    await expect(treeLine(page, device)).toBeVisible();
    await expect(treeLine(page, 'get_status')).toContainText('1 call');
  });

  await test.step('its way and its bytes', async () => {
    await answer(page).getByRole('radio', { name: 'Details' }).click();
    const way = answer(page).getByRole('table', { name: 'Way of the call' });
    await expect(way.getByRole('rowheader', { name: 'Delivered to demo-thermostat' })).toBeVisible();
    await expect(way.getByRole('rowheader', { name: 'Answer published by demo-thermostat' })).toBeVisible();
    await expect(way.getByRole('rowheader', { name: 'Answer received here' })).toBeVisible();
    await answer(page).getByRole('radio', { name: 'Messages' }).click();
    await expect(answer(page)).toContainText('"rpc_request"');
    await answer(page).getByRole('button', { name: 'Who got it' }).click();
    await expect(answer(page).getByRole('region', { name: 'Who got it' }).getByRole('listitem')).toContainText('demo-thermostat');
    await answer(page).getByRole('button', { name: 'Who got it' }).click();
    await answer(page).getByRole('combobox', { name: 'Message' }).click();
    await page.getByRole('option', { name: /^Answer/ }).click();
    await expect(answer(page)).toContainText('"rpc_response"');
    await answer(page).getByRole('radio', { name: 'Answer' }).click();
  });

  await test.step('broken JSON is not sent, and the place of the error is named', async () => {
    await chooseMethod(page, 'set_target');
    await writeParams(page, '{"target": }');
    await expect(builder(page)).toContainText('This is not JSON: unexpected "}" in line 1, column 12.');
    await call(page);
    await writeParams(page, '{"target": 21}');
    await expect(builder(page)).not.toContainText('This is not JSON');
    await call(page);
    await expectState(page, 'OK');
    await expect(answer(page)).toContainText('"target": 21');
    await expect(treeLine(page, 'set_target')).toContainText('1 call');
  });

  await test.step('a form comes from what was seen', async () => {
    await builder(page).getByRole('radio', { name: 'Form' }).click();
    const target = builder(page).getByRole('textbox', { name: 'target' });
    await expect(target).toHaveValue('21');
    await target.fill('21,5');
    await expectFieldError(target, /Write an? (number|integer)/);
    await target.fill('24');
    await call(page);
    await expect(treeLine(page, 'set_target')).toContainText('2 calls');
    await expect(answer(page)).toContainText('"target": 24');
    await builder(page).getByRole('radio', { name: 'JSON' }).click();
  });

  await test.step('an error of the peer', async () => {
    await chooseMethod(page, 'calibrate');
    await writeParams(page, '');
    await call(page);
    await expectState(page, 'Failed');
    await expect(answer(page).getByRole('alert')).toContainText('calibration failed: reference sensor not found');
    await expect(answer(page)).toContainText('3003 RPC_EXECUTION_ERROR');
    await expect(answer(page)).toContainText('by the peer');
    await expect(treeLine(page, 'calibrate')).toContainText('1 failed');
  });

  await test.step('a method that does not exist', async () => {
    await chooseMethod(page, 'nope');
    await call(page);
    await expect(answer(page)).toContainText('3001 METHOD_NOT_FOUND');
    await expect(answer(page).getByRole('alert')).toContainText('Check the spelling');
  });

  await test.step('a slow one is cancelled', async () => {
    await chooseMethod(page, 'run_self_test');
    await call(page);
    await expectState(page, 'Pending');
    await answer(page).getByRole('button', { name: 'Cancel' }).press('Enter');
    await expectState(page, 'Cancelled');
    // The button is gone, and the focus stays where the answer is.
    await expect(answer(page)).toBeFocused();
  });

  await test.step('what others call is seen, with who it was', async () => {
    const panel = new RawClient(await dialTcp(port), 5);
    await panel.connect({ clientId: 'panel' });
    await panel.publish({
      topic: device,
      payload: JSON.stringify({
        type: 'rpc_request',
        request_id: 'r1',
        method: 'get_status',
        params: null,
        reply_to: 'panel/answers',
        caller_id: 'wall panel',
      }),
      qos: 1,
    });
    await expect(treeLine(page, 'get_status')).toContainText('2 calls');
    await treeLine(page, 'get_status').click();
    const facts = page.getByRole('region', { name: 'Inspector' });
    await expect(facts).toContainText('wall panel');
    await expect(facts).toContainText('Callers name themselves');
    await expect(facts.getByRole('list', { name: 'Shape of result' })).toContainText('uptime_seconds');
    panel.drop();
  });

  await test.step('all calls, filtered, explained and saved', async () => {
    await page.getByRole('tab', { name: 'All calls' }).click();
    const lines = callList(page).getByRole('listitem');
    await expect(lines).toHaveCount(7);
    await expect(lines.first()).toContainText('wall panel');
    await page.getByRole('combobox', { name: 'State of the calls' }).click();
    await page.getByRole('option', { name: 'Failed' }).click();
    await expect(lines).toHaveCount(2);
    await page.getByRole('searchbox', { name: 'Filter calls' }).fill('sensor');
    await expect(lines).toHaveCount(1);
    await lines.first().click();
    const selected = page.getByRole('region', { name: 'Selected call' });
    await expect(selected.getByRole('alert')).toContainText('calibration failed');
    await page.getByRole('button', { name: 'What the states mean' }).click();
    await expect(page.getByRole('dialog')).toContainText('An answer without a request');
    await page.keyboard.press('Escape');

    const save = async (format: RegExp): Promise<string> =>
      savedBy(page, async () => {
        await page.getByRole('button', { name: 'Save the shown calls' }).click();
        await page.getByRole('menuitem', { name: format }).click();
      });
    expect(JSON.parse(await save(/JSON/))).toMatchObject([{ method: 'calibrate', state: 'failed', own: true, params: null, error: { code: 3003 } }]);
    expect((await save(/CSV/)).split('\r\n')[1]).toContain('calibrate');

    await selected.getByRole('button', { name: 'Open in the call builder' }).click();
    await expect(builder(page).getByRole('textbox', { name: 'Method' })).toHaveValue('calibrate');
    await page.getByRole('tab', { name: 'All calls' }).click();
    await page.getByRole('button', { name: 'Delete calls …' }).click();
    await page.getByRole('menuitem', { name: 'Delete the calls of Local broker …' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete the calls' }).click();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await expect(page.getByText('Own calls and those of others are listed here')).toBeVisible();
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('methods are added, found and forgotten, with the keyboard alone', async ({ workbench }) => {
  const { page } = workbench;
  await startQuietBroker(page, await freePort(), await freePort());
  await page.keyboard.press('ControlOrMeta+3');
  await expect(page.getByText('No calls seen yet')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Switch the demo device on' })).toBeVisible();

  const add = async (topic: string, method: string): Promise<void> => {
    await page.getByRole('button', { name: 'Add a method …' }).first().press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a method' });
    await dialog.getByRole('textbox', { name: 'Topic of the service' }).fill(topic);
    await dialog.getByRole('textbox', { name: 'Method' }).fill(method);
    await page.keyboard.press('Enter');
    await expect(dialog).toHaveCount(0);
    await expect(treeLine(page, method)).toBeVisible();
  };
  await add('plant/press', 'start');
  await add('plant/press', 'stop');
  await add('plant/oven', 'heat');
  await expect(builder(page).getByRole('textbox', { name: 'Method' })).toHaveValue('heat');
  await expect(treeLine(page, 'heat')).toHaveAttribute('aria-selected', 'true');

  await page.keyboard.press('ControlOrMeta+F');
  await page.keyboard.insertText('press');
  await expect(services(page).getByRole('treeitem')).toHaveCount(3);
  await treeLine(page, 'plant/press').focus();
  await page.keyboard.press('ArrowDown');
  await expect(builder(page).getByRole('textbox', { name: 'Method' })).toHaveValue('start');
  await expect(builder(page).getByRole('textbox', { name: 'Topic', exact: true })).toHaveValue('plant/press');
  await page.keyboard.press('ArrowLeft');
  await expect(treeLine(page, 'plant/press')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(treeLine(page, 'start')).toHaveCount(0);
  await page.keyboard.press('Delete');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Forget' }).press('Enter');
  await expect(page.getByText('Nothing fits the filter')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filter' }).press('Enter');
  await expect(services(page).getByRole('treeitem')).toHaveCount(2);

  // Nobody listens there.
  await treeLine(page, 'heat').click();
  await builder(page).getByRole('textbox', { name: 'Time-out' }).fill('0.3');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(answer(page).getByRole('alert')).toBeVisible();
  await expect(answer(page)).toContainText(/300[27]/);
  await expect(answer(page)).toContainText('on this side');
  expect(workbench.pageErrors).toEqual([]);
});
