import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dialMqtt } from '../support/raw-mqtt.ts';
import { violations } from './axe.ts';
import { fileSavedBy, goToBroker, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

const distmqtt = (port: number): string => `listeners:
  default:
    type: tcp
    max_connections: 100
  lan:
    bind: 127.0.0.1:${port}
    max-connections: 5
timeout-disconnect-delay: 2
max-qos: 1
`;

test('profiles of the broker: made, switched, broken by hand, imported', async ({ workbench }) => {
  const { page, workspace } = workbench;
  const [first, second, third] = [await freePort(), await freePort(), await freePort()];
  await startQuietBroker(page, first, await freePort());
  await goToBroker(page, 'Overview');
  const card = page.getByRole('region', { name: 'Profile', exact: true });
  const dialog = page.getByRole('dialog');
  const fileOf = (name: string): string => path.join(workspace, 'brokers', `${name}.yaml`);
  const text = dialog.getByRole('textbox', { name: 'Text of the profile' });
  const more = async (entry: string): Promise<void> => {
    await card.getByRole('button', { name: 'More about profiles' }).click();
    await page.getByRole('menuitem', { name: entry }).click();
  };

  await test.step('what was set before is the first one, in a file', async () => {
    await card.getByRole('button', { name: 'Show file' }).click();
    await expect(text).toHaveValue(new RegExp(`^tcpPort: ${first}$`, 'm'));
    expect(await violations(workbench, 'the file of a profile')).toEqual([]);
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  });

  await test.step('a copy is edited with its problems at hand, and keeps its comments', async () => {
    await more('Duplicate …');
    await dialog.getByRole('textbox', { name: 'Name' }).fill('bench');
    await dialog.getByRole('button', { name: 'Duplicate' }).click();
    await expect(dialog).toContainText('It has the same settings as “default”.');
    await dialog.getByRole('button', { name: 'Use it' }).click();
    await expect(card.getByRole('combobox')).toHaveText('bench');
    await card.getByRole('button', { name: 'Show file' }).click();
    const before = await text.inputValue();
    await text.fill(before.replace(/^tcpPort: .*$/m, `tcpport: ${second}`));
    await expect(dialog.getByRole('list', { name: 'Problems' })).toContainText('Did you mean “tcpPort”?');
    await text.fill(before.replace(/^tcpPort: .*$/m, `tcpPort: ${second} # for the bench`));
    await expect(dialog).toContainText('Nothing is wrong.');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await expect(card).toContainText(`tcpPort: ${first} → ${second}`);
    await card.getByRole('button', { name: 'Restart with the profile' }).click();
    await expect(page.getByRole('list', { name: 'Listeners', exact: true })).toContainText(`mqtt://127.0.0.1:${second}`);
    (await dialMqtt(second, { clientId: 'probe' })).end();
    // What the page saves goes into the same file.
    await page.getByRole('textbox', { name: 'WebSocket port' }).fill('0');
    await page.getByRole('button', { name: 'Save ports' }).click();
    await expect(page.getByRole('button', { name: 'Save ports' })).toBeHidden();
    expect(readFileSync(fileOf('bench'), 'utf8')).toContain(`tcpPort: ${second} # for the bench`);
    expect(readFileSync(fileOf('bench'), 'utf8')).toContain('webSocketPort: 0');
  });

  await test.step('switching says what changes, and starts the broker again with it', async () => {
    await card.getByRole('combobox').click();
    await page.getByRole('option', { name: 'default' }).click();
    await expect(dialog).toContainText(`tcpPort: ${second} → ${first}`);
    await dialog.getByRole('button', { name: 'Use it and restart the broker' }).click();
    await expect(page.getByRole('list', { name: 'Listeners', exact: true })).toContainText(`mqtt://127.0.0.1:${first}`);
    (await dialMqtt(first, { clientId: 'probe' })).end();
  });

  await test.step('one that is broken by hand is explained, and mended here', async () => {
    const good = readFileSync(fileOf('default'), 'utf8');
    writeFileSync(fileOf('default'), good.replace('access:', 'acces:'));
    const banner = card.getByRole('alert');
    await expect(banner).toContainText('There is no key “acces” here. Did you mean “access”?');
    await expect(banner).toContainText('brokers/default.yaml, line');
    expect(await violations(workbench, 'a broken profile')).toEqual([]);
    await card.getByRole('button', { name: 'Mend the file' }).click();
    await text.fill(good);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(banner).toBeHidden();
  });

  await test.step('a configuration of distmqtt shows what it becomes and what gets lost', async () => {
    await more('Import …');
    await dialog.getByRole('textbox', { name: 'Configuration' }).fill(distmqtt(third));
    await expect(dialog.getByRole('list', { name: 'Not carried over' })).toContainText('its code reads “max_connections”');
    await expect(dialog.getByRole('list', { name: 'Not carried over' })).toContainText('Line 8: timeout-disconnect-delay');
    await expect(dialog.getByRole('textbox', { name: /^The profile/ })).toHaveValue(/maximumQos: 1/);
    expect(await violations(workbench, 'the import of a profile')).toEqual([]);
    await dialog.getByRole('button', { name: 'Make the profile' }).click();
    await expect(dialog).toContainText(`listeners.lan: none → tcp 127.0.0.1:${third}`);
    await dialog.getByRole('button', { name: 'Use it and restart the broker' }).click();
    await expect(page.getByRole('list', { name: 'Listeners', exact: true })).toContainText(`mqtt://127.0.0.1:${third}`);
    (await dialMqtt(third, { clientId: 'probe' })).end();
  });

  await test.step('another one is deleted, taken back, and saved elsewhere', async () => {
    await card.getByRole('button', { name: 'More about profiles' }).click();
    await page.getByRole('menuitem', { name: 'Delete another' }).press('ArrowRight');
    await page.getByRole('menuitem', { name: 'bench' }).press('Enter');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(() => expect(readFileSync(fileOf('bench'), 'utf8')).toContain('# for the bench')).toPass();
    const saved = await fileSavedBy(page, () => more('Save a copy as a file …'));
    expect(saved.name).toBe('distmqtt.yaml');
    expect(saved.bytes.toString()).toBe(readFileSync(fileOf('distmqtt'), 'utf8'));
  });
  expect(workbench.pageErrors).toEqual([]);
});
