import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Page } from '@playwright/test';
import { onPath } from '../../tools/system.ts';
import { choosePayloadFormat, fillPublish, goTo, publish, startQuietBroker, topicRow } from './steps.ts';
import { expect, freePort, stopProcess, test } from './workbench.ts';

const bar = (page: Page) => page.getByRole('form', { name: 'Publish a message' });

/** Opens the popover with the options, and closes it again after `edit`. */
async function setOptions(page: Page, edit: () => Promise<void>): Promise<void> {
  await bar(page)
    .getByRole('button', { name: /^Options/ })
    .click();
  await edit();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
}

async function chooseMore(page: Page, item: RegExp): Promise<void> {
  await bar(page).getByRole('button', { name: 'More ways to publish' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('a message with all properties is seen by a stranger as it was written', async ({ workbench: { page } }) => {
  const command = onPath('mosquitto_sub');
  test.skip(command === undefined, 'needs mosquitto_sub');
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const child = spawn(command ?? '', ['-V', '5', '-h', '127.0.0.1', '-p', String(port), '-t', 'out/#', '-F', '%j'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    await expect(page.getByText('1 client')).toBeVisible();
    await fillPublish(page, 'out/x', '{"a": 1}');
    await setOptions(page, async () => {
      await page.getByRole('textbox', { name: 'Content type' }).fill('application/json');
      await page.getByRole('textbox', { name: 'Response topic' }).fill('back');
      await page.getByRole('textbox', { name: 'Correlation data' }).fill('6869');
      await page.getByRole('combobox', { name: 'Correlation data is written as' }).click();
      await page.getByRole('option', { name: 'Hex' }).click();
      await page.getByRole('textbox', { name: 'Message expiry' }).fill('600');
      await page.getByRole('combobox', { name: 'Payload format', exact: true }).click();
      await page.getByRole('option', { name: 'UTF-8 text' }).click();
      for (const [at, [name, value]] of [
        ['b', '1'],
        ['a', 'x'],
        ['b', '2'],
      ].entries()) {
        await page.getByRole('button', { name: 'Add a user property' }).click();
        await page.getByRole('textbox', { name: `Name ${at + 1}` }).fill(name ?? '');
        await page.getByRole('textbox', { name: `Value ${at + 1}` }).fill(value ?? '');
      }
    });
    await expect(bar(page).getByRole('button', { name: 'Options (8)' })).toBeVisible();
    // A subscriber that is connected is not subscribed yet.
    await expect(async () => {
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      await expect.poll(() => lines.length, { timeout: 2000 }).toBeGreaterThan(0);
    }).toPass();
    const line = lines[0]?.replaceAll(' ', '') ?? '';
    expect(line).toContain('"content-type":"application/json"');
    expect(line).toContain('"response-topic":"back"');
    expect(line).toContain('"correlation-data":"hi"');
    expect(line).toContain('"payload-format-indicator":1');
    expect(line).toContain('{"b":"1","a":"x","b":"2"}');
    expect(line).toMatch(/"message-expiry-interval":(600|59\d)/);
  } finally {
    await stopProcess(child);
  }
});

test('a message repeats while another page is open, until it is stopped', async ({ workbench: { page } }) => {
  await startQuietBroker(page, await freePort(), await freePort());
  await fillPublish(page, 'beat', '{"n": {{counter}}}');
  await bar(page).getByRole('button', { name: 'Fill it in' }).click();
  await chooseMore(page, /^Repeat/);
  await page.getByRole('textbox', { name: 'Every' }).fill('50');
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('list', { name: 'Publishing' }).getByText(/\d+ sent, every 50 ms/)).toBeVisible();
  await goTo(page, 'Broker');
  await page.getByRole('button', { name: '1 publisher running' }).click();
  await page.getByRole('button', { name: 'Stop publishing to beat' }).click();
  await expect(page.getByRole('button', { name: '1 publisher running' })).toBeHidden();
  await goTo(page, 'Topics');
  await expect(page.getByRole('list', { name: 'Publishing' }).getByText(/Stopped: \d+ sent/)).toBeVisible();
  await expect(topicRow(page, 'beat')).toBeVisible();
});

test('a file is published line by line, and the broker’s end ends it', async ({ workbench: { page } }) => {
  await startQuietBroker(page, await freePort(), await freePort());
  await fillPublish(page, 'dev/{{line.id}}', '');
  await setOptions(page, () => page.getByRole('switch', { name: /^Fill in/ }).click());
  await chooseMore(page, /line by line/);
  const lines = (text: string) => ({ name: 'devices.jsonl', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await page.getByLabel('File with lines').setInputFiles(lines('{"id":"one"}\n\n{"id":"two"}\n'));
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('list', { name: 'Publishing' }).getByText('Done: 2 sent.')).toBeVisible();
  await expect(topicRow(page, 'one')).toBeVisible();
  await expect(topicRow(page, 'two')).toBeVisible();
  // A line that is no JSON stops all of them before the first is sent.
  await chooseMore(page, /line by line/);
  await page.getByLabel('File with lines').setInputFiles(lines('{"id":"three"}\nnot JSON\n'));
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await expect(bar(page).getByText(/^Line 2: .*not JSON/)).toBeVisible();
  await expect(topicRow(page, 'three')).toBeHidden();
});

test('a saved message asks and fills in, and the history brings it back', async ({ workbench: { page } }) => {
  await startQuietBroker(page, await freePort(), await freePort());
  await choosePayloadFormat(page, 'Text');
  await fillPublish(page, 'lamp/{{$ask room}}', 'level {{$ask level integer|20}}, {{site|nowhere}}');
  await bar(page).getByRole('button', { name: 'Fill it in' }).click();
  await bar(page).getByRole('button', { name: 'Saved' }).click();
  await page.getByRole('menuitem', { name: 'Save this message …' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Dim');
  await page.getByRole('textbox', { name: 'Folder' }).fill('lab/lamps');
  await page.keyboard.press('Enter');
  await expect(bar(page).getByRole('button', { name: 'Dim' })).toBeVisible();
  // Enter in the dialog saved it, and published nothing.
  await expect(page.getByText('Before it is published')).toBeHidden();
  await choosePayloadFormat(page, 'JSON');
  await publish(page, 'other', '1');
  await bar(page).getByRole('button', { name: 'Dim' }).click();
  // With the keys: a pointer that jumps may close a submenu on its way.
  await page.getByRole('menuitem', { name: 'lab' }).press('ArrowRight');
  await page.getByRole('menuitem', { name: 'lamps' }).press('ArrowRight');
  await page.getByRole('menuitem', { name: /^Dim/ }).press('Enter');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Before it is published' });
  await dialog.getByRole('textbox', { name: 'room' }).fill('hall');
  await expect(dialog.getByRole('textbox', { name: 'level' })).toHaveValue('20');
  await dialog.getByRole('textbox', { name: 'level' }).fill('much');
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await expect(dialog.getByText('Enter a whole number.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'level' }).fill('7');
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('Published to lamp/hall')).toBeVisible();
  await expect(topicRow(page, 'hall')).toContainText('level 7, nowhere');
  await bar(page).getByRole('button', { name: 'What was published here' }).click();
  await expect(page.getByRole('list', { name: 'Published here' }).getByRole('listitem')).toHaveCount(2);
  await page.getByRole('button', { name: 'Load other' }).click();
  await expect(bar(page).getByRole('textbox', { name: 'Topic' })).toHaveValue('other');
});
