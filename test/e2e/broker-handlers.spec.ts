import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { RawClient } from '../conformance/mqtt/raw-client.ts';
import { dialTcp } from '../conformance/mqtt/streams.ts';
import { onPath } from '../../tools/system.ts';
import { violations } from './axe.ts';
import { fileSavedBy, goTo, goToBroker, selectTopic, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

const list = (page: Page): Locator => page.getByRole('list', { name: 'Handlers in their order' });
const editor = (page: Page): Locator => page.getByRole('form', { name: /^Handler / });

async function write(page: Page, source: string): Promise<void> {
  await editor(page).getByRole('textbox', { name: 'Script of the handler' }).focus();
  await page.keyboard.press('ControlOrMeta+A');
  // What is typed would get its closing braces by itself.
  await page.evaluate((copied) => navigator.clipboard.writeText(copied), source);
  await page.keyboard.press('ControlOrMeta+V');
  await expect(list(page).getByText('Unsaved')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+S');
  await expect(list(page).getByText('Unsaved')).toBeHidden();
}

test('handlers in the broker: made by clicking, met by real clients, with their errors, as files', async ({ workbench }) => {
  test.setTimeout(90_000);
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  await goToBroker(page, 'Handlers');
  const connect = async (clientId: string): Promise<RawClient> => {
    const client = new RawClient(await dialTcp(port), 5);
    await client.connect({ clientId });
    return client;
  };
  const textOf = async (client: RawClient): Promise<string> => Buffer.from((await client.receive()).payload).toString();
  const folder = path.join(workbench.workspace, 'broker-handlers');
  const inUse = editor(page).getByText(/^In use/);

  await test.step('a template answers the SUBSCRIBE of a client', async () => {
    await page.getByRole('button', { name: 'Answer a subscription' }).click();
    await expect(inUse).toBeVisible({ timeout: 30_000 });
    const client = await connect('device-7');
    await client.subscribe('lab/hello');
    expect(await textOf(client)).toBe('Hello, device-7');
    client.drop();
    const mosquitto = onPath('mosquitto_sub');
    if (mosquitto !== undefined) {
      const { stdout } = spawnSync(mosquitto, ['-p', String(port), '-i', 'mosq', '-t', 'lab/hello', '-C', '1', '-W', '20', '-v'], { encoding: 'utf8' });
      expect(stdout).toBe('lab/hello Hello, mosq\n');
    }
    await expect(editor(page).getByText(/In use · \d runs?/)).toBeVisible();
    await expect(page.getByRole('list', { name: 'Lines of the log' })).toContainText('device-7 subscribes to lab/hello');
    expect(await violations(workbench, 'handlers of the broker')).toEqual([]);
  });

  await test.step('a handler that fails lets the message through, and says where', async () => {
    await page.getByRole('button', { name: 'Add a handler' }).click();
    await page.getByRole('menuitem', { name: 'Convert values' }).click();
    await expect(editor(page)).toHaveAccessibleName('Handler Convert values');
    await write(
      page,
      '/** @type {OnPublish} */\nexport const handle = ({ text }) => {\n  if (text === "bad") throw new Error("not this one");\n  return drop();\n};\n',
    );
    await expect(inUse).toBeVisible({ timeout: 30_000 });
    const [reader, sender] = [await connect('reader'), await connect('sender')];
    await reader.subscribe('#');
    await sender.publish({ topic: 'raw/a/temperature', payload: 'bad', qos: 1 });
    expect(await textOf(reader)).toBe('bad');
    const error = editor(page).getByRole('list', { name: 'Error of the last run' });
    await expect(error).toContainText('Line 3');
    await expect(error).toContainText('not this one');
    await error.getByRole('button').click();
    await expect(editor(page).getByRole('textbox', { name: 'Script of the handler' })).toBeFocused();

    await test.step('who dropped a message stands with it', async () => {
      await goTo(page, 'Topics');
      await selectTopic(page, 'raw/a/temperature');
      const section = page.getByRole('region', { name: 'Who got it' });
      await section.getByRole('switch', { name: 'Tracing' }).click();
      await sender.publish({ topic: 'raw/a/temperature', payload: 'good', qos: 2 });
      await expect(section.getByRole('list', { name: 'Handlers' })).toContainText('Handler “Convert values” dropped it');
      await reader.expectNothing();
      await goToBroker(page, 'Handlers');
    });
    reader.drop();
    sender.drop();
  });

  await test.step('a try shows what would happen, without clients', async () => {
    await page.getByRole('tab', { name: 'Try' }).click();
    const form = page.getByRole('form', { name: 'What the handler is tried with' });
    await form.getByRole('button', { name: 'Try' }).click();
    await expect(page.getByRole('region', { name: 'Result' })).toContainText('The message is dropped.', { timeout: 30_000 });
    await form.getByRole('textbox', { name: 'Payload of the message' }).fill('bad');
    await form.getByRole('button', { name: 'Try' }).click();
    await expect(page.getByRole('region', { name: 'Result' })).toContainText('Line 3: not this one', { timeout: 30_000 });
  });

  await test.step('switched off, everything passes', async () => {
    await editor(page).getByRole('switch', { name: 'On' }).click();
    await expect(editor(page).getByText('Switched off')).toBeVisible();
    const client = await connect('both');
    await client.subscribe('raw/#');
    await client.publish({ topic: 'raw/a/temperature', payload: 'passes', qos: 1 });
    expect(await textOf(client)).toBe('passes');
    client.drop();
    expect(readFileSync(path.join(folder, 'convert-values.js'), 'utf8')).toContain('// @off\n');
  });

  await test.step('files: changed by another program, exported, deleted and back, imported', async () => {
    const file = path.join(folder, 'answer-a-subscription.js');
    writeFileSync(file, readFileSync(file, 'utf8').replace('Hello', 'Good day'));
    await list(page).getByText('Answer a subscription').click();
    await expect(editor(page)).toContainText('Good day');
    const exported = await fileSavedBy(page, () => editor(page).getByRole('button', { name: 'Export' }).click());
    expect(exported.name).toBe('answer-a-subscription.js');
    expect(exported.bytes.toString()).toMatch(/^\/\/ @handler subscribe lab\/hello\n/);
    await editor(page).getByRole('button', { name: 'Delete' }).click();
    await expect(list(page).getByText('Answer a subscription')).toBeHidden();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(list(page).getByText('Answer a subscription')).toBeVisible();
    const outside = mkdtempSync(path.join(os.tmpdir(), 'handlers-e2e-'));
    writeFileSync(path.join(outside, 'hi.js'), exported.bytes.toString().replace('Answer a subscription', 'Imported'));
    await page.getByLabel('Files of handlers').setInputFiles(path.join(outside, 'hi.js'));
    await expect(editor(page)).toHaveAccessibleName('Handler Imported');
    rmSync(outside, { recursive: true });
  });
  expect(workbench.pageErrors).toEqual([]);
});
