import { gzipSync } from 'node:zlib';
import type { Locator, Page } from '@playwright/test';
import { dialMqtt, publishPacket, subscribePacket } from '../support/raw-mqtt.ts';
import { violations } from './axe.ts';
import { test } from './peers.ts';
import {
  addSubscription,
  choosePayloadFormat,
  connectionState,
  expectFieldError,
  fillPublish,
  newConnection,
  selectTopic,
  showValueAs,
  startQuietBroker,
  valueRegion,
} from './steps.ts';
import { expect, freePort } from './workbench.ts';

const codecButton = (page: Page, name: string | RegExp): Locator => valueRegion(page).getByRole('button', { name });

test('payloads are read: found out, as chosen, and by a rule that stays', async ({ workbench }) => {
  let { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const device = await dialMqtt(port, { clientId: 'device' });
  device.send(
    publishPacket('plant/press/state', Buffer.from('82a7636f6d70616374c3a6736368656d61cf0fffffffffffffff', 'hex')),
    publishPacket('plant/press/raw', Buffer.from('0102', 'hex')),
    publishPacket('plant/press/packed', gzipSync('{"temperature":21.5}')),
    publishPacket('plant/press/damaged', gzipSync('hello hello').subarray(0, 14)),
    publishPacket('plant/press/word', 'yes'),
    publishPacket('plant/press/table', 'name,value\na,1\nb,2\n'),
  );

  await test.step('MessagePack, with every digit', async () => {
    await selectTopic(page, 'plant/press/state');
    await expect(codecButton(page, 'Auto: MessagePack')).toBeVisible();
    await expect(valueRegion(page)).toContainText('1152921504606846975');
    await showValueAs(page, 'Hex');
    await expect(valueRegion(page)).toContainText('82 a7 63 6f');
  });

  await test.step('what is inside a compressed payload', async () => {
    await selectTopic(page, 'plant/press/packed');
    await expect(valueRegion(page)).toContainText('"temperature": 21.5');
    await expect(valueRegion(page).getByRole('note')).toContainText('bytes became 20');
  });

  await test.step('what is damaged: its bytes, and why', async () => {
    await selectTopic(page, 'plant/press/damaged');
    await expect(valueRegion(page).getByRole('note')).toContainText('It was taken for gzip because its first bytes are those of gzip');
    await expect(valueRegion(page)).toContainText('1f 8b 08');
  });

  await test.step('a table, for now', async () => {
    await selectTopic(page, 'plant/press/table');
    await codecButton(page, 'Auto').click();
    await page.getByRole('menuitemradio', { name: 'CSV', exact: true }).click();
    await expect(valueRegion(page).getByRole('cell', { name: 'b', exact: true })).toBeVisible();
    expect(await violations(workbench, 'a table')).toEqual([]);
    await codecButton(page, 'Back to automatic').click();
    await expect(valueRegion(page)).toContainText('name,value');
  });

  await test.step('a number, with a parameter, for all topics of a filter', async () => {
    await selectTopic(page, 'plant/press/raw');
    await codecButton(page, 'Auto: Bytes').click();
    await page.getByRole('menuitem', { name: 'Parameters and rules …' }).click();
    await page.getByRole('combobox', { name: 'Codec', exact: true }).click();
    await page.getByRole('option', { name: /^Integer, 16 bits/ }).click();
    await page.getByRole('combobox', { name: 'Byte order' }).click();
    await page.getByRole('option', { name: 'little', exact: true }).click();
    await page.getByRole('radio', { name: 'Topics of a filter' }).click();
    await expect(page.getByRole('textbox', { name: 'Topic filter' })).toHaveValue('plant/+/raw');
    expect(await violations(workbench, 'the dialog of codecs')).toEqual([]);
    await page.getByRole('button', { name: 'Keep as rule' }).click();
    await expect(codecButton(page, 'Integer, 16 bits')).toBeVisible();
    await expect(valueRegion(page)).toContainText('513');
  });

  await test.step('a name for a codec with its parameters', async () => {
    await selectTopic(page, 'plant/press/word');
    await codecButton(page, 'Auto').click();
    await page.getByRole('menuitem', { name: 'Parameters and rules …' }).click();
    await page.getByRole('combobox', { name: 'Codec', exact: true }).click();
    await page.getByRole('option', { name: /^Boolean/ }).click();
    await page.getByRole('textbox', { name: 'Word for true' }).fill('yes');
    await page.getByRole('textbox', { name: 'Word for false' }).fill('no');
    await page.getByRole('textbox', { name: 'Name for this codec with these parameters' }).fill('yesno');
    await page.getByRole('button', { name: 'Keep name' }).click();
    await expect(page.getByRole('list', { name: 'Names of your own' })).toContainText('yesno bool {"on":"yes","off":"no"}');
    await page.getByRole('button', { name: 'Only now' }).click();
    await expect(codecButton(page, 'yesno')).toBeVisible();
    await expect(valueRegion(page)).toContainText('true');
  });

  await test.step('which is still there when the workbench comes again', async () => {
    device.end();
    page = await workbench.restart();
    await page.getByRole('button', { name: 'Start local broker' }).first().click();
    await selectTopic(page, 'plant/press/raw');
    await expect(codecButton(page, 'Integer, 16 bits')).toBeVisible();
    await expect(valueRegion(page)).toContainText('513');
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('a schema of Protocol Buffers, and messages that are written with it', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const device = await dialMqtt(port, { clientId: 'device' });
  device.send(subscribePacket(['plant/#']), publishPacket('plant/reading', Buffer.from('0a03616263', 'hex')));
  await selectTopic(page, 'plant/reading');
  await valueRegion(page).getByRole('button', { name: /^Auto/ }).click();
  await page.getByRole('menuitem', { name: 'Schemas …' }).click();
  await page.locator('input[type=file][accept*=".proto"]').setInputFiles([
    { name: 'broken.proto', mimeType: 'text/plain', buffer: Buffer.from('syntax = "proto3";\nmessage A {\n  int32 x = ;\n}\n') },
    {
      name: 'reading.proto',
      mimeType: 'text/plain',
      buffer: Buffer.from('syntax = "proto3";\nmessage Reading {\n  string name = 1;\n  double value = 2;\n}\n'),
    },
  ]);
  const files = page.getByRole('list', { name: 'Schema files' });
  await expect(files.getByText(/broken\.proto, line 3, column 13/)).toBeVisible();
  await expect(files.getByText('Reading', { exact: true })).toBeVisible();
  expect(await violations(workbench, 'the dialog of schemas')).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

  await test.step('reads', async () => {
    await valueRegion(page).getByRole('button', { name: /^Auto/ }).click();
    await page.getByRole('menuitem', { name: 'Parameters and rules …' }).click();
    await page.getByRole('combobox', { name: 'Codec', exact: true }).click();
    await page.getByRole('option', { name: /^Protocol Buffers/ }).click();
    await page.getByRole('combobox', { name: 'Schema' }).click();
    await page.getByRole('option', { name: 'reading.proto' }).click();
    await page.getByRole('button', { name: 'Keep as rule' }).click();
    await expect(valueRegion(page)).toContainText('"name": "abc"');
  });

  await test.step('and writes, or says what is wrong where', async () => {
    await choosePayloadFormat(page, 'Codec');
    const bar = page.getByRole('form', { name: 'Publish a message' });
    await bar.getByRole('button', { name: 'MessagePack' }).click();
    await page.getByRole('combobox', { name: 'Codec', exact: true }).click();
    await page.getByRole('option', { name: /^Protocol Buffers/ }).click();
    await page.getByRole('combobox', { name: 'Schema' }).click();
    await page.getByRole('option', { name: 'reading.proto' }).click();
    await page.keyboard.press('Escape');
    await fillPublish(page, 'plant/reading', '{"name": "x",\n "value": y}');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await expectFieldError(bar.getByRole('textbox', { name: 'Payload' }), /Unexpected "y", in line 2, column 11/);
    await fillPublish(page, 'plant/reading', '{"name": "x", "value": 1.5}');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await expect(page.getByText('Published to plant/reading')).toBeVisible();
    await expect(valueRegion(page)).toContainText('"value": 1.5');
    // The answer to its subscription, and its own message, came before.
    const [, , written] = [await device.next(), await device.next(), await device.next()];
    expect(written?.toString('hex')).toContain('0a017811000000000000f83f');
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('a codec for a subscription of a connection', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  await newConnection(page, { name: 'Lab', address: `mqtt://127.0.0.1:${port}` });
  await addSubscription(page, 'lab/#', 0);
  await page.getByRole('button', { name: 'Save & connect' }).click();
  await expect(connectionState(page)).toContainText(/Connected for 0:\d\d/);
  const device = await dialMqtt(port, { clientId: 'device' });
  device.send(publishPacket('lab/one', Buffer.from('0001', 'hex')), publishPacket('lab/two', Buffer.from('0002', 'hex')));
  await page.getByRole('button', { name: 'Show topics' }).click();
  await selectTopic(page, 'lab/one');
  await codecButton(page, 'Auto: Bytes').click();
  await page.getByRole('menuitem', { name: 'Parameters and rules …' }).click();
  await page.getByRole('combobox', { name: 'Codec', exact: true }).click();
  await page.getByRole('option', { name: /^Integer, 16 bits/ }).click();
  await page.getByRole('radio', { name: 'A subscription' }).click();
  await expect(page.getByRole('combobox', { name: 'Subscription' })).toContainText('lab/#');
  await page.getByRole('button', { name: 'Keep as rule' }).click();
  await expect(codecButton(page, 'Integer, 16 bits')).toBeVisible();
  await selectTopic(page, 'lab/two');
  await expect(codecButton(page, 'Integer, 16 bits')).toBeVisible();
  await expect(valueRegion(page)).toContainText('2');
  await page.getByRole('tab', { name: /Local broker$/ }).click();
  await selectTopic(page, 'lab/two');
  await expect(codecButton(page, 'Auto: Bytes')).toBeVisible();
  expect(workbench.pageErrors).toEqual([]);
});
