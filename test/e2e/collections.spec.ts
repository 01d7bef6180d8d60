import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { clipboardText, expectFieldError, goTo, setBrokerPorts, startBroker } from './steps.ts';
import { expect, freePort, test, type Workbench } from './workbench.ts';

const device = 'edge/demo-thermostat';

const tree = (page: Page): Locator => page.getByRole('tree', { name: 'Collections' });
const line = (page: Page, name: string): Locator => tree(page).getByRole('treeitem', { name: new RegExp(`^${name}\\b`) });
const result = (page: Page): Locator => page.getByRole('region', { name: 'Result', exact: true });
const summary = (page: Page): Locator => page.getByRole('group', { name: 'Summary of the run' });
const runList = (page: Page): Locator => page.getByRole('list', { name: 'Requests of the run' });
const assertion = (page: Page, name: string): Locator => page.getByRole('list', { name: 'Assertions' }).getByRole('listitem', { name, exact: true });
const part = (page: Page, name: RegExp): Promise<void> => page.getByRole('tablist', { name: 'Parts of the request' }).getByRole('tab', { name }).click();

interface FileRequest {
  readonly [member: string]: unknown;
}

const fileOf = ({ workspace }: Workbench, ...levels: readonly string[]): string => path.join(workspace, 'collections', ...levels);
const readRequest = (file: string): FileRequest => JSON.parse(readFileSync(file, 'utf8')) as FileRequest;

/** What the file says in the end; it may not be there, or whole, yet. */
const expectTopic = (file: string, topic: string): Promise<void> => expect(() => expect(readRequest(file)['topic']).toBe(topic)).toPass();

async function startDemo(page: Page): Promise<void> {
  await setBrokerPorts(page, await freePort(), await freePort());
  await startBroker(page);
}

async function choose(page: Page, box: Locator, option: string | RegExp): Promise<void> {
  await box.click();
  await page.getByRole('option', { name: option }).click();
}

/** An empty request in a collection of its own, with a topic and a method, saved. */
async function newRequest(page: Page, collection: string, name: string, topic: string, method: string): Promise<void> {
  await goTo(page, 'Collections');
  await page.getByRole('button', { name: 'New collection' }).click();
  await page.getByRole('textbox', { name: 'Name of New collection' }).fill(collection);
  await page.keyboard.press('Enter');
  await expect(line(page, collection)).toBeVisible();
  await page.getByRole('button', { name: 'New request' }).click();
  await page.getByRole('textbox', { name: 'Name of New request' }).fill(name);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  await page.getByRole('textbox', { name: 'Topic', exact: true }).fill(topic);
  await page.getByRole('textbox', { name: 'Method' }).fill(method);
  await page.keyboard.press('ControlOrMeta+s');
  await expect(line(page, name)).not.toContainText('unsaved');
}

test('a call is saved with what it has to answer, and a run says which assertion failed and why', async ({ workbench }) => {
  const { page } = workbench;
  await startDemo(page);

  await test.step('from the call builder into a new collection', async () => {
    await goTo(page, 'RPC');
    await page.getByRole('button', { name: 'Call the demo device' }).click();
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(page.getByRole('region', { name: 'Answer', exact: true }).getByRole('status').first()).toContainText('OK');
    await page.keyboard.press('ControlOrMeta+s');
    const dialog = page.getByRole('dialog', { name: 'Save into a collection' });
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Read the status');
    await dialog.getByRole('textbox', { name: 'Name of the collection' }).fill('Lab');
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await goTo(page, 'Collections');
    await expect(page.getByRole('textbox', { name: 'Topic', exact: true })).toHaveValue(device);
  });

  await test.step('it runs, and its answer gives the next assertion', async () => {
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(result(page).getByRole('status')).toContainText('Passed');
    await part(page, /^Assertions/);
    await page.getByRole('button', { name: 'Add from the last answer' }).click();
    await page.getByRole('menuitem', { name: 'Value', exact: true }).press('ArrowRight');
    await page.getByRole('menuitem', { name: /^\$\.target/ }).press('Enter');
    await expect(assertion(page, 'Value 2').getByRole('textbox', { name: 'Value as JSON' })).toHaveValue(/^\d/);
    await page.getByRole('button', { name: 'Add an assertion' }).click();
    await page.getByRole('menuitem', { name: 'Value at a path' }).click();
    const added = assertion(page, 'Value 3');
    await added.getByRole('textbox', { name: 'Path' }).fill('heater');
    await page.keyboard.press('ControlOrMeta+s');
    await expectFieldError(added.getByRole('textbox', { name: 'Path' }), /begins with \$/);
    await added.getByRole('textbox', { name: 'Path' }).fill('$.heater');
    await choose(page, added.getByRole('combobox', { name: 'How it is compared' }), 'equals');
    await added.getByRole('textbox', { name: 'Value as JSON' }).fill('melted');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(result(page).getByRole('status')).toContainText('Failed');
    await expect(assertion(page, 'Value 2').getByRole('img', { name: 'passed' })).toBeVisible();
    await expect(added).toContainText('"melted"');
    await expect(added.getByRole('img', { name: 'failed' })).toBeVisible();
  });

  await test.step('the file says the same', () => {
    const { assertions } = readRequest(fileOf(workbench, 'Lab', 'Read the status.request.json')) as { assertions: readonly object[] };
    expect(assertions).toHaveLength(3);
    expect(assertions[2]).toEqual({ kind: 'path', path: '$.heater', operator: 'equals', value: 'melted' });
  });

  await test.step('the whole collection', async () => {
    await line(page, 'Lab').click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(summary(page)).toContainText('1 failed');
    await expect(summary(page)).toContainText('assertions 2 of 3');
    await runList(page).getByRole('listitem').first().click();
    const details = page.getByRole('region', { name: 'Result of Read the status' });
    await expect(details).toContainText('$.heater equals "melted"');
    await expect(details).toContainText('Expected');
    await page.getByRole('button', { name: 'Run failed again' }).click();
    await expect(summary(page)).toContainText('1 failed of 1');
    await expect(line(page, 'Read the status')).toContainText('failed');
  });
});

