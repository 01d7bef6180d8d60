import { violations } from './axe.ts';
import { connectionEntry, connectionState, goTo, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

test('connections of MQTTX: seen before they are there, with what gets lost, connected, exported and taken back', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const one = { clientId: 'imported', host: '127.0.0.1', port, mqttVersion: '5.0', subscriptions: [{ topic: 'hall/#', qos: 1 }] };
  const file = JSON.stringify([
    { ...one, name: 'Hall', username: 'ada', password: 'S3cret', ca: '/home/ada/ca.pem' },
    { ...one, name: 'Yard', clientId: 'yard' },
  ]);
  const dialog = page.getByRole('dialog', { name: 'Import connections' });
  const items = dialog.getByRole('list', { name: 'Connections to import' }).getByRole('listitem');

  await test.step('a damaged file is told with the place', async () => {
    await goTo(page, 'Connections');
    await page.getByRole('button', { name: 'Import …' }).click();
    await dialog.getByRole('textbox', { name: 'Addresses or configuration' }).fill(file.slice(0, -20));
    await expect(dialog.getByRole('alert')).toContainText(/not valid JSON: .*line 1, column/);
  });

  await test.step('the preview says what there will be and what gets lost', async () => {
    await dialog.locator('input[type=file]').setInputFiles({ name: 'mqttx.json', mimeType: 'application/json', buffer: Buffer.from(file) });
    await expect(dialog.getByRole('combobox', { name: 'Format (recognised)' })).toContainText('MQTTX');
    await expect(dialog.getByRole('checkbox', { name: 'Hall' })).toBeChecked();
    await expect(dialog).toContainText(`mqtt://127.0.0.1:${port} · MQTT 5 · user ada with password · 1 subscription`);
    await dialog.getByText('1 setting is not carried over as it is').click();
    await expect(dialog).toContainText('ca = /home/ada/ca.pem: Files that a configuration names are not read.');
    expect(await violations(workbench, 'transfer')).toEqual([]);
    await dialog.getByLabel('Folder').fill('Site');
    await dialog.getByRole('button', { name: 'Import 2 connections' }).click();
    await expect(dialog).toBeHidden();
  });

  await test.step('one of them connects', async () => {
    await connectionEntry(page, 'Yard').click();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(connectionState(page)).toContainText(/Connected for/);
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
  });

  await test.step('export shows the text; passwords only when asked for, with a warning', async () => {
    await connectionEntry(page, 'Hall').click();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Export …' }).click();
    const exporting = page.getByRole('dialog', { name: 'Export connections' });
    const text = exporting.getByRole('textbox', { name: 'Text' });
    await expect(text).toHaveValue(`mqtt://ada@127.0.0.1:${port}\n`);
    await exporting.getByRole('checkbox', { name: 'With passwords and keys' }).click();
    await expect(text).toHaveValue(`mqtt://ada:S3cret@127.0.0.1:${port}\n`);
    await expect(exporting).toContainText('passwords that anyone can read');
    expect(await violations(workbench, 'transfer')).toEqual([]);
    await page.keyboard.press('Escape');
  });

  await test.step('an import can be taken back', async () => {
    await page.getByRole('button', { name: 'Of the list' }).click();
    await page.getByRole('menuitem', { name: 'Import …' }).click();
    await dialog.getByRole('textbox', { name: 'Addresses or configuration' }).fill('mqtt://one.example:1884\nmqtts://two.example:1885');
    await expect(items).toHaveCount(2);
    await dialog.getByRole('checkbox', { name: 'two.example:1885' }).click();
    await dialog.getByRole('button', { name: 'Import 1 connection' }).click();
    await expect(connectionEntry(page, 'one.example:1884')).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(connectionEntry(page, 'one.example:1884')).toBeHidden();
  });
});
