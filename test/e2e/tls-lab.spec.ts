import { readFileSync } from 'node:fs';
import path from 'node:path';
import { violations } from './axe.ts';
import { connectionForm, connectionState, expectFieldError, fileSavedBy, goTo, newConnection, openSection, savedBy, setBrokerPorts } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

test('a TLS listener with the lab in two clicks, which a connection with its CA reaches', async ({ workbench }) => {
  const { page } = workbench;
  const lab = page.getByRole('region', { name: 'TLS lab' });
  const listeners = page.getByRole('region', { name: 'Further listeners' });
  const dialog = page.getByRole('dialog');
  const port = await freePort();
  await setBrokerPorts(page, await freePort(), await freePort());

  await test.step('the first click makes authority, certificate and listener', async () => {
    await listeners.getByRole('button', { name: 'Add a TLS listener with the lab' }).click();
    await expect(listeners.getByRole('listitem')).toContainText('mqtts://127.0.0.1:8883');
    await expect(listeners.getByRole('listitem')).toContainText('certificate of the lab: server');
    await expect(lab.getByText('CN=MQTT Workbench lab authority, O=MQTT Workbench lab')).toBeVisible();
    await expect(lab.getByRole('listitem')).toContainText('used by a listener');
  });

  await test.step('a port of its own, so that tests never meet each other', async () => {
    await listeners.getByRole('button', { name: 'Edit TLS' }).click();
    await expect(dialog.getByRole('combobox', { name: 'Certificate', exact: true })).toContainText('Certificate of the lab: server');
    await dialog.getByRole('textbox', { name: 'Port', exact: true }).fill(String(port));
    await dialog.getByRole('button', { name: 'Save listener' }).click();
    await expect(dialog).toBeHidden();
  });

  const file = path.join(workbench.workspace, 'tls-lab', 'authority.pem');
  await test.step('the second click starts the broker with it', async () => {
    await page.getByRole('button', { name: 'Start local broker' }).click();
    await expect(page.getByText('The local broker is running')).toBeVisible();
    await expect(lab.getByText(`mosquitto_sub -h 127.0.0.1 -p ${port} --cafile ${file}`)).toBeVisible();
    const saved = await savedBy(page, () => lab.getByRole('button', { name: 'Save the CA' }).click());
    expect(saved).toBe(readFileSync(file, 'utf8'));
  });

  await test.step('a wrong certificate says what has to happen, and a device gets its files', async () => {
    await lab.getByRole('button', { name: 'Issue certificate' }).click();
    await dialog.getByRole('button', { name: 'Issue' }).click();
    await expectFieldError(dialog.getByRole('textbox', { name: 'Name', exact: true }), /Enter a name/);
    await page.keyboard.type('device-1');
    await dialog.getByRole('combobox', { name: 'Wrong on purpose' }).click();
    await page.getByRole('option', { name: 'Wrong: expired' }).click();
    await dialog.getByRole('button', { name: 'Issue' }).click();
    const row = lab.getByRole('listitem').filter({ hasText: 'device-1' });
    await expect(row).toContainText('A broker must refuse it because it has expired');
    expect(await violations(workbench, 'TLS lab')).toEqual([]);
    await row.getByRole('button', { name: 'More about device-1' }).click();
    await page.getByRole('menuitem', { name: 'Save as P12' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expectFieldError(dialog.getByLabel('Passphrase of the P12 file'), /needs a passphrase/);
    await dialog.getByLabel('Passphrase of the P12 file').fill('secret');
    expect((await fileSavedBy(page, () => page.keyboard.press('Enter'))).name).toBe('device-1.p12');
    await expect(dialog).toBeHidden();
  });

  await test.step('a connection that trusts the CA connects', async () => {
    await newConnection(page, { name: 'Lab', address: `mqtts://127.0.0.1:${port}` });
    await openSection(page, 'TLS');
    await connectionForm(page).getByRole('button', { name: 'Paste the CA' }).click();
    await connectionForm(page).getByLabel('Certificate authority (CA) as PEM', { exact: true }).fill(readFileSync(file, 'utf8'));
    await page.getByRole('button', { name: 'Save & connect' }).click();
    await expect(connectionState(page)).toContainText('Connected');
  });

  await test.step('all is there after a restart, and is deleted when asked for', async () => {
    const again = await workbench.restart();
    await goTo(again, 'Broker');
    const labAgain = again.getByRole('region', { name: 'TLS lab' });
    await expect(labAgain.getByRole('listitem')).toHaveCount(2);
    await labAgain.getByRole('button', { name: 'More about the lab' }).click();
    await again.getByRole('menuitem', { name: 'Delete the lab' }).click();
    await again.getByRole('alertdialog').getByRole('button', { name: 'Delete the lab' }).click();
    await expect(labAgain.getByText('No authority yet')).toBeVisible();
    await again.getByRole('button', { name: 'Start local broker' }).click();
    await expect(again.getByRole('alert')).toContainText('The TLS lab has no certificate “server” for the TLS listener.');
  });
  expect(workbench.pageErrors).toEqual([]);
});
