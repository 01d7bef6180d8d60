import type { Page } from '@playwright/test';
import { violations } from './axe.ts';
import { expect, freePort, test } from './workbench.ts';
import { connectionForm, goTo, goToCoap, newConnection, openSection, selectTopic, setBrokerPorts, settingsSections, startBroker, topicRow } from './steps.ts';

// Many looks in one flow, three themes each.
test.describe.configure({ timeout: 540_000 });

const places = ['Start', 'Topics', 'RPC', 'CoAP', 'Broker', 'Connections', 'Collections', 'Settings'] as const;

test('every place passes axe, empty and at work', async ({ workbench }) => {
  // Each place twice in three themes.
  test.slow();
  const { page } = workbench;
  const found: string[] = [];
  const check = async (when: string): Promise<void> => {
    for (const place of places) {
      await goTo(page, place);
      found.push(...(await violations(workbench, `${place}, ${when}`)));
    }
  };
  await check('empty');
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
  await expect(topicRow(page, 'telemetry')).toBeVisible();
  await selectTopic(page, 'demo/thermostat/state');
  await callDemoDevice(page);
  await goTo(page, 'Connections');
  await page.getByRole('button', { name: 'New connection' }).first().click();
  await check('at work');
  await goTo(page, 'Broker');
  await page.getByRole('button', { name: 'Add listener' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a listener' });
  // With what is wrong next to the fields.
  await dialog.getByRole('button', { name: 'Add listener' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Key file' })).toHaveAttribute('aria-invalid', 'true');
  found.push(...(await violations(workbench, 'listener')));
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await goTo(page, 'RPC');
  await page.getByRole('tab', { name: 'All calls' }).click();
  await page.getByRole('list', { name: 'Calls' }).getByRole('listitem').first().click();
  await expect(page.getByRole('region', { name: 'Selected call' })).toBeVisible();
  found.push(...(await violations(workbench, 'RPC, all calls')));
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox', { name: 'Search commands' })).toBeFocused();
  found.push(...(await violations(workbench, 'commands')));
  expect(found).toEqual([]);
});

test('every setting of a connection, and a live one, pass axe', async ({ workbench }) => {
  const { page } = workbench;
  const found: string[] = [];
  const port = await freePort();
  await setBrokerPorts(page, port, await freePort());
  await startBroker(page);
  await newConnection(page, { name: 'Bench', address: `mqtt://127.0.0.1:${port}` });
  const form = connectionForm(page);
  for (const section of settingsSections) await openSection(page, section);
  await form.getByRole('checkbox', { name: /^Leave a will/ }).click();
  for (const name of ['Add user property', 'Add will property', 'Add header', 'Add topic', 'Paste the CA']) await form.getByRole('button', { name }).click();
  for (const [label, option] of [
    ['Proxy', 'SOCKS 5'],
    ['Enhanced authentication', 'Dialog'],
    ['Client id', 'Of my own'],
  ] as const) {
    await form.getByRole('combobox', { name: label, exact: true }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  }
  found.push(...(await violations(workbench, 'all settings')));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(form.getByLabel('Topic of the will')).toHaveAttribute('aria-invalid', 'true');
  found.push(...(await violations(workbench, 'all settings, with problems')));
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
  for (const folder of ['', 'Plant/Line 2']) {
    await newConnection(page, { name: 'Live', address: `mqtt://127.0.0.1:${port}` });
    await form.getByLabel('Folder', { exact: true }).fill(folder);
    await form.getByRole('radio', { name: 'teal' }).click();
    await page.getByRole('button', { name: 'Save & connect' }).click();
    await expect(page.getByRole('region', { name: 'This connection' })).toBeVisible();
  }
  await expect(page.getByRole('tree', { name: 'Connections' }).getByRole('treeitem')).toHaveCount(4);
  found.push(...(await violations(workbench, 'a live connection')));
  expect(found).toEqual([]);
});

test('repeated calls, many peers and nodes pass axe', async ({ workbench }) => {
  const { page } = workbench;
  const found: string[] = [];
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
  await callDemoDevice(page);
  await callManyTimes(page, async (where) => {
    found.push(...(await violations(workbench, where)));
  });
  for await (const part of nodeParts(page)) found.push(...(await violations(workbench, `RPC nodes, ${part}`)));
  expect(found).toEqual([]);
});

test('peers, events, own dialects and locked schemas pass axe', async ({ workbench }) => {
  const { page } = workbench;
  const found: string[] = [];
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
  await callDemoDevice(page);
  await page.getByRole('button', { name: 'Lock the result as it is' }).click();
  await expect(page.getByRole('region', { name: 'Result', exact: true })).toContainText('locked');
  found.push(...(await violations(workbench, 'a locked schema')));
  for (const tab of ['Peers', 'Events'] as const) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await expect(page.getByRole('region', { name: tab, exact: true })).toBeVisible();
    found.push(...(await violations(workbench, `RPC, ${tab}`)));
  }
  await page.getByRole('tab', { name: 'Call', exact: true }).click();
  await page.getByRole('combobox', { name: 'Dialect' }).click();
  await page.getByRole('option', { name: 'Own dialects …' }).click();
  const dialects = page.getByRole('dialog', { name: 'Dialects of your own' });
  await dialects.getByRole('button', { name: 'Request and response' }).click();
  await expect(dialects).toContainText('What would a call send?');
  found.push(...(await violations(workbench, 'dialects')));
  expect(found).toEqual([]);
});

test('collections pass axe, with a run, each part of a request and the environments', async ({ workbench }) => {
  const { page } = workbench;
  const found: string[] = [];
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
  await runExample(page);
  found.push(...(await violations(workbench, 'Collections, a run')));
  await page.getByRole('treeitem', { name: /^1 Set the target/ }).click();
  for (const part of ['Request', 'Assertions', 'Captures', 'Script', 'About']) {
    await page
      .getByTestId('editor')
      .getByRole('tab', { name: new RegExp(`^${part}`) })
      .click();
    found.push(...(await violations(workbench, `Collections, ${part}`)));
  }
  await page.getByRole('button', { name: 'Environments …' }).click();
  const environments = page.getByRole('dialog', { name: 'Environments' });
  await environments.getByRole('button', { name: 'New environment' }).click();
  await environments.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(environments.getByRole('textbox', { name: 'Name' }).nth(1)).toHaveAttribute('aria-invalid', 'true');
  found.push(...(await violations(workbench, 'environments')));
  expect(found).toEqual([]);
});

test('the gallery passes axe', async ({ workbench }) => {
  await workbench.page.evaluate(() => (location.hash = '#/gallery'));
  await expect(workbench.page.getByRole('heading', { name: 'Gallery' })).toBeVisible();
  // A problem stays until it is closed, so it is there while other things have the focus.
  await workbench.page.getByRole('button', { name: 'Bad toast' }).click();
  await expect(workbench.page.getByRole('alertdialog', { name: 'That did not work' })).toBeVisible();
  expect(await violations(workbench, 'gallery')).toEqual([]);
});

/** A result and an error in the RPC place, with the form, the facts and the list filled. */
async function callDemoDevice(page: Page): Promise<void> {
  await goTo(page, 'RPC');
  await page.getByRole('button', { name: 'Call the demo device' }).click();
  const answer = page.getByRole('region', { name: 'Answer', exact: true });
  for (const [method, state] of [
    ['calibrate', 'Failed'],
    ['get_status', 'OK'],
  ] as const) {
    await page.getByRole('textbox', { name: 'Method' }).fill(method);
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await expect(answer.getByRole('status').first()).toContainText(state);
  }
}

/** The nodes of the local broker, part by part: none, a method of each kind with its faults, rules with one being written, settings with what is wrong, the log. */
async function* nodeParts(page: Page): AsyncGenerator<string> {
  await page.getByRole('tablist', { name: 'RPC' }).getByRole('tab', { name: 'Nodes' }).click();
  await expect(page.getByRole('button', { name: 'Serve a method' })).toBeVisible();
  yield 'none';
  await page.getByRole('button', { name: 'Serve a method' }).click();
  const form = page.getByRole('form', { name: 'Served method' });
  await page.getByRole('region', { name: 'Faults' }).getByRole('button', { name: 'Faults' }).click();
  await expect(page.getByRole('dialog', { name: 'Faults' })).toBeVisible();
  yield 'faults';
  await page.keyboard.press('Escape');
  for (const kind of ['Static', 'Error', 'Template', 'Script']) {
    await form.getByRole('radio', { name: kind }).click();
    await form.getByRole('button', { name: 'Try it' }).click();
    await expect(page.getByRole('region', { name: 'Try it' })).toContainText(/Result|Error/);
    yield kind;
  }
  const tab = (name: string): Promise<void> => page.getByRole('tablist', { name: 'Node', exact: true }).getByRole('tab', { name }).click();
  await tab('Permission rules');
  const rule = page.getByRole('form', { name: 'Permission rule', exact: true });
  for (const effect of ['Deny', 'Ask a script']) {
    await page.getByRole('button', { name: 'Add a rule' }).click();
    await rule.getByRole('radio', { name: effect }).click();
    if (effect === 'Ask a script') break;
    await rule.getByRole('button', { name: 'Add rule' }).click();
    await expect(rule).toHaveCount(0);
  }
  await page.getByRole('form', { name: 'Test the rules' }).getByRole('textbox', { name: 'Method' }).press('Enter');
  await expect(page.getByText('decides', { exact: true })).toBeVisible();
  yield 'rules';
  await tab('Settings');
  await page.getByRole('form', { name: 'Node settings' }).getByRole('textbox', { name: 'Name' }).fill('');
  yield 'settings';
  await tab('Log');
  yield 'log';
}

/** The way of a call, a repeated one, and one to several peers, with the lists and dialogs of each. */
async function callManyTimes(page: Page, look: (where: string) => Promise<void>): Promise<void> {
  const builder = page.getByRole('form', { name: 'Call a method' });
  await page.getByRole('region', { name: 'Answer', exact: true }).getByRole('radio', { name: 'Details' }).click();
  await expect(page.getByRole('table', { name: 'Way of the call' })).toBeVisible();
  await look('RPC, way of a call');
  await builder.getByRole('radio', { name: 'Repeat' }).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('region', { name: 'Repeated call' }).getByRole('status').first()).toHaveText('Done');
  await look('RPC, repeated');
  await builder.getByRole('radio', { name: 'Many peers' }).click();
  await builder.getByRole('button', { name: 'Choose peers …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Choose peers' });
  await dialog.getByRole('textbox', { name: /^Peers to call/ }).fill('edge/demo-thermostat\nedge/nobody');
  await expect(dialog.getByRole('option').first()).toBeVisible();
  await look('RPC, choosing peers');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.keyboard.press('ControlOrMeta+Enter');
  const panel = page.getByRole('region', { name: 'Called peers' });
  await expect(panel.getByRole('status').first()).toHaveText('Done');
  await expect(panel.getByRole('listitem')).toHaveCount(2);
  await look('RPC, many peers');
  await panel.getByRole('radio', { name: /^Equal results/ }).click();
  await look('RPC, equal results');
}

test('mock devices pass axe, with their resources, log and settings', async ({ workbench }) => {
  const { page } = workbench;
  const found: string[] = [];
  const look = async (where: string): Promise<void> => {
    found.push(...(await violations(workbench, where)));
  };
  await goToCoap(page, 'Mock devices');
  await look('Mock devices, empty');
  await page.getByRole('button', { name: 'Add a mock device' }).last().click();
  const resource = page.getByRole('form', { name: /^Resource / });
  await resource.getByRole('radio', { name: 'Static' }).click();
  await look('Mock devices, a resource');
  await resource.getByRole('button', { name: 'Try it' }).click();
  await expect(resource.getByRole('region', { name: 'Try it' })).toContainText('205 Content');
  await look('Mock devices, a request that was tried');
  await resource.getByRole('button', { name: 'Faults' }).click();
  await expect(page.getByRole('dialog', { name: 'Faults' })).toBeVisible();
  await look('Mock devices, faults');
  await page.keyboard.press('Escape');
  const device = page.getByRole('region', { name: /^Mock device / });
  await device.getByRole('tab', { name: 'Log' }).click();
  await look('Mock devices, log');
  await device.getByRole('tab', { name: 'Settings' }).click();
  await page.getByRole('checkbox', { name: 'Take CoAP requests' }).click();
  await look('Mock devices, settings');
  await page.getByRole('button', { name: 'Make one from recorded traffic' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await look('Mock devices, from traffic');
  expect(found).toEqual([]);
});

/** A run of the example, with one of its requests shown that failed: it calls what always fails. */
async function runExample(page: Page): Promise<void> {
  await goTo(page, 'Collections');
  await page.getByRole('button', { name: 'Create the example' }).click();
  await page.getByRole('treeitem', { name: /^1 Read the status/ }).click();
  await page.getByRole('textbox', { name: 'Method' }).fill('calibrate');
  await page.keyboard.press('ControlOrMeta+s');
  await page.getByRole('treeitem', { name: /^Demo thermostat/ }).click();
  await expect(page.getByText('that are not saved')).toBeHidden();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(page.getByRole('group', { name: 'Summary of the run' })).toContainText('failed of 5');
  await page.getByRole('list', { name: 'Requests of the run' }).getByRole('listitem').first().click();
  await expect(page.getByRole('region', { name: 'Result of 1 Read the status' })).toBeVisible();
}
