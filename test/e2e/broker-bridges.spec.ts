import { spawn } from 'node:child_process';
import type { Locator, Page } from '@playwright/test';
import { onPath } from '../../tools/system.ts';
import { violations } from './axe.ts';
import { hasMosquitto, test } from './peers.ts';
import { goTo, goToBroker, showSource, startQuietBroker, topicRow, valueRegion } from './steps.ts';
import { expect, freePort, hasMosquittoClients, mosquittoPub, stopProcess } from './workbench.ts';

const stops: (() => Promise<void>)[] = [];
test.afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** What it prints, line by line. */
function mosquittoSub(port: number, ...args: readonly string[]): { lines(): readonly string[] } {
  let printed = '';
  const child = spawn(onPath('mosquitto_sub') ?? 'mosquitto_sub', ['-h', '127.0.0.1', '-p', String(port), ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  stops.push(() => stopProcess(child));
  return { lines: () => printed.split('\n') };
}

const intercepts = (page: Page): Locator => page.getByRole('region', { name: 'Intercepts' });
const amount = (page: Page, label: string, name: string): Locator => page.getByLabel(label).locator('div', { hasText: name }).locator('dd');

async function save(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+s');
  await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeHidden();
}

test.skip(() => !hasMosquitto() || !hasMosquittoClients(), 'needs mosquitto and its clients');

test('an intercept made by clicking: a device of another broker seen in topics and packets, and why it lost that broker', async ({ workbench, peers }) => {
  const { page } = workbench;
  const broker = await peers.mosquitto('allow_anonymous true');
  const port = await freePort();
  await goToBroker(page, 'Bridges');
  expect(await violations(workbench, 'no bridges')).toEqual([]);

  await test.step('made, with what is wrong said at its field', async () => {
    await page.getByRole('button', { name: 'Add an intercept' }).last().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Other people’s broker');
    await page.getByRole('textbox', { name: 'Port' }).fill('70000');
    await page.getByRole('textbox', { name: 'Broker address' }).fill('http://broker');
    await expect(page.getByText(/"http:\/\/" is a web address/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
    await page.getByRole('textbox', { name: 'Port' }).fill(String(port));
    await page.getByRole('textbox', { name: 'Broker address' }).fill(`mqtt://127.0.0.1:${broker.port}`);
    expect(await violations(workbench, 'settings of an intercept')).toEqual([]);
    await save(page);
    await page.getByRole('main').getByRole('button', { name: 'Start', exact: true }).click();
    await expect(page.getByRole('status').filter({ hasText: `Listening on mqtt://127.0.0.1:${port}` })).toBeVisible();
    await expect(page.getByText(`mosquitto_sub -h 127.0.0.1 -p ${port}`).first()).toBeVisible();
  });

  await test.step('packets are recorded', async () => {
    await goToBroker(page, 'Packets');
    await page.getByRole('combobox', { name: 'Source of the packets' }).click();
    await page.getByRole('option', { name: /Other people’s broker/ }).click();
    await page.getByRole('button', { name: 'Record', exact: true }).click();
  });

  await test.step('a device through it', async () => {
    await goToBroker(page, 'Bridges');
    await page.getByRole('tab', { name: 'Connections' }).click();
    const subscriber = mosquittoSub(port, '-i', 'watching-device', '-t', 'house/#');
    await expect(page.getByText('watching-device')).toBeVisible();
    await mosquittoPub(port, '-i', 'sending-device', '-t', 'house/kitchen', '-m', 'warm', '-q', '1');
    await expect.poll(() => subscriber.lines()).toContain('warm');
    await expect(amount(page, 'Traffic', 'messages')).toHaveText('2');
    await page.getByText('watching-device').click();
    await expect(page.getByRole('region', { name: 'Connection', exact: true })).toContainText('3.1.1');

    await showSource(page, 'Other people’s broker');
    await topicRow(page, 'kitchen').click();
    await expect(valueRegion(page)).toContainText('warm');
    await expect(page.getByText(/An intercept only forwards/)).toBeVisible();
    await goToBroker(page, 'Packets');
    await expect(page.getByText('sending-device').first()).toBeVisible();
  });

  await test.step('its broker is stopped', async () => {
    await goToBroker(page, 'Bridges');
    await broker.stop();
    await expect(page.getByText(/^The remote broker/).first()).toBeVisible();
    await expect(amount(page, 'Traffic', 'open')).toHaveText('0');
    await mosquittoPub(port, '-t', 'house/x', '-m', 'y').catch(() => undefined);
    await expect(page.getByText(`Nothing accepts connections at 127.0.0.1:${broker.port}.`).first()).toBeVisible();
    await expect(page.getByText('Check that the broker is running').first()).toBeVisible();
    expect(await violations(workbench, 'an intercept that lost its broker')).toEqual([]);
  });

  await test.step('deleted and taken back', async () => {
    await page.getByRole('button', { name: 'More of the intercept' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(intercepts(page).getByText('Other people’s broker')).toBeHidden();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(intercepts(page).getByText('Other people’s broker')).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: 'Listening on' })).toBeVisible();
  });
});

test('a topic bridge imported from a mosquitto.conf: both ways, through a restart of the other broker', async ({ workbench, peers }) => {
  const { page } = workbench;
  const broker = await peers.mosquitto('allow_anonymous true');
  const port = await startQuietBroker(page, await freePort(), await freePort());
  await goToBroker(page, 'Bridges');
  await page.getByRole('button', { name: 'Import from mosquitto' }).click();
  await page
    .getByRole('textbox', { name: 'mosquitto.conf' })
    .fill(`connection cloud\naddress 127.0.0.1:${broker.port}\ntopic # out 1 lab/ site/\ntopic orders/# in 1\nnotifications false\n`);
  await expect(page.getByRole('region', { name: 'What is imported' })).toContainText('Line 5: “notifications” is not carried over.');
  expect(await violations(workbench, 'import of bridges')).toEqual([]);
  await page.getByRole('button', { name: 'Import 1 bridge' }).click();
  await page.getByRole('main').getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Connected' })).toBeVisible();
  await expect(page.getByText(/mark of bridges/)).toBeVisible();

  const far = mosquittoSub(broker.port, '-t', 'site/#', '-v');
  const near = mosquittoSub(port, '-t', 'orders/#', '-v');
  await expect(async () => {
    await mosquittoPub(port, '-t', 'lab/t', '-m', 'out', '-q', '1');
    await mosquittoPub(broker.port, '-t', 'orders/1', '-m', 'in', '-q', '1');
    expect(far.lines()).toContain('site/t out');
    expect(near.lines()).toContain('orders/1 in');
  }).toPass();
  await expect(page.getByRole('list', { name: 'Rules' })).toContainText('lab/#');

  await broker.stop();
  await expect(page.getByRole('status').filter({ hasText: 'Trying again' })).toBeVisible();
  await mosquittoPub(port, '-t', 'lab/t', '-m', 'waits', '-q', '1');
  await expect(amount(page, 'Carried', 'waiting')).toHaveText('1');
  await broker.start();
  await expect(page.getByRole('status').filter({ hasText: 'Connected' })).toBeVisible({ timeout: 60_000 });
  await expect(amount(page, 'Carried', 'waiting')).toHaveText('0');

  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByRole('group', { name: 'Rule 1' }).getByRole('textbox', { name: 'Filter' }).fill('a/#/b');
  await expect(page.getByRole('group', { name: 'Rule 1' })).toContainText('"#" may only stand alone');
  expect(await violations(workbench, 'settings of a bridge')).toEqual([]);
  await goTo(page, 'Topics');
  await goToBroker(page, 'Bridges');
  await expect(page.getByRole('group', { name: 'Rule 1' }).getByRole('textbox', { name: 'Filter' })).toHaveValue('a/#/b');
  await page.getByRole('button', { name: 'Discard' }).click();
});