test('the example runs green, and tells what it did', async ({ workbench }) => {
  const { page } = workbench;
  await startDemo(page);
  await goTo(page, 'Collections');
  await page.getByRole('button', { name: 'Create the example' }).click();
  await expect(line(page, 'Demo thermostat')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Demo thermostat' })).toBeVisible();
  // The files are written one after the other.
  await expect(page.getByText('5 requests', { exact: true })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(summary(page)).toContainText('All passed');
  await expect(runList(page).getByRole('listitem')).toHaveCount(5);
  await page.getByRole('button', { name: 'Copy the command that runs this without a window' }).click();
  expect(await clipboardText(workbench)).toContain(`mqtt-workbench run '${fileOf(workbench, 'Demo thermostat')}' --broker mqtt://127.0.0.1:`);
  expect(readdirSync(fileOf(workbench, 'Demo thermostat', '2 Change the target'))).toHaveLength(3);
});

test('variables come from the chosen environment, and secrets stay out of sight', async ({ workbench }) => {
  const { page } = workbench;
  await startDemo(page);
  await newRequest(page, 'Lab', 'Status', '{{device}}', 'get_status');
  await expect(page.getByText('{{device}} has no value: no environment is chosen')).toBeVisible();

  await test.step('an environment with a secret', async () => {
    await page.getByRole('button', { name: 'Environments …' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Environments' });
    await dialog.getByRole('button', { name: 'New environment' }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).nth(1).fill('device');
    await dialog.getByRole('textbox', { name: 'Value' }).first().fill(device);
    await dialog.getByRole('button', { name: 'Add a variable' }).click();
    const second = dialog.getByRole('group', { name: 'Variable 2' });
    await second.getByRole('checkbox', { name: 'Secret' }).click();
    await second.getByLabel('Value').fill('hush-hush');
    await second.getByRole('textbox', { name: 'Name' }).fill('token');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(dialog.getByText('unsaved')).toBeHidden();
    await expect(dialog.getByRole('group', { name: 'token' }).getByLabel('Value')).toHaveAttribute('placeholder', 'stored, not shown');
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    const [file] = readdirSync(path.join(workbench.workspace, 'environments'));
    expect(readFileSync(path.join(workbench.workspace, 'environments', file ?? ''), 'utf8')).not.toContain('hush-hush');
  });

  await test.step('is used by requests and by calls', async () => {
    await expect(page.getByRole('combobox', { name: 'Environment' })).toHaveText(/Lab/);
    await expect(page.getByText('has no value')).toBeHidden();
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(result(page).getByRole('status')).toContainText('Passed');
    await goTo(page, 'RPC');
    const builder = page.getByRole('form', { name: 'Call a method' });
    await builder.getByRole('textbox', { name: 'Topic', exact: true }).fill('{{device}}');
    await builder.getByRole('textbox', { name: 'Method' }).fill('get_status');
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(page.getByRole('region', { name: 'Answer', exact: true })).toContainText('"uptime_seconds"');
    await choose(page, builder.getByRole('combobox', { name: 'Environment' }), 'No environment');
    await expect(builder.getByText('{{device}} has no value')).toBeVisible();
    await builder.getByRole('button', { name: 'Call', exact: true }).click();
    await expectFieldError(builder.getByRole('textbox', { name: 'Topic', exact: true }), '“device” is not known.');
  });
});

test('a long run is cancelled, and says what it had done', async ({ workbench }) => {
  const { page } = workbench;
  await startDemo(page);
  await newRequest(page, 'Slow', 'Self-test', device, 'run_self_test');
  await line(page, 'Slow').click();
  await page.getByRole('textbox', { name: 'Iterations' }).fill('500');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(summary(page)).toContainText('Running');
  await expect(
    runList(page)
      .getByRole('img', { name: 'running' })
      .or(runList(page).getByRole('status', { name: 'running' })),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(summary(page)).toContainText('Cancelled');
  await expect(summary(page)).toContainText(/cancelled of 500/);
  await expect(page.getByRole('button', { name: 'Run again' })).toBeEnabled();
});

test('files changed by other programs are seen, and nothing of one’s own is lost', async ({ workbench }) => {
  const page = workbench.page;
  await newRequest(page, 'Lab', 'Status', 'edge/1', 'get_status');
  const file = fileOf(workbench, 'Lab', 'Status.request.json');
  const topic = page.getByRole('textbox', { name: 'Topic', exact: true });
  const write = (change: FileRequest): void => writeFileSync(file, JSON.stringify({ ...readRequest(file), ...change }));

  await test.step('where nothing was changed here, it is shown as it is now', async () => {
    write({ topic: 'edge/2' });
    await expect(topic).toHaveValue('edge/2');
  });

  await test.step('where both sides changed, one is chosen', async () => {
    await topic.fill('edge/mine');
    await expect(line(page, 'Status')).toContainText('unsaved');
    write({ topic: 'edge/3' });
    await expect(page.getByText('The file was changed by another program, and you changed it here.')).toBeVisible();
    await expect(topic).toHaveValue('edge/mine');
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.keyboard.press('ControlOrMeta+s');
    await expectTopic(file, 'edge/mine');
  });

  await test.step('a file that is broken shows what is wrong, and comes back when it is mended', async () => {
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, '{"kind": "rpc",');
    await expect(page.getByRole('alert').filter({ hasText: 'is not valid JSON' })).toBeVisible();
    writeFileSync(file, good);
    await expect(topic).toHaveValue('edge/mine');
  });

  await test.step('a file that is deleted leaves what was not saved', async () => {
    await topic.fill('edge/again');
    rmSync(file);
    await expect(page.getByText('The file was deleted by another program')).toBeVisible();
    await page.getByRole('button', { name: 'Save it again' }).click();
    await expectTopic(file, 'edge/again');
  });

  await test.step('a new start finds everything', async () => {
    const again = await workbench.restart();
    await goTo(again, 'Collections');
    await line(again, 'Status').click();
    await expect(again.getByRole('textbox', { name: 'Topic', exact: true })).toHaveValue('edge/again');
  });
});

test('the tree is worked with the keyboard alone', async ({ workbench }) => {
  const { page } = workbench;
  await newRequest(page, 'Lab', 'First', 'edge/1', 'a');
  await line(page, 'First').click();

  await test.step('a second request, put before the first', async () => {
    await page.keyboard.press('Insert');
    await page.getByRole('textbox', { name: 'Name of New request' }).fill('Zero');
    await page.keyboard.press('Enter');
    await expect(line(page, 'Zero')).toBeVisible();
    await page.keyboard.press('Alt+ArrowUp');
    await expect(tree(page).getByRole('treeitem')).toHaveText([/^Lab/, /^Zero/, /^First/]);
  });

  await test.step('renamed in place, and Escape leaves the name', async () => {
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: 'Name of Zero' }).fill('Nought');
    await page.keyboard.press('Enter');
    await expect(line(page, 'Nought')).toBeFocused();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: 'Name of Nought' }).fill('x');
    await page.keyboard.press('Escape');
    await expect(line(page, 'Nought')).toBeFocused();
    expect(readdirSync(fileOf(workbench, 'Lab')).toSorted()).toEqual(['First.request.json', 'Nought.request.json', 'collection.json']);
  });

  await test.step('deleted after asking, and brought back', async () => {
    await page.keyboard.press('Delete');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await expect(line(page, 'Nought')).toBeHidden();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(line(page, 'Nought')).toBeVisible();
  });

  await test.step('found by the filter', async () => {
    await page.keyboard.press('ControlOrMeta+f');
    await page.keyboard.type('first');
    await expect(tree(page).getByRole('treeitem')).toHaveText([/^Lab/, /^First/]);
  });
});
